"""Reading official BAAC files of any year as text, recognised by their header and by what their cells hold."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data import cells, files, parsing, schema
from data.cells import SPACES
from data.errors import DataError
from data.files import Given
from data.text import N_, _, shortened

# what a file needed before its cells could be read -> one sentence (shown through `explanation`)
REPAIRS: dict[str, str] = {
    "byte_order_mark": N_("A byte order mark before the first column was removed."),
    "utf_16": N_("The file was written as UTF-16 and was read as such."),
    "windows_1252": N_("The file was saved as Windows-1252; the official one is UTF-8."),
    "separator": N_("The columns are separated otherwise than in the official file."),
    "other_columns": N_("Columns that no official file has, such as a row number, were left out."),
    "unmatched_quotes": N_("Quotation marks that open and never close were read as ordinary characters."),
    "cells_joined": N_("A text that holds the separator without quotation marks was put together again."),
}

_LONGEST_HEADER = 65536
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
_OFFICIAL = {table: {c.official for c in columns} for table, columns in schema.TABLES.items()}
# official too, of no use to anybody: the identifier that an online viewer of the files adds
_SPELLING = {name.lower(): name for names in _OFFICIAL.values() for name in names} | {
    alias.lower(): official for alias, official in schema.ALIASES.items()
}


@dataclass(frozen=True)
class RawTable:
    """One official file as it was written: every cell is text, an empty cell is an empty text.

    `frame` has the official column names that the product uses; keys are texts, the other columns categories of texts.
    `absent` are the columns that the file does not have, of those its years should have. `numbers` are the accident
    numbers of the rows, 0 where there is none. `repairs` are named in REPAIRS.
    """

    table: schema.Table
    years: tuple[int, ...]
    frame: pd.DataFrame
    numbers: np.ndarray
    given: Given
    sha256: str
    absent: tuple[str, ...]
    repairs: tuple[str, ...]


@dataclass(frozen=True)
class Header:
    """The first line of a file that is one of the four tables."""

    table: schema.Table
    separator: str
    columns: tuple[str, ...]
    quoted: bool


def explanation(repair: str) -> str:
    """What a repair is, in one sentence in the language of the session."""
    return _(REPAIRS[repair])


def find(paths: Iterable[Path]) -> tuple[list[Given], list[str]]:
    """The BAAC tables among files, zip archives and folders (searched in depth), and what else is in those.

    A named file is always taken, so that reading it says what is wrong with it.

    Raises: DataError naming the path that does not exist, or the folder or archive without any table.
    """
    found: list[Given] = []
    ignored: list[str] = []
    for path in map(Path, paths):
        given = files.found_at(path)
        tables = given if given == [Given(path)] else [g for g in given if recognise(g) is not None]
        if not tables:
            message = _("{folder} holds no BAAC table (caracteristiques, lieux, vehicules or usagers, as CSV).")
            raise DataError(message.format(folder=Given(path)))
        found += tables
        ignored += [str(g) for g in given if g not in tables]
    return list({(g.path.resolve(), g.member): g for g in found}.values()), ignored


def recognise(given: Given | Path) -> Header | None:
    """Which table a file holds, by the columns its first line names; None where it is no BAAC table.

    Raises: DataError where the file cannot be opened.
    """
    start = (Given(given) if isinstance(given, Path) else given).head()
    return header_of(parsing.as_utf8(start, cut=True)[0])


def header_of(content: bytes) -> Header | None:
    """The header of a table in UTF-8."""
    first = parsing.lines(content[:_LONGEST_HEADER])[0]
    if len(first) == _LONGEST_HEADER:
        return None
    line = first.decode("utf-8", errors="replace")
    best: tuple[int, Header] | None = None
    for separator in _SEPARATORS:
        columns = _cells(line, separator)
        for table, official in _OFFICIAL.items():
            hits = len(official.intersection(columns) - {_KEY})
            enough = 3 if _KEY in columns else len(official) // 2
            if hits >= enough and (best is None or hits > best[0]):
                best = hits, Header(table, separator, columns, quoted='"' in line)
    return best[1] if best else None


def read_table(given: Given | Path) -> RawTable:
    """Read one official file.

    Raises: DataError naming the file, the column and what was expected.
    """
    given = Given(given) if isinstance(given, Path) else given
    content = given.read()
    sha256 = hashlib.sha256(content).hexdigest()
    content, encoding = parsing.as_utf8(content)
    header = header_of(content)
    if header is None:
        message = _(
            "{path} is not a BAAC table: its first line must name the columns of caracteristiques, lieux, vehicules "
            "or usagers (Num_Acc and others), separated by semicolons or commas."
        )
        raise DataError(message.format(path=given))
    _check(given, header)
    known = [name for name in header.columns if name in _OFFICIAL[header.table]]
    frame, repairs = parsing.rows(given, content, header.separator, header.columns, known, quoted=header.quoted)
    numbers = cells.accident_numbers(frame[_KEY])[0]
    years = _years(given, frame[_KEY], numbers)
    official = dict.fromkeys(c.official for c in schema.TABLES[header.table] if c.is_in(years[-1]))
    absent = tuple(name for name in official if name not in frame)
    found = {*repairs, *_resaved(header, encoding, years[-1], others=len(known) < len(header.columns))}
    in_order = tuple(name for name in REPAIRS if name in found)
    return RawTable(header.table, years, frame, numbers, given, sha256, absent, in_order)


def _check(given: Given, header: Header) -> None:
    needed = [name for name in _NEEDED[header.table] if name not in header.columns]
    if not needed and header.table in ("vehicules", "usagers") and not set(_VEHICLE_KEYS).intersection(header.columns):
        needed = [_VEHICLE_KEYS[0]]
    if needed:
        message = _(
            "{path}: the column {column} is missing; the table {table} needs it, and its first line names {names}."
        )
        names = shortened(", ".join(name for name in header.columns if name), 400)
        raise DataError(message.format(path=given, column=needed[0], table=header.table, names=names))
    twice = [name for name, n in Counter(header.columns).items() if n > 1 and name in _OFFICIAL[header.table]]
    if twice:
        message = _("{path}: the column {column} stands twice in the first line; each is expected once.")
        raise DataError(message.format(path=given, column=twice[0]))


def _years(given: Given, keys: pd.Series, numbers: np.ndarray) -> tuple[int, ...]:
    powers = keys[numbers == 0].str.contains(r"\d[eE]\+?\d", regex=True)
    if powers.any():
        message = _(
            "{path}: the column {column} holds {value!r}: a spreadsheet rewrote the accident numbers and their last "
            "digits are lost, so nothing can be joined; use the file as published."
        )
        raise DataError(message.format(path=given, column=_KEY, value=shortened(keys[powers.index[powers.argmax()]])))
    years = np.unique(numbers // 10**8)
    years = years[years > 0]
    if len(years) == 0:
        message = _(
            "{path}: the column {column} holds {value!r}; an accident number of 12 digits that begins with the year "
            "was expected. A spreadsheet may have rewritten it: use the file as published."
        )
        raise DataError(message.format(path=given, column=_KEY, value=shortened(keys.iloc[0])))
    unknown = [int(y) for y in years if y not in schema.YEARS]
    if unknown:
        message = _("{path}: the column {column} names the year {year}; the layouts of {first} to {last} are known.")
        first, last = schema.YEARS[0], schema.YEARS[-1]
        raise DataError(message.format(path=given, column=_KEY, year=unknown[0], first=first, last=last))
    return tuple(int(y) for y in years)


def _resaved(header: Header, encoding: str, year: int, *, others: bool) -> set[str]:
    """What tells that a file is not as it was published."""
    old = year <= cells.LAST_OLD_YEAR
    found = {encoding} - {""} - ({"windows_1252"} if old else set())
    if header.separator not in ((",", "\t") if old else (";",)):
        found.add("separator")
    if others:
        found.add("other_columns")
    return found


def _cells(line: str, separator: str) -> tuple[str, ...]:
    """The column names of a first line; none where it is no line of text, as in a picture or an archive."""
    try:
        return tuple(_spelled(cell) for cell in next(csv.reader(io.StringIO(line), delimiter=separator), []))
    except csv.Error:
        return ()


def _spelled(cell: str) -> str:
    name = cell.strip(SPACES + '"')
    return _SPELLING.get(name.lower(), name)
