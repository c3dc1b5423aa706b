"""The accidents that an explanation compares with: some of those loaded, or some drawn from what a checkpoint keeps.

A checkpoint keeps how often each value of each input was among its accidents, one input by itself, and no accident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from data import schema
from data.features import BY_NAME, INPUTS, Input, checked
from models.places import Places, centres

SIZE, SEED = 100, 0
_FEWEST = 5  # accidents that share a value, or it is not kept
_DISTINCT = 40  # values of a number that are kept one by one; of more, as many quantiles

Origin = Literal["data", "marginals", "demonstration"]
Share = tuple[str | float | None, float]


@dataclass(frozen=True)
class Background:
    """Accidents to compare with: inputs as `data.features.table` gives them. `origin` says where they are from."""

    rows: pd.DataFrame
    origin: Origin


@dataclass(frozen=True)
class Marginals:
    """How often each value of each input is, the unknown (None) included; of communes and positions only whether known.

    Which communes and positions are frequent is what the checkpoint's `Places` say.
    """

    shares: Mapping[str, tuple[Share, ...]]

    @classmethod
    def of(cls, table: pd.DataFrame) -> Self:
        """Those of the inputs of a table that has rows."""
        return cls({i.name: _shares(table[i.name], i) for i in INPUTS})

    def draw(self, places: Places, n: int = SIZE, seed: int = SEED) -> pd.DataFrame:
        """Accidents that were none: each input drawn by itself, but for a position, which is drawn as one."""
        random = np.random.default_rng(seed)
        columns = {i.name: _drawn(self.shares[i.name], n, random) for i in INPUTS}
        columns["commune"] = _among(
            np.array(places.communes, dtype=object), places.commune_counts, columns["commune"], random
        )
        at = _among(np.arange(len(places.cells)), places.cell_counts, columns["latitude"], random)
        for name, values in zip(("latitude", "longitude"), centres(places.cells).T, strict=True):
            low, high = BY_NAME[name].minimum, BY_NAME[name].maximum
            columns[name] = [None if cell is None else float(np.clip(values[cell], low, high)) for cell in at]
        return checked(pd.DataFrame(columns, index=[f"background {i + 1}" for i in range(n)]))

    def to_dict(self) -> dict[str, list[list[Any]]]:
        """What `from_dict` takes, as JSON can hold it."""
        return {name: [[value, round(share, 6)] for value, share in shares] for name, shares in self.shares.items()}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Raises: KeyError, TypeError or ValueError where these are not shares of values that the inputs can have."""
        return cls({i.name: _read(kept[i.name], i) for i in INPUTS})


def sample(accidents: pd.DataFrame, n: int = SIZE, seed: int = SEED) -> pd.DataFrame:
    """Some accidents of a table, the same each time."""
    return accidents.iloc[np.sort(np.random.default_rng(seed).permutation(len(accidents))[:n])]


def _shares(column: pd.Series, item: Input) -> tuple[Share, ...]:
    known = column.dropna()
    unknown = 1 - len(known) / len(column)
    if item.kind == "commune" or item.name in ("latitude", "longitude"):
        return ((None, unknown), ("known" if item.kind == "commune" else 0.0, 1 - unknown))
    counts = known.value_counts()
    counts = counts[counts >= _FEWEST].sort_index()
    if counts.empty:
        return ((None, 1.0),)
    if item.kind == "number" and len(counts) > _DISTINCT:
        middles = (np.arange(_DISTINCT) + 0.5) / _DISTINCT
        values = np.quantile(known, middles, method="nearest")
        counts = pd.Series(1, index=values).groupby(level=0).sum()
    parts = counts / counts.sum() * (1 - unknown)
    plain = ((str(v) if item.kind == "category" else float(str(v)), float(p)) for v, p in parts.items())
    return ((None, unknown), *plain)


def _drawn(shares: tuple[Share, ...], n: int, random: np.random.Generator) -> list[str | float | None]:
    weights = np.array([share for _value, share in shares])
    return [shares[i][0] for i in random.choice(len(shares), size=n, p=weights / weights.sum())]


def _among(values: np.ndarray, counts: np.ndarray, known: list[Any], random: np.random.Generator) -> list[Any]:
    """One of the values, each as often as it is counted, where something is known."""
    if not len(values):
        return [None] * len(known)
    drawn = random.choice(len(values), size=len(known), p=counts / counts.sum())
    return [None if k is None else values[i] for i, k in zip(drawn, known, strict=True)]


def _read(kept: Any, item: Input) -> tuple[Share, ...]:
    found = tuple((value, float(share)) for value, share in kept)
    weights = np.array([share for _value, share in found])
    allowed: set[str] = set(schema.values(item.name)) if item.kind == "category" else {"known"}
    for value, _share in found:
        if value is None:
            continue
        if item.kind == "number":
            right = isinstance(value, (int, float)) and item.minimum <= value <= item.maximum
        else:
            right = isinstance(value, str) and value in allowed
        if not right:
            raise ValueError(item.name)
    if not (np.isfinite(weights).all() and (weights >= 0).all() and abs(weights.sum() - 1) < 0.01):
        raise ValueError(item.name)
    return found
