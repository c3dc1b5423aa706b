"""The accidents of a data set as small arrays of codes, and the part of them that filters leave.

Counting codes in NumPy answers every question of the exploration pages in a few milliseconds at a million accidents;
the frames of the store, with their text and nullable columns, take many times as long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import schema
from data.dataset import Source
from data.filters import USERS, Filters, Value, column_of, values

CASUALTIES = ("killed", "hospitalised", "slightly_injured")
COLUMNS = (
    "year", "month", "weekday", "hour", "departement", "built_up", "severity", "collision", "light", "weather",
    "surface", "junction", "road_class", "speed_limit",
)  # fmt: skip
# the first year of age of each group of people; the last is open
AGES = (0, 14, 18, 25, 35, 45, 55, 65, 75)
SEXES, ROLES, INJURIES = ("1", "2"), ("driver", "passenger", "pedestrian"), tuple(schema.CODES["injury"])
_ROLE_OF = {"1": 1, "2": 2, **dict.fromkeys(schema.PEDESTRIAN_ROLES, 3)}
# the day from which days are counted
DAY_ZERO = np.datetime64(f"{schema.YEARS[0]}-01-01", "D")


@dataclass(frozen=True)
class Recorded:
    """What the files of one year hold.

    `first`, `last`: the days of its first and last accident, NaT where none is dated.
    `injuries`: whether the injuries of any accident are known.
    """

    first: np.datetime64
    last: np.datetime64
    injuries: bool


@dataclass(frozen=True)
class People:
    """The people involved as arrays with one entry each, which cannot be written to.

    `row`: the place of their accident in `Coded`. The others count from 1, 0 being unknown: `age` the places of AGES,
    `sex` of SEXES, `role` of ROLES, `injury` of INJURIES.
    """

    row: NDArray[np.int32]
    age: NDArray[np.int8]
    sex: NDArray[np.int8]
    role: NDArray[np.int8]
    injury: NDArray[np.int8]

    def __post_init__(self) -> None:
        for array in vars(self).values():
            array.flags.writeable = False


@dataclass(frozen=True)
class Coded:
    """Accidents as arrays with one entry each, which cannot be written to, as all who ask share them.

    `codes`: for each of COLUMNS the place of the value in `values(column)`, from 1; 0 is unknown.
    `day`: days since DAY_ZERO, -1 where the date is unknown.
    `users`: bit i is set where USERS[i] is known to be involved.
    `people`: for each of CASUALTIES their number, 0 where unknown; `injuries_known` says where it is not.
    `latitude`, `longitude`: degrees, NaN where unknown.
    """

    codes: Mapping[str, NDArray[np.int8]]
    day: NDArray[np.int16]
    users: NDArray[np.int16]
    people: Mapping[str, NDArray[np.int16]]
    injuries_known: NDArray[np.bool_]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    accident: NDArray[np.int64]
    recorded: Mapping[int, Recorded]
    source: Source = field(repr=False)

    @cached_property
    def persons(self) -> People:
        """The people of the accidents, read when they are first asked for: few questions are about them.

        Raises: DataError where the data cannot be read.
        """
        return _people(self.source, self.accident)

    def __post_init__(self) -> None:
        for array in (*self.codes.values(), *self.people.values(), *vars(self).values()):
            if isinstance(array, np.ndarray):
                array.flags.writeable = False


@dataclass(frozen=True, eq=False)  # each is itself alone, so that what was counted of it can be kept
class Selection:
    """The accidents that filters leave; `rows` are their places, or all of them where nothing is restricted."""

    coded: Coded
    filters: Filters
    rows: NDArray[np.intp] | slice

    def __len__(self) -> int:
        return len(self.coded.day[self.rows])

    def codes(self, column: str) -> NDArray[np.int8]:
        """The code of each selected accident, 0 where unknown.

        Raises: KeyError for a column that is not one of COLUMNS.
        """
        return self.coded.codes[column][self.rows]


def read(data: Source) -> Coded:
    """What exploration asks about the accidents of a data set, from its frames.

    Raises: DataError where the data cannot be read.
    """
    frame = data.accidents([*COLUMNS, *USERS, *CASUALTIES, "date", "latitude", "longitude", "accident"])
    codes = {column: _codes(frame[column]) for column in COLUMNS}
    day, injuries_known = _days(frame["date"]), frame[CASUALTIES[0]].notna().to_numpy()
    return Coded(
        codes=codes,
        day=day,
        users=_users(frame),
        people={name: frame[name].to_numpy(dtype="int16", na_value=0) for name in CASUALTIES},
        injuries_known=injuries_known,
        latitude=frame["latitude"].to_numpy(dtype="float64", na_value=np.nan),
        longitude=frame["longitude"].to_numpy(dtype="float64", na_value=np.nan),
        accident=_numbers(frame["accident"]),
        recorded={year: _recorded(codes["year"] == _code("year", year), day, injuries_known) for year in data.years},
        source=data,
    )


def select(coded: Coded, filters: Filters) -> Selection:
    """The accidents that match every restriction; an unknown value matches none."""
    kept: NDArray[np.bool_] | None = None
    for name, chosen in filters.active():
        matching = _matching(coded, column_of(name), chosen)
        kept = matching if kept is None else kept & matching
    return Selection(coded, filters, slice(None) if kept is None else np.flatnonzero(kept))


def occurring(coded: Coded) -> dict[str, tuple[Value, ...]]:
    """For each field of `Filters` the values that some accident has, in the order of `values`."""
    found = {}
    for item in fields(Filters):
        column = column_of(item.name)
        if column == "users":
            some = np.bitwise_or.reduce(coded.users, initial=0)
            there = [bool(some & user_bit(name)) for name in USERS]
        else:
            there = (np.bincount(coded.codes[column], minlength=len(values(column)) + 1)[1:] > 0).tolist()
        found[item.name] = tuple(value for value, occurs in zip(values(column), there, strict=True) if occurs)
    return found


def without_each(coded: Coded, filters: Filters) -> dict[str, int]:
    """How many accidents would be left if one active field restricted nothing, for each of them."""
    return {name: len(select(coded, replace(filters, **{name: ()}))) for name, _chosen in filters.active()}


def _matching(coded: Coded, column: str, chosen: tuple[Value, ...]) -> NDArray[np.bool_]:
    if column == "users":
        matching: NDArray[np.bool_] = coded.users & sum(user_bit(str(name)) for name in chosen) != 0
        return matching
    allowed = np.zeros(len(values(column)) + 1, dtype="bool")
    allowed[[_code(column, value) for value in chosen]] = True
    return allowed.take(coded.codes[column])


def user_bit(name: str) -> int:
    """The bit of `Coded.users` that stands for a group of users."""
    return 1 << USERS.index(name)


def _code(column: str, value: Value) -> int:
    return values(column).index(value) + 1


def _codes(cells: pd.Series) -> NDArray[np.int8]:
    return _places(cells, values(str(cells.name)))


def _places(cells: pd.Series, known: tuple[Value, ...]) -> NDArray[np.int8]:
    """The place of each value among the known ones, from 1; 0 is unknown."""
    categories = cells.astype(pd.CategoricalDtype(list(known)))
    return categories.cat.codes.to_numpy(dtype="int8") + np.int8(1)


def _users(frame: pd.DataFrame) -> NDArray[np.int16]:
    found = np.zeros(len(frame), dtype="int16")
    for name in USERS:
        found[frame[name].to_numpy(dtype="int16", na_value=0) > 0] |= user_bit(name)
    return found


def _days(dates: pd.Series) -> NDArray[np.int16]:
    days = dates.to_numpy().astype("datetime64[D]") - DAY_ZERO
    return np.where(np.isnat(days), -1, days.astype("int64")).astype("int16")


def _numbers(accidents: pd.Series) -> NDArray[np.int64]:
    """Accident numbers as numbers; Arrow reads them many times faster than pandas."""
    import pyarrow as pa

    numbers: NDArray[np.int64] = pa.array(accidents, type=pa.string()).cast(pa.int64()).to_numpy()
    return numbers


def _people(data: Source, accident: NDArray[np.int64]) -> People:
    frame = data.people(["accident", "age", "sex", "role", "injury"])
    role = np.array([*(_ROLE_OF[code] for code in frame["role"].cat.categories), 0], dtype="int8")
    # an unknown age is -1, which stands before the first group
    ages = frame["age"].to_numpy(dtype="int16", na_value=-1)
    return People(
        row=pd.Index(accident).get_indexer(pd.Index(_numbers(frame["accident"]))).astype("int32"),
        age=np.searchsorted(AGES, ages, side="right").astype("int8"),
        sex=_places(frame["sex"], SEXES),
        role=role[frame["role"].cat.codes],
        injury=_places(frame["injury"], INJURIES),
    )


def _recorded(rows: NDArray[np.bool_], day: NDArray[np.int16], injuries_known: NDArray[np.bool_]) -> Recorded:
    days = day[rows & (day >= 0)]
    span = DAY_ZERO + np.array([days.min(), days.max()]) if len(days) else np.full(2, "NaT", dtype="datetime64[D]")
    return Recorded(first=span[0], last=span[1], injuries=bool(injuries_known[rows].any()))
