"""What is known in advance of a day in France: weekday, public and school holidays, season, clock changes.

School holidays are those of the product's own table, which models were trained with; for the days after it, those of
the ministry's calendar once it is downloaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from data import school
from data.addresses import REFERENCES, raw_folder
from data.errors import DataError
from data.school import ZONES
from data.text import N_, _

SCHOOL_HOLIDAYS = Path(__file__).resolve().parent / "tables" / "school_holidays.csv"
# From the first lockdown to the end of the last curfew: days that teach nothing about the others.
COVID = (pd.Timestamp("2020-03-17"), pd.Timestamp("2021-06-20"))
_HARMONICS = 3  # a year in waves of 12, 6 and 4 months
_ONE = pd.Timedelta(days=1)
_WEEKDAYS = (N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday"))

# What every covariate says of a day, in the order of their columns.
COVARIATES: Mapping[str, str] = {
    **{f"weekday_{n}": name for n, name in enumerate(_WEEKDAYS, start=1)},
    "public_holiday": N_("One of the eleven public holidays of mainland France"),
    "eve": N_("The day before a public holiday"),
    "day_after": N_("The day after a public holiday"),
    "bridge": N_("A working Friday after, or a working Monday before, a public holiday"),
    **{f"school_{zone.lower()}": f"School holidays of zone {zone}" for zone in ZONES},
    **{
        f"year_{wave}_{n}": f"{word} of the day of the year, {n} {'wave' if n == 1 else 'waves'} a year (-1 to 1)"
        for n in range(1, _HARMONICS + 1)
        for wave, word in (("sin", "Sine"), ("cos", "Cosine"))
    },
    "august": N_("Every day of August"),
    "christmas_week": N_("24 December to 1 January"),
    "clock_forward": N_("The last Sunday of March, which has 23 hours"),
    "clock_back": N_("The last Sunday of October, which has 25 hours"),
}


@dataclass(frozen=True)
class SchoolHolidays:
    """School holidays, and the first and last day between which all of them are known."""

    table: pd.DataFrame
    first: pd.Timestamp
    last: pd.Timestamp


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

    Columns: those of `COVARIATES`, 0 or 1 but for the waves of the year.
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
    return pd.DataFrame({name: np.asarray(table[name], dtype="float32") for name in COVARIATES}, index=days)


def covariates_table() -> str:
    """What every covariate says of a day, as a Markdown table for documents."""
    rows = [f"| `{name}` | {_(meaning)} |" for name, meaning in COVARIATES.items()]
    return "\n".join([f"| {_('covariate')} | {_('says of a day')} |", "|---|---|", *rows])


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
    """School holidays of a zone. Outside the days that are known, those of the nearest known year's same week.

    Raises: DataError where the calendar that was downloaded cannot be used.
    """
    holidays = _school_holidays()
    known = _shifted_into(days, holidays.first, holidays.last)
    rows = holidays.table[holidays.table["zone"] == zone]
    edges = pd.IntervalIndex.from_arrays(rows["start"], rows["end"], closed="both")
    return np.asarray(edges.get_indexer(known) >= 0)


def school_holidays_known_until() -> pd.Timestamp:
    """The last day for which the school holidays of every zone are known.

    Raises: DataError where the calendar that was downloaded cannot be used.
    """
    return _school_holidays().last


def extended(content: bytes) -> SchoolHolidays:
    """The product's own school holidays, and after them those of a calendar as the ministry publishes it.

    Raises: DataError with the reason why it is no such calendar, or leaves out holidays in between.
    """
    own = _own()
    return _between(pd.concat([own.table, school.after(school.parse(content), own.last)]))


def is_covid(days: pd.DatetimeIndex) -> np.ndarray:
    """Days of spring 2020 to spring 2021, when rules against the epidemic emptied the roads."""
    return np.asarray((days >= COVID[0]) & (days <= COVID[1]))


@cache
def _public_holidays(year: int) -> tuple[pd.Timestamp, ...]:
    from holidays import country_holidays

    return tuple(pd.Timestamp(day) for day in country_holidays("FR", years=year))


def _school_holidays() -> SchoolHolidays:
    path = raw_folder() / REFERENCES["school-holidays"]
    try:
        state = path.stat()
        return _downloaded(path, state.st_mtime_ns, state.st_size)
    except FileNotFoundError:
        return _own()
    except (OSError, DataError) as error:
        message = _("{path} cannot be used: {reason}; remove it and download the school holidays again.")
        raise DataError(message.format(path=path, reason=error)) from error


@cache
def _own() -> SchoolHolidays:
    """The product's own table: its days never change, or models would not be the same when trained again."""
    return _between(pd.read_csv(SCHOOL_HOLIDAYS, comment="#", parse_dates=["start", "end"], encoding="utf-8"))


@lru_cache(maxsize=2)
def _downloaded(path: Path, changed: int, size: int) -> SchoolHolidays:
    return extended(path.read_bytes())


def _between(table: pd.DataFrame) -> SchoolHolidays:
    return SchoolHolidays(table, table["start"].min(), table.groupby("zone")["end"].max().min())


def _shifted_into(days: pd.DatetimeIndex, first: pd.Timestamp, last: pd.Timestamp) -> pd.DatetimeIndex:
    """Days moved by whole years of 364 days (the same weekday) until they lie between `first` and `last`."""
    before = np.ceil(np.maximum((first - days).days, 0) / 364)
    after = np.ceil(np.maximum((days - last).days, 0) / 364)
    return days + pd.to_timedelta((before - after) * 364, unit="D")
