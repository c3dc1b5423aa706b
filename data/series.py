"""Injury accidents a day: the published national series, the imported data's own, and files of a person's own.

A series has a daily index, whole counts as float64 and the name "accidents"; by département it is a frame with one
column for each. A day without accident is zero, and a day that is not known is missing. `attrs["note"]` says what was
left out, if anything; a series to learn from has no gap, and carries `source` and `simulated` too.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from data import calendar, completeness, schema, series_files
from data.errors import DataError
from data.text import _

Table = TypeVar("Table", pd.Series, pd.DataFrame)
_log = logging.getLogger(__name__)
_LOST = 0.01  # of a year's accidents: where more are without day or département, its counts would be too low


def france() -> pd.Series:
    """Injury accidents a day in all of France, 2005-01-01 to 2024-09-30, shipped with the product.

    Source: ONISR, BAAC files of 2005 to 2024, Licence Ouverte 2.0; the sum of every year is the published total.
    """
    return _described(series_files.national(series_files.FRANCE), "ONISR, BAAC 2005-2024")


def from_accidents(accidents: pd.DataFrame, *, source: str = "", simulated: bool = False) -> pd.Series:
    """Accidents a day of imported accidents (columns `date`, `year`): the last stretch of `daily` without gap.

    Raises: DataError where no year can be counted.
    """
    return _described(_last_run(daily(accidents, simulated=simulated)), source, simulated)


def daily(accidents: pd.DataFrame, *, simulated: bool = False) -> pd.Series:
    """Accidents a day of imported accidents (columns `date`, `year`), from the first to the last day that is known.

    Missing: years that were not imported, days outside the part of a year that its files cover, years without dates,
    and, unless the accidents are `simulated`, years of which there is only an extract.

    Raises: DataError where no year can be counted.
    """
    days, notes = _covered(accidents, simulated)
    counts = accidents["date"].value_counts().reindex(days, fill_value=0).astype("float64")
    return _noted(counts.rename(series_files.NAME).rename_axis("date").asfreq("D"), notes)


def daily_by_departement(accidents: pd.DataFrame, *, simulated: bool = False) -> pd.DataFrame:
    """The same as `daily` (columns `date`, `year`, `departement`), one column a département in the official order.

    Missing too: years whose accidents have no département, and those before a département's first in the official
    files; a département that is in the files of no imported year has no column.

    Raises: DataError where no year can be counted.
    """
    days, notes = _covered(accidents, simulated)
    dated = accidents[accidents["date"].notna()]
    unknown = dated["departement"].isna()
    by_year = unknown.groupby(dated["year"]).agg(["sum", "mean"])
    for year, (lost, share) in by_year[by_year["sum"] > 0].iterrows():
        if share > _LOST:
            days = days[days.year != year]
            message = _("{year}: the département of {n:,.0f} accidents is not known; the year counts as missing.")
        else:
            message = _("{year}: the département of {n:,.0f} accidents is not known; no column counts them.")
        notes.append(message.format(year=year, n=lost))
    if days.empty:
        raise DataError(" ".join(notes))
    pairs = dated[~unknown].groupby(["date", "departement"], observed=True).size()
    counts = pairs.unstack("departement").reindex(index=days, columns=list(schema.DEPARTEMENTS))  # noqa: PD010
    counts = counts.fillna(0.0).astype("float64").mask(series_files.unrecorded(days, counts.columns))
    counts = counts.dropna(axis="columns", how="all").rename_axis("date").rename_axis("dep", axis="columns")
    return _noted(counts.asfreq("D"), notes)


def read(path: Path | str, until: str | None = None) -> pd.Series:
    """Accidents a day of a CSV file `date,accidents`, or `date,dep,accidents` summed over the départements.

    Days after `until` are left out first. Of a file with missing days only the last stretch without gap is kept; the
    log and `attrs["note"]` say so.

    Raises: DataError naming file, column, value and remedy.
    """
    path = Path(path)
    counts = series_files.national(path)
    kept = counts if until is None else counts[counts.index <= calendar.day(until)]
    kept = kept.loc[: kept.last_valid_index()]  # a gap at the end is days not told yet, not the last stretch
    if kept.empty:
        first = counts.index[0].date()
        raise DataError(_("{path} begins on {first}, after {until}.").format(path=path, first=first, until=until))
    return _described(_last_run(kept), path.name)


def of_departement(counts: pd.DataFrame, code: str, *, source: str = "", simulated: bool = False) -> pd.Series:
    """Accidents a day of one column of a table by département: its last stretch without gap; attrs name it too.

    Raises: DataError where the département is not there.
    """
    if code not in counts or counts[code].isna().all():
        known = ", ".join(str(name) for name in counts.columns[counts.notna().any()])
        raise DataError(
            _("There are no counts of the département {code!r}; there are {known}.").format(code=code, known=known)
        )
    one = counts[code].loc[: counts[code].last_valid_index()]
    one.attrs = dict(counts.attrs)
    found = _described(_last_run(one), source, simulated)
    found.attrs["departement"] = code
    return found


def _covered(accidents: pd.DataFrame, simulated: bool) -> tuple[pd.DatetimeIndex, list[str]]:
    """The days that the accidents of each year cover, and what is to be said of the years that do not count."""
    spans, notes = [], []
    for year in sorted(accidents["year"].unique().tolist()):
        dates = accidents.loc[accidents["year"] == year, "date"]
        first, last, dated = dates.min(), dates.max(), int(dates.count())
        should = None if simulated or not dated else completeness.expected(year, first.date(), last.date())
        if not dated:
            notes.append(_("{year}: no accident has a date; the year counts as missing.").format(year=year))
        elif should is not None and len(dates) < should.least:
            message = _("{year}: an extract, {n:,} of about {all:,} accidents; the year counts as missing.")
            notes.append(message.format(year=year, n=len(dates), all=should.accidents))
        elif dated < (1 - _LOST) * len(dates):
            message = _("{year}: the day of {n:,} accidents is not known; the year counts as missing.")
            notes.append(message.format(year=year, n=len(dates) - dated))
        else:
            spans.append(pd.date_range(first, last))
    if not spans:
        nothing = _("The accidents hold no whole stretch of days, so there is no daily series.")
        raise DataError(" ".join([nothing, *notes]))
    return pd.DatetimeIndex(np.concatenate(spans), name="date"), notes


def _last_run(counts: pd.Series) -> pd.Series:
    """The stretch without missing day that ends last; `attrs["note"]` says which days were left out."""
    missing = counts.index[counts.isna()]
    if missing.empty:
        return counts
    run = counts.loc[missing[-1] + pd.Timedelta(days=1) :]
    message = _("{n} days are missing between {first} and {last}: only the {kept} days since {start} are used.").format(
        n=len(missing), first=missing[0].date(), last=missing[-1].date(), kept=len(run), start=run.index[0].date()
    )
    _log.warning(message)
    run.attrs["note"] = " ".join([*filter(None, [counts.attrs.get("note")]), message])
    return run


def _noted(counts: Table, notes: list[str]) -> Table:
    counts.attrs = {}
    if notes:
        _log.warning(" ".join(notes))
        counts.attrs["note"] = " ".join(notes)
    return counts


def _described(counts: pd.Series, source: str, simulated: bool = False) -> pd.Series:
    counts = counts.rename(series_files.NAME).rename_axis("date").asfreq("D")
    counts.attrs |= {"source": source, "simulated": simulated}
    return counts
