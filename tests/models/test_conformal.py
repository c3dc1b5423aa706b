"""Intervals that are made to cover what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from models.conformal import Conformal, Correction
from models.forecasts import QUANTILES, Paths

HALF_WIDTHS = np.array([12.0, 10.0, 6.0, 4.0])  # of the intervals of 95, 90, 80 and 50 %


def constant(n: int, horizon: int = 28, middle: float = 100.0) -> Paths:
    offsets = np.concatenate([-HALF_WIDTHS, [0.0], HALF_WIDTHS[::-1]])
    mean = np.full((n, horizon), middle)
    return Paths(mean, mean + offsets[:, None, None])


def series(values: np.ndarray, start: str = "2024-01-01") -> pd.Series:
    return pd.Series(values, index=pd.date_range(start, periods=len(values)))


def test_factors_by_hand() -> None:
    errors = np.tile([2.0, -4.0, 6.0, -8.0, 10.0, -12.0, 14.0], 4)
    errors[7:14] = 0
    factors = Correction.learnt(series(100 + errors), np.array([0]), constant(1)).factors
    assert factors[3, 0] == 8 / 4  # the fourth of seven errors: half of 7 + 1
    assert factors[2, 0] == 14 / 6  # .8 * 8 is more than six: the seventh
    assert factors[0, 0] == 14 / 12
    assert factors[3, 1] == 0  # forecasts that never erred need no width
    corrected = Correction(factors).corrected(constant(1))
    assert corrected.quantiles[[2, 6], 0, 0].tolist() == [86.0, 114.0]
    assert corrected.quantiles[[3, 5], 0, 0].tolist() == [92.0, 108.0]
    assert corrected.quantiles[:, 0, 10].tolist() == [100.0] * 9
    np.testing.assert_array_equal(corrected.mean, constant(1).mean)


def test_intervals_too_narrow_or_too_wide_cover_afterwards() -> None:
    rng = np.random.default_rng(0)
    learnt, fresh = (series(rng.normal(200, 20, 3000), "2010-01-01") for _ in range(2))
    origins = np.arange(0, 3000 - 28, 7)
    for scale in (0.5, 2.0):
        quantiles = norm.ppf(QUANTILES, 200, 20 * scale)[:, None, None] * np.ones((1, len(origins), 28))
        paths = Paths(np.full((len(origins), 28), 200.0), quantiles)
        corrected = Correction.learnt(learnt, origins, paths).corrected(paths)
        actual = fresh.to_numpy()[origins[:, None] + np.arange(28)]
        for low, share in ((0, 0.95), (1, 0.9), (2, 0.8), (3, 0.5)):
            inside = (actual >= corrected.quantiles[low]) & (actual <= corrected.quantiles[-1 - low])
            assert inside.mean() == pytest.approx(share, abs=0.03)


def test_quantiles_rise_and_are_no_negative_counts_whatever_the_factors() -> None:
    correction = Correction(np.array([[0.1] * 4, [1.0] * 4, [5.0] * 4, [9.0] * 4]))
    quantiles = correction.corrected(constant(2, 20, middle=5.0)).quantiles
    assert quantiles.shape == (9, 2, 20)
    assert (np.diff(quantiles, axis=0) >= 0).all()
    assert quantiles.min() == 0


def test_covid_days_are_not_learnt_from() -> None:
    counts = series(np.full(40, 106.0), "2020-03-13")
    counts.iloc[4:] = 0.0  # from 17 March on
    factors = Correction.learnt(counts, np.array([0]), constant(1)).factors
    assert factors[:, 0].tolist() == [0.5, 0.6, 1.0, 1.5]
    assert (factors[:, 1:] == 1).all()


def test_a_median_at_the_edge_of_its_interval_divides_by_no_zero() -> None:
    nothing = Paths(np.full((1, 28), 0.2), np.zeros((9, 1, 28)))
    factors = Correction.learnt(series(np.tile([0.0, 0, 0, 0, 0, 0, 2], 4)), np.array([0]), nothing).factors
    assert factors[0, 0] == 4  # two accidents, in half-widths of a half
    assert Correction(factors).corrected(nothing).quantiles[-1, 0, 0] == 2


def test_it_wraps_a_forecaster() -> None:
    class Constant:
        days_needed = 5

        def paths(self, history: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
            return constant(len(origins), horizon)

    twice = Conformal(Constant(), Correction(np.full((4, 4), 2.0)))
    assert twice.days_needed == 5
    paths = twice.paths(series(np.zeros(9)), np.array([6, 7]), 3)
    assert paths.quantiles[[0, -1], 1, 2].tolist() == [76.0, 124.0]
    assert (
        Conformal(Constant(), Correction.none()).paths(series(np.zeros(9)), np.array([6]), 28).quantiles[0, 0, 0] == 88
    )


def test_it_is_kept_as_plain_numbers() -> None:
    kept = Correction(np.full((4, 4), 1.25)).state()
    assert kept == [[1.25] * 4] * 4
    np.testing.assert_array_equal(Correction.restored(kept).factors, np.full((4, 4), 1.25))
    for wrong in ([[1.0]], [[float("nan")] * 4] * 4, [[-1.0] * 4] * 4, None):
        with pytest.raises((ValueError, TypeError)):
            Correction.restored(wrong)
