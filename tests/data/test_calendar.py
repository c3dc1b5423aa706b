"""Known dates of the French calendar."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import calendar
from data.errors import DataError
from tests.data.server import CALENDAR

SCHOOL = {"school_a", "school_b", "school_c"}


def marks(day: str) -> set[str]:
    """The covariates that are 1 on a day, weekday and season left out."""
    row = calendar.covariates(pd.DatetimeIndex([day])).iloc[0]
    return {name for name in row.index[row == 1] if not name.startswith(("weekday", "year"))}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-04-01", {"public_holiday"}),  # Easter Monday
        ("2024-05-09", {"public_holiday", "day_after"}),  # Ascension, the day after 8 May
        ("2024-05-10", {"day_after", "bridge"}),
        ("2024-03-31", {"eve", "clock_forward"}),
        ("2024-10-27", {"clock_back", "school_a", "school_b", "school_c"}),
        ("2022-10-31", {"eve", "bridge", "school_a", "school_b", "school_c"}),  # a Monday before a holiday
        ("2024-08-14", {"eve", "august", "school_a", "school_b", "school_c"}),
        ("2024-12-26", {"day_after", "christmas_week", "school_a", "school_b", "school_c"}),
        ("2024-06-12", set()),
        ("2024-05-20", {"public_holiday"}),  # Whit Monday
        ("2025-04-20", {"eve", *SCHOOL}),  # Easter is no public holiday of its own
        ("2025-04-21", {"public_holiday", *SCHOOL}),
        ("2023-05-19", {"day_after", "bridge"}),  # Ascension is always a Thursday
        ("2026-01-02", {"day_after", "bridge", *SCHOOL}),  # a Friday after New Year's Day
        ("2020-07-13", {"eve", "bridge", *SCHOOL}),
        ("2026-05-08", {"public_holiday"}),  # a Friday that is a holiday itself is no bridge
        ("2024-12-23", SCHOOL),
        ("2024-12-24", {"eve", "christmas_week", *SCHOOL}),
        ("2024-12-31", {"eve", "christmas_week", *SCHOOL}),
        ("2025-01-01", {"public_holiday", "christmas_week", *SCHOOL}),
        ("2025-01-02", {"day_after", *SCHOOL}),
        ("2024-07-31", SCHOOL),
        ("2024-08-31", {"august", *SCHOOL}),
        ("2024-09-02", set()),
        ("2023-03-26", {"clock_forward"}),
        ("2023-03-19", set()),
        ("2025-03-30", {"clock_forward"}),
        ("2022-10-30", {"clock_back", *SCHOOL}),
        ("2019-10-27", {"clock_back", *SCHOOL}),
    ],
)
def test_marks_of_known_days(day: str, expected: set[str]) -> None:
    assert marks(day) == expected


def test_the_public_holidays_of_a_year() -> None:
    days = pd.date_range("2024-01-01", "2024-12-31")
    assert [f"{day:%m-%d}" for day in days[calendar.is_public_holiday(days)]] == [
        "01-01", "04-01", "05-01", "05-08", "05-09", "05-20", "07-14", "08-15", "11-01", "11-11", "12-25",
    ]  # fmt: skip


def test_clocks_change_twice_a_year() -> None:
    table = calendar.covariates(pd.date_range("2005-01-01", "2027-12-31"))
    for name in ("clock_forward", "clock_back"):
        assert (table[name].groupby(table.index.year).sum() == 1).all()


def test_waves_of_the_year() -> None:
    row = calendar.covariates(pd.DatetimeIndex(["2023-04-02"])).iloc[0]  # 91 of 365 days on: hardly less than a quarter
    expected = {"year_sin_1": 1, "year_cos_1": 0, "year_sin_2": 0, "year_cos_2": -1, "year_sin_3": -1, "year_cos_3": 0}
    assert row[list(expected)].to_dict() == pytest.approx(expected, abs=0.02)


def test_every_covariate_is_documented() -> None:
    table = calendar.covariates(pd.DatetimeIndex(["2024-05-10"]))
    assert list(table) == list(calendar.COVARIATES)
    document = Path(__file__).parents[2] / "docs" / "forecasts.md"
    assert calendar.covariates_table() in document.read_text(encoding="utf-8")


def test_a_day_in_words() -> None:
    assert calendar.day("2024-02-29") == pd.Timestamp("2024-02-29")


@pytest.mark.parametrize("text", ["2024", "2024-02-30", "soon", "", "NaT", "2024-05-01T12:00"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="write YYYY-MM-DD"):
        calendar.day(text)


@pytest.mark.parametrize(
    ("day", "zones"),
    [("2024-02-12", "C"), ("2024-02-20", "AC"), ("2024-02-28", "AB"), ("2024-03-06", "B"), ("2027-02-24", "AB")],
)
def test_winter_holidays_differ_by_zone(day: str, zones: str) -> None:
    assert marks(day) == {f"school_{zone.lower()}" for zone in zones}


def test_weekday_and_season() -> None:
    table = calendar.covariates(pd.date_range("2023-01-01", "2024-12-31"))
    weekdays = table[[f"weekday_{n}" for n in range(1, 8)]]
    assert (weekdays.sum(axis=1) == 1).all()
    assert weekdays.loc["2024-04-01", "weekday_1"] == 1
    assert table.loc["2023-01-01", "year_cos_1"] == pytest.approx(1)
    assert table.loc["2023-07-02", "year_cos_1"] == pytest.approx(-1, abs=0.01)
    assert table.to_numpy().min() >= -1
    assert table.to_numpy().max() <= 1


def test_a_day_has_the_same_row_in_any_range() -> None:
    whole = calendar.covariates(pd.date_range("2024-01-01", "2024-12-31"))
    one = calendar.covariates(pd.DatetimeIndex(["2024-05-10"]))
    np.testing.assert_array_equal(whole.loc["2024-05-10"], one.iloc[0])


def test_outside_the_table_the_nearest_year_stands_in() -> None:
    beyond = pd.date_range("2029-01-01", "2029-12-31")
    share = calendar.is_school_holiday(beyond, "A").mean()
    assert 0.28 < share < 0.40  # a third of the year
    assert calendar.is_school_holiday(pd.DatetimeIndex(["2029-08-01", "1999-08-01"]), "B").all()


@pytest.fixture
def downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The calendar of the ministry, with an invented school year after the product's own table."""
    monkeypatch.setenv("BALISE_RAW", str(tmp_path))
    path = tmp_path / "school-holidays.csv"
    path.write_bytes(CALENDAR)
    return path


def test_the_calendar_that_was_downloaded_goes_on_where_the_table_ends(downloaded: Path) -> None:
    invented = pd.DatetimeIndex(["2027-10-22", "2027-10-23", "2028-02-27", "2028-02-28", "2028-08-31"])
    own = pd.date_range("2004-01-01", "2027-08-31")
    with_download = {zone: calendar.is_school_holiday(own, zone) for zone in calendar.ZONES}
    for zone in calendar.ZONES:
        assert calendar.is_school_holiday(invented, zone).tolist() == [False, True, True, False, True]
    assert calendar.school_holidays_known_until() == pd.Timestamp("2028-08-31")
    downloaded.unlink()
    assert calendar.school_holidays_known_until() == pd.Timestamp("2027-08-31")
    for zone, days in with_download.items():
        np.testing.assert_array_equal(days, calendar.is_school_holiday(own, zone))


def test_a_damaged_calendar_says_what_to_do(downloaded: Path) -> None:
    downloaded.write_bytes(b"description;")
    with pytest.raises(DataError, match=r"school-holidays\.csv cannot be used: .*download the school holidays again"):
        calendar.is_school_holiday(pd.DatetimeIndex(["2028-02-27"]), "A")


def test_covid_period() -> None:
    days = pd.DatetimeIndex(["2020-03-16", "2020-03-17", "2021-06-20", "2021-06-21"])
    assert calendar.is_covid(days).tolist() == [False, True, True, False]


def test_school_holidays_against_the_daily_file(real_data: Path) -> None:
    days = pd.read_csv(real_data / "calendar" / "school_holidays.csv", sep=";", encoding="utf-8-sig")
    days.index = pd.to_datetime(days["date"], format="%d/%m/%Y")
    days = days.loc["2004-01-01":"2026-08-30"]  # the file ends one day before that summer does
    for zone in calendar.ZONES:
        expected = days[f"vacances_zone_{zone.lower()}"].astype(str) == "True"
        np.testing.assert_array_equal(calendar.is_school_holiday(pd.DatetimeIndex(days.index), zone), expected)
