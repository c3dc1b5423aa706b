"""What matters to a classifier over many accidents, as aggregates: means, and counts in bins. No accident is kept.

Of single inputs the contributions are those of the model's own method, in its own unit; of groups of inputs they are
those of `models.grouped_game`, and interactions are in calibrated probability, so that these compare between models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from data.features import GROUPS, PLAYERS
from models import coalitions, grouped_game, value_bins
from models.encoder import Encoded, inputs_of

if TYPE_CHECKING:
    from models.classifier import Classifier

BINS = 40  # of contributions, from the lowest to the highest of a class
SHOWN = 10  # players of a class whose contributions are counted
_PAIRED = 6  # single inputs whose interactions are asked for: each more doubles the coalitions
_DIGITS = 5

Cells = tuple[tuple[int, int, int], ...]  # value bin, contribution bin, accidents
Matrix = dict[str, np.ndarray]


@dataclass(frozen=True)
class Spread:
    """How the contributions to one class are spread: for each player, counts by bin of value and of contribution."""

    low: float
    high: float
    players: Mapping[str, Cells]

    @property
    def middles(self) -> np.ndarray:
        """The middle of each contribution bin."""
        return np.asarray(self.low + (np.arange(BINS) + 0.5) * (self.high - self.low) / BINS)


@dataclass(frozen=True)
class View:
    """Aggregates over `rows` accidents, by single input or by group; the keys of mappings are classes, then players.

    `importance`: mean sizes of contributions. `values`: what the value bins of a player are, as `models.value_bins`
    says. `pairs`: the mean size of the interaction of each two of `paired`, over `pair_rows` accidents.
    """

    rows: int
    importance: Mapping[str, Mapping[str, float]]
    spreads: Mapping[str, Spread]
    values: Mapping[str, tuple[value_bins.Label, ...]]
    pair_rows: int
    paired: tuple[str, ...]
    pairs: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Overall:
    """Both views, and the accidents they are of; `start` and `end` are days, empty where none has a date."""

    start: str
    end: str
    background: int
    inputs: View
    groups: View

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` takes, as JSON can hold it."""
        about = {"start": self.start, "end": self.end, "background": self.background}
        return about | {"inputs": _view_dict(self.inputs), "groups": _view_dict(self.groups)}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any], classes: Sequence[str]) -> Self:
        """Raises: KeyError, TypeError or ValueError where these are not the aggregates of a model of these classes."""
        for name in ("start", "end"):
            if kept[name] and pd.Timestamp(kept[name]).date().isoformat() != kept[name]:
                raise ValueError(name)
        views = (_view(kept["inputs"], classes, tuple(PLAYERS)), _view(kept["groups"], classes, tuple(GROUPS)))
        return cls(str(kept["start"]), str(kept["end"]), int(kept["background"]), *views)


@dataclass(frozen=True)
class Effort:
    """How many accidents each part looks at."""

    rows: int
    group_rows: int
    background: int
    pair_rows: int

    @classmethod
    def of_training(cls, rows: int) -> Self:
        """What a training takes time for, where so many accidents are explained by single input."""
        return cls(rows, min(24, rows), 12, min(24, rows))

    @classmethod
    def at_leisure(cls, rows: int) -> Self:
        """What somebody who asks for it may wait for: half a minute of a slow core."""
        return cls(max(120, rows), 40, 20, 40)


def of(
    model: Classifier,
    table: pd.DataFrame,
    encoded: Encoded,
    effort: Effort,
    told: Callable[[float], None] | None = None,
) -> Overall:
    """Look at some of the accidents of a table, the same each time, which `encoded` are the rows of.

    `told` hears which part of the work is done.
    Raises: NotAdditive.
    """
    chosen = np.random.default_rng(0).permutation(len(table))
    sample = chosen[: effort.rows]
    shares = _by_parts(model._contributions, encoded.take(sample), told)
    labels, bins = value_bins.of(table.iloc[sample])
    importance = _importance(model.classes, tuple(PLAYERS), shares)
    spreads = {
        name: _spread(shares[:, i], tuple(PLAYERS), bins, _strongest(importance[name]))
        for i, name in enumerate(model.classes)
    }
    counted = {player for spread in spreads.values() for player in spread.players}
    sizes = {p: float(np.mean([importance[c][p] for c in model.classes])) for p in PLAYERS}
    paired = tuple(_strongest(sizes)[:_PAIRED])
    pairs = _pairs(model, encoded.take(chosen[: effort.pair_rows]), paired)
    inputs = View(
        rows=len(sample),
        importance=importance,
        spreads=spreads,
        values={player: labels[player] for player in PLAYERS if player in counted},
        pair_rows=min(effort.pair_rows, len(table)),
        paired=paired,
        pairs=pairs,
    )
    groups = _groups(model, encoded, chosen, effort)
    dates = table["date"].iloc[sample].dropna() if "date" in table else pd.Series(dtype="datetime64[ns]")
    start, end = (str(dates.min().date()), str(dates.max().date())) if len(dates) else ("", "")
    return Overall(start, end, min(effort.background, len(table)), inputs, groups)


def _by_parts(
    contributions: Callable[[Encoded], np.ndarray], rows: Encoded, told: Callable[[float], None] | None
) -> np.ndarray:
    step = max(1, len(rows) // 20) if told else max(1, len(rows))
    found = []
    for start in range(0, len(rows), step):
        found.append(contributions(rows.take(slice(start, start + step))))
        if told:
            told(min(1.0, (start + step) / len(rows)))
    return np.concatenate(found)


def _groups(model: Classifier, encoded: Encoded, chosen: np.ndarray, effort: Effort) -> View:
    rows, others = encoded.take(chosen[: effort.group_rows]), encoded.take(chosen[::-1][: effort.background])
    worth = np.stack(
        [
            grouped_game.values(model._calibrated, rows.take(np.array([i])), others).mean(axis=1)
            for i in range(len(rows))
        ]
    )  # (rows, coalitions, classes)
    each = np.moveaxis(worth, 0, 1)
    shares = np.moveaxis(coalitions.shapley(each), (0, 1, 2), (2, 0, 1))  # (rows, classes, groups)
    whole = np.concatenate([shares, worth[:, 0, :, None]], axis=2)
    names: tuple[str, ...] = tuple(GROUPS)
    importance = _importance(model.classes, names, whole)
    one = {name: np.zeros(len(rows), dtype=int) for name in names}
    return View(
        rows=len(rows),
        importance=importance,
        spreads={name: _spread(whole[:, i], names, one, names) for i, name in enumerate(model.classes)},
        values=dict.fromkeys(names, (value_bins.ALL,)),
        pair_rows=len(rows),
        paired=names,
        pairs=_mean_sizes(model.classes, coalitions.interactions(each)),
    )


def _pairs(model: Classifier, rows: Encoded, paired: Sequence[str]) -> Matrix:
    """Interactions of single inputs where an absent one is unknown, and all that are not paired are as they are."""
    members = coalitions.every(len(paired))
    players = list(PLAYERS)
    absent = np.zeros((len(members), len(players)), dtype=bool)
    absent[:, [players.index(name) for name in paired]] = ~members
    copies = rows.take(np.repeat(np.arange(len(rows)), len(members)))
    worth = model._calibrated(copies.hide(np.tile(inputs_of(absent), (len(rows), 1))))
    return _mean_sizes(
        model.classes, coalitions.interactions(np.moveaxis(worth.reshape(len(rows), len(members), -1), 0, 1))
    )


def _mean_sizes(classes: Sequence[str], found: np.ndarray) -> Matrix:
    """Shape of `found`: (players, players, rows, classes)."""
    sizes = np.abs(found).mean(axis=2)
    return {name: sizes[..., i] for i, name in enumerate(classes)}


def _importance(classes: Sequence[str], names: Sequence[str], shares: np.ndarray) -> dict[str, dict[str, float]]:
    sizes = np.abs(shares[:, :, :-1]).mean(axis=0)
    return {c: dict(zip(names, map(float, row), strict=True)) for c, row in zip(classes, sizes, strict=True)}


def _strongest(sizes: Mapping[str, float]) -> list[str]:
    return sorted(sizes, key=lambda name: -sizes[name])[:SHOWN]


def _spread(shares: np.ndarray, names: Sequence[str], bins: Mapping[str, np.ndarray], players: Sequence[str]) -> Spread:
    """Shape of `shares`: (rows, players + 1)."""
    columns = shares[:, [names.index(name) for name in players]]
    low, high = float(columns.min()), float(columns.max())
    if high - low < 1e-12:
        low, high = low - 0.5e-6, high + 0.5e-6
    at = np.clip(((columns - low) / (high - low) * BINS).astype(int), 0, BINS - 1)
    found = {}
    for column, name in enumerate(players):
        cells, counts = np.unique(np.stack([bins[name], at[:, column]], axis=1), axis=0, return_counts=True)
        found[name] = tuple((int(v), int(b), int(n)) for (v, b), n in zip(cells, counts, strict=True))
    return Spread(low, high, found)


def _view_dict(view: View) -> dict[str, Any]:
    return {
        "rows": view.rows,
        "importance": {c: {p: _short(v) for p, v in sizes.items()} for c, sizes in view.importance.items()},
        "spreads": {
            c: {
                "low": _short(s.low),
                "high": _short(s.high),
                "players": {p: np.ravel(cells).tolist() for p, cells in s.players.items()},
            }
            for c, s in view.spreads.items()
        },
        "values": {p: [list(x) if isinstance(x, tuple) else x for x in labels] for p, labels in view.values.items()},
        "pair_rows": view.pair_rows,
        "paired": list(view.paired),
        "pairs": {c: [[_short(v) for v in row] for row in matrix] for c, matrix in view.pairs.items()},
    }


def _view(kept: Mapping[str, Any], classes: Sequence[str], names: tuple[str, ...]) -> View:
    def of_class(part: str) -> dict[str, Any]:
        return {c: kept[part][c] for c in classes}

    importance = {c: {p: _finite(sizes[p]) for p in names} for c, sizes in of_class("importance").items()}
    values = {str(p): tuple(value_bins.read(p, x) for x in labels) for p, labels in kept["values"].items()}
    spreads = {c: _spread_of(s, values) for c, s in of_class("spreads").items()}
    paired = tuple(str(p) for p in kept["paired"])
    pairs = {c: np.array(m, dtype=float).reshape(len(paired), len(paired)) for c, m in of_class("pairs").items()}
    unknown = {*values, *paired} - set(names)
    if unknown or not all(np.isfinite(m).all() for m in pairs.values()):
        raise ValueError("players")
    return View(int(kept["rows"]), importance, spreads, values, int(kept["pair_rows"]), paired, pairs)


def _spread_of(kept: Mapping[str, Any], values: Mapping[str, Sequence[object]]) -> Spread:
    low, high = _finite(kept["low"]), _finite(kept["high"])
    players = {}
    for name, flat in kept["players"].items():
        cells = np.array(flat, dtype=np.int64).reshape(-1, 3)
        top = (len(values[name]), BINS, 10**9)
        if (cells < 0).any() or (cells >= top).any():
            raise ValueError("spread")
        players[str(name)] = tuple((int(v), int(b), int(n)) for v, b, n in cells)
    if not low < high:
        raise ValueError("spread")
    return Spread(low, high, players)


def _finite(value: Any) -> float:
    number = float(value)
    if not np.isfinite(number):
        raise ValueError("number")
    return number


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
