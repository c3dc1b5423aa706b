"""How much of a count or a share may be chance: 95% intervals in closed form, over whole columns at once.

An interval without data is missing (NaN), never zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

Numbers = NDArray[np.float64]
Z = 1.959963984540054  # of the normal distribution, 97.5 %
_TAIL = 0.025


def share_interval(part: ArrayLike, whole: ArrayLike) -> tuple[Numbers, Numbers]:
    """Between which shares the true one lies, for `part` of `whole` cases; NaN where there is no case.

    Shapes: any that fit together -> the same, twice. Source: Wilson 1927, Probable inference.
    """
    found, n = _numbers(part), _numbers(whole)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(n > 0, found / n, np.nan)
        middle = share + Z**2 / (2 * n)
        half = Z * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
        low, high = (middle - half) / (1 + Z**2 / n), (middle + half) / (1 + Z**2 / n)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def count_interval(count: ArrayLike) -> tuple[Numbers, Numbers]:
    """Between which means the true one of a Poisson count lies. Shapes: any -> the same, twice.

    Source: Garwood 1936, Fiducial limits for the Poisson distribution.
    """
    k = _numbers(count)
    low = np.where(k > 0, gammaincinv(np.maximum(k, 1), _TAIL), 0.0)
    return np.where(np.isnan(k), np.nan, low), gammaincinv(k + 1, 1 - _TAIL)


def relative_risk(
    part: ArrayLike, whole: ArrayLike, reference_part: ArrayLike, reference_whole: ArrayLike
) -> tuple[Numbers, Numbers, Numbers]:
    """How many times as large a share is as the reference's, with its interval; NaN where either has no case counted.

    Shapes: any that fit together -> the same, three times. Source: Katz et al. 1978, on the logarithm of the ratio.
    """
    a, n, b, m = map(_numbers, (part, whole, reference_part, reference_whole))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where((a > 0) & (b > 0), (a / n) / (b / m), np.nan)
        return around(ratio, np.sqrt(1 / a - 1 / n + 1 / b - 1 / m))


def rate_ratio(
    count: ArrayLike, exposure: ArrayLike, reference_count: ArrayLike, reference_exposure: ArrayLike
) -> tuple[Numbers, Numbers, Numbers]:
    """How many times as large a rate (Poisson counts per exposure) is as the reference's, with its interval.

    NaN where either has no case counted. Shapes: any that fit together -> the same, three times.
    Source: Rothman, Greenland and Lash 2008, Modern Epidemiology, on the logarithm of the ratio.
    """
    a, n, b, m = map(_numbers, (count, exposure, reference_count, reference_exposure))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where((a > 0) & (b > 0), (a / n) / (b / m), np.nan)
        return around(ratio, np.sqrt(1 / a + 1 / b))


def around(ratio: Numbers, error: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """A ratio with its interval, from the standard error of its logarithm."""
    return ratio, ratio * np.exp(-Z * error), ratio * np.exp(Z * error)


def _numbers(values: ArrayLike) -> Numbers:
    return np.asarray(values, dtype="float64")
