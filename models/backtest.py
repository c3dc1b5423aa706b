"""Rolling-origin scores: forecast as if each origin were today, then compare with what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from data import calendar
from data.errors import DataError
from data.text import _
from models import baselines as known
from models import diebold_mariano
from models import forecast_metrics as metrics
from models.base import Progress, Report, silent
from models.forecasts import QUANTILES, Forecaster, Learner, Paths, blended, checked, require_horizon

Refit = Literal["none", "yearly"]
_DRAWS = 1000
_KEPT = ("1", "7", "14", "28")
_INTERVALS = {"coverage_50": 0.25, "coverage_80": 0.1, "coverage_95": 0.025}  # by their lower quantile


class Trainable(Learner, Protocol):
    """A forecaster that learns, and knows the last day it has learnt from (validation included)."""

    @property
    def seen_until(self) -> pd.Timestamp: ...


def backtest(
    forecaster: Trainable,
    series: pd.Series,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    every: int,
    horizon: int = 28,
    refit: Refit = "none",
    *,
    baselines: Sequence[str] | None = None,
    checkpoint: str = "",
    report: Report = silent,
) -> dict[str, Any]:
    """Scores of a forecaster beside the baselines; `start` and `end` are the first and the last origin.

    An origin is the first day forecast; those whose horizon leaves the series do not count. `refit="yearly"` trains
    the same configuration anew for each year, on the days before 1 January of it, and so do the baselines that learn;
    otherwise those learn from the days the forecaster has seen, as far as they lie before the first origin. `ets` is
    estimated anew at every origin. `baselines` are names of `baselines.BASELINES`, by default all.

    Keys: those of `score`, and

    - checkpoint, intervals (mae: 95% bootstrap interval of the pooled error)
    - blend: members, and the scores of the mean of the forecaster and the baselines that learnt; absent without any
    - left_out: why a baseline is not there, by name
    - seen_origins, note: how many origins the forecaster had seen, and a warning where there are any

    Raises: DataError where no origin is left or too few days lie before the first; ValueError for `every` < 1,
    an impossible horizon or an unknown baseline.
    """
    require_horizon(horizon)
    others = known.named(baselines)
    series = checked(series, 1)
    origins = origins_between(series, start, end, every, horizon)
    _require_history(series, origins[0], forecaster)
    if refit == "yearly":
        paths = _refitted_paths(forecaster, series, origins, horizon, report)
        learnt, seen = None, 0
    else:
        paths = forecaster.paths(series, origins, horizon)
        days = pd.DatetimeIndex(series.index)
        seen = int((days[origins] <= forecaster.seen_until).sum())
        learnt = series.iloc[: origins[0]].loc[: forecaster.seen_until]
    beside, left_out = _baseline_paths(others, series, origins, horizon, learnt, report)
    result = {"checkpoint": checkpoint, **score(series, origins, paths, beside)}
    result |= {"intervals": {"mae": _interval(_actual(series, origins, horizon), paths.mean)}, "seen_origins": seen}
    if members := [name for name in beside if isinstance(others[name], Learner)]:
        blend = blended([paths, *(beside[name] for name in members)])
        result["blend"] = {"members": [checkpoint, *members], **_all_scores(series, origins, blend)}
    if left_out:
        result["left_out"] = left_out
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


def score(
    series: pd.Series, origins: np.ndarray, paths: Paths, baselines: Mapping[str, Paths] | None = None
) -> dict[str, Any]:
    """How good forecasts are, beside those of baselines: by default of the ones by hand that have enough history.

    Keys:

    - origins: how many
    - pooled: mae, mase, rmsse, pinball, crps, coverage_50, coverage_80, coverage_95 over all days ahead; None where
      a score is not known, as those are whose unit would be zero
    - by_horizon: the same for each day ahead, keys "1" .. "28"
    - baselines: by name, pooled and by_horizon likewise, and diebold_mariano, which compares the forecasts with it:
      difference (of the mean absolute errors, below zero where the baseline errs more), statistic, p
    """
    horizon = paths.mean.shape[1]
    if baselines is None:
        baselines = {
            name: baseline.paths(series, origins, horizon)
            for name, baseline in known.BY_HAND.items()
            if origins[0] >= baseline.days_needed
        }
    actual = _actual(series, origins, horizon)
    overlap = diebold_mariano.overlapping(origins, horizon)
    errors = np.abs(actual - paths.mean).mean(axis=1)
    beside = {}
    for name, other in baselines.items():
        test = diebold_mariano.compare(errors, np.abs(actual - other.mean).mean(axis=1), overlap)
        beside[name] = {**_all_scores(series, origins, other), "diebold_mariano": asdict(test)}
    return {"origins": len(origins), **_all_scores(series, origins, paths), "baselines": beside}


def brief(scores: Mapping[str, Any]) -> dict[str, Any]:
    """The scores a checkpoint keeps: of all days ahead those of `_KEPT` alone."""

    def shorter(found: Mapping[str, Any]) -> dict[str, Any]:
        return {**found, "by_horizon": {h: s for h, s in found["by_horizon"].items() if h in _KEPT}}

    return {**shorter(scores), "baselines": {name: shorter(found) for name, found in scores["baselines"].items()}}


def _all_scores(series: pd.Series, origins: np.ndarray, paths: Paths) -> dict[str, Any]:
    horizon = paths.mean.shape[1]
    actual, unit = _actual(series, origins, horizon), metrics.scale(series.iloc[: origins[0]])
    steps = {
        str(h + 1): _scores(actual[:, [h]], Paths(paths.mean[:, [h]], paths.quantiles[:, :, [h]]), unit)
        for h in range(horizon)
    }
    return {"pooled": _scores(actual, paths, unit), "by_horizon": steps}


def _scores(actual: np.ndarray, paths: Paths, unit: metrics.Scale) -> Mapping[str, float | None]:
    found = {
        "mae": metrics.mae(actual, paths.mean),
        "mase": metrics.mase(actual, paths.mean, unit),
        "rmsse": metrics.rmsse(actual, paths.mean, unit),
        "pinball": metrics.pinball(actual, paths.quantiles, QUANTILES),
        "crps": metrics.crps(actual, paths.quantiles, QUANTILES),
    }
    for name, low in _INTERVALS.items():
        i = QUANTILES.index(low)
        found[name] = metrics.coverage(actual, paths.quantiles[i], paths.quantiles[-1 - i])
    return {name: value if np.isfinite(value) else None for name, value in found.items()}  # JSON knows no NaN


def _baseline_paths(
    baselines: Mapping[str, Forecaster],
    series: pd.Series,
    origins: np.ndarray,
    horizon: int,
    learnt: pd.Series | None,
    report: Report,
) -> tuple[dict[str, Paths], dict[str, str]]:
    """Forecasts by name, and why some are not there; `learnt` is what to learn from, None for yearly."""
    found, left_out = {}, {}
    for done, (name, baseline) in enumerate(baselines.items()):
        report(Progress(_("baselines"), done, len(baselines), done / len(baselines)))
        try:
            checked(series.iloc[: origins[0]], baseline.days_needed)
            if not isinstance(baseline, Learner):
                found[name] = baseline.paths(series, origins, horizon)
            elif learnt is None:
                found[name] = _refitted_paths(baseline, series, origins, horizon, silent)
            else:
                found[name] = baseline.refitted(learnt, silent).paths(series, origins, horizon)
        except DataError as error:
            left_out[name] = str(error)
    report(Progress(_("baselines"), len(baselines), len(baselines), 1.0))
    return found, left_out


def _refitted_paths(forecaster: Learner, series: pd.Series, origins: np.ndarray, horizon: int, report: Report) -> Paths:
    index = pd.DatetimeIndex(series.index)
    parts = []
    for year in index[origins].year.unique():
        of_year = origins[index[origins].year == year]
        fitted = forecaster.refitted(series[index < pd.Timestamp(year, 1, 1)], report)
        parts.append(fitted.paths(series, of_year, horizon))
    return Paths(np.concatenate([p.mean for p in parts]), np.concatenate([p.quantiles for p in parts], axis=1))


def _require_history(series: pd.Series, first: int, forecaster: Forecaster) -> None:
    needed = max(forecaster.days_needed, known.BASELINES["seasonal-naive"].days_needed)
    if first < needed:
        message = _("Before the first origin {day} lie {n} days; at least {needed} are needed.")
        note = " " + series.attrs["note"] if "note" in series.attrs else ""
        raise DataError(message.format(day=series.index[first].date(), n=first, needed=needed) + note)


def _actual(series: pd.Series, origins: np.ndarray, horizon: int) -> np.ndarray:
    return series.to_numpy(dtype=float)[origins[:, None] + np.arange(horizon)]


def _interval(actual: np.ndarray, mean: np.ndarray) -> list[float]:
    """95% bootstrap interval of the pooled MAE, drawing whole origins: the days of one forecast err together."""
    errors = np.abs(actual - mean).mean(axis=1)
    draws = np.random.default_rng(0).integers(len(errors), size=(_DRAWS, len(errors)))
    low, high = np.quantile(errors[draws].mean(axis=1), [0.025, 0.975])
    return [float(low), float(high)]
