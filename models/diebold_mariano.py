"""Whether one forecaster errs less than another, or only had luck with the origins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Comparison:
    """The test of Diebold and Mariano on the mean absolute errors of each origin.

    `difference` is the first one's mean error less the second's, in accidents a day: below zero the first is better.
    `p` is two-sided; it and `statistic` are None where the errors differ by nothing, or by the same at every origin, or
    where there are too few origins.
    """

    difference: float
    statistic: float | None
    p: float | None


def compare(first: np.ndarray, second: np.ndarray, overlap: int) -> Comparison:
    """Two forecasters on the same origins. Shapes: errors (n,), in the order of the days.

    The horizon of each origin shares days with that of `overlap` origins after it, so that neighbours err together:
    the variance of the mean takes in their covariances.

    Source: Diebold and Mariano 1995; the correction for small samples and Student's distribution are those of Harvey,
    Leybourne and Newbold 1997. Where the sum of covariances is not positive, Bartlett's weights make it so.
    """
    from scipy.stats import t

    difference = first - second
    n, h = len(difference), overlap + 1
    mean = float(difference.mean())
    factor = (n + 1 - 2 * h + h * (h - 1) / n) / n
    variance = _variance_of_mean(difference, overlap)
    if n <= h or factor <= 0 or variance <= 1e-12 * mean**2 or variance == 0:
        return Comparison(mean, None, None)
    statistic = mean / np.sqrt(variance) * np.sqrt(factor)
    return Comparison(mean, float(statistic), float(2 * t.sf(abs(statistic), df=n - 1)))


def overlapping(origins: np.ndarray, horizon: int) -> int:
    """How many origins after one lie within its horizon; of regular origins, which `backtest` takes."""
    return 0 if len(origins) < 2 else int(np.ceil(horizon / np.diff(origins).min())) - 1


def _variance_of_mean(values: np.ndarray, lags: int) -> float:
    n, centred = len(values), values - values.mean()
    lags = min(lags, n - 1)
    covariances = np.array([(centred[lag:] * centred[: n - lag]).sum() / n for lag in range(lags + 1)])
    total = covariances[0] + 2 * covariances[1:].sum()
    if total <= 0:
        total = covariances[0] + 2 * ((1 - np.arange(1, lags + 1) / (lags + 1)) * covariances[1:]).sum()
    return float(total / n)
