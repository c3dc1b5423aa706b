"""From readable inputs to codes and numbers, learnt from training rows only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from data.features import INPUTS, PLAYERS, Input, numbers_of
from data.schema import values
from models import places
from models.places import Places

_LIMIT = 5.0  # standard deviations; a bus crash with 60 people must not drown the rest


@dataclass(frozen=True)
class Encoded:
    """Rows ready for a model.

    Shapes: codes (n, n_categories) int64, 0 = unknown; numbers (n, n_numbers) float32, NaN = unknown. The last numbers
    are those of `models.places`.
    """

    codes: np.ndarray
    numbers: np.ndarray

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: np.ndarray | slice) -> Encoded:
        """Some of the rows, by position, mask or slice."""
        return Encoded(self.codes[rows], self.numbers[rows])

    def hide(self, absent: np.ndarray) -> Encoded:
        """The same rows with inputs made unknown. Shape of `absent`: (n, n_inputs) bool, as `FeatureEncoder.inputs`."""
        no_code, no_number = hidden_columns(absent)
        return Encoded(
            codes=np.where(no_code, 0, self.codes),
            numbers=np.where(no_number, np.float32(np.nan), self.numbers),
        )


@dataclass(frozen=True)
class FeatureEncoder:
    """Which values each category takes in training, and the centre and spread of each number.

    A value never seen in training is unknown, like a missing one.
    """

    categories: Mapping[str, tuple[str, ...]]
    centres: Mapping[str, float]
    spreads: Mapping[str, float]
    places: Places

    @classmethod
    def fit(cls, rows: pd.DataFrame, *, surroundings: bool = True) -> FeatureEncoder:
        """Learn from training rows (inputs as made by `data.features.table`).

        Without `surroundings` nothing is learnt of what happens around a place.
        """
        categories = {i.name: tuple(rows[i.name].cat.remove_unused_categories().cat.categories) for i in _CATEGORIES}
        around = Places.fit(rows if surroundings else rows.iloc[:0])
        numbers = _raw_numbers(rows, around, learnt=np.ones(len(rows), dtype=bool))
        centres, spreads = {}, {}
        for name, column in zip(NUMBERS, numbers.T, strict=True):
            known = column[~np.isnan(column)].astype(np.float64)
            centres[name] = float(known.mean()) if len(known) else 0.0
            spreads[name] = (float(known.std()) or 1.0) if len(known) else 1.0
        return cls(categories, centres, spreads, around)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The inputs in the order of the columns of `Encoded`: categories, numbers, then what has no own column."""
        return ORDER

    @property
    def sizes(self) -> list[int]:
        """How many codes each category has, the unknown included."""
        return [len(self.categories[i.name]) + 1 for i in _CATEGORIES]

    def encode(self, rows: pd.DataFrame, learnt: np.ndarray | None = None) -> Encoded:
        """Codes and numbers of readable rows; `learnt` (n,) bool are those that `fit` was given."""
        codes = np.stack([self._codes(rows[i.name], i) for i in _CATEGORIES], axis=1)
        own = np.zeros(len(rows), dtype=bool) if learnt is None else learnt
        return Encoded(codes, _raw_numbers(rows, self.places, own))

    def by_player(self, shares: np.ndarray) -> np.ndarray:
        """Shares of columns as shares of `PLAYERS`; a column made of several inputs is divided evenly among them.

        Shapes: (..., n_categories + n_numbers + 1), the base last -> (..., n_players + 1).
        """
        inputs = shares @ _OWNERSHIP
        return np.concatenate([inputs[..., :-1] @ _MEMBERS, inputs[..., -1:]], axis=-1)

    def standardise(self, numbers: np.ndarray) -> np.ndarray:
        """Centred and scaled numbers followed by flags that say which are known.

        Shapes: (n, n_numbers) -> (n, 2 n_numbers). An unknown number stands at the centre with its flag at 0.
        """
        centres, spreads = self._scale
        known = ~np.isnan(numbers)
        scaled = np.clip((numbers - centres) / spreads, -_LIMIT, _LIMIT)
        return np.concatenate([np.where(known, scaled, 0), known], axis=1, dtype=np.float32)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for the metadata; the places are kept apart."""
        return {
            "categories": {k: list(v) for k, v in self.categories.items()},
            "centres": dict(self.centres),
            "spreads": dict(self.spreads),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any], around: Places) -> FeatureEncoder:
        """The encoder of a checkpoint's metadata and places.

        Raises: KeyError, TypeError or ValueError where its inputs are not those of this version, or its numbers none
        that rows can have.
        """
        encoder = cls(
            categories={i.name: tuple(map(str, plain["categories"][i.name])) for i in _CATEGORIES},
            centres={name: float(plain["centres"][name]) for name in NUMBERS},
            spreads={name: float(plain["spreads"][name]) for name in NUMBERS},
            places=around,
        )
        if set(plain["categories"]) | set(plain["centres"]) != {*(i.name for i in _CATEGORIES), *NUMBERS}:
            raise ValueError("other inputs")
        with np.errstate(over="ignore"):  # beyond single precision is infinite, and refused
            _centres, spreads = scale = encoder._scale
        if not np.isfinite(scale).all() or (spreads <= 0).any():
            raise ValueError("scale")
        return encoder

    def _codes(self, cells: pd.Series, item: Input) -> np.ndarray:
        codes: np.ndarray = cells.array.codes  # of the whole code book; a missing cell is -1, the last place
        return np.asarray(self._lookups[item.name][codes])

    @cached_property
    def _scale(self) -> np.ndarray:
        """Centres, then spreads. Shape: (2, n_numbers) float32."""
        return np.array([[of[name] for name in NUMBERS] for of in (self.centres, self.spreads)], dtype=np.float32)

    @cached_property
    def _lookups(self) -> dict[str, np.ndarray]:
        """For each category the code of every value of the code book, then that of a missing one."""
        lookups = {}
        for name, categories in self.categories.items():
            position = {value: code for code, value in enumerate(categories, start=1)}
            lookups[name] = np.array([*(position.get(v, 0) for v in values(name)), 0], dtype=np.int64)
        return lookups


def hidden_columns(absent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which codes and numbers are unknown where inputs are. Shapes: (n, n_inputs) -> (n, categories), (n, numbers)."""
    hidden = (absent.astype(np.float32) @ (_OWNERSHIP[:-1, :-1].T > 0)) > 0
    return hidden[:, : len(_CATEGORIES)], hidden[:, len(_CATEGORIES) :]


def inputs_of(players: np.ndarray) -> np.ndarray:
    """The inputs of some of `PLAYERS`. Shapes: (n, n_players) bool -> (n, n_inputs) bool."""
    return np.asarray(players @ _MEMBERS.T)


def known_players(rows: Encoded) -> np.ndarray:
    """Which of `PLAYERS` the models are told anything of. Shape: (n, n_players) bool."""
    columns = np.concatenate([rows.codes > 0, ~np.isnan(rows.numbers)], axis=1)
    return np.asarray(columns @ (_OWNERSHIP[:-1, :-1] > 0) @ _MEMBERS)


def random_absence(inputs: tuple[Input, ...], rows: int, random: np.random.Generator) -> np.ndarray:
    """Inputs to hide, so that a model learns what to say of a half-described accident.

    Half of the rows lose what comes close to the event and nothing else, for that is what is most often unknown, and
    every score is also given without it. A quarter lose whole groups, or the details of a group, as a form filled group
    by group does; a quarter single inputs, both at a rate drawn anew for each row, so that little and nothing known are
    learnt as well as much.
    Shape: (rows, n_inputs) bool.
    """
    near_event = np.array([i.near_event for i in inputs])
    blocks = sorted({(i.group, i.detail) for i in inputs})
    block_of = np.array([blocks.index((i.group, i.detail)) for i in inputs])
    rate = random.random((rows, 1))
    by_group = (random.random((rows, len(blocks))) < rate)[:, block_of]
    single = random.random((rows, len(inputs))) < rate
    way = random.random((rows, 1))
    return np.where(way < 0.5, near_event, np.where(way < 0.75, by_group, single))


def _raw_numbers(rows: pd.DataFrame, around: Places, learnt: np.ndarray) -> np.ndarray:
    return np.concatenate([numbers_of(rows).astype(np.float32), around.columns(rows, learnt)], axis=1)


_CATEGORIES = tuple(i for i in INPUTS if i.kind == "category")
_NUMBERS = tuple(i for i in INPUTS if i.kind == "number")
NUMBERS = (*(i.name for i in _NUMBERS), *places.COLUMNS)
ORDER = (*_CATEGORIES, *_NUMBERS, *(i for i in INPUTS if i.kind == "commune"))


# of each number, for models that treat those of one topic together
TOPICS = (*(i.topic or i.group for i in _NUMBERS), *("surroundings" for _name in places.COLUMNS))
# of `Encoded`: one for each category and number; whether each has an order that a tree may cut
N_COLUMNS = len(_CATEGORIES) + len(NUMBERS)
ORDERED = (*(i.ordered for i in _CATEGORIES), *(True for _name in NUMBERS))


def _ownership() -> np.ndarray:
    """How much of each column belongs to each input, the base last. Shape: (columns + 1, inputs + 1)."""
    at = {item.name: position for position, item in enumerate(ORDER)}
    owners = [(i.name,) for i in (*_CATEGORIES, *_NUMBERS)] + list(places.OWNERS)
    shares = np.zeros((len(owners) + 1, len(ORDER) + 1))
    for column, names in enumerate(owners):
        for name in names:
            shares[column, at[name]] = 1 / len(names)
    shares[-1, -1] = 1
    return shares


_OWNERSHIP = _ownership()
_MEMBERS = np.array([[i in members for members in PLAYERS.values()] for i in ORDER])  # (inputs, players)
