"""Exponential smoothing (ETS) with a weekly season, whose components are chosen anew at every origin."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data import calendar
from models.base import Forecast
from models.forecasts import QUANTILES, Paths, ahead

_WEEK, _YEAR = 7, 364
_DRAWS = 1000
# Error, trend, damped, season. A season that multiplies needs an error that does: the others are numerically unstable.
_COMPONENTS = [
    (error, trend, damped, season)
    for error, seasons in (("add", ("add",)), ("mul", ("add", "mul")))
    for trend, damped in ((None, False), ("add", False), ("add", True))
    for season in seasons
]


@dataclass(frozen=True)
class ETS:
    """The exponential smoothing of lowest AICc on the latest `days` before each origin.

    Components and parameters are estimated for every origin: more often than any model that learns once a year. COVID
    days are left out as soon as a year of others lies after them. Intervals are quantiles of simulated paths.
    """

    days: int = 3 * _YEAR

    @property
    def days_needed(self) -> int:
        return 8 * _WEEK

    def forecast(self, history: pd.Series, horizon: int = 28) -> Forecast:
        """The days that follow the history. Raises: DataError where it is too short."""
        return ahead(self, history, horizon)

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        counts = series.to_numpy(dtype=float)
        covid = np.flatnonzero(calendar.is_covid(pd.DatetimeIndex(series.index)))
        found = [_forecast(counts[self._first(covid, t) : t], horizon) for t in origins]
        return Paths(np.stack([mean for mean, _ in found]), np.stack([levels for _, levels in found], axis=1))

    def _first(self, covid: np.ndarray, origin: int) -> int:
        """The first day that the smoothing before an origin reads."""
        usual = int(covid[covid < origin][-1]) + 1 if (covid < origin).any() else 0
        return max(origin - self.days, usual if origin - usual >= _YEAR else 0)


def _forecast(counts: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean (horizon,) and quantiles (levels, horizon) after the counts."""
    if np.ptp(counts) == 0:  # nothing to estimate: a variance of zero has no likelihood
        mean = np.full(horizon, counts[-1])
        return mean, np.tile(mean, (len(QUANTILES), 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that stopped early is compared by its likelihood like the others
        fits = [_fitted(counts, *parts) for parts in _COMPONENTS if "mul" not in parts or counts.min() > 0]
        best = min(fits, key=lambda fit: fit.aicc)
        mean = best.forecast(horizon)
        draws = best.simulate(horizon, anchor="end", repetitions=_DRAWS, rng=np.random.default_rng(0))
    levels = np.quantile(np.asarray(draws), QUANTILES, axis=1)
    return np.maximum(0.0, np.asarray(mean)), np.maximum(0.0, levels)


def _fitted(counts: np.ndarray, error: str, trend: str | None, damped: bool, season: str) -> Any:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = ETSModel(
        counts,
        error=error,
        trend=trend,
        damped_trend=damped,
        seasonal=season,
        seasonal_periods=_WEEK,
        initialization_method="heuristic",  # estimating the first states too takes ten times as long for the same error
    )
    return model.fit(disp=False)
