"""What a model says of an accident if some of its inputs were others: scenarios, sweeps, pairs and single changes.

Every question is one batch of rows and one call of `predict_proba`. The average over other accidents is a partial
dependence, beside the line of the described accident alone: Goldstein et al. 2015, Peeking Inside the Black Box
(individual conditional expectation).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from data import features, plausibility, schema
from data.features import Input, Target
from data.measures import Change

MOST_ROWS = 2000  # of a batch: what the slowest shipped model answers in less than a second on two slow cores
BACKGROUND = 200  # accidents averaged over, where a question has few values
_SURVEYED = 5000  # accidents that tell which values occur
_MOST_CODES, _MOST_NUMBERS = 24, 16  # values of one sweep
_RARE = 0.002  # share of the known accidents below which a number is not swept over
_TAILS = (0.01, 0.99)  # quantiles between which numbers are spread where too many occur
# outcomes that join classes, before the classes themselves
_JOINT: dict[Target, dict[str, tuple[str, ...]]] = {"severity": {"serious": ("hospitalised", "killed")}}

Values = Mapping[str, object]


class Answering(Protocol):
    """What is asked of a model."""

    def predict_proba(self, rows: pd.DataFrame) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Background:
    """Accidents to compare one with. `levels`: for each input the values of a sweep, where at least two occur.

    `rows` were drawn at random from `total` accidents of the `years`.
    """

    rows: pd.DataFrame
    levels: Mapping[str, tuple[object, ...]]
    total: int
    years: tuple[int, ...]

    def offered(self, values: Values, name: str) -> tuple[object, ...]:
        """The values of a sweep over an input, with that of the described accident."""
        return with_current(name, self.levels[name], values.get(name))


@dataclass(frozen=True)
class Sweep:
    """Probabilities with one input at each of its values.

    `own`: of the described accident, `average`: over `n` accidents; index = the values, one column a class.
    `described`: of the accident as it is described. `contradictory`: for each value whether it contradicts the rest.
    """

    own: pd.DataFrame
    average: pd.DataFrame
    described: pd.Series
    contradictory: np.ndarray
    n: int


def outcomes(target: Target) -> dict[str, tuple[str, ...]]:
    """What can be asked of a target: outcome -> the classes whose probabilities add up to it."""
    return {**_JOINT.get(target, {}), **{name: (name,) for name in schema.values(target)}}


def chance(proba: pd.DataFrame, classes: Sequence[str]) -> pd.Series:
    """The probability of an outcome in each row."""
    return proba[list(classes)].sum(axis="columns")


def background(accidents: pd.DataFrame, size: int = BACKGROUND, seed: int = 0) -> Background:
    """A seeded sample of joined accidents, and the values that occur among more of them."""
    drawn = accidents.sample(min(len(accidents), max(_SURVEYED, size)), random_state=seed)
    table = features.table(drawn)
    # a place is not moved along one coordinate: it would come to lie in the sea
    swept = [i for i in features.INPUTS if i.kind != "commune" and i.whole]
    found = {i.name: levels(i, table[i.name]) for i in swept}
    rows = table[[i.name for i in features.INPUTS]].iloc[:size]
    years = tuple(sorted(int(year) for year in accidents["year"].unique()))
    return Background(rows, {name: v for name, v in found.items() if len(v) > 1}, len(accidents), years)


def levels(item: Input, column: pd.Series) -> tuple[object, ...]:
    """The values of an input worth a sweep: codes and whole numbers that occur, or numbers evenly spread over many."""
    known = column.dropna()
    shares = known.value_counts(normalize=True)
    if item.kind == "category":
        frequent = set(shares[shares > 0].index[:_MOST_CODES])
        return tuple(code for code in schema.values(item.name) if code in frequent)
    common = {int(value) for value in shares.index[shares >= _RARE]}
    if len(common) > _MOST_NUMBERS:
        low, high = known.quantile(list(_TAILS))
        common = {round(value) for value in np.linspace(low, high, _MOST_NUMBERS)}
    return tuple(sorted(common))


def with_current(name: str, offered: Sequence[object], current: object) -> tuple[object, ...]:
    """The values of a sweep and the one that is described, in their order."""
    if current is None or current in offered:
        return tuple(offered)
    if features.BY_NAME[name].kind == "number":
        return tuple(sorted((*offered, current), key=lambda value: float(str(value))))
    order = list(schema.values(name))
    return tuple(sorted((*offered, current), key=lambda code: order.index(str(code))))


def rows_of(descriptions: Sequence[Values]) -> pd.DataFrame:
    """Described accidents as the rows of a table.

    Raises: DataError naming the input and the value that is not possible.
    """
    return features.rows(descriptions).reset_index(drop=True)


def scenarios(model: Answering, descriptions: Sequence[Values]) -> pd.DataFrame:
    """Probabilities of some described accidents, one row each."""
    return model.predict_proba(rows_of(descriptions)).reset_index(drop=True)


def sweep(model: Answering, values: Values, name: str, offered: Sequence[object], around: pd.DataFrame) -> Sweep:
    """One input at each of `offered`: for the described accident, and on average over the accidents `around`.

    Of these as many take part as `MOST_ROWS` allow.
    """
    k = len(offered)
    n = min(len(around), max(1, MOST_ROWS // k))
    own = rows_of([values, *({**values, name: value} for value in offered)])
    others = around.iloc[np.tile(np.arange(n), k)]
    others = _with(others, name, np.repeat(np.array(offered, dtype=object), n))
    proba = model.predict_proba(pd.concat([own, others], ignore_index=True))
    index, classes = pd.Index(list(offered), dtype="object", name=name), proba.columns
    average = proba.to_numpy()[1 + k :].reshape(k, n, len(classes)).mean(axis=1)
    return Sweep(
        own=proba.iloc[1 : 1 + k].set_axis(index),
        average=pd.DataFrame(average, index=index, columns=classes),
        described=proba.iloc[0],
        contradictory=_contradictory(values, [{name: value} for value in offered]),
        n=n,
    )


def pairs(
    model: Answering, values: Values, first: str, firsts: Sequence[object], second: str, seconds: Sequence[object]
) -> pd.DataFrame:
    """Two inputs at all their combinations: index = (first, second), a column a class and `contradictory`."""
    changes = [{first: a, second: b} for a in firsts for b in seconds]
    proba = model.predict_proba(rows_of([{**values, **change} for change in changes]))
    index = pd.MultiIndex.from_product([list(firsts), list(seconds)], names=[first, second])
    return proba.set_axis(index).assign(contradictory=_contradictory(values, changes))


def effects(model: Answering, values: Values, changes: Sequence[Change]) -> pd.DataFrame:
    """Probabilities before any change, then with each single one."""
    return scenarios(model, [values, *({**values, c.name: c.after} for c in changes)])


def ranked(proba: pd.DataFrame, classes: Sequence[str]) -> pd.DataFrame:
    """Single changes by how much each lowers the probability of an outcome, most first.

    `proba`: what `effects` gives. Result: index = position of the change; columns `before`, `after`, `difference`.
    """
    chances = chance(proba, classes)
    after = chances.iloc[1:].reset_index(drop=True)
    found = pd.DataFrame({"before": chances.iloc[0], "after": after, "difference": after - chances.iloc[0]})
    return found.sort_values("difference", kind="stable")


def _with(rows: pd.DataFrame, name: str, column: np.ndarray) -> pd.DataFrame:
    """Rows with other values of one input, typed as before; the values were verified with the described accident."""
    typed = rows[name].dtype
    given = pd.Series(pd.Categorical(column, dtype=typed)) if isinstance(typed, pd.CategoricalDtype) else None
    values = pd.Series(column).astype(typed) if given is None else given
    return rows.assign(**{name: values.set_axis(rows.index)})


def _contradictory(values: Values, changes: Sequence[Values]) -> np.ndarray:
    """For each change whether it brings a contradiction into a description that had it not."""
    there = set(plausibility.contradictions(values))
    return np.array([bool(set(plausibility.contradictions({**values, **c})) - there) for c in changes], dtype=bool)
