"""The result of a scored file as CSV, Parquet and Excel workbook, and what it comes to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal, cast, get_args

import pandas as pd

from data.errors import DataError
from data.spreadsheets import safe, write_workbook
from data.text import _
from models.batch.score import Scored

Format = Literal["csv", "xlsx", "parquet"]
RESULT, SUMMARY = "result", "summary.json"


def write(scored: Scored, folder: Path) -> None:
    """Keep a result: the tables first, and the summary, which says that they are whole, last."""
    for form in get_args(Format):
        keep(scored.frame, folder / f"{RESULT}.{form}")
    (folder / SUMMARY).write_text(json.dumps(scored.summary, ensure_ascii=False), encoding="utf-8")


def keep(frame: pd.DataFrame, path: Path) -> None:
    """Write the table of a result in the format that the name ends with.

    Raises: DataError where that is none of ours.
    """
    form = require_form(path)
    if form == "parquet":
        frame.to_parquet(path, index=False)
    elif form == "xlsx":
        write_workbook(frame, path)
    else:
        _write_csv(frame, path)


def require_form(path: Path) -> Format:
    """The format that a name ends with.

    Raises: DataError where that is none of ours.
    """
    for form in get_args(Format):
        if path.suffix.lower() == f".{form}":
            return cast(Format, form)
    raise DataError(_("{file}: end the name with .csv, .xlsx or .parquet.").format(file=path))


def _write_csv(frame: pd.DataFrame, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import csv

    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")  # spreadsheets take it for UTF-8
        csv.write_csv(pa.Table.from_pandas(safe(frame), preserve_index=False), file)


def summary(folder: Path) -> dict[str, Any]:
    """What a result comes to.

    Raises: DataError where it is there no longer.
    """
    try:
        found: dict[str, Any] = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _gone() from error
    return found


def first(folder: Path, rows: int) -> pd.DataFrame:
    """The first rows of a result.

    Raises: DataError where it is there no longer.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        batches = parquet.ParquetFile(folder / f"{RESULT}.parquet").iter_batches(batch_size=rows)
        frame: pd.DataFrame = next(batches).to_pandas()
    except (OSError, StopIteration, pa.ArrowException) as error:
        raise _gone() from error
    return frame


def content(folder: Path, form: Format) -> bytes:
    """A file of a result.

    Raises: DataError where it is there no longer.
    """
    try:
        return (folder / f"{RESULT}.{form}").read_bytes()
    except OSError as error:
        raise _gone() from error


def _gone() -> DataError:
    return DataError(_("The result is there no longer; score the file again."))
