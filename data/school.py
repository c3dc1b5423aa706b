"""School holidays as the ministry publishes them: one row an academy and a holiday, from departure to return."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

import pandas as pd

from data.errors import DataError
from data.text import _

ZONES = ("A", "B", "C")
COLUMNS = ("description", "population", "start_date", "end_date", "zones")
LONGEST_TERM = 120  # days: no term without a holiday is longer
_TEACHERS = "enseignants"
_DAY = timedelta(days=1)


def parse(content: bytes) -> pd.DataFrame:
    """The holidays of pupils in zones A, B and C, first to last day, both without school.

    Columns zone, start, end and name, as in the table of the product. A holiday begins on the day that is published,
    as the product's own table has it; its last day is the one before the return. A summer whose return is not
    published yet ends on 31 August.

    Raises: DataError with the reason why it is no calendar.
    """
    found = pd.DataFrame(sorted(set(_holidays(_rows(content)))), columns=["zone", "start", "end", "name"])
    missing = [zone for zone in ZONES if zone not in set(found["zone"])]
    if missing:
        raise DataError(_("it names no holiday of zone {zone}").format(zone=missing[0]))
    return found.astype({"start": "datetime64[us]", "end": "datetime64[us]"})


def after(holidays: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
    """The holidays after a day on which those of another table end: one that is under way goes on, none overlap.

    Raises: DataError where a term in between is longer than any, so that holidays must be missing.
    """
    kept = []
    for zone, of_zone in holidays[holidays["end"] > last].sort_values("start").groupby("zone"):
        known = last
        for start, end, name in zip(of_zone["start"], of_zone["end"], of_zone["name"], strict=True):
            if (start - known).days > LONGEST_TERM:
                message = _("the holidays of zone {zone} between {first} and {last} are missing")
                raise DataError(message.format(zone=zone, first=known.date(), last=start.date()))
            if end > known:
                kept.append((zone, max(start, known + _DAY), end, name))
                known = end
    return pd.DataFrame(kept, columns=holidays.columns)


def _rows(content: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Lines with their numbers."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(_("it is not written in UTF-8")) from error
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            message = _("its first line does not name the column {column}; expected: {columns}")
            raise DataError(message.format(column=missing[0], columns=separator.join(COLUMNS)))
        for row in reader:
            if any(row[name] is None for name in COLUMNS):
                raise DataError(_("line {line} is cut short").format(line=reader.line_num))
            yield reader.line_num, {name: row[name].strip() for name in COLUMNS}
    except csv.Error as error:
        raise DataError(_("it is no CSV ({error})").format(error=error)) from error


def _holidays(rows: Iterator[tuple[int, Mapping[str, str]]]) -> Iterator[tuple[str, date, date, str]]:
    for number, row in rows:
        zone = row["zones"].removeprefix("Zone ")
        if zone not in ZONES or _TEACHERS in row["population"].lower():
            continue
        start = _day(row["start_date"], number)
        last = _day(row["end_date"], number) - _DAY if row["end_date"] else start
        if last <= start and "été" in row["description"].lower():
            last = date(start.year, 8, 31)
        if last > start:  # the days on which school begins are in the file too
            yield zone, start, last, row["description"]


def _day(text: str, line: int) -> date:
    """The day in Paris of a midnight there, which is written in any time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = _("line {line} holds {value!r} where a date is expected")
        raise DataError(message.format(line=line, value=text)) from None
    return moment.date() if moment.tzinfo is None else (moment.astimezone(UTC) + timedelta(hours=12)).date()
