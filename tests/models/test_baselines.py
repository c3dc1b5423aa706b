"""What all baselines have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.base import DataError, NotFitted
from models.baselines import BASELINES, named
from models.direct_forecasting import DirectRegression, poisson_regression
from models.forecasts import QUANTILES, Forecaster, Learner, ahead, blended

ORIGIN = 900


def simulated(n: int = 1000, start: str = "2022-01-01") -> pd.Series:
    index = pd.date_range(start, periods=n, name="date")
    mean = 100 + 40 * (index.dayofweek < 5) + 20 * np.sin(2 * np.pi * index.dayofyear / 365)
    return pd.Series(np.random.default_rng(0).poisson(mean).astype(float), index=index, name="accidents")


@pytest.fixture(scope="module", params=list(BASELINES))
def baseline(request: pytest.FixtureRequest) -> Forecaster:
    found = BASELINES[request.param]
    return found.refitted(simulated().iloc[:ORIGIN], None) if isinstance(found, Learner) else found


def test_the_future_is_not_used(baseline: Forecaster) -> None:
    counts = simulated()
    shuffled = counts.copy()
    shuffled.iloc[ORIGIN:] = np.random.default_rng(1).permutation(counts.iloc[ORIGIN:].to_numpy()) * 3
    before, after = (baseline.paths(s, np.array([ORIGIN - 1, ORIGIN]), 28) for s in (counts, shuffled))
    for now, then in ((before.mean, after.mean), (before.quantiles[:, 1], after.quantiles[:, 1])):
        np.testing.assert_array_equal(now, then)
    np.testing.assert_array_equal(before.quantiles[:, 0], after.quantiles[:, 0])


def test_a_shorter_horizon_is_the_beginning_of_a_longer_one(baseline: Forecaster) -> None:
    short, long = (baseline.paths(simulated(), np.array([ORIGIN]), h) for h in (9, 28))
    assert short.mean.shape == (1, 9)
    assert short.quantiles.shape == (len(QUANTILES), 1, 9)
    np.testing.assert_allclose(short.mean, long.mean[:, :9])


def test_quantiles_rise_and_are_no_negative_counts(baseline: Forecaster) -> None:
    few = simulated() // 60  # one or two a day, and days without any
    paths = baseline.paths(few, np.array([800, ORIGIN]), 28)
    assert (np.diff(paths.quantiles, axis=0) >= 0).all()
    assert (paths.quantiles >= 0).all()
    assert (paths.mean >= 0).all()


def test_days_after_the_series_are_forecast_from_the_days_of_each_origin_alone(baseline: Forecaster) -> None:
    counts = simulated()
    both = baseline.paths(counts, np.array([ORIGIN, len(counts)]), 28)
    alone = ahead(baseline, counts, 28)
    np.testing.assert_allclose(both.mean[1], alone.mean)
    assert alone.dates[0] == counts.index[-1] + pd.Timedelta(days=1)


@pytest.mark.parametrize("name", ["ets", "regression", "lightgbm"])
def test_what_learns_the_week_beats_last_week_again(name: str) -> None:
    counts = simulated()
    origins = np.arange(ORIGIN, len(counts) - 27, 7)
    found = BASELINES[name]
    fitted = found.refitted(counts.iloc[:ORIGIN], None) if isinstance(found, Learner) else found
    actual = counts.to_numpy()[origins[:, None] + np.arange(28)]
    error, naive = (
        np.abs(actual - f.paths(counts, origins, 28).mean).mean() for f in (fitted, BASELINES["seasonal-naive"])
    )
    assert error < 0.85 * naive  # of Poisson counts, last week's error is the root of 2 times that of the mean


def test_names() -> None:
    assert list(named(None)) == list(BASELINES)
    assert list(named(["ets"])) == ["ets"]
    assert named([]) == {}
    with pytest.raises(ValueError, match="baselines = 'arima' is none of seasonal-naive"):
        named(["ets", "arima"])


def test_a_regression_must_learn_first_and_from_enough() -> None:
    regression = DirectRegression(poisson_regression)
    with pytest.raises(NotFitted):
        regression.forecast(simulated())
    with pytest.raises(DataError, match="at least 728 days"):
        regression.refitted(simulated(727))
    with pytest.raises(DataError, match="have no accident"):
        regression.refitted(simulated(800) * 0)
    with pytest.raises(DataError, match="have no accident"):
        regression.refitted(simulated(728, "2020-03-17"))  # but for its last months all of it is of the COVID period


def test_a_blend_is_the_mean_of_its_members() -> None:
    counts, origins = simulated(), np.array([ORIGIN])
    members = {name: BASELINES[name] for name in ("seasonal-naive", "last-year")}
    one, other = (member.paths(counts, origins, 28) for member in members.values())
    paths = blended([one, other])
    np.testing.assert_allclose(paths.mean, (one.mean + other.mean) / 2)
    np.testing.assert_allclose(paths.quantiles, (one.quantiles + other.quantiles) / 2)
