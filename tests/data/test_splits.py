"""Splits by time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.splits import Cut, by_time, months


def test_no_day_and_no_accident_is_in_two_periods() -> None:
    random = np.random.default_rng(0)
    dates = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 90, 3000), unit="D"))
    split = by_time(dates)
    parts = [split.train, split.validation, split.held_out]
    assert sorted(np.concatenate(parts)) == list(range(3000))
    assert dates.iloc[split.train].max() < dates.iloc[split.validation].min()
    assert dates.iloc[split.validation].max() < dates.iloc[split.held_out].min()
    assert 0.75 < len(split.train) / 3000 <= 0.8


def test_too_few_days_and_missing_dates_are_refused() -> None:
    with pytest.raises(DataError, match="2 days"):
        by_time(pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02"] * 50)))
    with pytest.raises(DataError, match="1 accidents have no date"):
        by_time(pd.Series(pd.to_datetime(["2024-01-01", None])))


def test_cuts_before_each_of_the_last_months() -> None:
    dates = pd.Series(pd.date_range("2024-01-01", "2024-09-30"))
    cuts = months(dates)
    assert [(str(c.validation.date()), str(c.start.date()), str(c.end.date())) for c in cuts] == [
        ("2024-06-10", "2024-07-01", "2024-07-31"),
        ("2024-07-11", "2024-08-01", "2024-08-31"),
        ("2024-08-11", "2024-09-01", "2024-09-30"),
    ]
    assert str(months(pd.Series(pd.date_range("2024-01-01", "2024-09-12")), 1)[0].end.date()) == "2024-08-31"
    split = cuts[0].of(dates.iloc[::-1].reset_index(drop=True))
    days = dates.iloc[::-1].reset_index(drop=True)
    assert [str(days.iloc[part].min().date()) for part in (split.train, split.validation, split.held_out)] == [
        "2024-01-01", "2024-06-10", "2024-07-01",
    ]  # fmt: skip
    assert [len(part) for part in (split.train, split.validation, split.held_out)] == [161, 21, 31]


def test_cuts_that_leave_nothing_are_refused() -> None:
    dates = pd.Series(pd.date_range("2024-07-15", "2024-09-30"))
    with pytest.raises(DataError, match="more than 3 whole months"):
        months(dates)
    day = pd.Timestamp("2024-01-01")
    with pytest.raises(DataError, match="No accident lies before"):
        Cut(day, day, day).of(dates)
