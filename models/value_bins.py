"""The values of what explanations name, put into a few bins, so that many accidents can be counted by value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from data import schema
from data.features import GROUPS, PLAYERS, Input

OTHER, NONE, SOME, KNOWN, ALL = "other", "none", "some", "known", "all"
_MOST = 11  # values of a category without order; the rarer ones are one bin
_NUMBERS = 10  # bins of a number

# a code; the lowest and highest of a stretch of numbers; one of the words above; None where unknown
Label = str | tuple[float, float] | None


def of(table: pd.DataFrame) -> tuple[dict[str, tuple[Label, ...]], dict[str, np.ndarray]]:
    """For each of `PLAYERS`: its bins, the unknown last, and the bin of each row."""
    labels, bins = {}, {}
    for player, inputs in PLAYERS.items():
        found, at = _binned(table, inputs)
        labels[player] = (*found, None)
        bins[player] = np.where(at < 0, len(found), at)
    return labels, bins


def read(player: str, kept: Any) -> Label:
    """A kept label of a player, or of a group. Raises: TypeError or ValueError where it can have none such."""
    if kept is None:
        return None
    if player in GROUPS and kept == ALL:
        return ALL
    inputs = PLAYERS.get(player, ())
    if isinstance(kept, str):
        codes = {str(code) for i in inputs if i.kind == "category" for code in schema.values(i.name)}
        if kept not in codes | {OTHER, NONE, SOME, KNOWN}:
            raise ValueError(player)
        return kept
    low, high = (float(edge) for edge in kept)
    if not (np.isfinite([low, high]).all() and low <= high):
        raise ValueError(player)
    return low, high


def order(label: Label) -> float:
    """Where a value lies between low and high, for colours; NaN where it has no such place."""
    return float(np.mean(label)) if isinstance(label, tuple) else float("nan")


def _binned(table: pd.DataFrame, inputs: tuple[Input, ...]) -> tuple[tuple[Label, ...], np.ndarray]:
    """Bins, and the bin of each row, -1 where unknown."""
    category = next((i for i in inputs if i.kind == "category"), None)
    if category is not None:
        return _category(table[category.name], category)
    if len(inputs) > 1:
        cells = table[[i.name for i in inputs]]
        at = np.where(cells.isna().all(axis=1), -1, (cells.fillna(0) > 0).any(axis=1).astype(int))
        return (NONE, SOME), at.astype(int)
    (item,) = inputs
    if item.kind == "commune":
        return (KNOWN,), np.where(table[item.name].isna(), -1, 0)
    values = table[item.name].to_numpy(dtype=float)
    return _number(values if item.whole else values.round(1))  # an edge is no one's position


def _category(column: pd.Series, item: Input) -> tuple[tuple[Label, ...], np.ndarray]:
    counts = column.value_counts()
    frequent = [str(code) for code, n in counts.items() if n]
    if not item.ordered and len(frequent) > _MOST + 1:
        frequent = frequent[:_MOST]
    kept = [code for code in schema.values(item.name) if code in frequent]
    position = {code: at for at, code in enumerate(kept)}
    at = np.array([-1 if pd.isna(v) else position.get(str(v), len(kept)) for v in column], dtype=int)
    return ((*kept, OTHER) if (at == len(kept)).any() else tuple(kept)), at


def _number(values: np.ndarray) -> tuple[tuple[Label, ...], np.ndarray]:
    known = values[~np.isnan(values)]
    different = np.unique(known)
    if len(different) > _NUMBERS:
        # edges between values, so that equal values share a bin
        starts = np.unique(np.quantile(known, np.arange(_NUMBERS) / _NUMBERS, method="nearest"))
    else:
        starts = different
    if not len(starts):
        return (), np.full(len(values), -1)
    at = np.where(np.isnan(values), -1, np.searchsorted(starts, np.nan_to_num(values), side="right") - 1)
    labels = tuple((float(values[at == i].min()), float(values[at == i].max())) for i in range(len(starts)))
    return labels, at.astype(int)
