"""From a matched file to rows that models answer: nothing is dropped, and everything that is not used says why."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import features, schema
from data.batch import draft, reader
from data.batch.matching import Chosen, match, require
from data.batch.prepare import Prepared, prepare
from data.batch.table import Table
from data.errors import DataError

FRENCH = """reference;lum;agg;Vitesse (km/h);date;col;Piétons
A;Plein jour;2;50;31/03/2024 14:05;3;0
B;Daylight;1;500;01/04/2024;;1
C;9;1;80;31/02/2024;2;0
D;;;;;;
E;3;hors agglomération;80,0;02/04/2024;side;2
"""


def read(text: str) -> Table:
    return reader.read_bytes(text.encode(), "mine.csv")


def chosen(table: Table) -> Chosen:
    return {column: found.field for column, found in match(table).items()}


def prepared(text: str, *, lenient: bool = False) -> Prepared:
    table = read(text)
    return prepare(table, chosen(table), lenient=lenient)


def test_a_file_of_french_columns_is_understood() -> None:
    table = read(FRENCH)
    assert chosen(table) == {
        "reference": "",
        "lum": "light",
        "agg": "built_up",
        "Vitesse (km/h)": "speed_limit",
        "date": "date",
        "col": "outcome_collision",
        "Piétons": "pedestrians",
    }
    found = prepare(table, chosen(table))
    first = found.rows.iloc[0].dropna().to_dict()
    assert first == {
        "month": "3", "weekday": "7", "hour": "14", "built_up": "2", "light": "1", "speed_limit": 50.0,
        "pedestrians": 0.0,
    }  # fmt: skip
    assert found.scored.tolist() == [True, False, False, False, True]
    assert found.outcomes["collision"].tolist()[:3:2] == ["3", "2"]


def test_rows_that_are_not_scored_say_why() -> None:
    found = prepared(FRENCH)
    assert found.problem[0] == found.problem[4] == ""
    assert found.problem[1] == "Vitesse (km/h) '500': it does not lie between 10 and 130 km/h"
    assert "lum '9': it is none of the codes" in found.problem[2]
    assert "date '31/02/2024': there is no such day" in found.problem[2]
    assert found.problem[3] == "no input of the models is known"
    speed = next(p for p in found.problems if p.column.startswith("Vitesse"))
    assert (speed.value, speed.rows, speed.first) == ("500", 1, (3,))


def test_impossible_values_may_be_taken_as_unknown() -> None:
    found = prepared(FRENCH, lenient=True)
    assert found.scored.tolist() == [True, True, True, False, True]
    assert found.problem[1].startswith("taken as unknown: Vitesse (km/h) '500'")
    assert np.isnan(found.rows["speed_limit"].iloc[1])
    assert found.rows["weekday"].isna().iloc[2]


def test_a_row_of_another_length_is_not_scored_even_then() -> None:
    found = prepared("lum;agg\n1;2\n1;2;3\n", lenient=True)
    assert found.scored.tolist() == [True, False]
    assert "3 cells" in found.problem[1]


def test_year_month_and_day_give_the_day_of_the_week() -> None:
    found = prepared("an;mois;jour;lum\n2024;3;31;1\n24;2;30;1\n2024;;1;1\n")
    assert found.rows["weekday"].tolist()[:1] == ["7"]
    assert found.rows["weekday"].isna().tolist() == [False, True, True]
    assert "2024-2-30': there is no such day" in found.problem[1]
    assert found.scored.tolist() == [True, False, True]


def test_a_column_of_its_own_goes_before_what_a_date_gives() -> None:
    found = prepared("date;mois\n2024-03-31;5\n2024-03-31;\n")
    assert found.rows["month"].tolist() == ["5", "3"]


def test_a_column_of_which_nothing_is_understood_is_not_used() -> None:
    table = read("light;agg\nbright;1\ndim;2\n")
    found = match(table)
    assert (found["light"].field, found["light"].not_understood) == ("", "light")
    assert prepare(table, chosen(table)).scored.all()


def test_an_official_table_belongs_to_the_data_page() -> None:
    for name, columns in schema.TABLES.items():
        names = [c.official for c in columns if c.is_in(2024)]
        with pytest.raises(DataError, match=f"official table {name}: import it on the Data page"):
            match(read(";".join(names) + "\n" + ";".join("1" * len(names)) + "\n"))


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"lum": "light", "agg": "light"}, "lum and agg are both used as 'Light'"),
        ({"lum": "", "agg": ""}, "None of the columns"),
        ({"lum": "", "agg": "outcome_severity"}, "None of the columns"),
        ({"lum": "nothing"}, "not an input"),
        ({"other": "light"}, "no column other"),
    ],
)
def test_a_choice_that_is_none_is_refused(choice: Chosen, words: str) -> None:
    with pytest.raises(DataError, match=words):
        require(read("lum;agg\n1;2\n"), choice)


CELL = st.one_of(
    st.sampled_from(["", "1", "2", "5", "9", "-1", "Plein jour", "50 km/h", "31/03/2024", "x", "=1+1", "1,5"]),
    st.text(max_size=6),
)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=4, max_size=4), min_size=1, max_size=8),
    fields=st.permutations(["light", "speed_limit", "date", "commune", "hour", "year", "latitude"]),
    lenient=st.booleans(),
)
def test_no_row_is_lost_and_each_is_scored_or_says_why(rows: list[list[str]], fields: list[str], lenient: bool) -> None:
    from data.batch.table import Rows

    taken = Rows("mine", ["a", "b", "c", "d"])
    for row in [*rows, ["1", "", "", "end"]]:
        taken.add(row)
    table = taken.table("csv")
    found = prepare(table, dict(zip("abc", fields, strict=False)), lenient=lenient)
    assert len(found.rows) == len(found.problem) == len(found.scored) == len(rows) + 1
    assert table.frame.to_numpy().tolist()[:-1] == rows
    for problem, scored, (_n, row) in zip(found.problem, found.scored, found.rows.iterrows(), strict=True):
        assert scored == (row.notna().any() and (not problem or lenient))
        assert scored or problem
    features.checked(found.rows)


def test_a_draft_is_read_apart_and_kept(folders: Path) -> None:
    first = draft.take_in("C:\\mine.csv", io.BytesIO(FRENCH.encode()))
    assert draft.take_in("mine.csv", io.BytesIO(FRENCH.encode())) == first
    table = draft.load(first)
    assert table.name == "mine.csv"
    assert table.frame.equals(read(FRENCH).frame)
    with pytest.raises(DataError, match="is empty"):
        draft.take_in("mine.csv", io.BytesIO(b""))
    for name in ("../batch", first.replace(first[0], "g"), "0" * 32):
        with pytest.raises(DataError):
            draft.load(name)
    assert [p.name for p in (draft.folder() / "drafts").iterdir()] == [first]


def test_too_large_a_file_is_refused_before_it_is_read(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "MOST_BYTES", 10)
    with pytest.raises(DataError, match="more than 10 bytes"):
        draft.take_in("mine.csv", io.BytesIO(b"lum;agg\n1;2\n"))


def test_a_foreign_file_is_matched_in_part(real_data: Path) -> None:
    path = real_data / "upload" / "addis_ababa_accidents.csv"
    if not path.is_file():
        pytest.skip(f"no {path}")
    table = reader.read(path)
    fields = {column: field for column, field in chosen(table).items() if field}
    assert fields == {
        "Time": "hour",
        "Day_of_week": "weekday",
        "Light_conditions": "light",
        "Weather_conditions": "weather",
        "Number_of_vehicles_involved": "vehicles",
    }
    strict, lenient = prepare(table, fields), prepare(table, fields, lenient=True)
    assert 0.3 < strict.scored.mean() < 1
    assert lenient.scored.all()
    assert any("Darkness - lights lit" in problem for problem in strict.problem)
