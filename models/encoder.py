"""From readable inputs to codes and numbers, learnt from training rows only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from data.features import GROUPS, INPUTS, Input

_LIMIT = 5.0  # standard deviations; a bus crash with 60 people must not drown the rest


@dataclass(frozen=True)
class Encoded:
    """Rows ready for a model.

    Shapes: codes (n, n_categories) int64, 0 = unknown; numbers (n, n_numbers) float32, NaN = unknown.
    """

    codes: np.ndarray
    numbers: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: np.ndarray) -> Encoded:
        """Some of the rows, by position or mask."""
        return Encoded(self.codes[rows], self.numbers[rows])

    def hide(self, absent: np.ndarray) -> Encoded:
        """The same rows with inputs made unknown. Shape of `absent`: (n, n_inputs) bool, categories first."""
        n_categories = self.codes.shape[1]
        return Encoded(
            codes=np.where(absent[:, :n_categories], 0, self.codes),
            numbers=np.where(absent[:, n_categories:], np.float32(np.nan), self.numbers),
        )


@dataclass(frozen=True)
class FeatureEncoder:
    """Which values each category takes in training, and the centre and spread of each number.

    A value never seen in training is unknown, like a missing one.
    """

    categories: Mapping[str, tuple[str, ...]]
    centres: Mapping[str, float]
    spreads: Mapping[str, float]

    @classmethod
    def fit(cls, rows: pd.DataFrame) -> FeatureEncoder:
        """Learn from training rows (inputs as made by `data.features.table`)."""
        categories = {i.name: tuple(rows[i.name].cat.remove_unused_categories().cat.categories) for i in _categories()}
        centres, spreads = {}, {}
        for item in _numbers():
            known = rows[item.name].dropna()
            centres[item.name] = float(known.mean()) if len(known) else 0.0
            spreads[item.name] = (float(known.std(ddof=0)) or 1.0) if len(known) else 1.0
        return cls(categories, centres, spreads)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs in the order of the columns of `Encoded`: categories, then numbers."""
        return (*_categories(), *_numbers())

    @property
    def sizes(self) -> list[int]:
        """How many codes each category has, the unknown included."""
        return [len(self.categories[i.name]) + 1 for i in _categories()]

    def encode(self, rows: pd.DataFrame) -> Encoded:
        """Codes and numbers of readable rows."""
        codes = np.stack([self._codes(rows[i.name], i) for i in _categories()], axis=1)
        numbers = rows[[i.name for i in _numbers()]].to_numpy(dtype=np.float32)
        return Encoded(codes, numbers)

    def standardise(self, numbers: np.ndarray) -> np.ndarray:
        """Centred and scaled numbers followed by flags that say which are known.

        Shapes: (n, n_numbers) -> (n, 2 n_numbers). An unknown number stands at the centre with its flag at 0.
        """
        centres = np.array([self.centres[i.name] for i in _numbers()], dtype=np.float32)
        spreads = np.array([self.spreads[i.name] for i in _numbers()], dtype=np.float32)
        known = ~np.isnan(numbers)
        scaled = np.clip((numbers - centres) / spreads, -_LIMIT, _LIMIT)
        return np.concatenate([np.where(known, scaled, 0), known], axis=1).astype(np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the metadata."""
        return {
            "categories": {k: list(v) for k, v in self.categories.items()},
            "centres": dict(self.centres),
            "spreads": dict(self.spreads),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> FeatureEncoder:
        """The encoder of a checkpoint's metadata.

        Raises: KeyError, TypeError or ValueError where its inputs are not those of this version.
        """
        encoder = cls(
            categories={i.name: tuple(map(str, plain["categories"][i.name])) for i in _categories()},
            centres={i.name: float(plain["centres"][i.name]) for i in _numbers()},
            spreads={i.name: float(plain["spreads"][i.name]) for i in _numbers()},
        )
        if set(plain["categories"]) | set(plain["centres"]) != {i.name for i in INPUTS}:
            raise ValueError("other inputs")
        return encoder

    def _codes(self, cells: pd.Series, item: Input) -> np.ndarray:
        position = {value: code for code, value in enumerate(self.categories[item.name], start=1)}
        lookup = np.array([*(position.get(v, 0) for v in cells.cat.categories), 0], dtype=np.int64)
        return lookup[cells.cat.codes.to_numpy()]  # pandas' code of a missing cell is -1, the last place


def random_absence(inputs: tuple[Input, ...], rows: int, random: np.random.Generator) -> np.ndarray:
    """Inputs to hide, so that a model learns what to say of a half-described accident.

    Half of the rows lose whole groups, as a form filled group by group does; the others lose single inputs at a rate
    drawn anew for each row. Shape: (rows, n_inputs) bool.
    """
    group_of = np.array([list(GROUPS).index(i.group) for i in inputs])
    by_group = (random.random((rows, len(GROUPS))) < 0.5)[:, group_of]
    single = random.random((rows, len(inputs))) < random.random((rows, 1))
    return np.where(random.random((rows, 1)) < 0.5, by_group, single)


def _categories() -> tuple[Input, ...]:
    return tuple(i for i in INPUTS if i.kind == "category")


def _numbers() -> tuple[Input, ...]:
    return tuple(i for i in INPUTS if i.kind == "number")
