"""How good forecasts by département are: each scored by itself, then their mean, so that large ones do not decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data import calendar
from data.text import _
from models import backtest as rolling
from models import baselines as known
from models.forecasts import HORIZON, QUANTILES, Forecaster, Learner, Paths, checked, require_horizon

if TYPE_CHECKING:
    from models.lstm_forecasting import LSTMForecaster

_WEEK = 7
_INTERVALS = {"coverage_50": 0.25, "coverage_80": 0.1, "coverage_95": 0.025}


def backtest(
    forecaster: LSTMForecaster,
    series: pd.Series,
    departements: pd.DataFrame,
    start: str,
    end: str,
    every: int,
    horizon: int = HORIZON,
    *,
    baselines: Sequence[str] = ("seasonal-naive",),
) -> dict[str, Any]:
    """Scores by département of a forecaster beside baselines that need no learning, from the first to the last origin.

    Keys: those of `score`, and seen_origins, how many lie in days that the forecaster has learnt from.

    Raises: DataError where no origin is left; ValueError for an impossible step, horizon or baseline.
    """
    require_horizon(horizon)
    others = known.named(baselines)
    for name, baseline in others.items():
        if isinstance(baseline, Learner):
            raise ValueError(_("baselines = {name!r} learns from France alone").format(name=name))
    series = checked(series, 1)
    origins = rolling.origins_between(series, start, end, every, horizon)
    found = forecaster.departement_paths(series, departements, origins, horizon)
    counts = departements.reindex(series.index)
    seen = int((pd.DatetimeIndex(series.index)[origins] <= forecaster.seen_until).sum())
    return {**score(counts, origins, found, others), "seen_origins": seen}


def score(
    counts: pd.DataFrame, origins: np.ndarray, found: Mapping[str, Paths], baselines: Mapping[str, Forecaster]
) -> dict[str, Any]:
    """Scores of forecasts of the columns, beside those of baselines, each by itself at every département.

    An origin at which days are missing, before it or after, to any of them does not count for a département; nor does
    a département without any other, or whose counts never differed from those a week before.

    Keys: origins (how many), departements (how many count), mase (mean over them), coverage_50, coverage_80 and
    coverage_95 (of all days), by_departement (mase and mae by code), baselines (mase by name).
    """
    scales = scale(counts.iloc[: origins[0]])
    by_departement: dict[str, dict[str, float]] = {}
    others: dict[str, list[float]] = {name: [] for name in baselines}
    inside: dict[str, list[np.ndarray]] = {name: [] for name in _INTERVALS}
    for code, paths in found.items():
        if code not in counts or not scales[code] > 0:
            continue
        horizon = paths.mean.shape[1]
        actual = counts[code].to_numpy(dtype=float)[origins[:, None] + np.arange(horizon)]
        beside = {name: _means(baseline, counts[code], origins, horizon) for name, baseline in baselines.items()}
        kept = ~np.isnan(sum(beside.values(), actual + paths.mean)).any(axis=1)
        if not kept.any():
            continue
        actual, mine = actual[kept], paths.select(kept)
        mae = float(np.abs(actual - mine.mean).mean())
        by_departement[code] = {"mae": mae, "mase": mae / float(scales[code])}
        for name, low in _INTERVALS.items():
            lower, upper = (mine.quantiles[QUANTILES.index(level)] for level in (low, round(1 - low, 3)))
            inside[name].append((actual >= lower) & (actual <= upper))
        for name, means in beside.items():
            others[name].append(float(np.abs(actual - means[kept]).mean() / scales[code]))
    return {
        "origins": len(origins),
        "departements": len(by_departement),
        "mase": _mean([one["mase"] for one in by_departement.values()]),
        **{name: _mean([one.mean() for one in days]) for name, days in inside.items()},
        "by_departement": by_departement,
        "baselines": {name: {"mase": _mean(values)} for name, values in others.items()},
    }


def scale(history: pd.DataFrame) -> pd.Series:
    """The unit of MASE of each column: how much a day differs from the same weekday of the week before.

    Differences that touch the COVID period or a missing day do not count; NaN where no other is left.
    """
    usual = history.copy()
    usual.loc[calendar.is_covid(pd.DatetimeIndex(history.index))] = np.nan
    return usual.diff(_WEEK).abs().mean()


def _means(baseline: Forecaster, counts: pd.Series, origins: np.ndarray, horizon: int) -> np.ndarray:
    """Means (n, horizon), each from the stretch without gap that its origin ends; NaN where that is too short."""
    mean = np.full((len(origins), horizon), np.nan)
    missing = np.flatnonzero(counts.isna())
    begins = np.array([missing[missing < t][-1] + 1 if (missing < t).any() else 0 for t in origins])
    for begin in np.unique(begins):
        rows = (begins == begin) & (origins - begin >= baseline.days_needed)
        if rows.any():
            run = counts.iloc[begin : origins[rows][-1] + horizon]
            mean[rows] = baseline.paths(run, origins[rows] - begin, horizon).mean
    return mean


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None
