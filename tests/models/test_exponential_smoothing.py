"""Exponential smoothing chosen anew at each origin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.base import DataError
from models.exponential_smoothing import ETS


def weekly(n: int, start: str, growth: float = 0.0) -> pd.Series:
    index = pd.date_range(start, periods=n)
    mean = np.array([80, 90, 100, 100, 120, 70, 60])[index.dayofweek] + growth * np.arange(n)
    return pd.Series(mean + np.random.default_rng(0).normal(0, 3, n), index=index)


@pytest.mark.parametrize("growth", [0.0, 0.5])
def test_a_trend_is_taken_where_there_is_one(growth: float) -> None:
    forecast = ETS().forecast(weekly(400, "2022-01-03", growth))
    weeks = forecast.mean.reshape(4, 7).mean(axis=1)
    assert weeks[3] - weeks[0] == pytest.approx(21 * growth, abs=1.5)


def test_a_season_that_grows_with_the_level_is_taken_for_one() -> None:
    """A week's difference of its days doubles with the level: one that adds would keep it as it was."""
    n = 728
    rng = np.random.default_rng(0)
    mean = np.tile([0.5, 1.0, 1.5, 1.0, 1.0, 1.0, 1.0], n // 7) * np.linspace(100, 300, n)
    counts = pd.Series(mean * rng.normal(1, 0.02, n), index=pd.date_range("2022-01-03", periods=n))
    week = ETS().forecast(counts, 7).mean
    assert week[2] / week[0] == pytest.approx(3, abs=0.1)


def test_intervals_cover_as_much_as_they_say() -> None:
    counts = weekly(700, "2022-01-03")
    origins = np.arange(400, 672, 7)
    paths = ETS(days=364).paths(counts, origins, 28)
    actual = counts.to_numpy()[origins[:, None] + np.arange(28)]
    assert ((actual >= paths.quantiles[2]) & (actual <= paths.quantiles[6])).mean() == pytest.approx(0.8, abs=0.06)


def test_days_before_the_end_of_the_covid_period_are_left_out_once_a_year_lies_after_it() -> None:
    counts = weekly(1000, "2020-01-01")
    emptied = counts.where(counts.index > "2021-06-20", 5.0)
    year_after = np.flatnonzero(counts.index == "2022-06-20")  # 364 days after the period
    for origins, same in ((year_after, True), (year_after - 1, False)):
        one, other = (ETS().paths(s, origins, 28).mean for s in (counts, emptied))
        assert np.array_equal(one, other) == same


def test_a_history_that_never_changes_goes_on() -> None:
    forecast = ETS().forecast(pd.Series(0.0, index=pd.date_range("2024-01-01", periods=60)), 7)
    assert forecast.mean.tolist() == [0.0] * 7
    assert forecast.quantiles[0.975].tolist() == [0.0] * 7


def test_a_short_history_is_refused() -> None:
    with pytest.raises(DataError, match="at least 56 days"):
        ETS().forecast(weekly(55, "2024-01-01"))
