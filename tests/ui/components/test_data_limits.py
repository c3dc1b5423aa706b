"""What the loaded data cannot say, from reports of imports written by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.data import reports
from ui.components import data_limits, import_report


def entry(year, **missing):
    return reports.entry(year, missing={"accidents": missing, "vehicles": {}, "people": {}})


def test_shares_of_unknown_cells_are_ordered_and_columns_known_throughout_left_out():
    years = {"2018": entry(2018, light=0.0, lanes=0.2, near_school=0.8), "2019": entry(2019, light=0.0, lanes=0.4)}
    table = data_limits.share_table(years, "accidents")
    assert table.index.tolist() == ["Near a school", "Lanes"]
    assert table.loc["Lanes"].tolist() == [0.2, 0.4]
    assert pd.isna(table.loc["Near a school", "2019"])
    assert data_limits.share_table(years, "people").empty


def test_breaks_name_day_columns_and_source():
    table = data_limits.break_table([2018, 2021])
    assert "Bicycles and e-bikes" in table.loc["2019", "Concerns"].str.cat(sep=", ")
    assert table.loc["1 July 2018", "Source"].startswith("Décret")
    assert table["Source"].str.endswith("(not verified)").sum() == 1
    assert data_limits.break_table([2024]).empty


def test_years_that_lack_the_same_share_a_sentence():
    years = {str(y): reports.entry(y, absent=["usagers"], unknown=["speed_limit"]) for y in (2010, 2011, 2013)}
    assert import_report.lacks(years) == [
        "2010–2011, 2013: without the table usagers there are no people: severity, injuries, ages and pedestrians.",
        "2010–2011, 2013: the files say nothing of: Speed limit.",
    ]


@pytest.mark.parametrize(("accidents", "warned"), [(40_748, False), (36_000, True)])
def test_only_a_year_that_lacks_accidents_of_its_days_is_an_extract(accidents, warned):
    part = reports.entry(2024, accidents=accidents, last_day="2024-09-30")
    assert bool(import_report.extracts({"2024": part})) is warned


def test_files_say_where_they_lay_and_what_was_repaired():
    facts = reports.entry(2024, absent=["caracteristiques", "vehicules", "usagers"])
    facts["tables"]["lieux"] |= {
        "files": [reports.file("lieux.csv", archive="baac.zip", repairs=["byte_order_mark"])],
        "absent_columns": ["v1", "v2"],
    }
    row = import_report.file_table({"2024": facts}).iloc[0]
    assert row["File"] == "`lieux.csv in baac.zip`"
    assert row["SHA-256"] == "`0123456789ab`"
    assert row["Notes"].startswith("A byte order mark")
    assert row["Notes"].endswith("Without the columns v1, v2.")


def test_a_rule_that_changed_many_columns_names_the_most_changed():
    facts = reports.entry(2024, absent=["caracteristiques", "vehicules", "usagers"])
    names = ["lanes", "road", "traffic", "surface", "gradient", "alignment", "situation"]
    facts["tables"]["lieux"]["rules"] = {"not_given": {name: i + 1 for i, name in enumerate(names)}}
    row = import_report.rule_table({"2024": facts}).iloc[0]
    assert row["Cells"] == "28"
    assert row["Columns"].startswith("Where on the road, Alignment")
    assert row["Columns"].endswith("and 2 more")


def test_a_share_that_is_not_known_is_not_claimed():
    years = {"2018": reports.entry(2018, people=None, killed=None, first_day=None, last_day=None)}
    table = import_report.year_table(years, simulated=False)
    assert table.loc["2018", "Period"] == "not known"
    assert table.loc["2018", "Killed, official total"] == "not known"
