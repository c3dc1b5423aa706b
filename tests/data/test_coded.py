"""Accidents as arrays of codes, and the rows that filters leave, against a reading row by row."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import coded
from data.filters import USERS, Filters, column_of, values
from tests.data import described
from tests.data.test_filters import filters

DAYS = st.integers(0, 364).map(lambda n: date(2023, 1, 1) + timedelta(days=n))


@st.composite
def rows(draw: st.DrawFn) -> dict[str, object]:
    """An accident of 2023 of which anything may be unknown."""
    one: dict[str, object] = {"year": 2023}
    day = draw(st.none() | DAYS)
    if day is not None:
        one["date"] = str(day)
    for column in coded.COLUMNS:
        if column not in ("year", "month", "weekday"):
            one[column] = draw(st.none() | st.sampled_from(values(column)))
    for name in (*USERS, *coded.CASUALTIES):
        one[name] = draw(st.sampled_from([None, 0, 0, 1, 3]))
    return one


def matches(row: dict[str, object], chosen: Filters) -> bool:
    """What `Filters` promises, for one accident."""
    day = date.fromisoformat(str(row["date"])) if "date" in row else None
    known = row | {"month": day and day.month, "weekday": day and day.isoweekday()}
    for name, allowed in chosen.active():
        if name == "users":
            if not any(known[str(user)] for user in allowed):
                return False
        elif known[column_of(name)] not in allowed:
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=12), filters())
def test_filters_leave_what_a_reading_row_by_row_leaves(accidents: list[dict[str, object]], chosen: Filters) -> None:
    # few accidents match a dozen random restrictions: each is also tried alone
    read = coded.read(described.source(*accidents))
    for one in (chosen, *(Filters(**{name: vs}) for name, vs in chosen.active())):
        left = np.arange(len(accidents))[coded.select(read, one).rows].tolist()
        assert left == [i for i, row in enumerate(accidents) if matches(row, one)]


def test_codes_count_from_one_and_unknown_is_zero() -> None:
    read = coded.read(
        described.source(
            {"date": "2024-02-29", "hour": 0, "light": "3", "departement": "2A", "speed_limit": 130},
            {"year": 2024},
        )
    )
    first = {"year": 20, "month": 2, "weekday": 4, "hour": 1, "light": 3, "departement": 29, "speed_limit": 25}
    assert {name: int(read.codes[name][0]) for name in first} == first
    assert [int(codes[1]) for name, codes in read.codes.items() if name != "year"] == [0] * 13
    assert (int(read.day[1]), int(read.users[1]), bool(read.injuries_known[1])) == (-1, 0, False)
    assert np.isnan(read.latitude[1])
    assert coded.DAY_ZERO + int(read.day[0]) == np.datetime64("2024-02-29")


def test_users_are_those_known_to_be_involved() -> None:
    read = coded.read(described.source({"year": 2024, "cars": 2, "bicycles": 0, "pedestrians": 1}, {"year": 2024}))
    assert int(read.users[0]) == coded.user_bit("cars") | coded.user_bit("pedestrians")

    def left(*users: str) -> int:
        return len(coded.select(read, Filters(users=users)))

    assert (left("cars"), left("bicycles"), left("bicycles", "pedestrians"), left(*USERS)) == (1, 0, 1, 1)


def test_every_value_allowed_still_leaves_out_the_unknown() -> None:
    read = coded.read(described.source({"year": 2024, "light": "1"}, {"year": 2024}))
    assert len(coded.select(read, Filters())) == 2
    assert len(coded.select(read, Filters(light=("1", "2", "3", "4", "5")))) == 1


def test_what_is_recorded_of_each_year() -> None:
    read = coded.read(
        described.source(
            {"date": "2019-01-03", "killed": 0}, {"date": "2019-03-05"}, {"year": 2018}, {"date": "2021-06-07"}
        )
    )
    found = {year: (str(known.first), str(known.last), known.injuries) for year, known in read.recorded.items()}
    assert found == {
        2018: ("NaT", "NaT", False),
        2019: ("2019-01-03", "2019-03-05", True),
        2021: ("2021-06-07", "2021-06-07", False),
    }


def test_what_all_share_cannot_be_written_to() -> None:
    everything = coded.select(coded.read(described.source({"year": 2024, "light": "1"})), Filters())
    for array in (everything.codes("light"), everything.coded.people["killed"], everything.coded.latitude):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_values_that_occur_stand_in_the_order_of_the_code_book() -> None:
    read = coded.read(described.source(
        {"year": 2023, "light": "5", "bicycles": 1}, {"year": 2023, "light": "1", "cars": 0, "pedestrians": 2},
    ))  # fmt: skip
    found = coded.occurring(read)
    assert found["years"] == (2023,)
    assert found["light"] == ("1", "5")
    assert found["hours"] == ()
    assert set(found["users"]) == {"bicycles", "pedestrians"}
    assert [name for name in USERS if name in found["users"]] == list(found["users"])


def test_what_each_filter_keeps_away_is_counted() -> None:
    read = coded.read(described.source(
        {"year": 2023, "light": "5", "weather": "1"}, {"year": 2023, "light": "1", "weather": "2"},
        {"year": 2023, "light": "1", "weather": "1"},
    ))  # fmt: skip
    chosen = Filters(light=("5",), weather=("2",))
    assert len(coded.select(read, chosen)) == 0
    assert coded.without_each(read, chosen) == {"light": 1, "weather": 1}


def test_people_are_read_when_asked_for_with_their_accident_and_what_is_unknown() -> None:
    accidents = ({"year": 2016}, {"year": 2023}, {"year": 2024})
    people = (
        {"of": 2, "age": 0, "sex": "2", "role": "2", "injury": "1"},
        {"of": 0, "age": 17, "sex": "1", "role": "4", "injury": "2"},
        {"of": 2, "age": 18, "sex": "1", "role": "1", "injury": "4"},
        {"of": 2, "age": 75, "role": "3", "injury": "3"},
        {"of": 2},
    )
    read = coded.read(described.source(*accidents, people=people))
    persons = read.persons
    assert persons.row.tolist() == [2, 0, 2, 2, 2]
    assert persons.age.tolist() == [1, 2, 3, 9, 0]
    assert persons.sex.tolist() == [2, 1, 1, 0, 0]
    assert persons.role.tolist() == [2, 3, 1, 3, 0]
    assert persons.injury.tolist() == [1, 2, 4, 3, 0]
    assert read.persons is persons
    with pytest.raises(ValueError, match="read-only"):
        persons.age[0] = 3


def test_people_of_twenty_years_stay_within_their_memory() -> None:
    people = [{"of": 0, "age": 30, "sex": "1", "role": "1", "injury": "1"}] * 100
    persons = coded.read(described.source({"year": 2024}, people=people)).persons
    assert sum(array.nbytes for array in vars(persons).values()) / 100 * 2_600_000 <= 30e6
