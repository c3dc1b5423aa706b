"""The forecasts made by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.base import DataError
from models.forecasts import QUANTILES
from models.seasonal_naive import BASELINES, SeasonalNaive


def simulated(n: int = 800, start: str = "2022-01-01") -> pd.Series:
    counts = np.random.default_rng(0).poisson(100, n).astype(float)
    return pd.Series(counts, index=pd.date_range(start, periods=n), name="accidents")


def test_last_week_comes_again() -> None:
    counts = simulated()
    forecast = SeasonalNaive().forecast(counts, 9)
    np.testing.assert_array_equal(forecast.mean, [*counts.iloc[-7:], *counts.iloc[-7:-5]])
    assert forecast.dates[0] == counts.index[-1] + pd.Timedelta(days=1)


def test_eight_week_mean_and_last_year() -> None:
    counts = simulated()
    eight = BASELINES["eight-week-mean"].forecast(counts, 28)
    assert eight.mean[0] == pytest.approx(np.mean([counts.iloc[-7 * k] for k in range(1, 9)]))
    # on the eighth day ahead the latest same weekday known is again the last week's
    assert eight.mean[7] == pytest.approx(eight.mean[0])
    last_year = BASELINES["last-year"].forecast(counts, 28)
    np.testing.assert_array_equal(last_year.mean, counts.iloc[-364:-336])


def test_intervals_are_the_quantiles_of_its_own_errors() -> None:
    counts = simulated()
    forecast = SeasonalNaive().forecast(counts, 28)
    values = counts.to_numpy()
    errors = (values[21:] - values[:-21])[-728:]  # the third week ahead
    np.testing.assert_allclose(
        [forecast.quantiles[level][15] for level in QUANTILES],
        np.maximum(0, forecast.mean[15] + np.quantile(errors, QUANTILES)),
    )


def test_the_future_is_not_used() -> None:
    counts = simulated()
    changed = counts.copy()
    changed.iloc[700:] = 5.0
    for baseline in BASELINES.values():
        before, after = (baseline.paths(s, np.array([700]), 28) for s in (counts, changed))
        np.testing.assert_array_equal(before.mean, after.mean)
        np.testing.assert_array_equal(before.quantiles, after.quantiles)


def test_covid_errors_do_not_widen_the_intervals() -> None:
    counts = simulated(900, "2019-06-01")
    emptied = counts.where(~((counts.index >= "2020-03-17") & (counts.index <= "2021-06-20")), 3.0)
    origin = np.array([len(counts) - 28])
    usual, covid = (SeasonalNaive().paths(s, origin, 28).quantiles for s in (counts, emptied))
    np.testing.assert_array_equal(usual, covid)


def test_a_short_history_is_refused() -> None:
    with pytest.raises(DataError, match="at least 84 days"):
        SeasonalNaive().forecast(simulated(83))
