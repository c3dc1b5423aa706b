"""What is known in advance of a day in France: weekday, public and school holidays, season, clock changes."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from data.errors import DataError
from data.text import _

ZONES = ("A", "B", "C")
SCHOOL_HOLIDAYS = Path(__file__).resolve().parent / "tables" / "school_holidays.csv"
# From the first lockdown to the end of the last curfew: days that teach nothing about the others.
COVID = (pd.Timestamp("2020-03-17"), pd.Timestamp("2021-06-20"))
_HARMONICS = 3  # a year in waves of 12, 6 and 4 months
_ONE = pd.Timedelta(days=1)


def day(text: str) -> pd.Timestamp:
    """A day as a person writes it, YYYY-MM-DD; "2024" is refused, for it may mean the year's first day or its last.

    Raises: DataError where it is none.
    """
    try:
        return pd.Timestamp(datetime.strptime(text, "%Y-%m-%d"))
    except ValueError:
        raise DataError(_("{text!r} is not a day; write YYYY-MM-DD.").format(text=text)) from None


def covariates(days: pd.DatetimeIndex) -> pd.DataFrame:
    """The covariates of each day, all known years ahead; the same day always gives the same row.

    Columns, 0 or 1 unless said otherwise: weekday_1 (Monday) .. weekday_7; public_holiday, eve, day_after, bridge;
    school_a, school_b, school_c; year_sin_1, year_cos_1 .. _3 (in [-1, 1]); august; christmas_week; clock_forward,
    clock_back.
    """
    holiday = is_public_holiday(days)
    table = {f"weekday_{n}": days.dayofweek + 1 == n for n in range(1, 8)}
    table |= {
        "public_holiday": holiday,
        "eve": is_public_holiday(days + _ONE),
        "day_after": is_public_holiday(days - _ONE),
        "bridge": is_bridge(days),
    }
    table |= {f"school_{zone.lower()}": is_school_holiday(days, zone) for zone in ZONES}
    angle = 2 * np.pi * (days.dayofyear.to_numpy() - 1) / np.where(days.is_leap_year, 366, 365)
    for n in range(1, _HARMONICS + 1):
        table |= {f"year_sin_{n}": np.sin(n * angle), f"year_cos_{n}": np.cos(n * angle)}
    last_sunday = (days.dayofweek == 6) & (days.day > 24)
    table |= {
        "august": days.month == 8,
        "christmas_week": ((days.month == 12) & (days.day >= 24)) | ((days.month == 1) & (days.day == 1)),
        # Since 1996 the European Union changes clocks on the last Sundays of March and October.
        "clock_forward": last_sunday & (days.month == 3),
        "clock_back": last_sunday & (days.month == 10),
    }
    return pd.DataFrame({name: np.asarray(values, dtype="float32") for name, values in table.items()}, index=days)


def is_public_holiday(days: pd.DatetimeIndex) -> np.ndarray:
    """The eleven public holidays of mainland France (Alsace and Moselle have two more, left out)."""
    years = range(int(days.year.min()), int(days.year.max()) + 1) if len(days) else ()
    return np.asarray(days.isin([day for year in years for day in _public_holidays(year)]))


def is_bridge(days: pd.DatetimeIndex) -> np.ndarray:
    """A working Friday after, or a working Monday before, a public holiday: many take it off."""
    friday = (days.dayofweek == 4) & is_public_holiday(days - _ONE)
    monday = (days.dayofweek == 0) & is_public_holiday(days + _ONE)
    return np.asarray((friday | monday) & ~is_public_holiday(days))


def is_school_holiday(days: pd.DatetimeIndex, zone: str) -> np.ndarray:
    """School holidays of a zone. Outside the years of the table, those of the nearest known year's same week."""
    table = _school_holidays()
    first, last = table["start"].min(), table["end"].max()
    known = _shifted_into(days, first, last)
    rows = table[table["zone"] == zone]
    edges = pd.IntervalIndex.from_arrays(rows["start"], rows["end"], closed="both")
    return np.asarray(edges.get_indexer(known) >= 0)


def is_covid(days: pd.DatetimeIndex) -> np.ndarray:
    """Days of spring 2020 to spring 2021, when rules against the epidemic emptied the roads."""
    return np.asarray((days >= COVID[0]) & (days <= COVID[1]))


@cache
def _public_holidays(year: int) -> tuple[pd.Timestamp, ...]:
    from holidays import country_holidays

    return tuple(pd.Timestamp(day) for day in country_holidays("FR", years=year))


@cache
def _school_holidays() -> pd.DataFrame:
    return pd.read_csv(SCHOOL_HOLIDAYS, comment="#", parse_dates=["start", "end"], encoding="utf-8")


def _shifted_into(days: pd.DatetimeIndex, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Days moved by whole years of 364 days (the same weekday) until they lie between `first` and `last`."""
    before = np.ceil(np.maximum((first - days).days, 0) / 364)
    after = np.ceil(np.maximum((days - last).days, 0) / 364)
    return days + pd.to_timedelta((before - after) * 364, unit="D")
