"""Any usual CSV: separated by semicolons, commas, tabs or bars, in UTF-8, UTF-16 or Windows-1252."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from data import parsing
from data.batch.table import LONGEST_CELL, MOST_COLUMNS, Report, Rows, Table
from data.errors import DataError
from data.text import N_, _

_SEPARATORS = (";", ",", "\t", "|")
_NAMED = re.compile(r'"?sep=([;,\t|])"?\r?\n', re.IGNORECASE)  # what spreadsheets write and read
_REPAIRS = {
    "utf_16": N_("The file was read as UTF-16."),
    "windows_1252": N_("The file is no UTF-8: it was read as Windows-1252."),
    "unmatched_quotes": N_("Quotation marks that open and never close were read as ordinary characters."),
}
_TRIED = 50  # rows that tell the separator
_LONGEST_LINE = 2_000_000
_LONGEST_HEADER = 100_000


def read(content: bytes, name: str, report: Report) -> Table:
    """The rows below the first line that is not empty.

    Raises: DataError saying what is wrong with the file.
    """
    text, repairs = _decoded(content, name)
    named = _NAMED.match(text)
    text = text[named.end() :] if named else text
    separator = named[1] if named else _separator(text)
    table, unquoted = _either(text, name, separator, report)
    if unquoted:
        repairs.append("unmatched_quotes")
    told = tuple(_(_REPAIRS[repair]) for repair in repairs if repair in _REPAIRS)
    return replace(table, notes=(*told, *table.notes), first=table.first + bool(named))


def _decoded(content: bytes, name: str) -> tuple[str, list[str]]:
    whole, repair = parsing.as_utf8(content)
    text = whole.decode("utf-8", errors="replace")
    if "\0" in text:
        message = _(
            "{file} is no table as text: it holds bytes that no text has. Save it as CSV (UTF-8), as an Excel workbook "
            "(.xlsx) or as Parquet."
        )
        raise DataError(message.format(file=name))
    return text, [repair] if repair else []


def _separator(text: str) -> str:
    """What parts the cells: with it, most of the first rows have as many as the first, and more than one."""
    start = text[: 1 << 18]

    def fits(separator: str) -> tuple[float, int]:
        try:
            rows = [row for row in islice(csv.reader(io.StringIO(start), delimiter=separator), _TRIED) if row]
        except csv.Error:
            return 0, 0
        if len(start) < len(text) and 1 < len(rows) < _TRIED:
            del rows[-1]  # cut in the middle
        width = len(rows[0]) if rows else 0
        return (sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0), width

    return max(_SEPARATORS, key=fits)


def _either(text: str, name: str, separator: str, report: Report) -> tuple[Table, bool]:
    """The table, and whether its quotation marks had to be read as ordinary characters.

    A mark that opens a cell of a file without quotes swallows everything up to the next one. Where a cell looks like
    that, lines that are all as long as the first tell that it is so.

    Raises: DataError.
    """
    quoted: Table | None = None
    swallows, failed = True, DataError()
    try:
        quoted, swallows = _table(text, name, separator, report, quotes=True)
    except DataError as error:
        failed = error
    if quoted is not None and not swallows:
        return quoted, False
    try:
        bare = _table(text, name, separator, report, quotes=False)[0] if '"' in text else None
    except DataError:
        bare = None
    if bare is not None and (quoted is None or len(bare.faults) <= len(quoted.faults)):
        return bare, True
    if quoted is None:
        raise failed
    return quoted, False


def _table(text: str, name: str, separator: str, report: Report, *, quotes: bool) -> tuple[Table, bool]:
    """The table, and whether a cell holds what may be rows.

    Raises: DataError.
    """
    lines = _lines(text, name, report)
    reader = csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)
    rows: Rows | None = None
    skipped, swallows = 0, False
    try:
        for cells in reader:
            found = cells if quotes else [_bare(cell) for cell in cells]
            if rows is not None:
                swallows = swallows or _holds_rows(found, separator, len(rows.columns))
                rows.add(found)
            elif any(map(str.strip, found)):
                rows = Rows(name, found)
            else:
                skipped += 1
    except csv.Error as error:  # a cell of more than 131,072 characters
        message = _("{file}, row {row}: {error}; a cell may have {most:,} characters.")
        at = len(rows) + 2 if rows else 1
        raise DataError(message.format(file=name, row=at, error=error, most=LONGEST_CELL)) from error
    if rows is None:
        raise DataError(_("{file} is empty: its first row has to name the columns.").format(file=name))
    return rows.table("csv", first=skipped + 2), swallows


def _bare(cell: str) -> str:
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _holds_rows(cells: Sequence[str], separator: str, width: int) -> bool:
    """Whether a cell holds line ends and as many separators as a row has."""
    return any(
        len(cell) > width and ("\n" in cell or "\r" in cell) and cell.count(separator) >= width - 1 for cell in cells
    )


def _lines(text: str, name: str, report: Report) -> Iterator[str]:
    """The lines of a text, none of which is longer than any row can be.

    Raises: DataError naming the line.
    """
    done = 0
    for n, line in enumerate(io.StringIO(text, newline="")):
        if len(line) > (_LONGEST_LINE if n else _LONGEST_HEADER):
            message = _("{file}, line {row}: {n:,} characters, more than any row of at most {most} columns has.")
            raise DataError(message.format(file=name, row=n + 1, n=len(line), most=MOST_COLUMNS))
        done += len(line)
        if n % 5000 == 0:
            report(done / len(text))
        yield line
