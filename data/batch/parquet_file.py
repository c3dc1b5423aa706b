"""Parquet: flat columns of any type, as texts."""

from __future__ import annotations

import io
from typing import Any

from data.batch.excel_file import as_text
from data.batch.table import CHUNK, LONGEST_CELL, MOST_CELLS, MOST_COLUMNS, MOST_ROWS, Report, Rows, Table
from data.errors import DataError
from data.text import _, shortened

_MOST_UNPACKED = 400_000_000


def read(content: bytes, name: str, report: Report) -> Table:
    """The rows of all row groups.

    Raises: DataError saying what is wrong with the file.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(io.BytesIO(content))
        _require_size(file.metadata, name)
        nested = [column.name for column in file.schema_arrow if pa.types.is_nested(column.type)]
        if nested:
            message = _("{file}: the column {column} holds lists or records; give one value a cell.")
            raise DataError(message.format(file=name, column=shortened(nested[0])))
        # a long text that is there once and meant a million times must not be written out before it is measured
        texts = [c.name for c in file.schema_arrow if pa.types.is_string(c.type) or pa.types.is_large_string(c.type)]
        file = parquet.ParquetFile(io.BytesIO(content), read_dictionary=texts)
        rows = Rows(name, list(file.schema_arrow.names))
        for batch in file.iter_batches(batch_size=CHUNK):
            columns = [_texts(column, name, at) for column, at in zip(batch.columns, rows.columns, strict=False)]
            for cells in zip(*columns, strict=True):
                rows.add(cells)
            report(len(rows) / max(1, file.metadata.num_rows))
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError, MemoryError) as error:
        message = _("{file} cannot be read as Parquet ({error}); write it again, or give it as CSV.")
        raise DataError(message.format(file=name, error=shortened(str(error), 200))) from error
    return rows.table("parquet", first=1)


def _require_size(metadata: Any, name: str) -> None:
    if metadata.num_columns > MOST_COLUMNS:
        message = _("{file} has {n:,} columns, more than {most}; leave out those that no model needs.")
        raise DataError(message.format(file=name, n=metadata.num_columns, most=MOST_COLUMNS))
    if metadata.num_rows > MOST_ROWS or metadata.num_rows * metadata.num_columns > MOST_CELLS:
        message = _("{file} has more than {rows:,} rows of {n} columns; give it in several files.")
        most = min(MOST_ROWS, MOST_CELLS // max(1, metadata.num_columns))
        raise DataError(message.format(file=name, rows=most, n=metadata.num_columns))
    size = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if size > _MOST_UNPACKED:
        message = _("{file} unpacks to more than {most:,} bytes; nothing was read.")
        raise DataError(message.format(file=name, most=_MOST_UNPACKED))


def _texts(column: Any, name: str, at: str) -> list[str]:
    """The cells of one column; of a category or text each different value is looked at once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        values = [_text(value) for value in column.dictionary.to_pylist()]
        longest = max(map(len, values), default=0)
        if longest > LONGEST_CELL:
            message = _("{file}, column {column}: a cell has {n:,} characters, more than {most:,}.")
            raise DataError(message.format(file=name, column=at, n=longest, most=LONGEST_CELL))
        values.append("")
        return [values[i] for i in pc.fill_null(column.indices, len(values) - 1).to_pylist()]
    return [_text(value) for value in column.to_pylist()]


def _text(value: object) -> str:
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else as_text(value)
