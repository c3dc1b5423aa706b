"""Reading official BAAC files in the layout of 2019 and later, as text, recognised by their header."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data import schema
from data.errors import DataError
from data.text import _

SEPARATOR = ";"
SPACES = " \t\u00a0\u202f\ufeff"
FIRST_YEAR = 2019

_SEPARATORS = (";", ",", "\t", "|")
_KEY = "Num_Acc"
# without these a table cannot be placed in time or joined
_NEEDED: dict[schema.Table, tuple[str, ...]] = {
    "caracteristiques": (_KEY, "an", "mois", "jour"),
    "lieux": (_KEY,),
    "vehicules": (_KEY,),
    "usagers": (_KEY,),
}
_VEHICLE_KEYS = ("id_vehicule", "num_veh")
# columns that only the files of 2005 to 2018 have
_OLD_COLUMNS: dict[schema.Table, str] = {"caracteristiques": "gps", "lieux": "env1", "usagers": "secu"}
_OFFICIAL = {table: {c.official for c in columns} for table, columns in schema.TABLES.items()}
_SPELLING = {name.lower(): name for names in _OFFICIAL.values() for name in names} | {
    alias.lower(): official for alias, official in schema.ALIASES.items()
}


@dataclass(frozen=True)
class RawTable:
    """One official file as it was written: every cell is text, an empty cell is an empty text.

    `frame` has the official column names that the product uses; `absent` are those the file does not have. `years`
    are read from the accident numbers.
    """

    table: schema.Table
    years: tuple[int, ...]
    frame: pd.DataFrame
    path: Path
    absent: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """The first line of a file that is one of the four tables."""

    table: schema.Table
    separator: str
    columns: tuple[str, ...]


def find(paths: Iterable[Path]) -> tuple[list[Path], list[str]]:
    """The files of BAAC tables among files and folders (searched in depth), and what the folders hold besides.

    A named file is always taken, so that reading it says what is wrong with it.

    Raises: DataError naming the path that does not exist, or the folder without any table.
    """
    found: list[Path] = []
    ignored: list[str] = []
    for path in map(Path, paths):
        if path.is_file():
            found.append(path)
        elif path.is_dir():
            inside = [p for p in sorted(path.rglob("*")) if p.is_file() and not _is_hidden(p.relative_to(path))]
            tables = [p for p in inside if recognise(p) is not None]
            if not tables:
                message = _("{folder} holds no BAAC table (caracteristiques, lieux, vehicules or usagers, as CSV).")
                raise DataError(message.format(folder=path))
            found += tables
            ignored += [str(p) for p in inside if p not in set(tables)]
        else:
            raise DataError(_("{path} does not exist.").format(path=path))
    return list({p.resolve(): p for p in found}.values()), ignored


def recognise(path: Path) -> Header | None:
    """Which table a file holds, by the columns its first line names; None where it is no BAAC table.

    Raises: DataError where the file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            line = _decoded(file.readline(65536)).strip("\r\n" + SPACES)
    except OSError as error:
        raise DataError(_("{path} cannot be read: {error}").format(path=path, error=error.strerror)) from error
    best: tuple[int, Header] | None = None
    for separator in _SEPARATORS:
        columns = _cells(line, separator)
        for table, official in _OFFICIAL.items():
            hits = len(official.intersection(columns) - {_KEY})
            enough = 3 if _KEY in columns else len(official) // 2
            if hits >= enough and (best is None or hits > best[0]):
                best = hits, Header(table, separator, columns)
    return best[1] if best else None


def read_table(path: Path) -> RawTable:
    """Read one official file of 2019 or later.

    Raises: DataError naming the file, the column and what was expected.
    """
    header = recognise(path)
    if header is None:
        message = _(
            "{path} is not a BAAC table: its first line must name the columns of caracteristiques, lieux, vehicules "
            "or usagers (Num_Acc and others), separated by semicolons."
        )
        raise DataError(message.format(path=path))
    _check(path, header)
    frame = _rows(path, header)
    years = _years(path, frame[_KEY])
    if years[0] < FIRST_YEAR:
        raise _old_layout(path, str(years[0]))
    official = [c.official for c in schema.TABLES[header.table]]
    absent = tuple(name for name in official if name not in frame)
    return RawTable(header.table, years, frame, path, absent)


def year_of(keys: pd.Series) -> pd.Series:
    """The year that an accident number of 12 digits begins with; missing for anything else.

    Units: nullable Int16.
    """
    stripped = keys.str.strip(SPACES)
    good = stripped.str.fullmatch(r"20\d{10}")
    return pd.to_numeric(stripped.str.slice(0, 4).where(good), errors="coerce").astype("Int16")


def _check(path: Path, header: Header) -> None:
    old_column = _OLD_COLUMNS.get(header.table)
    old_vehicles = header.table == "vehicules" and not {"id_vehicule", "motor"}.intersection(header.columns)
    if old_column in header.columns or old_vehicles:
        raise _old_layout(path, header.table)
    if header.separator != SEPARATOR:
        message = _(
            "{path}: the column {column} and the others are separated by {found!r}; "
            "the official files of 2019 and later are separated by {expected!r}."
        )
        name = next(c for c in header.columns if c in _OFFICIAL[header.table])
        raise DataError(message.format(path=path, column=name, found=header.separator, expected=SEPARATOR))
    needed = [name for name in _NEEDED[header.table] if name not in header.columns]
    if not needed and header.table in ("vehicules", "usagers") and not set(_VEHICLE_KEYS).intersection(header.columns):
        needed = [_VEHICLE_KEYS[0]]
    if needed:
        message = _(
            "{path}: the column {column} is missing; the table {table} needs it, and its first line names {names}."
        )
        names = ", ".join(name for name in header.columns if name)
        raise DataError(message.format(path=path, column=needed[0], table=header.table, names=names))
    twice = [name for name, n in Counter(header.columns).items() if n > 1 and name in _OFFICIAL[header.table]]
    if twice:
        message = _("{path}: the column {column} stands twice in the first line; each is expected once.")
        raise DataError(message.format(path=path, column=twice[0]))


def _rows(path: Path, header: Header) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    known = [name for name in header.columns if name in _OFFICIAL[header.table]]
    # a header may hold columns that are not ours, even twice: they get names of their own and are not read
    names = [name if name in known else f"column {i}" for i, name in enumerate(header.columns, start=1)]
    wrong: list[tuple[int, int]] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        wrong.append((row.number or 0, row.actual_columns))
        return "error"

    try:
        content = _utf8(path.read_bytes())
        if not content.partition(b"\n")[2].strip():
            raise DataError(_("{path} names its columns but holds no row.").format(path=path))
        table = arrow_csv.read_csv(
            io.BytesIO(content),
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, skip_rows=1),
            parse_options=arrow_csv.ParseOptions(
                delimiter=SEPARATOR, newlines_in_values=True, invalid_row_handler=refuse
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=known, column_types={name: pa.string() for name in known}, strings_can_be_null=False
            ),
        )
    except OSError as error:
        raise DataError(_("{path} cannot be read: {error}").format(path=path, error=error.strerror)) from error
    except pa.ArrowInvalid as error:
        if not wrong:
            first = str(error).partition("\n")[0]
            raise DataError(_("{path} cannot be read: {error}").format(path=path, error=first)) from error
        message = _("{path}: line {row} has {found} cells; {expected} were expected, one for each column.")
        row, found = wrong[0]
        raise DataError(message.format(path=path, row=row, found=found, expected=len(names))) from None
    frame: pd.DataFrame = table.to_pandas()
    return frame


def _years(path: Path, keys: pd.Series) -> tuple[int, ...]:
    years = year_of(keys).dropna().unique()
    if len(years) == 0:
        message = _(
            "{path}: the column {column} holds {value!r}; an accident number of 12 digits that begins with the year "
            "was expected. A spreadsheet may have rewritten it: use the file as published."
        )
        raise DataError(message.format(path=path, column=_KEY, value=keys.iloc[0]))
    return tuple(sorted(int(y) for y in years))


def _old_layout(path: Path, what: str) -> DataError:
    message = _(
        "{path} has the layout of 2018 and earlier ({what}), which is not read yet; files of 2019 and later are."
    )
    return DataError(message.format(path=path, what=what))


def _cells(line: str, separator: str) -> tuple[str, ...]:
    """The column names of a first line; none where it is no line of text, as in a picture or an archive."""
    try:
        return tuple(_spelled(cell) for cell in next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return ()


def _spelled(cell: str) -> str:
    name = cell.strip(SPACES + '"')
    return _SPELLING.get(name.lower(), name)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _utf8(content: bytes) -> bytes:
    """The published files are UTF-8; one saved again by a spreadsheet may be Windows-1252."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").encode("utf-8")
    return content


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
