"""How serious accidents are under each condition: cases counted once for each value, for pairs and for combinations.

Only accidents whose injuries are known count, so that a year without its people table is missing and never harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import filters, schema
from data.coded import AGES, INJURIES, ROLES, SEXES, Selection, user_bit
from data.filters import USERS, Value
from data.statistics import count_interval, rate_ratio, relative_risk, share_interval

# accidents with somebody killed, with somebody killed or hospitalised, and people killed
MEASURES = ("killed", "serious", "lethality")
# the first hour of each part of the day
PERIODS = (0, 6, 10, 16, 20)
# an accident is of the first of these of which somebody is involved
MIX: dict[str, tuple[str, ...]] = {
    "pedestrians": ("pedestrians",),
    "bicycles": ("bicycles",),
    "scooters": ("scooters",),
    "mopeds": ("mopeds",),
    "motorcycles": ("motorcycles",),
    "heavy": ("lorries", "buses", "rail"),
    "light": ("cars", "vans"),
    "other_vehicles": ("other_vehicles",),
}
CONDITIONS = (
    "light", "weather", "surface", "road_class", "speed_limit", "built_up", "junction", "collision", "hour", "period",
    "mix", "users",
)  # fmt: skip
# what is based on less is shown as uncertain: accidents of known injuries, and cases among them
FEW_ACCIDENTS, FEW_CASES = 50, 5

_SEVERITIES = len(schema.SEVERITY) + 1
_KILLED, _SERIOUS = slice(_SEVERITIES - 1, _SEVERITIES), slice(_SEVERITIES - 2, _SEVERITIES)
_COUNTS = ("accidents", "known", *MEASURES)
_MOST_PLACES = 1 << 22


@dataclass(frozen=True)
class Cells:
    """Accidents of known injuries counted for each combination of conditions that occurs, all of them known.

    Shapes: `codes` (conditions, cells), from 1 in `values` of each condition; `known`, `cases` (cells,).
    `total`: accidents of known injuries, with those of which some condition is not known.
    """

    conditions: tuple[str, ...]
    codes: NDArray[np.int8]
    known: NDArray[np.int64]
    cases: NDArray[np.int64]
    total: int


@cache
def values(condition: str) -> tuple[Value, ...]:
    """What a condition can be, in order.

    Raises: KeyError for what has no list of values.
    """
    own: dict[str, tuple[Value, ...]] = {"period": PERIODS, "mix": tuple(MIX)}
    return own[condition] if condition in own else filters.values(condition)


def outcomes(selection: Selection, condition: str) -> pd.DataFrame:
    """For each value that occurs: `accidents`, `known` (injuries), and the cases of each of MEASURES.

    Of `users` an accident counts for every kind that is involved.
    """
    counts = _counted(selection, condition)
    if condition == "users":
        counts = _involved() @ counts
    return _frame(counts[1:], list(values(condition)))


def whole(selection: Selection) -> dict[str, int]:
    """As `outcomes`, of all selected accidents together."""
    return dict(zip(_COUNTS, map(int, _counted(selection)), strict=True))


def without(selection: Selection) -> pd.DataFrame:
    """As `outcomes` of `users`, of the accidents in which each is not involved, where it is known who is."""
    counts = _counted(selection, "users")[1:]
    everybody = counts.sum(axis=0) - _involved()[1:, 1:] @ counts
    return _frame(everybody, list(USERS), every=True)


def crossed(selection: Selection, rows: str, columns: str) -> pd.DataFrame:
    """As `outcomes` for each pair of values of two conditions that occurs; the index has both."""
    counts = _counted(selection, rows, columns)
    if rows == "users":
        counts = np.einsum("uv,v...->u...", _involved(), counts)
    if columns == "users":
        counts = np.einsum("uv,rv...->ru...", _involved(), counts)
    pairs = pd.MultiIndex.from_product([values(rows), values(columns)], names=[rows, columns])
    return _frame(counts[1:, 1:].reshape(len(pairs), -1), pairs)


def compared(cases: pd.DataFrame, measure: str, reference: pd.DataFrame) -> pd.DataFrame:
    """The share or rate of each row of `outcomes` and how many times the reference's it is, with intervals.

    `reference`: one row of the same columns, or one for each row. Columns: `known`, `cases`, `value` (cases an
    accident), `low`, `high`, `ratio`, `ratio_low`, `ratio_high`, `few` (little to go by). Ratios are missing where a
    side has fewer than FEW_CASES with or without the outcome: their intervals would look surer than they are.
    """
    found, known = cases[measure].to_numpy(), cases["known"].to_numpy()
    other, whole = reference[measure].to_numpy(), reference["known"].to_numpy()
    if measure == "lethality":
        lowest, highest = count_interval(found)
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = lowest / known, highest / known
        ratio, ratio_low, ratio_high = rate_ratio(found, known, other, whole)
        sure = np.minimum(found, other) >= FEW_CASES
    else:
        low, high = share_interval(found, known)
        ratio, ratio_low, ratio_high = relative_risk(found, known, other, whole)
        sure = np.minimum(np.minimum(found, known - found), np.minimum(other, whole - other)) >= FEW_CASES
    value = np.divide(found, known, out=np.full(len(known), np.nan), where=known > 0)
    columns = {"known": known, "cases": found, "value": value, "low": low, "high": high}
    ratios = {"ratio": ratio, "ratio_low": ratio_low, "ratio_high": ratio_high}
    ratios = {name: np.where(sure, numbers, np.nan) for name, numbers in ratios.items()}
    few = (known < FEW_ACCIDENTS) | (found < FEW_CASES)
    return pd.DataFrame({**columns, **ratios, "few": few}, index=cases.index)


def people(selection: Selection) -> pd.DataFrame:
    """People by role, sex and age (the index, each known): `known` (injury), `killed`, `serious` (or hospitalised)."""
    persons, rows = selection.coded.persons, selection.rows
    shape = [len(known) + 1 for known in (ROLES, SEXES, AGES, INJURIES)]
    place = np.zeros(len(persons.row), dtype="int16")
    for codes, width in zip((persons.role, persons.sex, persons.age, persons.injury), shape, strict=True):
        place *= np.int16(width)
        place += codes
    if not isinstance(rows, slice):
        chosen = np.zeros(len(selection.coded.day), dtype="bool")
        chosen[rows] = True
        place = place[chosen.take(persons.row)]
    counts = np.bincount(place, minlength=int(np.prod(shape))).reshape(shape)[1:, 1:, 1:, 1:]
    index = pd.MultiIndex.from_product([ROLES, SEXES, AGES], names=["role", "sex", "age"])
    found = dict(zip(INJURIES, counts.reshape(len(index), -1).T, strict=True))
    killed, hospitalised = (found[schema.INJURY_COUNTS[name]] for name in ("killed", "hospitalised"))
    frame = pd.DataFrame(
        {"known": sum(found.values()), "killed": killed, "serious": killed + hospitalised}, index=index
    )
    return frame[frame["known"] > 0]


def cells(selection: Selection, conditions: tuple[str, ...], measure: str) -> Cells:
    """Accidents and cases (`killed` or `serious`) of every combination of conditions that occurs.

    A condition that no selected accident knows is left out, as a table of the files may be missing. `users` is no
    condition here, as an accident has several.
    """
    every = {condition: _codes(selection, condition) for condition in conditions}
    known_at_all = {condition: of_rows for condition, of_rows in every.items() if of_rows.any()}
    conditions, codes = tuple(known_at_all), list(known_at_all.values())
    place, size = np.zeros(len(selection), dtype="int32"), 1
    for condition, of_rows in known_at_all.items():
        width = len(values(condition)) + 1
        if size * width > _MOST_PLACES:
            place, size = _packed(place, size)
        place, size = place * np.int32(width) + of_rows, size * width
    place, size = _packed(place, size)
    # any row of a cell tells its codes
    row = np.zeros(size, dtype="intp")
    row[place] = np.arange(len(place))
    of_cells = np.array([of_rows[row] for of_rows in codes], dtype="int8").reshape(len(codes), size)
    counts = _worst(selection, place, size)
    there = (of_cells > 0).all(axis=0) & (counts.sum(axis=1) > 0)
    cases = counts[:, _KILLED if measure == "killed" else _SERIOUS].sum(axis=1)
    return Cells(conditions, of_cells[:, there], counts.sum(axis=1)[there], cases[there], int(counts.sum()))


def _packed(place: NDArray[np.int32], size: int) -> tuple[NDArray[np.int32], int]:
    """The same places without those that do not occur."""
    there = np.bincount(place, minlength=size) > 0
    return (np.cumsum(there, dtype="int32") - np.int32(1)).take(place), int(there.sum())


def _codes(selection: Selection, condition: str) -> NDArray[np.signedinteger]:
    """The code of each accident; of `users` its bits, which are a code of their own."""
    if condition == "users":
        return selection.coded.users[selection.rows]
    if condition == "mix":
        return _mixed().take(selection.coded.users[selection.rows])
    if condition == "period":
        return _parts().take(selection.codes("hour"))
    return selection.codes(condition)


def _counted(selection: Selection, *conditions: str) -> NDArray[np.int64]:
    """Accidents, those of known injuries and the cases of MEASURES for every combination of codes, 0 being unknown.

    Shapes: one axis a condition (for `users` of all combinations), then five counts.
    """
    shape = [1 << len(USERS) if name == "users" else len(values(name)) + 1 for name in conditions]
    place, size = np.zeros(len(selection), dtype="int32"), int(np.prod(shape))
    for name, width in zip(conditions, shape, strict=True):
        place = place * np.int32(width) + _codes(selection, name)
    worst = _worst(selection, place, size)
    killed = selection.coded.people["killed"][selection.rows]
    dead = np.bincount(place, weights=killed, minlength=size).astype("int64")
    of_measures = (worst[:, _KILLED].sum(axis=1), worst[:, _SERIOUS].sum(axis=1), dead)
    counts = np.stack([np.bincount(place, minlength=size), worst.sum(axis=1), *of_measures], axis=1)
    return counts.reshape(*shape, -1)


def _worst(selection: Selection, place: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """Accidents of known injuries by place and severity. Shapes: place (accidents,) -> (size, severities and none)."""
    known, severity = selection.coded.injuries_known[selection.rows], selection.codes("severity")
    if not known.all():  # mostly they are, and picking them out of a million takes as long as counting
        place, severity = place[known], severity[known]
    both = place * np.int32(_SEVERITIES) + severity
    return np.bincount(both, minlength=size * _SEVERITIES).reshape(size, _SEVERITIES)


def _frame(counts: NDArray[np.int64], index: pd.Index | list[Value], *, every: bool = False) -> pd.DataFrame:
    frame = pd.DataFrame(counts, index=index, columns=list(_COUNTS))
    return frame if every else frame[frame["accidents"] > 0]


@cache
def _involved() -> NDArray[np.int64]:
    """Which combinations of users each kind of user is in. Shapes: (users and one, combinations)."""
    combinations = np.arange(1 << len(USERS))
    return np.stack([combinations == 0, *(combinations & user_bit(name) != 0 for name in USERS)]).astype("int64")


@cache
def _mixed() -> NDArray[np.int8]:
    """The place in MIX of each combination of users, from 1."""
    combinations = np.arange(1 << len(USERS))
    among = [combinations & sum(user_bit(name) for name in names) != 0 for names in MIX.values()]
    return np.select(among, list(range(1, len(MIX) + 1)), 0).astype("int8")


@cache
def _parts() -> NDArray[np.int8]:
    """The place in PERIODS of each code of an hour, from 1."""
    return np.append(0, np.searchsorted(PERIODS, np.arange(24), side="right")).astype("int8")
