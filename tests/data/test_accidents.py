"""Joining: one row an accident, whatever the tables hold, and nothing invented where a table is absent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from data import accidents, features, involved, schema, series
from data.errors import DataError
from tests.data import official

FIRST, SECOND, THIRD = official.FIRST, official.SECOND, official.THIRD
INJURIES = ["killed", "hospitalised", "slightly_injured", "unharmed"]


def joined(**tables: pd.DataFrame) -> accidents.Joined:
    """The accidents of the given tables; an ordinary accident stands where caracteristiques is not given."""
    frames = {"caracteristiques": official.rows("caracteristiques"), **tables}
    return accidents.from_tables({table: frames[table] for table in schema.TABLES if table in frames})


def one(frame: pd.DataFrame, *names: str, row: int = 0) -> list[object]:
    return [None if pd.isna(frame[name].iloc[row]) else frame[name].iloc[row] for name in names]


def people(*changes: Mapping[str, str]) -> pd.DataFrame:
    return joined(usagers=official.rows("usagers", *changes)).accidents


@pytest.mark.parametrize(
    ("injuries", "severity", "counts"),
    [
        (["4", "2", "1"], "killed", [1, 0, 1, 1]),
        (["4", "3"], "hospitalised", [0, 1, 1, 0]),
        (["1", "4"], "light", [0, 0, 1, 1]),
        (["4", " -1"], "light", [0, 0, 1, 0]),
        (["1", "1"], None, [0, 0, 0, 2]),
        ([" -1"], None, [None] * 4),
    ],
)
def test_severity_is_the_worst_injury(injuries: list[str], severity: str | None, counts: list[int | None]) -> None:
    frame = people(*({"grav": code} for code in injuries))
    assert one(frame, "severity", *INJURIES) == [severity, *counts]
    assert one(frame, "people") == [len(injuries)]
    assert list(frame["severity"].cat.categories) == ["light", "hospitalised", "killed"]


def test_pedestrians_and_ages() -> None:
    frame = people({"catu": "3", "an_nais": "2014"}, {"an_nais": "1954"}, {"an_nais": ""}, {"catu": "2"})
    assert one(frame, "people", "pedestrians", "youngest_age", "oldest_age") == [4, 1, 10, 70]
    assert one(people({"an_nais": ""}), "youngest_age", "oldest_age") == [None, None]


def test_vehicles_by_group_one_of_unknown_category_is_another_vehicle() -> None:
    codes = ["7", "7", "80", "50", "33", "0", " -1", "99", "17"]
    frame = joined(vehicules=official.rows("vehicules", *({"catv": code} for code in codes))).accidents
    assert one(frame, "vehicles", "cars", "bicycles", "scooters", "motorcycles", "lorries") == [9, 2, 1, 1, 1, 1]
    assert one(frame, "other_vehicles", "buses") == [3, 0]
    assert frame[list(schema.VEHICLE_GROUPS)].sum(axis=1).tolist() == [9]


@pytest.mark.parametrize(
    ("directions", "headings"),
    [
        (["1"], "single"),
        (["0"], "single"),
        (["2", "2"], "same"),
        (["1", "2", " -1"], "opposite"),
        (["1", "0"], None),
        (["1", "3"], "no_reference"),
    ],
)
def test_how_directions_of_travel_compare(directions: list[str], headings: str | None) -> None:
    frame = joined(vehicules=official.rows("vehicules", *({"senc": code} for code in directions))).accidents
    assert one(frame, "headings", "vehicles") == [headings, len(directions)]


def test_of_several_places_the_main_road_counts() -> None:
    places = official.rows(
        "lieux",
        {"catr": "4", "vma": "30"},
        {"catr": "3", "vma": "", "surf": ""},
        {"catr": "3", "vma": "80"},
        {"catr": "3", "vma": "50"},
        {"Num_Acc": SECOND, "catr": "", "vma": "90"},
        {"Num_Acc": SECOND, "catr": "9", "vma": "70"},
    )
    both = official.rows("caracteristiques", {}, {"Num_Acc": SECOND})
    result = joined(caracteristiques=both, lieux=places)
    assert result.accidents["speed_limit"].tolist() == [80, 70]
    assert result.accidents["road_class"].tolist() == ["3", "9"]
    assert result.report["years"]["2024"]["tables"]["lieux"]["rules"]["several_places"] == {"accident": 4}


def test_the_order_of_rows_decides_nothing_but_ties() -> None:
    places = official.rows("lieux", {"catr": "4"}, {"catr": "1"}, {"catr": "2", "vma": ""})
    forward = joined(lieux=places).accidents
    backward = joined(lieux=places.iloc[::-1]).accidents
    pd.testing.assert_frame_equal(forward, backward)
    assert one(forward, "road_class") == ["1"]


def test_without_other_tables_their_columns_are_unknown_never_zero() -> None:
    result = joined()
    frame, entry = result.accidents, result.report["years"]["2024"]
    assert entry["absent"] == ["lieux", "vehicules", "usagers"]
    others = [name for name, table in accidents.NEEDS.items() if table != "caracteristiques"]
    assert sorted({*entry["unknown"], "near_school", *involved.COUNTS}) == sorted(others)
    assert frame[others].isna().all(axis=None)
    assert (entry["people"], entry["vehicles"], entry["killed"]) == (None, None, None)
    assert (len(result.people), len(result.vehicles)) == (0, 0)
    whole = joined(lieux=official.rows("lieux"), vehicules=official.rows("vehicules"), usagers=official.rows("usagers"))
    assert frame.dtypes.equals(whole.accidents.dtypes)
    assert result.people.dtypes.equals(whole.people.dtypes)


def test_an_accident_without_rows_in_a_table_that_is_there_is_unknown_too() -> None:
    both = official.rows("caracteristiques", {}, {"Num_Acc": SECOND})
    result = joined(caracteristiques=both, usagers=official.rows("usagers"), vehicules=official.rows("vehicules"))
    assert one(result.accidents, "people", "vehicles", "severity", row=1) == [None, None, None]
    assert one(result.accidents, "people", "vehicles", "severity") == [1, 1, "light"]


def test_rows_of_unknown_accidents_are_left_out_and_counted() -> None:
    result = joined(
        lieux=official.rows("lieux", {}, {"Num_Acc": THIRD}),
        vehicules=official.rows("vehicules", {}, {"Num_Acc": THIRD}, {"Num_Acc": SECOND}),
        usagers=official.rows("usagers", {"Num_Acc": THIRD}),
    )
    tables = result.report["years"]["2024"]["tables"]
    assert [tables[name]["rules"]["orphan"]["accident"] for name in ("lieux", "vehicules", "usagers")] == [1, 2, 1]
    assert (len(result.accidents), len(result.vehicles), len(result.people)) == (1, 1, 0)
    assert one(result.accidents, "people") == [None]


def test_a_table_of_unknown_accidents_alone_is_empty_and_can_be_told() -> None:
    strangers = {"Num_Acc": THIRD}
    result = joined(vehicules=official.rows("vehicules", strangers), usagers=official.rows("usagers", strangers))
    entry = result.report["years"]["2024"]
    assert (entry["vehicles"], entry["people"], entry["killed"]) == (0, 0, 0)
    assert (entry["missing"]["vehicles"], entry["missing"]["people"]) == ({}, {})
    assert json.loads(json.dumps(entry, allow_nan=False)) == entry


@pytest.mark.parametrize("table", ["vehicules", "usagers"])
def test_more_rows_than_an_accident_can_have_are_refused(table: schema.Table) -> None:
    rows = official.rows(table)
    rows = (
        rows.loc[[0] * 32_768]
        .assign(num_veh=[f"A{i}" for i in range(32_768)])
        .drop(columns=["id_vehicule", "id_usager"], errors="ignore")
    )
    with pytest.raises(DataError, match=rf"2024: the accident {FIRST} has 32,768 rows in {table}"):
        joined(**{table: rows})


def test_people_find_their_vehicle_by_identifier() -> None:
    vehicles = official.rows(
        "vehicules",
        {"id_vehicule": "1\u00a0001", "catv": "7"},
        {"id_vehicule": "1 002", "catv": "33", "num_veh": "A01"},
    )
    riders = official.rows("usagers", {"id_vehicule": "1002"}, {"id_vehicule": "1 001"}, {"id_vehicule": "9"})
    result = joined(vehicules=vehicles, usagers=riders)
    assert [one(result.people, "vehicle_category", row=i)[0] for i in range(3)] == ["33", "7", None]
    entry = result.report["years"]["2024"]
    assert (entry["people_without_vehicle"], entry["vehicles_without_people"]) == (1, 0)


def test_people_find_their_vehicle_by_letter_where_there_are_no_identifiers() -> None:
    vehicles = official.rows("vehicules", {"catv": "7"}, {"num_veh": "B01", "catv": "33"}).drop(columns="id_vehicule")
    riders = official.rows("usagers", {"num_veh": "B01"}, {})
    result = joined(vehicules=vehicles, usagers=riders)
    assert result.people["vehicle_category"].tolist() == ["33", "7"]


def test_years_are_joined_apart_and_reported_apart() -> None:
    both = official.rows("caracteristiques", {}, {"Num_Acc": "202390000001", "an": "2023"})
    result = joined(caracteristiques=both, usagers=official.rows("usagers"))
    assert result.years == (2023, 2024)
    assert result.accidents["year"].tolist() == [2023, 2024]
    assert [one(result.accidents, "people", row=i)[0] for i in range(2)] == [None, 1]
    assert result.report["years"]["2023"]["absent"] == ["lieux", "vehicules", "usagers"]
    assert result.report["years"]["2024"]["absent"] == ["lieux", "vehicules"]


def test_without_caracteristiques_accidents_are_counted_but_not_dated() -> None:
    result = accidents.from_tables(
        {
            "lieux": official.rows("lieux", {"Num_Acc": SECOND}),
            "vehicules": official.rows("vehicules", {}, {"Num_Acc": SECOND}, {"Num_Acc": SECOND}),
        }
    )
    frame, entry = result.accidents, result.report["years"]["2024"]
    assert frame["accident"].tolist() == [FIRST, SECOND]
    assert frame[["date", "month", "hour", "departement", "collision", "latitude"]].isna().all(axis=None)
    assert frame["speed_limit"].isna().tolist() == [True, False]
    assert frame["vehicles"].tolist() == [1, 2]
    assert frame["year"].tolist() == [2024, 2024]
    assert (entry["absent"], entry["first_day"]) == (["caracteristiques", "usagers"], None)
    assert frame.dtypes.equals(joined().accidents.dtypes)


def test_a_repeated_accident_is_one_accident() -> None:
    twice = official.rows("caracteristiques", {}, {"lum": "5"})
    result = joined(caracteristiques=twice, vehicules=official.rows("vehicules"))
    assert one(result.accidents, "light", "vehicles") == ["1", 1]
    assert result.report["years"]["2024"]["tables"]["caracteristiques"]["rules"]["duplicate"] == {"accident": 1}


def test_files_and_what_was_ignored_are_in_the_report(tmp_path: Path) -> None:
    folder = official.folder_of(
        tmp_path / "2024",
        caracteristiques=official.rows("caracteristiques"),
        usagers=official.rows("usagers").drop(columns="actp"),
    )
    (folder / "notes.txt").write_text("nothing", encoding="utf-8")
    report = accidents.from_paths([folder]).report
    tables = report["years"]["2024"]["tables"]
    path = folder / "caracteristiques-2024.csv"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert tables["caracteristiques"]["files"] == [
        {"name": path.name, "archive": None, "sha256": sha256, "repairs": []}
    ]
    assert tables["usagers"]["absent_columns"] == ["actp"]
    assert [Path(p).name for p in report["ignored"]] == ["notes.txt"]
    assert json.loads(json.dumps(report)) == report


def test_two_files_of_the_same_accidents_are_refused(tmp_path: Path) -> None:
    first = official.write(tmp_path, "usagers", name="usagers-2024.csv")
    official.write(tmp_path, "caracteristiques")
    second = official.write(tmp_path, "usagers", name="usagers-2024 (1).csv")
    with pytest.raises(DataError, match="both hold usagers of the same accidents") as caught:
        accidents.from_paths([tmp_path])
    assert first.name in str(caught.value)
    assert second.name in str(caught.value)


def test_a_year_may_come_in_several_files(tmp_path: Path) -> None:
    official.write(tmp_path, "caracteristiques", name="january.csv")
    official.write(tmp_path, "caracteristiques", official.rows("caracteristiques", {"Num_Acc": SECOND}), "february.csv")
    result = accidents.from_paths([tmp_path])
    assert sorted(result.accidents["accident"]) == [FIRST, SECOND]
    files = result.report["years"]["2024"]["tables"]["caracteristiques"]["files"]
    assert [file["name"] for file in files] == ["february.csv", "january.csv"]


def test_simulated_accidents_are_known_by_their_numbers() -> None:
    assert accidents.is_simulated(joined().accidents)
    real = official.rows("caracteristiques", {"Num_Acc": "202400000001"}, {})
    assert not accidents.is_simulated(joined(caracteristiques=real).accidents)
    report = joined(caracteristiques=real).report["years"]["2024"]
    assert (report["simulated"], report["official_accidents"]) == (False, 54_402)
    assert joined().report["years"]["2024"]["official_accidents"] is None


def test_the_inputs_of_the_models_can_be_made_from_any_year() -> None:
    bare = features.table(joined().accidents)
    assert bare["speed_limit"].isna().all()
    assert bare.index.tolist() == [FIRST]


@pytest.fixture(scope="module")
def real(real_data: Path) -> accidents.Joined:
    return accidents.from_paths([real_data / "baac" / "2024", real_data / "baac" / "2023"])


def test_real_years_have_their_known_totals(real: accidents.Joined) -> None:
    years = real.report["years"]
    known = {name: years["2024"][name] for name in ("accidents", "vehicles", "people", "killed")}
    assert known == {"accidents": 40_748, "vehicles": 69_511, "people": 93_686, "killed": 2_483}
    assert years["2023"]["accidents"] == years["2023"]["official_accidents"] == 54_822
    assert (years["2023"]["absent"], years["2023"]["vehicles"]) == (["lieux", "usagers"], 93_585)
    assert real.accidents["accident"].is_unique


def test_real_vehicles_and_people_join(real: accidents.Joined) -> None:
    entry = real.report["years"]["2024"]
    assert (entry["people_without_vehicle"], entry["vehicles_without_people"]) == (0, 17)
    assert all("orphan" not in table["rules"] for table in entry["tables"].values())
    last = real.accidents[real.accidents["year"] == 2024]
    assert (last["vehicles"] == last[list(schema.VEHICLE_GROUPS)].sum(axis=1)).all()
    assert last["severity"].notna().all()
    assert last["vehicles"].sum() == 69_511


def test_real_positions_that_were_exchanged(real: accidents.Joined) -> None:
    rules = real.report["years"]["2024"]["tables"]["caracteristiques"]["rules"]
    assert rules["coordinates_swapped"] == {"latitude": 7, "longitude": 7}
    assert rules["coordinates_outside"] == {"latitude": 5, "longitude": 5}


def test_a_sample_that_was_saved_again_is_read(real_data: Path) -> None:
    path = real_data / "baac" / "2020-sample"
    if not path.is_dir():
        pytest.skip(f"{path} is not there")
    result = accidents.from_paths([path])
    assert result.report["years"]["2020"]["accidents"] == 42_970
    assert result.accidents["latitude"].notna().sum() == 42_966


@pytest.fixture(scope="module")
def every_layout(real_data: Path) -> accidents.Joined:
    folders = [real_data / "baac" / name for name in ("2013", "2016-extract", "2018", "2020-sample", "2023", "2024")]
    absent = [str(folder) for folder in folders if not folder.is_dir()]
    if absent:
        pytest.skip(f"{', '.join(absent)}: not there")
    return accidents.from_paths(folders)


def test_real_files_of_every_layout_are_joined_at_once(every_layout: accidents.Joined) -> None:
    years = every_layout.report["years"]
    counted = {year: facts["accidents"] for year, facts in years.items()}
    assert counted == {
        "2013": 58_397, "2016": 2_237, "2018": 57_783, "2020": 42_970, "2023": 54_822, "2024": 40_748,
    }  # fmt: skip
    assert [(years[year]["vehicles"], years[year]["people"]) for year in ("2013", "2016", "2018")] == [
        (98_925, None), (3_640, 4_998), (98_876, None),
    ]  # fmt: skip
    assert {year: facts["absent"] for year, facts in years.items()} == {
        "2013": ["usagers"],
        "2016": [],
        "2018": ["caracteristiques", "usagers"],
        "2020": ["lieux", "vehicules", "usagers"],
        "2023": ["lieux", "usagers"],
        "2024": [],
    }
    rules = [rules for facts in years.values() for table in facts["tables"].values() for rules in table["rules"]]
    assert not {"bad_key", "duplicate", "orphan", "impossible_date", "impossible_time"}.intersection(rules)


def test_real_days_and_departements_of_every_layout(every_layout: accidents.Joined) -> None:
    frame = every_layout.accidents[every_layout.accidents["year"] != 2018]
    assert frame[["date", "weekday", "hour", "departement", "commune"]].notna().all(axis=None)
    assert (frame["date"].dt.dayofweek + 1 == frame["weekday"]).all()
    assert (frame["date"].dt.year == frame["year"]).all()
    # the first accidents of 2013, a Tuesday, a Friday and a Monday
    assert frame[frame["year"] == 2013]["weekday"].head(3).tolist() == [2, 5, 1]
    found = frame.groupby("year")["departement"].agg(lambda codes: codes.nunique())
    assert found.drop(2016).to_dict() == {2013: 101, 2020: 107, 2023: 107, 2024: 107}
    for code in ("01", "2A", "2B", "59", "971"):
        assert (frame[frame["year"] == 2013]["departement"] == code).sum() > 100
    own = frame["departement"].astype("str").str.slice(0, 2)
    assert (frame["commune"].str.slice(0, 2) == own).mean() > 0.999


def test_real_days_of_every_layout_are_those_of_the_published_series(
    every_layout: accidents.Joined,
) -> None:
    published = series.france()
    for year in (2013, 2023, 2024):
        days = every_layout.accidents[every_layout.accidents["year"] == year]["date"].value_counts().sort_index()
        assert days.eq(published.loc[days.index]).all()


def test_real_people_of_the_old_layout_join(every_layout: accidents.Joined) -> None:
    facts = every_layout.report["years"]["2016"]
    assert (facts["people_without_vehicle"], facts["killed"]) == (0, 357)
    people = every_layout.people[every_layout.people["year"] == 2016]
    assert people["vehicle_category"].notna().all()
    assert people["equipment"].notna().mean() > 0.9
