"""What regressions are told of a day ahead, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data import calendar
from models.forecast_features import LEVEL, rows


def rising(n: int, start: str = "2022-01-01") -> pd.Series:
    return pd.Series(np.arange(n, dtype=float) + 100, index=pd.date_range(start, periods=n))


def ratio(count: float, level: float) -> float:
    return float(np.log((count + 0.5) / (level + 0.5)))


def test_ratios_to_the_level() -> None:
    counts, origin = rising(600), 500
    found = rows(counts, np.array([400, origin]), 28)
    assert len(found) == 2 * 28
    level = 100 + np.arange(origin - LEVEL, origin).mean()
    assert found.level[28:] == pytest.approx(level)
    ninth = found.inputs.iloc[28 + 8]  # the second day of the second week ahead
    assert ninth["step"] == 9
    assert ninth["same_weekday"] == pytest.approx(ratio(100 + origin + 8 - 14, level), rel=1e-5)
    assert ninth["same_weekday_4"] == pytest.approx(
        ratio(100 + origin + 8 - np.mean([14, 21, 28, 35]), level), rel=1e-4
    )
    assert ninth["last_week"] == pytest.approx(ratio(100 + origin - 4, level), rel=1e-4)
    then = 100 + np.arange(origin - 364 - LEVEL, origin - 364).mean()
    assert ninth["last_year"] == pytest.approx(ratio(100 + origin + 8 - 364, then), rel=1e-4)
    assert ninth["last_year_month"] == pytest.approx(ratio(100 + origin - 364 + 13.5, then), rel=1e-4)


def test_the_calendar_is_that_of_the_day_ahead_even_after_the_series() -> None:
    counts = rising(600)
    found = rows(counts, np.array([len(counts)]), 28).inputs
    days = pd.date_range(counts.index[-1] + pd.Timedelta(days=1), periods=28)
    expected = calendar.covariates(days)
    np.testing.assert_array_equal(found[list(expected)].to_numpy(), expected.to_numpy())


def test_last_year_is_not_known_before_the_series_or_in_the_covid_period() -> None:
    counts = rising(600, "2021-06-21")
    for origin, known in ((364 + LEVEL, True), (364 + LEVEL - 1, False), (364, False), (300, False)):
        assert rows(counts, np.array([origin]), 28).inputs["last_year"].notna().all() == known
    counts = rising(900, "2020-06-01")
    origin = np.array([counts.index.get_loc(pd.Timestamp("2022-03-01"))])
    assert rows(counts, origin, 28).inputs["last_year"].isna().all()


def test_counts_of_the_covid_period_are_not_known() -> None:
    counts = rising(600, "2020-06-01")
    origin = np.array([counts.index.get_loc(pd.Timestamp("2021-07-01"))])
    found = rows(counts, origin, 7).inputs
    assert found["same_weekday"].notna().all()  # 24 to 30 June
    assert found["last_4_weeks"].isna().all()  # from 3 June
