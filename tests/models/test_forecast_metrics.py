"""Every score against a value worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from models import forecast_metrics as metrics
from models.forecasts import QUANTILES

ACTUAL, MEAN = np.array([10.0, 20.0]), np.array([12.0, 16.0])


def test_errors() -> None:
    unit = metrics.Scale(absolute=6.0, squared=40.0)
    assert metrics.mae(ACTUAL, MEAN) == 3  # (2 + 4) / 2
    assert metrics.mase(ACTUAL, MEAN, unit) == 0.5
    assert metrics.rmsse(ACTUAL, MEAN, unit) == pytest.approx(0.5)  # sqrt(((4 + 16) / 2) / 40)


def test_pinball() -> None:
    quantiles = np.array([[8.0, 21.0], [14.0, 24.0]])
    # level .1: .1 * 2 = .2 and .9 * 1 = .9; level .9: .1 * 4 = .4 and .1 * 4 = .4
    assert metrics.pinball(ACTUAL, quantiles, [0.1, 0.9]) == pytest.approx((0.2 + 0.9 + 0.4 + 0.4) / 4)


def test_pinball_of_the_median_is_half_the_absolute_error() -> None:
    assert metrics.pinball(ACTUAL, MEAN[None], [0.5]) == metrics.mae(ACTUAL, MEAN) / 2


def test_crps_of_a_single_value_is_the_absolute_error() -> None:
    assert metrics.crps(ACTUAL, np.stack([MEAN] * 9), QUANTILES) == pytest.approx(metrics.mae(ACTUAL, MEAN))


def test_crps_of_distributions_it_is_known_for() -> None:
    middle = metrics.crps(np.array([0.5]), np.array(QUANTILES)[:, None], QUANTILES)
    assert middle == pytest.approx(1 / 12, rel=0.01)  # the uniform distribution at its middle: 1/3 - 1/4
    draws = norm.ppf((np.arange(2000) + 0.5) / 2000)
    levels = np.broadcast_to(norm.ppf(QUANTILES)[:, None], (9, 2000))
    assert metrics.crps(draws, levels, QUANTILES) == pytest.approx(1 / np.sqrt(np.pi), rel=0.001)


def test_coverage_counts_the_edges() -> None:
    actual = np.array([1.0, 2.0, 3.0, 4.0])
    assert metrics.coverage(actual, np.full(4, 2.0), np.full(4, 3.0)) == 0.5


def test_scale_is_the_error_of_last_week() -> None:
    history = pd.Series([1.0] * 7 + [3.0] * 7, index=pd.date_range("2024-01-01", periods=14))
    assert metrics.scale(history) == metrics.Scale(absolute=2.0, squared=4.0)


def test_scale_leaves_the_covid_period_out() -> None:
    index = pd.date_range("2020-02-01", "2020-04-30")
    history = pd.Series(100.0, index=index)
    history.iloc[::2] += 2  # weeks differ by 2 a day
    emptied = history.where(index < "2020-03-17", 0.0)
    assert metrics.scale(emptied) == metrics.scale(history.loc[:"2020-03-16"])
    assert np.isnan(metrics.scale(history.loc["2020-03-20":]).absolute)


def test_scale_leaves_out_the_first_week_after_the_covid_period_too() -> None:
    """Its differences look back into the period."""
    index = pd.date_range("2021-06-01", "2021-07-31")
    history = pd.Series(100.0, index=index)
    history.iloc[::2] += 2
    emptied = history.where(index > "2021-06-20", 0.0)
    assert metrics.scale(emptied) == metrics.scale(history.loc["2021-06-21":])


def test_a_constant_history_measures_nothing() -> None:
    history = pd.Series(5.0, index=pd.date_range("2024-01-01", periods=21))
    assert np.isnan(metrics.mase(ACTUAL, MEAN, metrics.scale(history)))
