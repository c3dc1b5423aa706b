"""Whether what a server sent, or what lies under its name, is the official file that was asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from data import borders, calendar, load, parsing
from data.addresses import COLUMNS, Kind, Source
from data.cells import SPACES
from data.errors import DataError
from data.files import Given
from data.text import _

_PAGE = re.compile(rb"\s*<(!doctype|html|head|\?xml)", re.IGNORECASE)


def check(path: Path, source: Source, *, new_issues: bool = False) -> None:
    """See that a file is what its source names, and of the checksum known unless `new_issues` are taken.

    Raises: DataError naming the address, what came and the remedy.
    """
    with path.open("rb") as file:
        if _PAGE.match(file.read(256).removeprefix(b"\xef\xbb\xbf")):
            raise page(source.address)
    _CHECKS[source.kind](path, source)
    if source.checksum and not new_issues and not _has_checksum(path, source.checksum):
        message = _(
            "{address} sent another content than the one known (its checksum differs): it is damaged or a newer "
            "issue; take it all the same with --new-issues."
        )
        raise DataError(message.format(address=source.address))


def page(address: str) -> DataError:
    """The error where a web page came in place of a file."""
    message = _(
        "{address} sent a web page in place of the file, as a login page or a notice of maintenance does: open the "
        "address in a browser to see it, try again later, or {remedy}"
    )
    return DataError(message.format(address=address, remedy=remedy()))


def remedy() -> str:
    """How to mend an address."""
    message = _("give the right address in a CSV with the columns {columns}, named in the variable BALISE_ADDRESSES.")
    return message.format(columns=",".join(COLUMNS[:-1]))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _check_table(path: Path, source: Source) -> None:
    try:
        start = parsing.as_utf8(Given(path).head(), cut=True)[0]
    except DataError as error:  # a damaged gzip
        message = _("{address} sent a file that cannot be read ({reason}); {remedy}")
        raise DataError(message.format(address=source.address, reason=error, remedy=remedy())) from error
    header = load.header_of(start)
    if header is None:
        message = _(
            "{address} did not send a BAAC table: its first line names none of the columns of {table}; {remedy}"
        )
        raise DataError(message.format(address=source.address, table=source.table, remedy=remedy()))
    if header.table != source.table:
        message = _("{address} sent the table {found} where {table} was expected; {remedy}")
        raise DataError(message.format(address=source.address, found=header.table, table=source.table, remedy=remedy()))
    line = parsing.lines(parsing.lines(start)[1])[0].decode("utf-8", errors="replace")
    cells = line.split(header.separator)
    at = header.columns.index("Num_Acc") if "Num_Acc" in header.columns else len(cells)
    if not line.strip() or at >= len(cells):
        message = _("{address} sent a table without any accident; {remedy}")
        raise DataError(message.format(address=source.address, remedy=remedy()))
    # the accident number is never after a cell that may hold a separator; numbers written otherwise are read elsewhere
    number = re.fullmatch(r"(20\d\d)\d{8}", cells[at].strip(SPACES + '"\r\n'))
    if number and int(number[1]) != source.year:
        message = _("{address} sent accidents of {found} where {year} was expected; {remedy}")
        raise DataError(message.format(address=source.address, found=number[1], year=source.year, remedy=remedy()))


def _check_borders(path: Path, source: Source) -> None:
    try:
        borders.parse(path.read_bytes())
    except DataError as error:
        message = _("{address} did not send the borders of the départements: {reason}; {remedy}")
        raise DataError(message.format(address=source.address, reason=error, remedy=remedy())) from error


def _check_school_holidays(path: Path, source: Source) -> None:
    try:
        calendar.extended(path.read_bytes())
    except DataError as error:
        message = _("{address} did not send the school calendar: {reason}; {remedy}")
        raise DataError(message.format(address=source.address, reason=error, remedy=remedy())) from error


def _has_checksum(path: Path, checksum: str) -> bool:
    kind, _colon, expected = checksum.partition(":")
    if kind == "sha256":
        return sha256_of(path) == expected
    # how git names a content; no secret depends on it
    digest = hashlib.sha1(f"blob {path.stat().st_size}\0".encode(), usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest() == expected


_CHECKS: dict[Kind, Callable[[Path, Source], None]] = {
    "baac": _check_table,
    "borders": _check_borders,
    "school-holidays": _check_school_holidays,
}
