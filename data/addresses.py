"""Where the official files are published (one table, and the rows that replace some of it), and where they are kept."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from data import schema
from data.errors import DataError
from data.text import _

TABLE = Path(__file__).resolve().parent / "tables" / "addresses.csv"
COLUMNS = ("kind", "year", "table", "address", "checksum")
Reference = Literal["borders", "school-holidays"]
Kind = Literal["baac", Reference]
# what a file that belongs to no year is called on disk
REFERENCES: dict[Reference, str] = {"borders": "departements.geojson", "school-holidays": "school-holidays.csv"}
_OPTIONAL = "checksum"
_CHECKSUM = re.compile(r"sha256:[0-9a-f]{64}|git-blob:[0-9a-f]{40}")


@dataclass(frozen=True)
class Source:
    """One official file: a table of a year, or (kind other than `baac`) one that belongs to no year.

    `checksum` is `sha256:HEX` or `git-blob:HEX` of the issue known, empty where unknown.
    """

    year: int
    table: str
    address: str
    checksum: str = ""
    kind: Kind = "baac"

    @property
    def name(self) -> str:
        """The name of the file on disk."""
        return f"{self.table}-{self.year}.csv" if self.kind == "baac" else REFERENCES[self.kind]


def raw_folder() -> Path:
    """Where official files are kept as they were published: BALISE_RAW, or data/raw beside the code."""
    return Path(os.environ.get("BALISE_RAW") or Path(__file__).resolve().parent / "raw")


def years_of(text: str) -> tuple[int, ...]:
    """The years that a person names: `2023`, `2019-2024`, `2019,2021-2023`.

    Raises: DataError naming what is no year.
    """
    years: set[int] = set()
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{4})\s*(?:-\s*(\d{4})\s*)?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
        if first > last:
            message = _("{part!r} names no years; write 2023, 2019-2024 or 2019,2021-2023.")
            raise DataError(message.format(part=part.strip()))
        years.update(range(first, last + 1))
    return tuple(sorted(years))


def sources(years: Iterable[int]) -> list[Source]:
    """The files of the years named; rows of the CSV that BALISE_ADDRESSES names stand before those of the table.

    Raises: DataError naming the year without an address, or the line of a table that is wrong.
    """
    known = _known()
    found: list[Source] = []
    for year in years:
        of_year = [known["baac", year, table] for table in schema.TABLES if ("baac", year, table) in known]
        if not of_year:
            message = _(
                "No address is known for {year}, only for {known}; a CSV with the columns {columns}, named in the "
                "variable BALISE_ADDRESSES, adds one."
            )
            there = ", ".join(map(str, known_years()))
            raise DataError(message.format(year=year, known=there, columns=",".join(COLUMNS)))
        found += of_year
    return found


def reference(kind: Reference) -> Source:
    """The file of the département borders, or of the school calendar.

    Raises: DataError naming the line of a table that is wrong.
    """
    return _known()[kind, 0, ""]


def known_years() -> tuple[int, ...]:
    """The years with an address, in order.

    Raises: DataError naming the line of a table that is wrong.
    """
    return tuple(sorted({year for kind, year, _table in _known() if kind == "baac"}))


def _known() -> dict[tuple[Kind, int, str], Source]:
    known = {(s.kind, s.year, s.table): s for s in _read(TABLE)}
    override = os.environ.get("BALISE_ADDRESSES")
    if override:
        known |= {(s.kind, s.year, s.table): s for s in _read(Path(override))}
    return known


def _read(path: Path) -> Iterator[Source]:
    try:
        lines = list(enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1))
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(_("{path} cannot be read: {error}").format(path=path, error=error)) from error
    lines = [(number, line) for number, line in lines if line.strip() and not line.startswith("#")]
    reader = csv.DictReader(line for _number, line in lines)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ()) and name != _OPTIONAL]
    if missing:
        message = _("{path}: the column {column} is missing; the columns are {columns}.")
        raise DataError(message.format(path=path, column=missing[0], columns=",".join(COLUMNS)))
    for row in reader:
        cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
        yield _source(path, lines[reader.line_num - 1][0], cells)


def _source(path: Path, line: int, cells: dict[str, str]) -> Source:
    kind = next((name for name in get_args(Kind) if name == cells["kind"]), None)
    tables = kind == "baac"
    good = {
        "kind": kind is not None,
        "year": not tables or re.fullmatch(r"20\d\d", cells["year"]) is not None,
        "table": not tables or cells["table"] in schema.TABLES,
        "address": _is_web(cells["address"]),
        "checksum": not cells["checksum"] or _CHECKSUM.fullmatch(cells["checksum"]) is not None,
    }
    wrong = [name for name, is_good in good.items() if not is_good]
    if kind is None or wrong:
        expected = {
            "kind": ", ".join(get_args(Kind)),
            "year": _("a year such as 2024"),
            "table": ", ".join(schema.TABLES),
            "address": _("an address that begins with https:// or http://"),
            "checksum": _("sha256:HEX, git-blob:HEX or nothing"),
        }
        message = _("{path}, line {line}: the column {column} holds {value!r}; expected: {expected}.")
        name = wrong[0]
        raise DataError(message.format(path=path, line=line, column=name, value=cells[name], expected=expected[name]))
    year, table = (int(cells["year"]), cells["table"]) if tables else (0, "")
    return Source(year, table, cells["address"], cells["checksum"], kind)


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
