"""From the bytes of a CSV file to a frame of texts, with what had to be repaired on the way."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from data.errors import DataError
from data.files import Given
from data.text import _

if TYPE_CHECKING:
    import pyarrow as pa

# the columns that hold free text, in which a separator may stand; every other cell is a short code or number
_FREE_TEXT = ("adr", "voie")
_SHORT = re.compile(r"[^\W_]{0,12}|[-+]?[\d.,:'\s\u00a0\u202f]{0,20}|\d[.,]\d{11}E\+?11|N/A|#\w+", re.ASCII)
_KEYS = ("Num_Acc", "id_vehicule", "id_usager")
_OLD_KEY = re.compile(r"20(0\d|1[0-8])\d{8}0*", re.ASCII)
_MOST_COLUMNS = 1000
_BLOCK = 1 << 20


def as_utf8(content: bytes, *, cut: bool = False) -> tuple[bytes, str]:
    """The content in UTF-8 without a byte order mark, and the repair that this was, if any.

    `cut`: the content may end in the middle of a character.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace").encode("utf-8", errors="replace"), "utf_16"
    marked = content.startswith(codecs.BOM_UTF8)
    if marked:
        content = content[len(codecs.BOM_UTF8) :]
    if not _is_utf8(content, cut=cut):
        content, repair = content.decode("cp1252", errors="replace").encode("utf-8"), "windows_1252"
    else:
        repair = ""
    return content, "byte_order_mark" if marked else repair


def _is_utf8(content: bytes, *, cut: bool) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _BLOCK):
            decoder.decode(content[start : start + _BLOCK])
        decoder.decode(b"", final=not cut)
    except UnicodeDecodeError:
        return False
    return True


def lines(content: bytes) -> tuple[bytes, bytes]:
    """The first line and the rest; a line may end as on any system."""
    end, rest = _first_end(content)
    return content[:end], content[rest:]


def _first_end(content: bytes) -> tuple[int, int]:
    """Where the first line ends, and where the next begins."""
    match = re.search(rb"\r\n|\n|\r", content)
    return match.span() if match else (len(content), len(content))


def rows(
    given: Given, content: bytes, separator: str, columns: Sequence[str], known: Sequence[str], *, quoted: bool
) -> tuple[pd.DataFrame, set[str]]:
    """The rows below the header as texts, only of the `known` columns, and the repairs they needed.

    Raises: DataError naming the line that has another number of cells than the header, or where the last breaks off.
    """
    start = _first_end(content)[1]
    if not re.compile(rb"\S").search(content, start):
        raise DataError(_("{path} names its columns but holds no row.").format(path=given))
    if len(columns) > _MOST_COLUMNS:
        message = _("{path} has more than {limit:,} columns, more than any BAAC table.")
        raise DataError(message.format(path=given, limit=_MOST_COLUMNS))
    if quoted and _breaks_off(content, separator):
        message = _("{path} breaks off in the middle of a cell, so rows are missing: get the file again.")
        raise DataError(message.format(path=given))
    # a header may hold columns that are not ours, even twice: they get names of their own and are not read
    names = [name if name in known else f"column {i}" for i, name in enumerate(columns, start=1)]
    reading = _Reading(given, memoryview(content)[start:], separator, names, known)
    try:
        table = reading.table(quotes=True)
        if not _swallows_rows(table, separator, len(names)):
            return _frame(table), reading.repairs
    except DataError:
        if quoted:
            raise
    if quoted:
        message = _(
            "{path}: a quotation mark opens a cell and closes it only some lines below, so rows cannot be told apart; "
            "use the file as published."
        )
        raise DataError(message.format(path=given))
    # a mark that opens a cell of a file without quotes swallows everything up to the next one
    reading.repairs.clear()
    return _frame(reading.table(quotes=False)), {*reading.repairs, "unmatched_quotes"}


def _breaks_off(content: bytes, separator: str) -> bool:
    """Whether the last quotation mark of all opens a cell that nothing closes."""
    if content.count(b'"') % 2 == 0:
        return False
    end = content.rstrip(b"\r\n")
    return not end.endswith(b'"') or end.endswith(separator.encode() + b'"')


class _Reading:
    """One file on its way to an Arrow table; `repairs` collects what was mended."""

    def __init__(self, given: Given, body: memoryview, separator: str, names: list[str], known: Sequence[str]) -> None:
        self.given, self.body, self.separator, self.names, self.known = given, body, separator, names, known
        self.repairs: set[str] = set()

    def table(self, *, quotes: bool) -> pa.Table:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        wrong: list[tuple[int, int, str]] = []
        mended: list[list[str]] = []

        def mend(row: arrow_csv.InvalidRow) -> str:
            joined = _joined(row.text, self.separator, self.names, quotes=quotes)
            if joined is None:
                wrong.append(((row.number or 0) + 1, row.actual_columns, row.text))
                return "error"
            mended.append(joined)
            return "skip"

        try:
            table = self._parsed(mend, quotes=quotes)
        except pa.ArrowException as error:
            if not wrong:
                reason = str(error).partition("\n")[0]
                raise DataError(_("{path} cannot be read: {error}").format(path=self.given, error=reason)) from error
            message = _("{path}: line {row} has {found} cells; {expected} were expected, one for each column.")
            line, found, _text = wrong[0]
            raise DataError(message.format(path=self.given, row=line, found=found, expected=len(self.names))) from None
        if mended:
            self.repairs.add("cells_joined")
            columns = {name: [row[i] for row in mended] for i, name in enumerate(self.names) if name in self.known}
            added = pa.table({name: pa.array(columns[name], type=pa.string()) for name in table.column_names})
            table = pa.concat_tables([table, added.cast(table.schema)])
        return table

    def _parsed(self, mend: Callable[[object], str], *, quotes: bool) -> pa.Table:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        text = pa.dictionary(pa.int32(), pa.string())
        return arrow_csv.read_csv(
            pa.BufferReader(self.body),
            # a block must hold the longest row
            read_options=arrow_csv.ReadOptions(use_threads=False, column_names=self.names, block_size=1 << 22),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.separator,
                quote_char='"' if quotes else False,
                newlines_in_values=quotes,
                invalid_row_handler=mend,
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=list(self.known),
                column_types={name: pa.string() if name in _KEYS else text for name in self.known},
                strings_can_be_null=False,
            ),
        )


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.unify_dictionaries().to_pandas()
    return frame


def _swallows_rows(table: pa.Table, separator: str, columns: int) -> bool:
    """Whether a cell holds line ends and as many separators as lie between it and the same cell of a later row."""
    import pyarrow.compute as pc

    names = [name for name in table.column_names if name not in _KEYS]
    texts = (chunk.dictionary for name in names for chunk in table[name].chunks)
    over_lines = (text.filter(pc.match_substring_regex(text, "[\r\n]")) for text in texts)
    return any(cell.count(separator) >= columns - 1 for found in over_lines for cell in found.to_pylist())


def _joined(text: str, separator: str, names: list[str], *, quotes: bool) -> list[str] | None:
    """The cells of a row with too many, where the surplus can only belong to its one free text."""
    free = [i for i, name in enumerate(names) if name in _FREE_TEXT]
    try:
        cells = next(csv.reader([text], delimiter=separator, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE))
    except csv.Error:
        return None
    surplus = len(cells) - len(names)
    # with more, or with a line end, it is rather two rows on one line
    if len(free) != 1 or not 1 <= surplus < len(names) // 2 or any("\n" in cell or "\r" in cell for cell in cells):
        return None
    start = free[0]
    before, inside, after = cells[:start], cells[start : start + surplus + 1], cells[start + surplus + 1 :]
    if not all(_SHORT.fullmatch(cell.strip()) for cell in (*before, *after)):
        return None
    joined = [*before, separator.join(inside), *after]
    if separator == "," and not _OLD_KEY.fullmatch(re.sub(r"\D", "", joined[names.index(_KEYS[0])])):
        return None  # the surplus may be a decimal comma, which numbers have since 2019
    return joined
