"""Excel workbooks (.xlsx): the first sheet with anything on it, as texts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from data.batch.table import MOST_CELLS, Report, Rows, Table
from data.errors import DataError
from data.text import _, shortened

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

_MOST_UNPACKED = 400_000_000
_MOST_PARTS = 2000
_MOST_GAPS = 100_000  # empty rows in a row: a sheet may claim a million of them
_BLOCK = 1 << 20
# XML that declares entities can unfold to more than any memory; no spreadsheet writes such
_DECLARATION = (b"<!DOCTYPE", b"<!ENTITY")


def is_workbook(content: bytes) -> bool:
    """Whether a zip is a workbook of this kind."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False


def read(content: bytes, name: str, report: Report) -> Table:
    """The rows of the first sheet that has any.

    Raises: DataError saying what is wrong with the file.
    """
    import openpyxl

    _require_harmless(content, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        for sheet in sheets:
            table = _table(sheet, name, report)
            if table is not None:
                message = _("The sheet {sheet} was read, and no other.").format(sheet=shortened(sheet.title))
                return replace(table, notes=(*table.notes, message)) if len(sheets) > 1 else table
    except DataError:
        raise
    except Exception as error:  # whatever a damaged part makes of the reader
        message = _("{file} cannot be read as an Excel workbook ({error}); save it again, or as CSV.")
        raise DataError(message.format(file=name, error=shortened(str(error), 200))) from error
    raise DataError(_("{file} is empty: its first row has to name the columns.").format(file=name))


def _require_harmless(content: bytes, name: str) -> None:
    """See that a workbook unpacks to no more than it may, and that its parts declare nothing.

    Raises: DataError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                message = _("{file} unpacks to more than {most:,} bytes; nothing was read.")
                raise DataError(message.format(file=name, most=_MOST_UNPACKED))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        _require_plain(file, name)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        message = _("{file} cannot be read as an Excel workbook ({error}); save it again, or as CSV.")
        raise DataError(message.format(file=name, error=shortened(str(error), 200))) from error


def _require_plain(file: Any, name: str) -> None:
    kept = b""
    while block := file.read(_BLOCK):
        seen = kept + block
        # of UTF-16, in which a declaration reads otherwise, every other byte is none of a text
        if b"\0" in block or any(mark in seen for mark in _DECLARATION):
            raise DataError(_("{file} holds XML that no spreadsheet writes; nothing was read.").format(file=name))
        kept = block[-16:]


def _table(sheet: ReadOnlyWorksheet, name: str, report: Report) -> Table | None:
    sheet.reset_dimensions()  # what it claims may be far more than there is
    rows: Rows | None = None
    skipped = 0
    for cells in _filled(sheet, name):
        found = list(map(as_text, cells))
        while found and not found[-1]:
            found.pop()
        if rows is None:
            if found:
                rows = Rows(name, found)
            else:
                skipped += 1
            continue
        # a sheet has no short rows, only empty cells
        rows.add([*found, *[""] * (len(rows.columns) - len(found))])
        if len(rows) % 500 == 0:
            report(len(rows) / (len(rows) + 5000))  # how many there are is known at the end only
    return None if rows is None else rows.table("xlsx", first=skipped + 2)


def _filled(sheet: ReadOnlyWorksheet, name: str) -> Iterator[Sequence[object]]:
    """The rows up to the last that is not empty.

    Raises: DataError where they hold more cells than they may.
    """
    waiting: list[Sequence[object]] = []
    seen = 0
    for cells in sheet.iter_rows(values_only=True):
        seen += len(cells)
        if seen > MOST_CELLS:
            message = _("{file} holds more than {most:,} cells; give it in several files.")
            raise DataError(message.format(file=name, most=MOST_CELLS))
        if any(cell not in (None, "") for cell in cells):
            yield from waiting
            waiting.clear()
            yield cells
        elif len(waiting) < _MOST_GAPS:
            waiting.append(())
        else:
            return


def as_text(value: object) -> str:
    """A cell as text: numbers without needless zeros, days and times as ISO writes them."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        at_midnight = value.time() == time()
        return value.date().isoformat() if at_midnight else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)
