"""Intervals that cover what they say: widened or narrowed by how far past counts lay outside them.

Split conformal prediction on standardised errors: the distance of each count from the median, in half-widths of the
forecast interval on its side. The quantile of these distances that the interval should cover is the factor of its
width. It is learnt on days the forecaster has not learnt from, and never on those it is judged on.

Source: Lei et al. 2018, 'Distribution-free predictive inference for regression', section 5.2; Romano et al. 2019,
'Conformalized quantile regression', for intervals that quantiles give.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd

from data import calendar
from models.forecasts import HORIZON, QUANTILES, Forecaster, Paths

_WEEK = 7
_MIDDLE = len(QUANTILES) // 2
_NARROWEST = 0.5  # accidents: half the distance of two counts, so that no half-width is zero


@dataclass(frozen=True)
class Correction:
    """How many times as wide each interval becomes.

    Shapes: factors (intervals, weeks ahead), the widest interval first, as `QUANTILES` has them.
    """

    factors: np.ndarray

    @classmethod
    def none(cls) -> Self:
        """Leaves every interval as it is."""
        return cls(np.ones((_MIDDLE, HORIZON // _WEEK)))

    @classmethod
    def learnt(cls, series: pd.Series, origins: np.ndarray, paths: Paths) -> Self:
        """From forecasts of 28 days and what came; COVID days do not count. A week without any other stays as it is."""
        days = origins[:, None] + np.arange(HORIZON)
        covid = calendar.is_covid(pd.DatetimeIndex(series.index))[days]
        actual = np.where(covid, np.nan, series.to_numpy(dtype=float)[days])
        factors = cls.none().factors
        for interval, week in np.ndindex(*factors.shape):
            steps = slice(_WEEK * week, _WEEK * (week + 1))
            distances = _distances(actual[:, steps], paths.quantiles[:, :, steps], interval)
            distances = np.sort(distances[~np.isnan(distances)])
            if n := len(distances):
                share = QUANTILES[-1 - interval] - QUANTILES[interval]
                # the (n + 1)th share, not the nth: the day to come is one more draw
                factors[interval, week] = distances[min(int(np.ceil(share * (n + 1))), n) - 1]
        return cls(factors)

    def corrected(self, paths: Paths) -> Paths:
        """The same means and medians with corrected intervals, each still inside the next wider."""
        quantiles = paths.quantiles.copy()
        weeks = np.arange(paths.mean.shape[1]) // _WEEK
        middle = quantiles[_MIDDLE]
        for interval in reversed(range(_MIDDLE)):  # from the narrowest out
            factor = self.factors[interval, weeks]
            below, above = _half_widths(paths.quantiles, interval)
            quantiles[interval] = np.minimum(middle - factor * below, quantiles[interval + 1])
            quantiles[-1 - interval] = np.maximum(middle + factor * above, quantiles[-2 - interval])
        return Paths(paths.mean, np.maximum(0.0, quantiles))

    def state(self) -> list[list[float]]:
        """What a checkpoint keeps."""
        return [[float(value) for value in row] for row in self.factors]

    @classmethod
    def restored(cls, state: Any) -> Self:
        """The opposite of `state`. Raises: ValueError where it is none."""
        factors = np.array(state, dtype=float)
        if factors.shape != cls.none().factors.shape or not (np.isfinite(factors) & (factors >= 0)).all():
            raise ValueError("factors")
        return cls(factors)


@dataclass(frozen=True)
class Conformal:
    """A forecaster with corrected intervals."""

    forecaster: Forecaster
    correction: Correction

    @property
    def days_needed(self) -> int:
        return self.forecaster.days_needed

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        return self.correction.corrected(self.forecaster.paths(series, origins, horizon))


def _distances(actual: np.ndarray, quantiles: np.ndarray, interval: int) -> np.ndarray:
    """From the median, in half-widths on the side where the count lies."""
    below, above = _half_widths(quantiles, interval)
    error = actual - quantiles[_MIDDLE]
    distances: np.ndarray = np.maximum(error / above, -error / below)
    return distances


def _half_widths(quantiles: np.ndarray, interval: int) -> tuple[np.ndarray, np.ndarray]:
    middle = quantiles[_MIDDLE]
    below = np.maximum(middle - quantiles[interval], _NARROWEST)
    above = np.maximum(quantiles[-1 - interval] - middle, _NARROWEST)
    return below, above
