"""Reading a file of any of the three formats, told apart by what it holds."""

from __future__ import annotations

from pathlib import Path

from data.batch import csv_file, excel_file, parquet_file
from data.batch.table import MOST_BYTES, Report, Table, silent
from data.errors import DataError
from data.text import _

_PARQUET, _ZIP, _OLE = b"PAR1", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read(path: Path, name: str = "", report: Report = silent) -> Table:
    """The table of a file; `name` is what the person calls it.

    Raises: DataError saying what is wrong with it and what to do.
    """
    name = name or path.name
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        message = _("{file} cannot be read: {error}")
        raise DataError(message.format(file=name, error=error.strerror or error)) from error
    return read_bytes(content, name, report)


def read_bytes(content: bytes, name: str, report: Report = silent) -> Table:
    """The table of a file's bytes, as `read`."""
    if len(content) > MOST_BYTES:
        message = _("{file} has more than {most:,} bytes; give it in several files.")
        raise DataError(message.format(file=name, most=MOST_BYTES))
    if content.startswith(_PARQUET):
        return parquet_file.read(content, name, report)
    if content.startswith(_ZIP):
        if not excel_file.is_workbook(content):
            message = _("{file} is an archive, no table; unpack it and give a CSV, Excel (.xlsx) or Parquet file.")
            raise DataError(message.format(file=name))
        return excel_file.read(content, name, report)
    if content.startswith(_OLE):
        message = _("{file} is of an old kind of Excel, or locked by a password; save it as .xlsx or CSV.")
        raise DataError(message.format(file=name))
    return csv_file.read(content, name, report)
