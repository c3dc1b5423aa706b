"""Cases by condition on accidents written by hand, and on the official file against pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import accidents, coded, conditions, schema, store
from data.filters import USERS, Filters
from tests.data import described
from tests.data.test_coded import matches, rows
from tests.data.test_filters import filters
from tests.data.test_summary import injuries

# 2021 has no people table: its accidents count, and its injuries are not known
ACCIDENTS: tuple[dict[str, object], ...] = (
    {"date": "2024-01-03", "hour": 8, "light": "1", "weather": "1", "cars": 2, "pedestrians": 0, **injuries(0, 1, 0)},
    {"date": "2024-03-04", "hour": 23, "light": "3", "weather": "2", "cars": 1, "pedestrians": 1, **injuries(1, 0, 0)},
    {"date": "2024-03-05", "hour": 5, "light": "3", "bicycles": 1, "lorries": 1, "pedestrians": 0, **injuries(2, 0, 4)},
    {"date": "2024-03-05", "hour": 6, "light": "1", "cars": 1, "lorries": 1, "pedestrians": 0, **injuries(0, 0, 1)},
    {"date": "2021-06-07", "hour": 17, "light": "1"},
)  # fmt: skip


def selected(*rows: dict[str, object], **chosen: tuple) -> coded.Selection:
    return coded.select(coded.read(described.source(*(rows or ACCIDENTS))), Filters(**chosen))


def lines(frame: pd.DataFrame) -> dict[object, list[int]]:
    """Accidents, those of known injuries, with somebody killed, killed or hospitalised, and people killed."""
    assert frame.columns.tolist() == ["accidents", "known", "killed", "serious", "lethality"]
    return {value: line.tolist() for value, line in frame.iterrows()}


def test_cases_of_each_value_and_accidents_without_a_people_table_are_not_harmless() -> None:
    assert lines(conditions.outcomes(selected(), "light")) == {"1": [3, 2, 0, 1, 0], "3": [2, 2, 2, 2, 3]}
    assert lines(conditions.outcomes(selected(), "weather")) == {"1": [1, 1, 0, 1, 0], "2": [1, 1, 1, 1, 1]}
    assert lines(conditions.outcomes(selected(years=(2021,)), "light")) == {"1": [1, 0, 0, 0, 0]}


def test_parts_of_the_day_begin_with_their_first_hour() -> None:
    assert lines(conditions.outcomes(selected(), "period")) == {
        0: [1, 1, 1, 1, 2], 6: [2, 2, 0, 1, 0], 16: [1, 0, 0, 0, 0], 20: [1, 1, 1, 1, 1],
    }  # fmt: skip


def test_an_accident_counts_for_each_user_and_once_in_the_mix() -> None:
    users = lines(conditions.outcomes(selected(), "users"))
    assert users == {
        "cars": [3, 3, 1, 2, 1], "lorries": [2, 2, 1, 1, 2], "bicycles": [1, 1, 1, 1, 2],
        "pedestrians": [1, 1, 1, 1, 1],
    }  # fmt: skip
    assert lines(conditions.outcomes(selected(), "mix")) == {
        "pedestrians": [1, 1, 1, 1, 1], "bicycles": [1, 1, 1, 1, 2], "heavy": [1, 1, 0, 0, 0], "light": [1, 1, 0, 1, 0],
    }  # fmt: skip
    others = lines(conditions.without(selected()))
    assert list(others) == list(USERS)
    assert others["cars"] == [1, 1, 1, 1, 2]
    assert others["rail"] == [4, 4, 2, 3, 3]


def test_pairs_of_conditions() -> None:
    pairs = lines(conditions.crossed(selected(), "light", "period"))
    assert pairs == {
        ("1", 6): [2, 2, 0, 1, 0], ("1", 16): [1, 0, 0, 0, 0], ("3", 0): [1, 1, 1, 1, 2], ("3", 20): [1, 1, 1, 1, 1],
    }  # fmt: skip
    by_users = lines(conditions.crossed(selected(), "users", "light"))
    assert by_users["lorries", "1"] == [1, 1, 0, 0, 0]
    assert lines(conditions.crossed(selected(), "light", "users"))["1", "lorries"] == by_users["lorries", "1"]
    assert len(by_users) == 6


@settings(max_examples=40, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=12), filters(), st.sampled_from(["light", "users", "hour"]))
def test_counts_are_those_of_a_reading_row_by_row(
    found: list[dict[str, object]], chosen: Filters, condition: str
) -> None:
    frame = conditions.outcomes(coded.select(coded.read(described.source(*found)), chosen), condition)
    kept = [row for row in found if matches(row, chosen)]
    for value in conditions.values(condition):
        of_value = [row for row in kept if (row[value] if condition == "users" else row[condition] == value)]
        known = [row for row in of_value if row["killed"] is not None]
        expected = [
            len(of_value),
            len(known),
            sum(row["severity"] == "killed" for row in known),
            sum(row["severity"] in ("killed", "hospitalised") for row in known),
            sum(row["killed"] for row in known),
        ]
        assert (frame.loc[value].tolist() if value in frame.index else [0] * 5) == expected


def test_shares_and_risks_against_a_reference_with_their_intervals() -> None:
    cases = pd.DataFrame(
        {"known": [1000, 100, 20], "killed": [50, 10, 1], "lethality": [60, 12, 1]}, index=["1", "3", "4"]
    )
    found = conditions.compared(cases, "killed", cases.loc[["1"]])
    assert found["value"].tolist() == [0.05, 0.1, 0.05]
    assert found["ratio"].tolist()[:2] == [1, 2]
    assert found.loc["4", ["ratio", "ratio_low", "ratio_high"]].isna().all()  # one case says too little
    # Wilson for 10 of 100, and Katz with a standard error of sqrt(1/10 - 1/100 + 1/50 - 1/1000)
    assert found.loc["3", ["low", "high"]].tolist() == pytest.approx([0.05522914, 0.17436566])
    half = 1.959964 * np.sqrt(0.1 - 0.01 + 0.02 - 0.001)
    assert found.loc["3", ["ratio_low", "ratio_high"]].tolist() == pytest.approx(
        [2 * np.exp(-half), 2 * np.exp(half)], rel=1e-6
    )
    assert found["few"].tolist() == [False, False, True]

    rate = conditions.compared(cases, "lethality", cases.loc[["1"]])
    assert rate["value"].tolist() == [0.06, 0.12, 0.05]
    assert rate.loc["3", "ratio"] == pytest.approx(2)
    # Garwood for 12 deaths: 6.2006 to 20.9616
    assert rate.loc["3", ["low", "high"]].tolist() == pytest.approx([0.062006, 0.209616], rel=1e-4)


def test_people_by_role_sex_and_age_of_the_accidents_that_filters_leave() -> None:
    people = (
        {"of": 0, "age": 20, "sex": "1", "role": "1", "injury": "2"},
        {"of": 0, "age": 24, "sex": "1", "role": "1", "injury": "3"},
        {"of": 0, "age": 18, "sex": "1", "role": "1", "injury": "1"},
        {"of": 1, "age": 22, "sex": "1", "role": "1", "injury": "4"},
        {"of": 1, "age": 80, "sex": "2", "role": "3", "injury": "2"},
        {"of": 1, "age": 9, "sex": "2", "role": "4", "injury": "4"},
        {"of": 1, "age": 40, "sex": "2", "role": "2"},
        {"of": 1, "sex": "2", "role": "2", "injury": "2"},
    )
    read = coded.read(described.source({"year": 2016, "light": "1"}, {"year": 2016, "light": "5"}, people=people))
    every = conditions.people(coded.select(read, Filters()))
    assert every.to_dict("index") == {
        ("driver", "1", 18): {"known": 4, "killed": 1, "serious": 2},
        ("pedestrian", "2", 0): {"known": 1, "killed": 0, "serious": 0},
        ("pedestrian", "2", 75): {"known": 1, "killed": 1, "serious": 1},
    }
    lit = conditions.people(coded.select(read, Filters(light=("5",))))
    assert lit["known"].to_dict() == {("driver", "1", 18): 1, ("pedestrian", "2", 0): 1, ("pedestrian", "2", 75): 1}


def test_cells_are_the_combinations_that_are_wholly_known(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = ("light", "weather", "period")
    for most in (conditions._MOST_PLACES, 60):  # the places are packed on the way as well
        monkeypatch.setattr(conditions, "_MOST_PLACES", most)
        cells = conditions.cells(selected(), chosen, "serious")
        found = {
            tuple(codes): (int(n), int(k)) for codes, n, k in zip(cells.codes.T, cells.known, cells.cases, strict=True)
        }
        assert found == {(1, 1, 2): (1, 1), (3, 2, 5): (1, 1)}
        assert cells.total == 4
    assert conditions.cells(selected(), ("mix",), "killed").cases.tolist() == [1, 1, 0, 0]


@pytest.fixture(scope="module")
def official(real_data):
    """The official file of 2024 as the product reads it, and its accidents counted by pandas from the raw tables."""
    folder = real_data / "baac" / "2024"
    joined = accidents.from_paths([folder])
    source = store.InMemory("1", joined.years, simulated=False, report=joined.report, joined=joined)
    tables = {path.name[:4]: pd.read_csv(path, sep=";", dtype="str") for path in folder.glob("*.csv")}
    people = next(t for t in tables.values() if "grav" in t)
    place = next(t for t in tables.values() if "lum" in t)
    key = "Num_Acc" if "Num_Acc" in place else "Accident_Id"
    killed = (people["grav"].str.strip() == "2").groupby(people["Num_Acc"]).sum()
    raw = place.assign(dead=place[key].map(killed), hour=place["hrmn"].str.split(":").str[0].astype("int"))
    return coded.select(coded.read(source), Filters()), raw


@pytest.mark.parametrize(("condition", "column"), [("light", "lum"), ("hour", "hour"), ("departement", "dep")])
def test_lethality_of_the_official_file_is_that_of_pandas(official, condition, column):
    selection, raw = official
    found = conditions.outcomes(selection, condition)
    found = found["lethality"] / found["known"] * 100
    expected = raw.groupby(column)["dead"].sum() / raw.groupby(column).size() * 100
    expected = expected[[str(i) in schema.values(condition) for i in expected.index]]
    assert len(found) == len(expected) > 1
    assert found.to_dict() == pytest.approx(expected.to_dict(), abs=1e-12)
