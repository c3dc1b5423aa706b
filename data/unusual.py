"""How unusual a described accident is: how far it is from the most similar past ones, measured by what is known of it.

The yardstick is how far past accidents are from those most similar to them, by the same inputs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import features, schema
from data.dataset import Source

Level = Literal["usual", "somewhat", "unusual", "beyond"]
Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]
BASE, CONTROLS = 6000, 100  # past accidents to compare with, and those whose own distances are the yardstick
_FEWEST = 200  # accidents below which nothing is said
_APART = {"commune", "latitude", "longitude"}  # where exactly: every place is unusual
INPUTS = tuple(i for i in features.INPUTS if not i.detail and i.name not in _APART)
_CIRCLES = {"month": 12, "hour": 24}
_RARE = 0.01
_EXPECTED = 10.0  # accidents that chance would bring, from which on to find none tells something
_NAMED = 3
_SEED = 0
_EQUAL = 1e-5


@dataclass(frozen=True)
class Sample:
    """Past accidents drawn at random: what each input was, NaN where unknown, categories as places in the code book.

    Shapes: base (BASE, inputs); spreads (inputs,), by how much a number differs that differs as much as two categories;
    apart (inputs, controls, BASE), in hundredths, how much each control differs from the base, and `both`, 1 where both
    are known.
    """

    base: Floats
    spreads: Floats
    apart: Bytes
    both: Bytes

    def __len__(self) -> int:
        return len(self.base)


@dataclass(frozen=True)
class Unusual:
    """What is unusual about a description.

    `share`: of past accidents, those that are at least as far from the most similar other one. `same`: past accidents
    that differ in nothing; `differing`: the inputs in which the most similar one differs. `rare`: inputs whose value by
    itself is rare, and the share of past accidents that have it. `never`: pairs of inputs whose values never occurred
    together, and how many accidents chance alone would bring.
    """

    level: Level
    share: float
    same: int
    differing: tuple[str, ...]
    rare: tuple[tuple[str, float], ...]
    never: tuple[tuple[str, str, float], ...]


def sample(data: Source) -> Sample | None:
    """Accidents of a data set to measure by; None where there are too few.

    Raises: DataError where they cannot be read.
    """
    frame = data.accidents([i.name for i in INPUTS])
    if len(frame) < _FEWEST:
        return None
    drawn = np.random.default_rng(_SEED).permutation(len(frame))[: BASE + CONTROLS]
    frame = frame.iloc[drawn]
    values = np.stack([_numbers(frame[i.name], i) for i in INPUTS], axis=1)
    n = min(CONTROLS, len(values) // 2)
    base, controls = values[n:], values[:n]
    spreads = np.maximum(np.nan_to_num(pd.DataFrame(values).std().to_numpy(dtype=np.float32)), 1.0)
    apart = np.empty((len(INPUTS), n, len(base)), dtype=np.uint8)
    both = np.empty_like(apart)
    for row, control in enumerate(controls):
        gap = _apart(spreads, control, base, range(len(INPUTS))).T
        both[:, row] = ~np.isnan(gap)
        apart[:, row] = np.rint(100 * np.nan_to_num(gap))
    return Sample(base, spreads, apart, both)


def yardstick(past: Sample, names: Sequence[str]) -> Floats:
    """How far each control is from the most similar accident of the base, by some inputs. Shape: (controls,)"""
    used = [place for place, i in enumerate(INPUTS) if i.name in set(names)]
    total = np.zeros(past.apart.shape[1:], dtype=np.uint16)
    compared = np.zeros_like(total)
    for place in used:
        total += past.apart[place]
        compared += past.both[place]
    nearest: Floats = _means(total, compared).min(axis=1)
    return nearest


def judge(past: Sample, values: Mapping[str, object], own: Floats) -> Unusual | None:
    """How unusual a description is; None where nothing of it can be compared.

    `own`: the yardstick by the inputs that are `known`.
    """
    row = np.array([_number(i, values.get(i.name)) for i in INPUTS], dtype=np.float32)
    used = [place for place in range(len(INPUTS)) if not np.isnan(row[place])]
    if not used:
        return None
    gaps = _apart(past.spreads, row, past.base, used)
    hundredths = np.rint(100 * np.nan_to_num(gaps)).astype(np.uint16)
    far = _means(hundredths.sum(axis=1, dtype=np.uint16), (~np.isnan(gaps)).sum(axis=1, dtype=np.uint16))
    nearest = int(far.argmin())
    share = float((own >= far[nearest] - _EQUAL).mean())
    differing = tuple(INPUTS[place].name for place, one in zip(used, gaps[nearest], strict=True) if one >= 0.5)
    rare, never = _combinations(past, row, used)
    level = _level(share, float(far[nearest]))
    if level == "usual" and any(not of_all for _name, of_all in rare):
        level = "somewhat"  # models have never seen such a value, however much the rest is as usual
    return Unusual(level, share, int((far == 0).sum()), differing, rare, never)


def known(values: Mapping[str, object]) -> tuple[str, ...]:
    """The inputs of a description that are compared."""
    return tuple(i.name for i in INPUTS if values.get(i.name) is not None)


def _level(share: float, distance: float) -> Level:
    if distance == 0 or share >= 0.25:
        return "usual"
    if share >= 0.05:
        return "somewhat"
    return "unusual" if share > 0 else "beyond"


def _means(hundredths: NDArray[np.uint16], compared: NDArray[np.uint16]) -> Floats:
    """Mean differences by inputs known of both; infinite where they are less than half of the most there are."""
    enough = compared * 2 >= np.maximum(compared.max(axis=-1, keepdims=True), 1)
    means = hundredths / np.maximum(100 * compared.astype(np.float32), 1)
    return np.where(enough, means, np.inf).astype(np.float32)


def _apart(spreads: Floats, row: Floats, others: Floats, used: Sequence[int]) -> Floats:
    """By how much each input differs, from 0 to 1; NaN where unknown. Shape: (others, used)"""
    places = np.asarray(used, dtype=np.intp)
    gap = np.abs(others[:, places] - row[places])
    for column, place in enumerate(used):
        item = INPUTS[place]
        if item.name in _CIRCLES:
            round_trip = _CIRCLES[item.name]
            gap[:, column] = np.minimum(gap[:, column], round_trip - gap[:, column]) / (round_trip / 4)
        elif item.kind == "number":
            gap[:, column] /= spreads[place]
    bounded: Floats = np.minimum(gap, 1.0)
    return bounded


def _combinations(
    past: Sample, row: Floats, used: Sequence[int]
) -> tuple[tuple[tuple[str, float], ...], tuple[tuple[str, str, float], ...]]:
    """Values that are rare by themselves, then pairs that never occur."""
    told = [p for p in used if INPUTS[p].kind == "category" or (INPUTS[p].name in _COUNTS and row[p] > 0)]
    same = (past.base[:, told] == row[told]).astype(np.float32)
    there = (~np.isnan(past.base[:, told])).astype(np.float32)
    n = np.maximum(there.sum(axis=0), 1)
    shares = same.sum(axis=0) / n
    rare = [(INPUTS[p].name, float(s)) for p, s in zip(told, shares, strict=True) if s < _RARE]
    # among the accidents that know both: some years do not have every column
    together, alone = same.T @ same, same.T @ there
    expected = alone * alone.T / np.maximum(there.T @ there, 1)
    pairs = [
        (INPUTS[told[a]].name, INPUTS[told[b]].name, float(expected[a, b]))
        for a, b in np.argwhere(np.triu((together == 0) & (expected >= _EXPECTED), 1))
    ]
    return (
        tuple(sorted(rare, key=lambda one: one[1])[:_NAMED]),
        tuple(sorted(pairs, key=lambda pair: -pair[2])[:_NAMED]),
    )


def _numbers(cells: pd.Series, item: features.Input) -> Floats:
    if item.kind == "number":
        return cells.to_numpy(dtype=np.float32, na_value=np.nan)
    places = {code: place for place, code in enumerate(schema.values(item.name))}
    return cells.astype("object").map(lambda code: places.get(str(code), np.nan)).to_numpy(dtype=np.float32)


def _number(item: features.Input, value: object) -> float:
    if value is None:
        return np.nan
    if item.kind == "number":
        return float(str(value))
    return float(list(schema.values(item.name)).index(str(value)))


_COUNTS = {i.name for i in INPUTS if i.kind == "number" and i.group in ("vehicles", "people") and not i.unit}
