"""How much happens around a place: accidents of its commune, and their density near and far, learnt from training rows.

Where many accidents are recorded, towns above all, they are lighter and of other kinds; coordinates alone tell a model
so only after very many cuts. What is kept are counts a commune and a cell of some two kilometres, never a position.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

COLUMNS = ("commune_accidents", "density_near", "density_far")
OWNERS = (("commune",), ("latitude", "longitude"), ("latitude", "longitude"))  # the inputs each column is made of
_STEP = 0.02  # degrees a cell: 2.2 km from north to south
_COARSE = 5  # cells a coarse cell
_KM = 111.2  # a degree of latitude
_NEAR, _FAR = 1.5, 12.0  # km, standard deviation of the two kernels
_REACH = 3  # cells in each direction over which a kernel is summed
_LEAST = 0.01  # accidents where there is none, so that a logarithm exists
_TURN = 1 << 20  # more cells than there are from west to east


@dataclass(frozen=True, eq=False)
class Places:
    """Counts of training accidents. Shapes: cells (n, 2) int32 (south to north, west to east), cell_counts (n,)."""

    communes: tuple[str, ...]
    commune_counts: np.ndarray
    cells: np.ndarray
    cell_counts: np.ndarray

    @classmethod
    def fit(cls, rows: pd.DataFrame) -> Places:
        """Count the accidents of training rows."""
        communes = rows["commune"].dropna().value_counts(sort=False).sort_index()
        placed = rows[["latitude", "longitude"]].dropna().to_numpy()
        cells, counts = np.unique(_cells(placed), axis=0, return_counts=True)
        return cls(tuple(communes.index), communes.to_numpy(), cells.reshape(-1, 2), counts)

    def columns(self, rows: pd.DataFrame, learnt: np.ndarray) -> np.ndarray:
        """Logarithms of the three counts; NaN where the place is unknown. Shape: (n, 3) float32.

        `learnt` (n,) bool says which rows were counted: each of them is left out of its own surroundings.
        """
        communes = rows["commune"]
        in_commune = np.array([self._by_commune.get(code, 0) for code in communes.tolist()], dtype=float)
        own = learnt.astype(float)
        positions = np.stack([rows["latitude"].to_numpy(), rows["longitude"].to_numpy()], axis=1)
        placed = ~np.isnan(positions).any(axis=1)
        found = np.full((len(rows), 3), np.nan)
        found[:, 0] = np.where(communes.isna(), np.nan, np.log1p(np.maximum(in_commune - own, 0)))
        cells = _cells(positions[placed])
        for column, (field, step) in enumerate(((self._near, 1), (self._far, _COARSE)), start=1):
            around = np.maximum(_look_up(field, _keys(cells // step)) - own[placed], 0)
            found[placed, column] = np.log(around + _LEAST)
        return found.astype(np.float32)

    def arrays(self) -> dict[str, np.ndarray]:
        """What a checkpoint keeps."""
        communes = np.array([list(code.encode("ascii")) for code in self.communes], dtype=np.uint8).reshape(-1, 5)
        counts = {"commune_counts": self.commune_counts, "cell_counts": self.cell_counts}
        small = {name: a.astype(np.min_scalar_type(int(a.max(initial=0)))) for name, a in counts.items()}
        # half a circle has 9,000 cells; every checkpoint holds these arrays, so they are as small as they can be
        return {"communes": communes, "cells": np.ascontiguousarray(self.cells, dtype=np.int16), **small}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, np.ndarray]) -> Places:
        """From `arrays`.

        Raises: KeyError or ValueError where they do not fit together.
        """
        codes, counts = arrays["communes"], arrays["commune_counts"]
        cells, cell_counts = arrays["cells"], arrays["cell_counts"]
        shapes = (codes.shape, cells.shape) == ((len(counts), 5), (len(cell_counts), 2))
        if not shapes or codes.dtype != np.uint8 or (counts < 1).any() or (cell_counts < 1).any():
            raise ValueError("places")
        return cls(tuple(bytes(code).decode("ascii") for code in codes), counts, cells, cell_counts)

    @cached_property
    def _by_commune(self) -> dict[str, int]:
        return dict(zip(self.communes, self.commune_counts.tolist(), strict=True))

    @cached_property
    def _near(self) -> tuple[np.ndarray, np.ndarray]:
        return _smoothed(self.cells, self.cell_counts, _STEP, _NEAR)

    @cached_property
    def _far(self) -> tuple[np.ndarray, np.ndarray]:
        cells, inverse = np.unique(self.cells // _COARSE, axis=0, return_inverse=True)
        counts = np.bincount(inverse.ravel(), weights=self.cell_counts, minlength=len(cells))
        return _smoothed(cells, counts, _STEP * _COARSE, _FAR)


def centres(cells: np.ndarray) -> np.ndarray:
    """The middle of each cell, latitude and longitude. Shapes: (n, 2) -> (n, 2)."""
    return np.asarray((cells + 0.5) * _STEP)


def _cells(positions: np.ndarray) -> np.ndarray:
    return np.asarray(np.floor(positions / _STEP).astype(np.int32))


def _keys(cells: np.ndarray) -> np.ndarray:
    return np.asarray(cells[:, 0].astype(np.int64) * _TURN + cells[:, 1])


def _smoothed(cells: np.ndarray, counts: np.ndarray, step: float, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Accidents around every cell in reach of an occupied one: sorted keys, and counts under a Gaussian of 1 at 0."""
    side = np.arange(-_REACH, _REACH + 1)
    north, east = (offsets.ravel() for offsets in np.meshgrid(side, side, indexing="ij"))
    parallel = np.cos(np.deg2rad((cells[:, 0] + 0.5) * step))  # meridians draw together towards the poles
    squared = (north * step * _KM) ** 2 + (parallel[:, None] * (east * step * _KM)) ** 2
    weights = counts[:, None] * np.exp(-squared / (2 * sigma**2))
    keys, inverse = np.unique(_keys(cells)[:, None] + north * _TURN + east, return_inverse=True)
    return keys, np.bincount(inverse.ravel(), weights=weights.ravel(), minlength=len(keys))


def _look_up(field: tuple[np.ndarray, np.ndarray], keys: np.ndarray) -> np.ndarray:
    known, values = field
    if not len(known):
        return np.zeros(len(keys))
    at = np.minimum(np.searchsorted(known, keys), len(known) - 1)
    return np.asarray(np.where(known[at] == keys, values[at], 0.0))
