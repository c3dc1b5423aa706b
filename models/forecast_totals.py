"""How sure the total of several days is: by the law of total variance, its days' own chance and an error they share.

Given how far a whole stretch is above or below what was expected, its days are taken as independent, so their variances
add up; the shared error, as a part of the total, is what the totals of days held out erred beyond that. A département
shares France's error, beside the chance of its own days.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from models.forecasts import QUANTILES, negative_binomial

_WIDTHS = ((0.1, 0.9), (0.025, 0.975))
_MOST, _HALVINGS = 4.0, 24  # dispersion looked for
_ENOUGH = 5  # totals held out; fewer say nothing of a shared error


def interval(mean: np.ndarray, quantiles: np.ndarray, error: float) -> dict[float, float]:
    """Quantiles of the total of some days, by level, as a negative binomial count of its mean and variance.

    `mean` (days,), `quantiles` (levels of `QUANTILES`, days), `error`: the shared one, as a part of the total.
    """
    expected = float(mean.sum())
    variance = float(own_variance(mean[None], quantiles[:, None])[0]) + (error * expected) ** 2
    dispersion = (variance - expected) / max(expected, 1e-6) ** 2
    found = negative_binomial(np.array([[expected]]), np.array([[dispersion]])).quantiles[:, 0, 0]
    return dict(zip(QUANTILES, found.tolist(), strict=True))


def shared_error(kept: Mapping[str, Any], counted: pd.Series, days: int) -> float | None:
    """The error that the first `days` of a forecast share, as a part of their total; None where too few are known.

    `kept`: forecasts of days held out (origins, mean, quantiles). `counted`: what came, by day.
    """
    origins = pd.to_datetime(pd.Index(kept["origins"]))
    came = np.array([counted.reindex(pd.date_range(day, periods=days)).sum(skipna=False) for day in origins])
    known = ~np.isnan(came)
    if known.sum() < _ENOUGH:
        return None
    mean, quantiles = np.asarray(kept["mean"])[known, :days], np.asarray(kept["quantiles"])[:, known, :days]
    expected = mean.sum(axis=1)
    whole = ((came[known] - expected) / expected) ** 2
    return math.sqrt(max(0.0, float((whole - own_variance(mean, quantiles) / expected**2).mean())))


def own_variance(mean: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """The sum of the variances of a forecast's days, by origin (n,).

    Each is mean + dispersion x mean², of the one dispersion of an origin whose intervals are as wide as its own: whole
    numbers of a single day would tell it too roughly. Shapes: mean (n, days), quantiles (levels, n, days).
    """
    wanted = _width(quantiles)
    low, high = np.zeros(len(mean)), np.full(len(mean), _MOST)
    for _step in range(_HALVINGS):
        middle = (low + high) / 2
        wide = _width(negative_binomial(mean, np.broadcast_to(middle[:, None], mean.shape)).quantiles) >= wanted
        low, high = np.where(wide, low, middle), np.where(wide, middle, high)
    return np.asarray((mean + high[:, None] * mean**2).sum(axis=1))


def _width(quantiles: np.ndarray) -> np.ndarray:
    """The widths of the intervals of an origin's days together, (n,)."""
    widths = [quantiles[QUANTILES.index(high)] - quantiles[QUANTILES.index(low)] for low, high in _WIDTHS]
    return np.asarray(np.sum(widths, axis=(0, 2)))
