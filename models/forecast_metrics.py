"""Scores of forecasts, one formula each.

Shapes: actual and mean are (n,) or (n, horizon); quantiles is (levels, ...) in front of the same shape. Units:
accidents a day for `mae`, `rmse` and `pinball`; the others are ratios.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import calendar

_DENSE = 100  # levels of the CRPS


@dataclass(frozen=True)
class Scale:
    """In-sample errors of the weekly seasonal naive forecast: the units of MASE and RMSSE."""

    absolute: float
    squared: float


def scale(history: pd.Series, season: int = 7) -> Scale:
    """The scale on `history`, without any difference that touches the COVID period; NaN where no day is left."""
    counts = history.to_numpy(dtype=float)
    usual = ~calendar.is_covid(pd.DatetimeIndex(history.index))
    step = (counts[season:] - counts[:-season])[usual[season:] & usual[:-season]]
    if not step.size:
        return Scale(float("nan"), float("nan"))
    return Scale(float(np.mean(np.abs(step))), float(np.mean(step**2)))


def mae(actual: np.ndarray, mean: np.ndarray) -> float:
    """Mean absolute error."""
    return float(np.mean(np.abs(actual - mean)))


def mase(actual: np.ndarray, mean: np.ndarray, by: Scale) -> float:
    """Mean absolute scaled error: below 1 is better than last week's same day was in the past."""
    return _ratio(mae(actual, mean), by.absolute)


def rmsse(actual: np.ndarray, mean: np.ndarray, by: Scale) -> float:
    """Root mean squared scaled error."""
    return float(np.sqrt(_ratio(float(np.mean((actual - mean) ** 2)), by.squared)))


def pinball(actual: np.ndarray, quantiles: np.ndarray, levels: Sequence[float]) -> float:
    """Quantile loss, mean over levels; half the CRPS as the levels grow dense."""
    tau = np.asarray(levels).reshape(-1, *[1] * actual.ndim)
    miss = actual - quantiles
    return float(np.mean(np.maximum(tau * miss, (tau - 1) * miss)))


def crps(actual: np.ndarray, quantiles: np.ndarray, levels: Sequence[float]) -> float:
    """Continuous ranked probability score, the absolute error of a whole distribution.

    Twice the quantile loss, mean over a hundred levels: those between the known ones by straight lines, those beyond
    the outermost as the outermost. With the nine of `QUANTILES` that is within 0.1 % of a normal distribution's.
    """
    dense = (np.arange(_DENSE) + 0.5) / _DENSE
    weights = np.stack([np.interp(dense, levels, one) for one in np.eye(len(levels))], axis=1)
    return 2 * pinball(actual, np.tensordot(weights, quantiles, axes=1), dense.tolist())


def coverage(actual: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Share of days inside [low, high]."""
    return float(np.mean((actual >= low) & (actual <= high)))


def _ratio(error: float, unit: float) -> float:
    """A scale of zero (a constant history) measures nothing, so the ratio is not a number."""
    return error / unit if unit > 0 else float("nan")
