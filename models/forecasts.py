"""Forecasts from many origins at once, and what every forecaster offers.

An origin is the position in a daily series of the first day forecast; only the days before it may be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
import pandas as pd

from data.errors import DataError
from data.text import _
from models.base import Forecast, Report

HORIZON = 28  # days ahead at most, four whole weeks
QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)


@dataclass(frozen=True)
class Paths:
    """Forecasts of n origins.

    Shapes: mean (n, horizon), quantiles (levels of `QUANTILES`, n, horizon). Units: accidents a day.
    """

    mean: np.ndarray
    quantiles: np.ndarray

    def select(self, rows: np.ndarray) -> Paths:
        return Paths(self.mean[rows], self.quantiles[:, rows])


def blended(paths: Sequence[Paths]) -> Paths:
    """The mean of forecasts of the same origins.

    Quantiles are averaged level by level: mixing the distributions instead would be wider than each of them, although
    the blend errs less.
    """
    mean = np.mean([one.mean for one in paths], axis=0)
    return Paths(mean, np.mean([one.quantiles for one in paths], axis=0))


class Forecaster(Protocol):
    """A method that forecasts; `days_needed` days must lie before an origin."""

    @property
    def days_needed(self) -> int: ...

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths: ...


@runtime_checkable
class Learner(Forecaster, Protocol):
    """A forecaster that must learn before it forecasts; one that has learnt can learn anew."""

    def refitted(self, series: pd.Series, report: Report) -> Self: ...


def ahead(forecaster: Forecaster, history: pd.Series, horizon: int) -> Forecast:
    """The forecast of the days that follow a series.

    Raises: DataError where the series is no daily series or too short; ValueError for an impossible horizon.
    """
    require_horizon(horizon)
    history = checked(history, forecaster.days_needed)
    paths = forecaster.paths(history, np.array([len(history)]), horizon)
    first = pd.DatetimeIndex(history.index)[-1] + pd.Timedelta(days=1)
    quantiles = {level: paths.quantiles[i, 0] for i, level in enumerate(QUANTILES)}
    return Forecast(pd.date_range(first, periods=horizon), paths.mean[0], quantiles)


def require_horizon(horizon: int) -> None:
    """Raises: ValueError where no forecaster looks that many days ahead."""
    if not 1 <= horizon <= HORIZON:
        raise ValueError(_("horizon = {value} is not between 1 and {high}").format(value=horizon, high=HORIZON))


def checked(series: pd.Series, days_needed: int) -> pd.Series:
    """A series that can be forecast from.

    Raises: DataError saying which day is missing or wrong, or how many days are needed.
    """
    index = series.index
    note = " " + series.attrs["note"] if "note" in series.attrs else ""
    if not isinstance(index, pd.DatetimeIndex):
        raise DataError(_("The series needs one row a day, with the days as index."))
    every = pd.date_range(index.min(), index.max()) if len(index) else index
    if not index.equals(every):
        missing = every.difference(index)
        what = missing[0].date() if len(missing) else _("the order of the days")
        raise DataError(_("The series must have every day once, in order; look at {what}.").format(what=what))
    wrong = ~np.isfinite(series.to_numpy(dtype=float)) | (series.to_numpy(dtype=float) < 0)
    if wrong.any():
        day = index[wrong][0].date()
        message = _("{day} has the count {value}; counts must be zero or more.")
        raise DataError(message.format(day=day, value=series.to_numpy()[wrong][0]))
    if len(series) < days_needed:
        message = _("The series has {n} days; at least {needed} days without gap are needed.")
        raise DataError(message.format(n=len(series), needed=days_needed) + note)
    return series


def negative_binomial(mean: np.ndarray, dispersion: np.ndarray) -> Paths:
    """Counts of variance mean + dispersion x mean². Shapes: (n, horizon) each."""
    from scipy.stats import nbinom

    mean = np.maximum(mean, 1e-6)
    size = 1 / np.maximum(dispersion, 1e-6)
    return Paths(mean, nbinom.ppf(np.array(QUANTILES)[:, None, None], size, size / (size + mean)))


def forecast_json(checkpoint: str, forecast: Forecast) -> dict[str, Any]:
    """One forecast as plain values, quantiles by their level as text."""
    return {
        "checkpoint": checkpoint,
        "dates": [day.date().isoformat() for day in forecast.dates],
        "mean": [float(value) for value in forecast.mean],
        "quantiles": {f"{level:g}": [float(v) for v in values] for level, values in forecast.quantiles.items()},
    }
