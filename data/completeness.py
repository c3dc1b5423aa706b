"""How much of what ONISR counts a year's files hold: an extract must not pass for a year with fewer accidents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from data import schema, series_files

# Files of a whole year, or of days whose counts are published, may lack a few accidents and no more.
_WHOLE = 0.99
# Days whose counts are not published day by day are compared with the mean day of the year's rest; seasons differ.
_ESTIMATED = 0.85


@dataclass(frozen=True)
class Expected:
    """The official number of accidents of some days, and the least that files of all of them would hold."""

    accidents: int
    least: float


def expected(year: int, first: date | None, last: date | None) -> Expected | None:
    """What ONISR counts from the first to the last day of a year's accidents, of the whole year where none is dated.

    None where no official total of the year is known.
    """
    total = schema.OFFICIAL_ACCIDENTS.get(year)
    if total is None:
        return None
    if first is None or last is None or (first <= date(year, 1, 1) and last >= date(year, 12, 31)):
        return Expected(total, _WHOLE * total)
    of_year = _published().loc[str(year)]
    told = of_year.loc[str(first) : str(last)]
    days_untold = (date(year, 12, 31) - of_year.index[-1].date()).days
    untold = (last - first).days + 1 - len(told)
    rest = (total - of_year.sum()) * untold / days_untold if untold else 0.0
    return Expected(round(told.sum() + rest), float(_WHOLE * told.sum() + _ESTIMATED * rest))


def extract(year: str | int, entry: Mapping[str, Any]) -> Expected | None:
    """What a year of an import's report should hold where it is only an extract; None where it is whole, or simulated.

    A part of a year with all accidents of its days is whole in this sense.
    """
    if entry["simulated"]:
        return None
    days = [None if entry[name] is None else date.fromisoformat(entry[name]) for name in ("first_day", "last_day")]
    should = expected(int(year), days[0], days[1])
    return should if should is not None and entry["accidents"] < should.least else None


def extracts(report: Mapping[str, Any]) -> list[int]:
    """The years of an import's report of which there is only an extract."""
    return [int(year) for year, entry in report["years"].items() if extract(year, entry) is not None]


@cache
def _published() -> pd.Series:
    return series_files.national(series_files.FRANCE)
