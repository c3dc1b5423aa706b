"""The table of what cannot be compared: tied to the code book, and told for the years that it concerns."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from data import breaks, schema
from data.accidents import NEEDS
from data.filters import Filters

COLUMNS = {column.name: column for columns in schema.TABLES.values() for column in columns}
COUNTS = {"accidents", "vehicles", "people"}  # rows of the three frames


@pytest.mark.parametrize("item", breaks.BREAKS, ids=lambda item: f"{item.since} {item.columns[0]}")
def test_every_break_names_columns_of_the_product(item: breaks.Break) -> None:
    assert set(item.columns) <= set(COLUMNS) | set(NEEDS) | COUNTS
    assert item.sentence.endswith(".")
    assert date(2005, 1, 1) < item.since <= date(2024, 12, 31)
    assert item.until is None or item.until > item.since


@pytest.mark.parametrize("official", ["vma", "motor", "env1", "secu1", "secu"])
def test_columns_that_come_or_go_have_a_break_in_that_year(official: str) -> None:
    first, last = schema.SPANS[official]
    turn = first if first > schema.YEARS[0] else last + 1
    name = next(column.name for column in COLUMNS.values() if column.official == official)
    assert any(name in item.columns and item.since == date(turn, 1, 1) for item in breaks.BREAKS)


def test_breaks_stand_in_order_of_time() -> None:
    days = [item.since for item in breaks.BREAKS]
    assert days == sorted(days)


def named(*years: int) -> set[str]:
    return {name for item in breaks.between(years) for name in item.columns}


def test_only_breaks_between_the_years_matter() -> None:
    assert "hospitalised" in named(2017, 2018)
    assert "hospitalised" not in named(2018)
    assert "hospitalised" not in named(2011, 2017)
    assert {"bicycles", "scooters", "latitude", "equipment"} <= named(2018, 2024)
    assert not {"bicycles", "latitude"} & named(2019, 2024)
    assert not breaks.between([])


def test_a_year_in_which_something_changes_is_not_comparable_in_itself() -> None:
    assert any(item.since == date(2018, 7, 1) for item in breaks.between([2018]))
    assert any(item.until for item in breaks.between([2020]))


def test_what_ended_matters_beside_years_without_it() -> None:
    assert any(item.until for item in breaks.between([2020, 2024]))
    assert not any(item.until for item in breaks.between([2019, 2022, 2023]))


def test_what_nobody_has_checked_says_so() -> None:
    doubtful = [item for item in breaks.BREAKS if not item.verified]
    assert doubtful
    assert all("Not verified" in breaks.explained(item) for item in doubtful)
    checked = next(item for item in breaks.BREAKS if item.verified)
    assert breaks.explained(checked) == f"{checked.sentence} (Source: {checked.source}.)"


def test_departements_that_came_later_are_in_the_code_book() -> None:
    assert set(breaks.FIRST_YEARS) <= set(schema.DEPARTEMENTS)
    assert set(breaks.FIRST_YEARS.values()) == {2012, 2019}


def test_no_place_of_the_early_files_lies_in_a_departement_that_came_later(real_data) -> None:
    """Mayotte is in the files of 2012 and not in those of 2011."""
    path = real_data / "series" / "daily_accidents_by_departement.csv.gz"
    rows = pd.read_csv(path, dtype={"dep": "str"}, parse_dates=["date"])
    first = rows.groupby("dep")["date"].min().dt.year
    assert first["976"] == breaks.FIRST_YEARS["976"]
    assert all(first[code] >= breaks.FIRST_YEARS[code] for code in breaks.FIRST_YEARS if code in first)


def since(*years: int, columns: tuple[str, ...] = (), **chosen: tuple) -> set[date]:
    return {item.since for item in breaks.concerning(years, columns, Filters(**chosen))}


def test_a_break_concerns_what_is_counted_and_what_is_filtered_by() -> None:
    assert since(2017, 2018) == set()
    assert since(2017, 2018, columns=("hospitalised",)) == {date(2018, 1, 1)}
    assert since(2018, 2019, columns=("killed",)) == {date(2018, 7, 1)}
    assert since(2019, 2020, columns=("killed",)) == {date(2020, 3, 17)}
    assert since(2022, 2023, columns=("accidents",)) == set()
    assert since(2022, 2023, columns=("accidents",), road_class=("1",)) == {date(2023, 1, 1)}
    assert since(2018, 2019, users=("bicycles",)) == {date(2019, 1, 1)}


def test_areas_that_the_files_cover_later_concern_only_who_looks_at_them() -> None:
    assert since(2011, 2012, columns=("accidents",)) == {date(2012, 1, 1)}
    assert since(2011, 2012, columns=("accidents",), departements=("69", "976")) == {date(2012, 1, 1)}
    assert since(2011, 2012, columns=("accidents",), departements=("69",)) == set()
