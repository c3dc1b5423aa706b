"""Daily counts as CSV files: `date,accidents` for all of France, `date,dep,accidents` by département."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from data.breaks import FIRST_YEARS
from data.errors import DataError
from data.text import _

NAME = "accidents"
FRANCE = Path(__file__).resolve().parent / "tables" / "daily_accidents_france.csv.gz"


def national(path: Path) -> pd.Series:
    """Accidents a day, summed where the file is by département; a day that the file does not tell is missing.

    Raises: DataError naming file, column, value and remedy.
    """
    table = _table(path)
    if "dep" in table:
        return _wide(path, table).sum(axis=1, min_count=1).rename(NAME)
    _refuse_duplicates(path, table, ["date"])
    return table.set_index("date")[NAME].sort_index().asfreq("D")


def by_departement(path: Path) -> pd.DataFrame:
    """Accidents a day, one column a département.

    A pair that the file does not name is zero on a day that has rows, and missing in years whose official files leave
    the département out. A day without any row is zero inside a year that has rows, unless the file writes zeros
    itself: then it is missing.

    Raises: DataError naming file, column, value and remedy.
    """
    table = _table(path)
    if "dep" not in table:
        raise DataError(_("{path}: column 'dep' is missing; expected date,dep,accidents.").format(path=path))
    return _wide(path, table)


def write(counts: pd.Series | pd.DataFrame, path: Path) -> None:
    """Write daily counts to a new file, zeros too; what is missing is left out.

    Raises: DataError where the file exists or cannot be written.
    """
    table = counts.rename_axis("date").reset_index()
    if isinstance(counts, pd.DataFrame):
        table = table.melt("date", var_name="dep", value_name=NAME).sort_values("date", kind="stable")
    table = table.dropna().astype({NAME: "int64"})
    try:
        with path.open("xb"):
            pass
        table.to_csv(path, index=False, date_format="%Y-%m-%d")
    except FileExistsError:
        raise DataError(_("{path} exists already; choose another name.").format(path=path)) from None
    except OSError as error:
        message = _("{path} cannot be written: {error}")
        raise DataError(message.format(path=path, error=error.strerror or error)) from error


def unrecorded(days: pd.DatetimeIndex, departements: pd.Index) -> np.ndarray:
    """Which pairs lie before the first year whose official files have the département.

    Shapes: one row a day, one column a département.
    """
    first = np.array([FIRST_YEARS.get(str(code), 0) for code in departements])
    return np.asarray(days.year.to_numpy()[:, None] < first)


def _wide(path: Path, table: pd.DataFrame) -> pd.DataFrame:
    _refuse_duplicates(path, table, ["date", "dep"])
    told = table.set_index(["date", "dep"])[NAME].unstack("dep").sort_index()  # noqa: PD010 (pairs are unique)
    days = pd.DatetimeIndex(told.index)
    every = pd.date_range(days[0], days[-1], name="date")
    covered = days if (table[NAME] == 0).any() else every[every.year.isin(days.year.unique())]
    wide = told.reindex(covered)
    wide = wide.mask(wide.isna() & ~unrecorded(covered, wide.columns), 0.0)
    return wide.reindex(every)


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
