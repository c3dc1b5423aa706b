"""Rolling-origin scores: forecast as if each origin were today, then compare with what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol, Self

import numpy as np
import pandas as pd

from data import calendar
from data.errors import DataError
from data.text import _
from models import forecast_metrics as metrics
from models.base import Report, silent
from models.forecasts import QUANTILES, Forecaster, Paths, checked, require_horizon
from models.seasonal_naive import BASELINES

Refit = Literal["none", "yearly"]
_DRAWS = 1000
_LOW, _HIGH = QUANTILES.index(0.1), QUANTILES.index(0.9)


class Trainable(Forecaster, Protocol):
    """A forecaster that learns, and knows the last day it has learnt from (validation included)."""

    @property
    def seen_until(self) -> pd.Timestamp: ...

    def refitted(self, series: pd.Series, report: Report) -> Self: ...


def backtest(
    forecaster: Trainable,
    series: pd.Series,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    every: int,
    horizon: int = 28,
    refit: Refit = "none",
    *,
    checkpoint: str = "",
    report: Report = silent,
) -> dict[str, Any]:
    """Scores of a forecaster beside the baselines; `start` and `end` are the first and the last origin.

    An origin is the first day forecast; those whose horizon leaves the series do not count. `refit="yearly"` trains
    the same configuration anew for each year, on the days before 1 January of it.
    Raises: DataError where no origin is left or too few days lie before the first; ValueError for `every` < 1
    or an impossible horizon.
    """
    require_horizon(horizon)
    series = checked(series, 1)
    origins = origins_between(series, start, end, every, horizon)
    _require_history(series, origins[0], forecaster)
    if refit == "yearly":
        paths = _refitted_paths(forecaster, series, origins, horizon, report)
        seen = 0
    else:
        paths = forecaster.paths(series, origins, horizon)
        seen = int((pd.DatetimeIndex(series.index)[origins] <= forecaster.seen_until).sum())
    result = {"checkpoint": checkpoint, **score(series, origins, paths)}
    result |= {"intervals": {"mae": _interval(_actual(series, origins, horizon), paths.mean)}, "seen_origins": seen}
    if seen:
        note = _("{seen} of {n} origins lie in days the model was trained or tuned on: their scores flatter it.")
        result["note"] = note.format(seen=seen, n=len(origins))
    return result


def origins_between(
    series: pd.Series, start: str | pd.Timestamp, end: str | pd.Timestamp, every: int, horizon: int
) -> np.ndarray:
    """Positions of the origins from `start` to `end`, each `every` days, whose whole horizon lies in the series."""
    if every < 1:
        raise ValueError(_("every = {value} is not 1 or more").format(value=every))
    index = pd.DatetimeIndex(series.index)
    first_origin, last_origin = (calendar.day(d) if isinstance(d, str) else d for d in (start, end))
    days = pd.date_range(first_origin, min(last_origin, index[-1]), freq="D")[::every]
    positions = index.get_indexer(days)
    origins = positions[(positions >= 0) & (positions + horizon <= len(series))]
    if not len(origins):
        first, last = series.index[0].date(), series.index[-1].date()
        message = _("No origin from {start} to {end} has its {horizon} days inside the series ({first} to {last}).")
        raise DataError(message.format(start=start, end=end, horizon=horizon, first=first, last=last))
    return np.asarray(origins)


def score(series: pd.Series, origins: np.ndarray, paths: Paths) -> dict[str, Any]:
    """Pooled scores, scores of every step ahead, and the pooled scores of each baseline with enough history."""
    horizon = paths.mean.shape[1]
    actual, unit = _actual(series, origins, horizon), metrics.scale(series.iloc[: origins[0]])
    baselines = {
        name: {"pooled": _scores(actual, baseline.paths(series, origins, horizon), unit)}
        for name, baseline in BASELINES.items()
        if origins[0] >= baseline.days_needed
    }
    return {
        "origins": len(origins),
        "pooled": _scores(actual, paths, unit),
        "by_horizon": {
            str(h + 1): _scores(actual[:, [h]], Paths(paths.mean[:, [h]], paths.quantiles[:, :, [h]]), unit)
            for h in range(horizon)
        },
        "baselines": baselines,
    }


def _scores(actual: np.ndarray, paths: Paths, unit: metrics.Scale) -> Mapping[str, float | None]:
    found = {
        "mae": metrics.mae(actual, paths.mean),
        "mase": metrics.mase(actual, paths.mean, unit),
        "rmsse": metrics.rmsse(actual, paths.mean, unit),
        "pinball": metrics.pinball(actual, paths.quantiles, QUANTILES),
        "coverage_80": metrics.coverage(actual, paths.quantiles[_LOW], paths.quantiles[_HIGH]),
    }
    return {name: value if np.isfinite(value) else None for name, value in found.items()}  # JSON knows no NaN


def _refitted_paths(
    forecaster: Trainable, series: pd.Series, origins: np.ndarray, horizon: int, report: Report
) -> Paths:
    index = pd.DatetimeIndex(series.index)
    parts = []
    for year in index[origins].year.unique():
        of_year = origins[index[origins].year == year]
        fitted = forecaster.refitted(series[index < pd.Timestamp(year, 1, 1)], report)
        parts.append(fitted.paths(series, of_year, horizon))
    return Paths(np.concatenate([p.mean for p in parts]), np.concatenate([p.quantiles for p in parts], axis=1))


def _require_history(series: pd.Series, first: int, forecaster: Forecaster) -> None:
    needed = max(forecaster.days_needed, BASELINES["seasonal-naive"].days_needed)
    if first < needed:
        message = _("Before the first origin {day} lie {n} days; at least {needed} are needed.")
        note = " " + series.attrs["note"] if "note" in series.attrs else ""
        raise DataError(message.format(day=series.index[first].date(), n=first, needed=needed) + note)


def _actual(series: pd.Series, origins: np.ndarray, horizon: int) -> np.ndarray:
    return series.to_numpy(dtype=float)[origins[:, None] + np.arange(horizon)]


def _interval(actual: np.ndarray, mean: np.ndarray) -> list[float]:
    """95 % bootstrap interval of the pooled MAE, drawing whole origins: the days of one forecast err together."""
    errors = np.abs(actual - mean).mean(axis=1)
    draws = np.random.default_rng(0).integers(len(errors), size=(_DRAWS, len(errors)))
    low, high = np.quantile(errors[draws].mean(axis=1), [0.025, 0.975])
    return [float(low), float(high)]
