"""From a matched file to rows that models answer, and for every other row why they do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import features, schema
from data.batch.headings import NOT_USED, OTHERS, OUTCOMES
from data.batch.matching import Chosen, Understood, require, understand
from data.batch.meaning import shown
from data.batch.table import Table
from data.text import _

_NAMED = 5  # rows of one problem that are named


@dataclass(frozen=True)
class Problem:
    """A cell, or a row as a whole, that cannot be used: why, in how many rows, and the numbers of the first of them."""

    column: str
    value: str
    reason: str
    rows: int
    first: tuple[int, ...]


@dataclass(frozen=True)
class Prepared:
    """Every row of a file, in its order.

    `rows`: inputs as `data.features.checked` gives them; `problem`: what is wrong with each, empty where nothing is;
    `scored`: which of them are answered, shape (n,) bool; `outcomes`: what is known to have happened, by target, as
    codes; `problems`: the same by cell, the most frequent first.
    """

    rows: pd.DataFrame
    problem: list[str]
    scored: np.ndarray
    outcomes: dict[str, pd.Categorical]
    problems: list[Problem]


def prepare(table: Table, chosen: Chosen, *, lenient: bool = False) -> Prepared:
    """Read the chosen columns; a row with an impossible value is not scored, or, `lenient`, scored with it unknown.

    Raises: DataError for a choice that is none.
    """
    require(table, chosen)
    used = [understand(table, column, field) for column, field in chosen.items() if field != NOT_USED]
    used.sort(key=lambda one: one.field in OTHERS)  # what an input of its own says goes before what a date gives
    told = _Told(table)
    values: dict[str, np.ndarray] = {}
    for one in used:
        for name in dict.fromkeys(key for meaning in one.meanings if not isinstance(meaning, str) for key in meaning):
            found = _spread(one, name)
            known = values.get(name)
            values[name] = found if known is None else np.where(_missing(known), found, known)
        if one.field not in OUTCOMES:
            told.impossible(one)
    _weekday(values, told)
    rows = _inputs(values, len(table.frame))
    scored = told.scored(rows, lenient=lenient)
    outcomes = {
        str(target): pd.Categorical(values[target], categories=list(schema.values(target)))
        for target in OUTCOMES.values()
        if target in values
    }
    return Prepared(features.checked(rows), told.sentences(scored), scored, outcomes, told.problems())


def _spread(one: Understood, name: str) -> np.ndarray:
    """What each row says of one input. Shape: (n,) object, None where it says nothing."""
    found = np.empty(len(one.meanings), dtype="object")
    found[:] = [None if isinstance(meaning, str) else meaning.get(name) for meaning in one.meanings]
    return np.asarray(found[one.places])


def _missing(values: np.ndarray) -> np.ndarray:
    return np.asarray(pd.isna(values))


def _weekday(values: dict[str, np.ndarray], told: _Told) -> None:
    """The day of the week of rows that give year, month and day but not that."""
    parts = [values.get(name) for name in ("year", "month", "day")]
    if any(part is None for part in parts):
        return
    frame = pd.DataFrame(dict(zip(("year", "month", "day"), parts, strict=True))).dropna().astype("int64")
    days = pd.to_datetime(frame, errors="coerce")
    wrong = days.index[days.isna()]
    for place in wrong:
        whole = "-".join(map(str, frame.loc[place]))
        told.add(int(place), _("year, month and day"), whole, _("there is no such day"))
    known = values.get("weekday", np.full(len(parts[0] if parts[0] is not None else []), None, dtype="object"))
    given = days.dropna()
    found = known.copy()
    found[given.index] = given.dt.dayofweek.add(1).astype("str")
    values["weekday"] = np.where(_missing(known), found, known)


def _inputs(values: dict[str, np.ndarray], n: int) -> pd.DataFrame:
    """The inputs typed as `data.features.table` types them."""
    columns: dict[str, pd.Series] = {}
    for item in features.INPUTS:
        found = values.get(item.name, np.full(n, None, dtype="object"))
        if item.kind == "category":
            columns[item.name] = pd.Series(pd.Categorical(found, categories=list(schema.values(item.name))))
        else:
            columns[item.name] = pd.Series(found, dtype="object").astype("float64" if item.kind == "number" else "str")
    return pd.DataFrame(columns)


class _Told:
    """What is wrong with cells and rows, collected for sentences beside the rows and for a summary."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._of_row: dict[int, list[str]] = defaultdict(list)
        self._groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._nothing: set[int] = set()

    def add(self, place: int, column: str, value: str, reason: str) -> None:
        self._of_row[place].append(_("{column} '{value}': {reason}").format(column=column, value=value, reason=reason))
        self._groups[column, value, reason].append(place)

    def impossible(self, one: Understood) -> None:
        """The rows whose cell of a column is impossible."""
        for place in np.flatnonzero(one.impossible[one.places]):
            text, reason = one.texts[one.places[place]], one.meanings[one.places[place]]
            self.add(int(place), one.column, shown(text), str(reason))

    def scored(self, rows: pd.DataFrame, *, lenient: bool) -> np.ndarray:
        """Which rows are answered: not those that are no rows of the file, nor those of which nothing is known."""
        known = rows.notna().any(axis="columns").to_numpy()
        faulty = np.zeros(len(rows), dtype=bool)
        faulty[list(self._table.faults)] = True
        odd = np.zeros(len(rows), dtype=bool)
        odd[list(self._of_row)] = not lenient
        for place in np.flatnonzero(~known & ~faulty):
            if not self._of_row.get(int(place)) or lenient:
                self._nothing.add(int(place))
        return np.asarray(known & ~faulty & ~odd)

    def sentences(self, scored: np.ndarray) -> list[str]:
        """One a row, empty where nothing is wrong."""
        found = [""] * len(scored)
        for place, parts in self._of_row.items():
            text = "; ".join(parts)
            found[place] = _("taken as unknown: {what}").format(what=text) if scored[place] else text
        for place in self._nothing:
            found[place] = "; ".join(filter(None, [found[place], _("no input of the models is known")]))
        for place, fault in self._table.faults.items():
            found[place] = fault
        return found

    def problems(self) -> list[Problem]:
        """By cell, the most frequent first."""
        whole: dict[str, list[int]] = defaultdict(list)
        for place, fault in self._table.faults.items():
            whole[fault].append(place)
        if self._nothing:
            whole[_("no input of the models is known")] = sorted(self._nothing)
        found = [
            self._problem(column, value, reason, places) for (column, value, reason), places in self._groups.items()
        ]
        found += [self._problem("", "", reason, places) for reason, places in whole.items()]
        return sorted(found, key=lambda problem: -problem.rows)

    def _problem(self, column: str, value: str, reason: str, places: Iterable[int]) -> Problem:
        every = sorted(places)
        return Problem(column, value, reason, len(every), tuple(map(self._table.number, every[:_NAMED])))
