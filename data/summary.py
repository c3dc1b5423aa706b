"""What the exploration pages count: small frames, in which what cannot be known is missing and never zero.

Every function takes a selection (`data.coded.select`), so that a page applies its filters once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import schema
from data.coded import CASUALTIES, DAY_ZERO, Recorded, Selection, user_bit
from data.filters import USERS, values

UNKNOWN = "unknown"

# the odd number of 64 bits nearest to 2**64 / golden ratio: its multiples, cut to 64 bits, spread evenly
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Points:
    """Accidents to put on a map, one row each: `accident`, `latitude`, `longitude`, `severity`.

    They are a sample where fewer than the `located` ones; only those of the `total` that have a position are located.
    """

    rows: pd.DataFrame
    located: int
    total: int


def totals(selection: Selection) -> pd.Series:
    """`accidents`, `known` (those whose injuries are known) and people by injury, missing where no year knows them."""
    return by_year(selection)[["accidents", "known", *CASUALTIES]].sum(min_count=1).fillna({"accidents": 0, "known": 0})


def by_year(selection: Selection) -> pd.DataFrame:
    """One row for each year that the filters admit, with the columns of `casualties_by`, `first` and `last`.

    People are missing in a year without a people table. `first` and `last` are the days between which the files of the
    year hold accidents, whatever the filters; missing where no accident is dated.
    """
    years = _years(selection)
    frame = _counted(selection, "year").loc[list(years)]
    known = np.array([year.injuries for year in years.values()], dtype="bool")
    people = {name: frame[name].astype("float64").where(known) for name in CASUALTIES}
    first = np.array([year.first for year in years.values()], dtype="datetime64[s]")
    last = np.array([year.last for year in years.values()], dtype="datetime64[s]")
    return frame.assign(**people, first=first, last=last)


def casualties_by(selection: Selection, column: str) -> pd.DataFrame:
    """For each value of a coded column that occurs: `accidents`, `known` (injuries) and people by injury.

    People are counted in the accidents whose injuries are known, and missing where there is none.
    """
    frame = _counted(selection, column)
    frame = frame[frame["accidents"] > 0]
    return frame.assign(**{name: frame[name].astype("float64").where(frame["known"] > 0) for name in CASUALTIES})


def by_month(selection: Selection) -> pd.DataFrame:
    """Accidents of each month (index: its first day) by severity, with a column for unknown severity.

    Only months inside the recorded part of a year that the filters admit have a row, so a year that is not there is a
    gap. Accidents without a date are left out.
    """
    months = _days(selection).to_period("M").unique()
    counts = _crossed(selection, "year", "month", "severity")[months.year - schema.YEARS[0] + 1, months.month]
    frame = pd.DataFrame(counts, index=months.to_timestamp(), columns=[UNKNOWN, *schema.SEVERITY])
    return frame[[*schema.SEVERITY, UNKNOWN]]


def by_day(selection: Selection) -> pd.Series:
    """Accidents of every recorded day that the filters admit; a day without one is zero."""
    days = _days(selection)
    found = selection.coded.day[selection.rows]
    last = (np.datetime64(f"{schema.YEARS[-1]}-12-31") - DAY_ZERO).astype("int64")
    counts = np.bincount(found[found >= 0], minlength=last + 1)
    return pd.Series(counts[(days.to_numpy().astype("datetime64[D]") - DAY_ZERO).astype("int64")], index=days)


def by_weekday_and_hour(selection: Selection) -> pd.DataFrame:
    """Accidents by weekday (index 1 to 7, Monday first) and hour (columns 0 to 23); unknown hours are left out."""
    return crossed(selection, "weekday", "hour")


def severity_by(selection: Selection, column: str) -> pd.DataFrame:
    """Accidents by severity for each value of a coded column that occurs, in the order of the code book.

    Only accidents of known severity and known value count. `users` is a column too: an accident counts for every kind
    of user that is involved.
    """
    counts = _severity_by_users(selection) if column == "users" else crossed(selection, column, "severity")
    return counts[counts.any(axis="columns")]


def crossed(selection: Selection, rows: str, columns: str) -> pd.DataFrame:
    """Accidents for every pair of values of two coded columns, where both are known."""
    counts = _crossed(selection, rows, columns)[1:, 1:]
    return pd.DataFrame(counts, index=list(values(rows)), columns=list(values(columns)))


def points(selection: Selection, limit: int = 50_000) -> Points:
    """Where the selected accidents are, `limit` of them at most.

    The sample is always the same, and an accident shown under some filters stays shown under narrower ones.
    """
    coded = selection.coded
    places = np.arange(len(coded.day))[selection.rows]
    located = places[~np.isnan(coded.latitude[places]) & ~np.isnan(coded.longitude[places])]
    shown = located
    if len(located) > limit:
        order = coded.accident[located].astype("uint64") * _SPREAD
        shown = np.sort(located[np.argpartition(order, limit)[:limit]])
    severity = np.array([None, *schema.SEVERITY], dtype="object")[coded.codes["severity"][shown]]
    rows = pd.DataFrame(
        {
            "accident": coded.accident[shown].astype("str"),
            "latitude": coded.latitude[shown],
            "longitude": coded.longitude[shown],
            "severity": pd.Categorical(severity, categories=list(schema.SEVERITY)),
        }
    )
    return Points(rows, located=len(located), total=len(places))


def _years(selection: Selection) -> dict[int, Recorded]:
    """What is recorded of each year that the filters admit."""
    admitted = selection.filters.years
    return {year: known for year, known in selection.coded.recorded.items() if not admitted or year in admitted}


def _days(selection: Selection) -> pd.DatetimeIndex:
    """The days that the files cover and the filters admit."""
    spans = [pd.date_range(year.first, year.last) for year in _years(selection).values() if not np.isnat(year.first)]
    days = pd.DatetimeIndex(np.concatenate(spans)) if spans else pd.DatetimeIndex([])
    months, weekdays = selection.filters.months, selection.filters.weekdays
    days = days[days.month.isin(months)] if months else days
    return days[(days.day_of_week + 1).isin(weekdays)] if weekdays else days


def _crossed(selection: Selection, *columns: str) -> NDArray[np.int64]:
    """Accidents for every combination of codes, 0 being unknown.

    Shapes: one axis a column, as long as its values and one more.
    """
    shape = [len(values(column)) + 1 for column in columns]
    place = np.zeros(len(selection), dtype="int32")
    for column, size in zip(columns, shape, strict=True):
        place = place * np.int32(size) + selection.codes(column)
    return np.bincount(place, minlength=prod(shape)).reshape(shape)


def _counted(selection: Selection, column: str) -> pd.DataFrame:
    """Accidents, those whose injuries are known, and people by injury, for all values of a column."""
    coded, codes, size = selection.coded, selection.codes(column), len(values(column)) + 1
    known = coded.injuries_known[selection.rows]
    counts = {"accidents": np.bincount(codes, minlength=size), "known": np.bincount(codes[known], minlength=size)}
    for name in CASUALTIES:
        counts[name] = np.bincount(codes, weights=coded.people[name][selection.rows], minlength=size).astype("int64")
    return pd.DataFrame(counts, index=[0, *values(column)]).iloc[1:]


def _severity_by_users(selection: Selection) -> pd.DataFrame:
    severity, users = selection.codes("severity"), selection.coded.users[selection.rows]
    size = len(schema.SEVERITY) + 1
    counts = [np.bincount(severity[users & user_bit(name) != 0], minlength=size)[1:] for name in USERS]
    return pd.DataFrame(counts, index=list(USERS), columns=list(schema.SEVERITY))
