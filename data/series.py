"""Injury accidents a day: the published national series, the imported data's own, and files of a person's own.

A series has a daily index without gap, whole counts as float64 and the name "accidents". Its `attrs` carry `source`,
`simulated` and, where something was left out, `note`.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from data import calendar
from data.errors import DataError
from data.text import _

Table = TypeVar("Table", pd.Series, pd.DataFrame)
NAME = "accidents"
FRANCE = Path(__file__).resolve().parent / "tables" / "daily_accidents_france.csv.gz"
_log = logging.getLogger(__name__)


def france() -> pd.Series:
    """Injury accidents a day in all of France, 2005-01-01 to 2024-09-30, shipped with the product.

    Source: ONISR, BAAC files of 2005 to 2024, Licence Ouverte 2.0; the sum of every year is the published total.
    """
    return _described(_national(FRANCE, _table(FRANCE)), "ONISR, BAAC 2005-2024")


def from_accidents(accidents: pd.DataFrame, *, source: str = "", simulated: bool = False) -> pd.Series:
    """Accidents a day of imported accidents (column `date`): the last run of whole years.

    A day without accident inside an imported year is a zero; a year that was not imported ends the run.
    """
    dates = pd.to_datetime(accidents["date"]).dropna()
    if dates.empty:
        raise DataError(_("The accidents hold no date, so there is no daily series; import data first."))
    counts = dates.value_counts().sort_index().astype("float64")
    return _described(_last_run(_filled(counts, pd.DatetimeIndex(counts.index))), source, simulated)


def read(path: Path | str, until: str | None = None) -> pd.Series:
    """Accidents a day of a CSV file `date,accidents`, or `date,dep,accidents` summed over the départements.

    Days after `until` are left out first. Of a file with missing days only the last stretch without gap is kept; the
    log and `attrs["note"]` say so. In a file by département a missing pair of day and département is a zero inside a
    year that has rows.

    Raises: DataError naming file, column, value and remedy.
    """
    path = Path(path)
    table = _table(path)
    counts = _wide(path, table).sum(axis=1, skipna=False) if "dep" in table else _national(path, table)
    kept = counts if until is None else counts[counts.index <= calendar.day(until)]
    kept = kept.loc[: kept.last_valid_index()]  # a gap at the end is days not told yet, not the last stretch
    if kept.empty:
        first = counts.index[0].date()
        raise DataError(_("{path} begins on {first}, after {until}.").format(path=path, first=first, until=until))
    return _described(_last_run(kept), path.name)


def by_departement(path: Path | str) -> pd.DataFrame:
    """A file `date,dep,accidents` as one column a département; days of years without any row are missing.

    Raises: DataError naming file, column, value and remedy.
    """
    path = Path(path)
    table = _table(path)
    if "dep" not in table:
        raise DataError(_("{path}: column 'dep' is missing; expected date,dep,accidents.").format(path=path))
    return _wide(path, table)


def _wide(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    _refuse_duplicates(path, table, ["date", "dep"])
    wide = table.set_index(["date", "dep"])[NAME].unstack("dep")  # noqa: PD010 (no aggregation: pairs are unique)
    return _filled(wide, pd.DatetimeIndex(wide.index))


def _national(path: Path, table: pd.DataFrame) -> pd.Series:
    _refuse_duplicates(path, table, ["date"])
    return table.set_index("date")[NAME].sort_index().asfreq("D")


def _table(path: Path) -> pd.DataFrame:
    """The checked columns date, accidents and, where there, dep."""
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", skipinitialspace=True)
        if len(table.columns) == 1 and ";" in table.columns[0]:
            table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", skipinitialspace=True, sep=";")
    except FileNotFoundError:
        raise DataError(_("{path} does not exist.").format(path=path)) from None
    except (OSError, ValueError, UnicodeError, pd.errors.ParserError) as error:
        raise DataError(_("{path} cannot be read as a CSV file: {error}").format(path=path, error=error)) from error
    for name in ("date", NAME):
        if name not in table:
            message = _("{path}: column {name!r} is missing; expected date,accidents or date,dep,accidents.")
            raise DataError(message.format(path=path, name=name))
    if table.empty:
        raise DataError(_("{path} has no rows.").format(path=path))
    days = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
    _refuse(path, table, "date", days.isna(), _("a day like 2024-01-31"))
    counts = pd.to_numeric(table[NAME], errors="coerce").astype("float64")
    wrong = ~(counts >= 0) | (counts % 1 != 0)
    _refuse(path, table, NAME, wrong, _("a whole number, zero or more"))
    return table.assign(date=days, accidents=counts)


def _refuse(path: Path, table: pd.DataFrame, column: str, wrong: pd.Series, expected: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        message = _("{path}, line {line}, column {column!r}: {value!r} is not {expected}.")
        value = table[column].iloc[row]
        shown = "" if pd.isna(value) else value
        raise DataError(message.format(path=path, line=row + 2, column=column, value=shown, expected=expected))


def _refuse_duplicates(path: Path, table: pd.DataFrame, columns: list[str]) -> None:
    twice = table.duplicated(columns)
    if twice.any():
        value = ", ".join(str(v)[:10] for v in table.loc[twice, columns].iloc[0])
        message = _("{path}: {value} stands there twice; keep one row for each {columns}.")
        raise DataError(message.format(path=path, value=value, columns=", ".join(columns)))


def _filled(counts: Table, days: pd.DatetimeIndex) -> Table:
    """Every day from first to last: zero inside a year that has rows, missing in a year that has none."""
    every = pd.date_range(days.min(), days.max(), name="date")
    covered = every[every.year.isin(days.year.unique())]
    return counts.reindex(covered).fillna(0.0).reindex(every)


def _last_run(counts: pd.Series) -> pd.Series:
    """The stretch without missing day that ends last; `attrs["note"]` says which days were left out."""
    missing = counts.index[counts.isna()]
    if missing.empty:
        return counts
    run = counts.loc[missing[-1] + pd.Timedelta(days=1) :]
    message = _("{n} days are missing between {first} and {last}: only the {kept} days since {start} are used.")
    run.attrs["note"] = message.format(
        n=len(missing), first=missing[0].date(), last=missing[-1].date(), kept=len(run), start=run.index[0].date()
    )
    _log.warning(run.attrs["note"])
    return run


def _described(counts: pd.Series, source: str, simulated: bool = False) -> pd.Series:
    counts = counts.rename(NAME).rename_axis("date").asfreq("D")
    counts.attrs |= {"source": source, "simulated": simulated}
    return counts
