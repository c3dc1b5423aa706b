"""Odds ratios of serious accidents by condition, raw and adjusted for the other conditions.

A logistic regression on the cells of `data.conditions`: the likelihood is that of the single accidents, and a million
of them take a fraction of a second. `tests/models/test_odds.py` holds it to statsmodels on the accidents themselves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import conditions
from data.coded import Selection
from data.conditions import Cells
from data.errors import DataError
from data.filters import Value
from data.text import _

# a value needs as many accidents with and without the outcome, or its coefficient runs away
FEWEST = 5
_Z = 1.959963984540054  # of the normal distribution, 97.5 %
_STEPS, _ENOUGH = 30, 1e-8
# below this the conditions are, to the precision of the numbers, combinations of each other
_SMALLEST = 1e-9

Numbers = NDArray[np.float64]
Reference = tuple[str, Value]


@dataclass(frozen=True)
class Odds:
    """Odds ratios against one value of each condition.

    `table`: one row a value, with `condition`, `value`, `reference` (whether it is the one compared with), `known`
    (accidents), `cases`, `raw` and `adjusted`, each with `_low` and `_high`; the reference has 1 and no interval.
    `accidents` of `total` are described in every condition by a value that is frequent enough; `dropped` are the
    conditions of which that leaves fewer than two values.
    """

    table: pd.DataFrame
    accidents: int
    total: int
    dropped: tuple[str, ...]


def ratios(selection: Selection, chosen: tuple[str, ...], measure: str, reference: Reference | None = None) -> Odds:
    """The odds ratios of `measure` (`killed` or `serious`) for each value of the chosen conditions.

    `reference` gives the value that one condition is compared with; of the others it is the most frequent.
    Raises: DataError where conditions cannot be told apart.
    """
    cells = frequent(conditions.cells(selection, chosen, measure))
    varying = [at for at, codes in enumerate(cells.codes) if len(np.unique(codes)) > 1]
    kept = replace(cells, conditions=tuple(cells.conditions[at] for at in varying), codes=cells.codes[varying])
    dropped = tuple(name for name in chosen if name not in kept.conditions)
    return Odds(_table(kept, reference), int(cells.known.sum()), cells.total, dropped)


def frequent(cells: Cells) -> Cells:
    """The cells without the values that have fewer than FEWEST accidents with or without the outcome."""
    while True:
        kept = np.ones(len(cells.known), dtype="bool")
        for codes in cells.codes:
            cases = np.bincount(codes, weights=cells.cases)
            others = np.bincount(codes, weights=cells.known) - cases
            kept &= (np.minimum(cases, others) >= FEWEST)[codes]
        if kept.all():
            return cells
        cells = replace(cells, codes=cells.codes[:, kept], known=cells.known[kept], cases=cells.cases[kept])


def _table(cells: Cells, reference: Reference | None) -> pd.DataFrame:
    rows = pd.concat([_raw(cells, at, reference) for at in range(len(cells.conditions))] or [pd.DataFrame()])
    if rows.empty:
        return rows
    rows = rows.reset_index(drop=True)
    # where each value stands among the coefficients; the intercept is the first
    place = np.flatnonzero(~rows["reference"]) + 1
    coefficients, errors = _fitted(cells, _design(cells, rows), np.append(0, place))
    for name, factor in {"adjusted": 0.0, "adjusted_low": -_Z, "adjusted_high": _Z}.items():
        found = pd.Series(np.exp(coefficients[1:] + factor * errors[1:]), index=place - 1)
        rows[name] = found.reindex(rows.index, fill_value=np.nan)
    rows.loc[rows["reference"], "adjusted"] = 1.0
    return rows


def _raw(cells: Cells, at: int, reference: Reference | None) -> pd.DataFrame:
    """The values of one condition with their odds ratios from a table of two by two.

    Source: Woolf 1955, on the logarithm of the ratio.
    """
    name, codes = cells.conditions[at], cells.codes[at]
    counts = np.stack([np.bincount(codes, weights=weights) for weights in (cells.known, cells.cases)])
    found = np.flatnonzero(counts[0])
    known, cases = counts[:, found].astype("int64")
    values = [conditions.values(name)[code - 1] for code in found]
    asked = reference[1] if reference is not None and reference[0] == name else None
    compared = values.index(asked) if asked in values else int(known.argmax())
    others = known - cases
    ratio = (cases / others) / (cases[compared] / others[compared])
    error = np.sqrt(1 / cases + 1 / others + 1 / cases[compared] + 1 / others[compared])
    is_reference = np.arange(len(found)) == compared
    error[is_reference] = np.nan
    return pd.DataFrame(
        {
            "condition": name,
            "value": pd.Series(values, dtype="object"),
            "code": found,
            "reference": is_reference,
            "known": known,
            "cases": cases,
            "raw": ratio,
            "raw_low": ratio * np.exp(-_Z * error),
            "raw_high": ratio * np.exp(_Z * error),
        }
    )


def _design(cells: Cells, rows: pd.DataFrame) -> NDArray[np.int64]:
    """The coefficients that each cell has: the intercept, then one of each condition.

    Shapes: (conditions and one, cells).
    """
    design = [np.zeros(len(cells.known), dtype="int64")]
    for name, codes in zip(cells.conditions, cells.codes, strict=True):
        own = rows[rows["condition"] == name]
        place = np.zeros(int(own["code"].max()) + 1, dtype="int64")
        place[own["code"]] = own.index + 1
        design.append(place[codes])
    return np.stack(design)


def _fitted(cells: Cells, design: NDArray[np.int64], free: NDArray[np.int64]) -> tuple[Numbers, Numbers]:
    """Coefficients and standard errors of the `free` ones, the others being zero, by Newton's method.

    What a cell adds to the gradient and to the curvature goes to the few places that its design names, so that no
    matrix of cells by coefficients is made.
    """
    size = int(design.max()) + 1
    coefficients = np.zeros(size)
    share = cells.cases.sum() / cells.known.sum()
    coefficients[0] = np.log(share / (1 - share))
    for _step in range(_STEPS):
        expected = 1 / (1 + np.exp(-coefficients[design].sum(axis=0)))
        missed, weight = cells.cases - cells.known * expected, cells.known * expected * (1 - expected)
        gradient = sum(np.bincount(places, weights=missed, minlength=size) for places in design)
        inverse = _inverted(_curvature(design, weight, size)[np.ix_(free, free)])
        change = inverse @ np.asarray(gradient)[free]
        coefficients[free] += change
        if np.abs(change).max() < _ENOUGH:
            return coefficients[free], np.sqrt(np.diag(inverse))
    raise DataError(_("The odds ratios cannot be adjusted for these conditions together; leave one of them out."))


def _curvature(design: NDArray[np.int64], weight: Numbers, size: int) -> Numbers:
    whole = np.zeros((size, size))
    for one, other in combinations_with_replacement(design, 2):
        part = np.bincount(one * size + other, weights=weight, minlength=size * size).reshape(size, size)
        whole += part if one is other else part + part.T
    return whole


def _inverted(curvature: Numbers) -> Numbers:
    scale = np.sqrt(np.diag(curvature))
    even = curvature / np.outer(scale, scale)
    if np.linalg.eigvalsh(even)[0] < _SMALLEST:
        message = _(
            "The odds ratios cannot be adjusted: one of these conditions follows from the others in the accidents "
            "shown; leave it out."
        )
        raise DataError(message)
    inverse: Numbers = np.linalg.inv(even) / np.outer(scale, scale)
    return inverse
