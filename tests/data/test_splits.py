"""Splits by time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.splits import by_time


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
