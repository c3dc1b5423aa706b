"""How far chance alone keeps a day's count from its expectation, however good a forecast is."""

from __future__ import annotations

import math


def expected_miss(mean: float) -> float:
    """The mean absolute deviation of a Poisson count from its mean: the least error any forecast of it can have.

    Raises: ValueError for a mean below zero.
    """
    if mean < 0:
        raise ValueError(f"mean = {mean} is below 0")
    if mean == 0:
        return 0.0
    n = math.floor(mean)
    return 2 * math.exp((n + 1) * math.log(mean) - mean - math.lgamma(n + 1))
