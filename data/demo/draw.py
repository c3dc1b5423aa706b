"""Drawing codes from written shares, a whole column at a time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Columns = dict[str, Column]


@cache
def parse(text: str) -> dict[str, float]:
    """Weights written as `code:weight code:weight`."""
    return {code: float(weight) for code, weight in (item.split(":") for item in text.split())}


def pick(
    rng: np.random.Generator, shares: Mapping[str, str], keys: Column, factors: Mapping[str, Column] | None = None
) -> Column:
    """One code for each key, drawn by the shares of that key (of `*` where it has none).

    `factors` multiplies the weight of some codes, row by row, before drawing.
    """
    names, position = np.unique(keys, return_inverse=True)
    rows = [parse(shares[name] if name in shares else shares["*"]) for name in names.tolist()]
    codes = sorted({code for row in rows for code in row})
    weights = np.array([[row.get(code, 0.0) for code in codes] for row in rows])[position]
    for code, factor in (factors or {}).items():
        if code in codes:
            weights[:, codes.index(code)] *= factor
    reached = np.cumsum(weights, axis=1)
    drawn = (rng.random(len(keys)) * reached[:, -1])[:, None]
    chosen: Column = np.array(codes)[np.minimum((drawn >= reached).sum(axis=1), len(codes) - 1)]
    return chosen


def joined(*columns: Column | str) -> Column:
    """Keys of several columns, put together with a space."""
    size = max(len(column) for column in columns if not isinstance(column, str))
    parts = [np.full(size, column) if isinstance(column, str) else column for column in columns]
    key: Column = parts[0]
    for part in parts[1:]:
        key = np.strings.add(np.strings.add(key, " "), part)
    return key
