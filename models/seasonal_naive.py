"""Forecasts anyone can make by hand: what a model must beat to be worth having."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import calendar
from models.base import Forecast
from models.forecasts import QUANTILES, Paths, ahead

_WEEK = 7
_RESIDUAL_DAYS = 728  # two years of its own past errors make the intervals


@dataclass(frozen=True)
class SeasonalNaive:
    """The mean of past same weekdays; with the defaults, the latest same weekday known.

    `weeks` same weekdays are averaged, the latest of them `lag` weeks back or more. Intervals are the quantiles of the
    method's own errors at the same distance over the latest two years before each origin, COVID days left out.
    """

    weeks: int = 1
    lag: int = 1

    @property
    def days_needed(self) -> int:
        """Enough days for the longest lag and eight weeks of errors."""
        return self._lags(4)[-1] + 8 * _WEEK

    def forecast(self, history: pd.Series, horizon: int = 28) -> Forecast:
        """The days that follow the history. Raises: DataError where it is too short."""
        return ahead(self, history, horizon)

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        """Forecasts of all origins; steps of one week share their lags, so they share their errors too."""
        counts = series.to_numpy(dtype=float)
        covid = calendar.is_covid(pd.DatetimeIndex(series.index))
        mean = np.empty((len(origins), horizon))
        quantiles = np.empty((len(QUANTILES), len(origins), horizon))
        for first in range(0, horizon, _WEEK):
            steps = np.arange(first, min(first + _WEEK, horizon))
            lags = self._lags(first // _WEEK + 1)
            days = origins[:, None] + steps
            mean[:, steps] = np.mean([counts[days - lag] for lag in lags], axis=0)
            errors, usual = _errors(counts, covid, lags)
            spread = [np.quantile(_latest(errors[:t], usual[:t]), QUANTILES) for t in origins]
            quantiles[:, :, steps] = np.maximum(0, mean[:, steps] + np.transpose(spread)[:, :, None])
        return Paths(mean, quantiles)

    def _lags(self, week: int) -> list[int]:
        """Days back to the same weekdays averaged for the days of the `week`-th week ahead (1, 2 ...)."""
        latest = max(self.lag, week)
        return [_WEEK * (latest + n) for n in range(self.weeks)]


BASELINES: dict[str, SeasonalNaive] = {
    "seasonal-naive": SeasonalNaive(),
    "eight-week-mean": SeasonalNaive(weeks=8),
    "last-year": SeasonalNaive(lag=52),
}


def _errors(counts: np.ndarray, covid: np.ndarray, lags: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Each day's count less its forecast, NaN where a lag is not there; and whether no COVID day takes part."""
    errors, usual = np.full(len(counts), np.nan), np.zeros(len(counts), dtype=bool)
    days = np.arange(lags[-1], len(counts))
    errors[days] = counts[days] - np.mean([counts[days - lag] for lag in lags], axis=0)
    usual[days] = ~(covid[days] | np.any([covid[days - lag] for lag in lags], axis=0))
    return errors, usual


def _latest(errors: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """The latest two years of usual errors; of all errors where a history knows nothing but the COVID period."""
    kept: np.ndarray = errors[usual] if usual.any() else errors[~np.isnan(errors)]
    return kept[-_RESIDUAL_DAYS:]
