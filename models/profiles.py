"""Kinds of accidents: k-means on their conditions, with the number of kinds that separates and repeats best.

Conditions become columns of zeros and ones, each less its mean so that an unknown value counts for nothing, and their
first principal directions are clustered. How serious an accident is takes no part, so that it can be told of each kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import schema
from data.coded import Selection, user_bit
from data.filters import USERS, Value, values
from data.text import _
from models.base import DataError
from models.nearest_filters import Nearest, nearest

NUMBERS = range(3, 13)
SAMPLE = 8_000  # accidents that centres are learnt from; all are then counted with the nearest
COLUMNS = (
    "hour", "built_up", "light", "weather", "surface", "junction", "road_class", "speed_limit", "collision",
)  # fmt: skip
STABLE = 0.9  # adjusted Rand index between seeds from which kinds are found again
FEWEST = 500
KNOWN = 4  # conditions that must be known of an accident: with fewer it resembles any
_SHOWN = 2_000  # accidents of which the silhouette is taken
_SEEDS = (0, 1, 2)
_DIRECTIONS = 5
_STARTS = 6
_USUAL, _MORE = 0.25, 1.25  # a value is named where at least so frequent, and so many times as elsewhere
_CHUNK = 100_000
# values of these columns that mean much the same stand together, by the first of each group
_GROUPS: dict[str, tuple[int, ...]] = {"hour": (0, 6, 10, 16, 20), "speed_limit": (10, 35, 55, 85)}

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Outcome:
    """How accidents ended: `rated` of known severity, `severe` of these with somebody killed or hospitalised; `known`
    whose injuries are known, and the people `killed` in them."""

    rated: int
    severe: int
    known: int
    killed: int


@dataclass(frozen=True)
class Kind:
    """One kind of accidents.

    `accidents`: how many of those counted; `years`: their share of each year's. `over`: what it has more of than all
    accidents, the most telling first: `column` (or `users`), `value` (the first of its group), `share` of the kind,
    `lift` (times as frequent). `typical`: of each column the value in the accident that has most in common with the
    others, None where unknown; under `users` those involved.
    """

    accidents: int
    years: pd.Series
    over: pd.DataFrame
    typical: dict[str, Value | tuple[str, ...] | None]
    outcome: Outcome
    nearest: Nearest


@dataclass(frozen=True)
class Profiles:
    """The kinds found, the largest first; `learnt` of the `accidents` gave their centres.

    `left_out`: further accidents, of which fewer than KNOWN conditions are known.
    """

    kinds: tuple[Kind, ...]
    accidents: int
    learnt: int
    left_out: int


def quality(selection: Selection) -> pd.DataFrame:
    """How well each number of kinds does: index NUMBERS; `silhouette` (-1 to 1), `stability` (0 to 1), `chosen`.

    Stability is the mean adjusted Rand index between centres learnt from different seeds. Chosen is the largest
    silhouette among the numbers that reach STABLE, or the most stable where none does.
    Raises: DataError where fewer than FEWEST accidents are told of.
    """
    from sklearn.metrics import adjusted_rand_score, silhouette_score

    points = _Space(_told(selection)).points
    few = points[np.linspace(0, len(points) - 1, min(len(points), _SHOWN)).astype("int64")]
    rows = {}
    for number in NUMBERS:
        fits = [_centres(points, number, seed) for seed in _SEEDS]
        labels = [_nearest(points, centres) for centres in fits]
        agreement = [adjusted_rand_score(one, two) for i, one in enumerate(labels) for two in labels[:i]]
        own = _nearest(few, fits[0])
        silhouette = float(silhouette_score(few, own)) if len(np.unique(own)) > 1 else np.nan
        rows[number] = {"silhouette": silhouette, "stability": float(np.mean(agreement))}
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.assign(chosen=table.index == best(table))


def best(table: pd.DataFrame) -> int:
    """The number of kinds that is proposed. `table`: `silhouette` and `stability` by number."""
    stable = table.loc[table["stability"] >= STABLE, "silhouette"].dropna()
    found = table["stability"] if stable.empty else stable
    return [int(number) for number in found.index][int(found.to_numpy().argmax())]


def profiles(selection: Selection, number: int) -> Profiles:
    """The kinds of accidents of a selection, which all are counted with; the same accidents always give the same.

    Raises: DataError where fewer than FEWEST accidents are told of.
    """
    every, selection = len(selection), _told(selection)
    space = _Space(selection)
    centres = _centres(space.points, number, _SEEDS[0])
    of = np.concatenate([_nearest(space.project(rows), centres) for rows in _chunks(selection)])
    sizes = np.bincount(of, minlength=number)
    over, years = _over(selection, of, number), _years(selection, of, number)
    own = _nearest(space.points, centres)
    kinds = []
    for k in np.argsort(-sizes, kind="stable"):
        if not (own == k).any():
            continue
        kinds.append(
            Kind(
                accidents=int(sizes[k]),
                years=years[k],
                over=_telling(over[over["kind"] == k]),
                typical=_named(selection, space.most_usual(space.sample[own == k])),
                outcome=_outcome(selection, of == k),
                nearest=nearest(selection, space.sample, own == k),
            )
        )
    left_out = every - len(selection)
    return Profiles(tuple(kinds), accidents=len(selection), learnt=len(space.points), left_out=left_out)


class _Space:
    """The conditions of a selection as a few numbers, learnt from a sample of it."""

    def __init__(self, selection: Selection) -> None:
        if len(selection) < FEWEST:
            message = _("Kinds need at least {n} accidents whose conditions are known; the filters leave {left}.")
            raise DataError(message.format(n=FEWEST, left=len(selection)))
        everyone = np.arange(len(selection.coded.day))[selection.rows]
        places = np.linspace(0, len(everyone) - 1, min(len(everyone), SAMPLE)).astype("int64")
        self.coded, self.sample = selection.coded, everyone[places]
        self.tables = {column: self._table(column) for column in COLUMNS}
        self.users = self._bits(self.sample).mean(axis=0, dtype="float64")
        wide = self._wide(self.sample)
        # a few directions hold what conditions have in common; the rest is noise that k-means would follow
        _left, _size, right = np.linalg.svd(wide - wide.mean(axis=0), full_matrices=False)
        # signs are free: made the same on every machine
        signs = np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])
        self.directions: Matrix = (right * signs[:, None])[:_DIRECTIONS].T.astype("float32")
        self.points = self.project(self.sample)

    def project(self, rows: NDArray[np.intp]) -> Matrix:
        """Shapes: (n,) places of accidents -> (n, directions)."""
        found: Matrix = self._wide(rows) @ self.directions
        return found

    def most_usual(self, rows: NDArray[np.intp]) -> int:
        """The place of the accident among some whose conditions are together the most frequent of them."""
        wide = self._wide(rows)
        return int(rows[((wide - wide.mean(axis=0)) ** 2).sum(axis=1).argmin()])

    def _wide(self, rows: NDArray[np.intp]) -> Matrix:
        parts = [table.take(self.coded.codes[column][rows], axis=0) for column, table in self.tables.items()]
        return np.concatenate([*parts, self._bits(rows) - self.users.astype("float32")], axis=1)

    def _table(self, column: str) -> Matrix:
        """What each code of a column becomes: zeros and a one, less their means; unknown is the mean itself."""
        groups = grouped(column)
        one_hot = np.zeros((len(groups), groups.max() + 1), dtype="float32")
        one_hot[np.arange(len(groups)), groups] = 1
        codes = self.coded.codes[column][self.sample]
        known = one_hot[codes[codes > 0]]
        centred = one_hot - (known.mean(axis=0) if len(known) else 0)
        centred[0] = 0
        return centred[:, 1:]

    def _bits(self, rows: NDArray[np.intp]) -> Matrix:
        return np.stack([self.coded.users[rows] & user_bit(name) != 0 for name in USERS], axis=1).astype("float32")


def _told(selection: Selection) -> Selection:
    """The accidents of which at least KNOWN conditions are known."""
    known = sum((selection.codes(column) > 0).astype("int8") for column in COLUMNS)
    return replace(selection, rows=np.arange(len(selection.coded.day))[selection.rows][known >= KNOWN])


def grouped(column: str) -> NDArray[np.int64]:
    """The group of each code of a column, 0 being unknown: each value alone, or as _GROUPS has them."""
    if column not in _GROUPS:
        return np.arange(len(values(column)) + 1)
    found = np.searchsorted(_GROUPS[column], [int(value) for value in values(column)], side="right")
    if column == "hour":
        found = np.where(found == 5, 1, found)  # the late evening belongs to the night
    return np.append(0, found)


def _centres(points: Matrix, number: int, seed: int) -> Matrix:
    from sklearn.cluster import KMeans

    found: Matrix = KMeans(n_clusters=number, random_state=seed, n_init=_STARTS).fit(points).cluster_centers_
    return found


def _nearest(points: Matrix, centres: Matrix) -> NDArray[np.intp]:
    found: NDArray[np.intp] = ((centres**2).sum(axis=1) - 2 * points @ centres.T).argmin(axis=1)
    return found


def _chunks(selection: Selection) -> Iterator[NDArray[np.intp]]:
    rows = np.arange(len(selection.coded.day))[selection.rows]
    return (rows[start : start + _CHUNK] for start in range(0, len(rows), _CHUNK))


def _over(selection: Selection, of: NDArray[np.intp], number: int) -> pd.DataFrame:
    """How frequent each group of values is in each kind, and how many times as frequent as in all accidents."""
    found = []
    for column in COLUMNS:
        groups = grouped(column)
        size = int(groups.max()) + 1
        counts = np.bincount(of * size + groups.take(selection.codes(column)), minlength=number * size)
        counts = counts.reshape(number, size)[:, 1:]
        firsts = [values(column)[int(np.flatnonzero(groups == group)[0]) - 1] for group in range(1, size)]
        found.append(_lifts(column, firsts, counts, counts.sum(axis=1)))
    users, sizes = selection.coded.users[selection.rows], np.bincount(of, minlength=number)
    counts = np.stack([np.bincount(of[users & user_bit(name) != 0], minlength=number) for name in USERS], axis=1)
    return pd.concat([*found, _lifts("users", USERS, counts, sizes)], ignore_index=True)


def _lifts(column: str, names: Sequence[Value], counts: NDArray[np.int64], sizes: NDArray[np.int64]) -> pd.DataFrame:
    """Shapes: `counts` (kinds, values), `sizes` (kinds,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / sizes[:, None]
        lift = share / (counts.sum(axis=0) / sizes.sum())
    kinds, places = np.indices(counts.shape).reshape(2, -1)
    value = np.array(list(names), dtype="object")[places]
    return pd.DataFrame({"kind": kinds, "column": column, "value": value, "share": share.ravel(), "lift": lift.ravel()})


def _telling(table: pd.DataFrame) -> pd.DataFrame:
    """What is both usual in a kind and clearly more frequent in it than elsewhere, by how much it tells of the kind."""
    there = table[(table["share"] >= _USUAL) & (table["lift"] >= _MORE)]
    order = (there["share"] * np.log(there["lift"])).sort_values(ascending=False, kind="stable").index
    found: pd.DataFrame = there.loc[order, ["column", "value", "share", "lift"]]
    return found.reset_index(drop=True)


def _years(selection: Selection, of: NDArray[np.intp], number: int) -> list[pd.Series]:
    size = len(schema.YEARS) + 1
    counts = np.bincount(of * size + selection.codes("year"), minlength=number * size).reshape(number, size)[:, 1:]
    whole = pd.Series(counts.sum(axis=0), index=list(schema.YEARS))
    return [pd.Series(row, index=whole.index)[whole > 0] / whole[whole > 0] for row in counts]


def _outcome(selection: Selection, own: NDArray[np.bool_]) -> Outcome:
    severity, known = selection.codes("severity")[own], selection.coded.injuries_known[selection.rows][own]
    killed = selection.coded.people["killed"][selection.rows][own]
    return Outcome(
        rated=int((severity > 0).sum()),
        severe=int((severity > 1).sum()),
        known=int(known.sum()),
        killed=int(killed[known].sum()),
    )


def _named(selection: Selection, place: int) -> dict[str, Value | tuple[str, ...] | None]:
    coded = selection.coded
    found: dict[str, Value | tuple[str, ...] | None] = {}
    for column in COLUMNS:
        code = int(coded.codes[column][place])
        found[column] = values(column)[code - 1] if code else None
    users = tuple(name for name in USERS if coded.users[place] & user_bit(name))
    return {**found, "users": users}
