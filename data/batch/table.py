"""A file of a person as texts under names, with what was repaired on the way and which rows are no rows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from data.cells import SPACES
from data.errors import DataError
from data.text import _, shortened

MOST_BYTES = 50_000_000  # of a file as it is given
MOST_ROWS = 300_000  # five years of France
MOST_COLUMNS = 200
MOST_CELLS = 12_000_000
LONGEST_CELL = 10_000  # characters; a cell of a workbook takes three times as many
LONGEST_NAME = 200
CHUNK = 5_000  # rows that are read between two words on how far it is

Format = Literal["csv", "parquet", "xlsx"]
Report = Callable[[float], None]  # the share that is read


def silent(_share: float) -> None:
    """Nobody wants to know how far it is."""


@dataclass(frozen=True)
class Table:
    """Rows of a file: every cell is text as it was written, an empty one where there is none.

    `frame`: "str" columns under names that differ, in the order of the file. `faults`: what is wrong with a whole row,
    by its place. `notes`: what was repaired or left out, in words. `first`: the number of the first row as its program
    shows it, where the names are row 1.
    """

    name: str
    format: Format
    frame: pd.DataFrame
    faults: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    first: int = 2

    def number(self, place: int) -> int:
        """What the row at a place is called."""
        return self.first + place


class Rows:
    """Rows on their way into a table: kept in chunks, so that few texts are held twice."""

    def __init__(self, name: str, header: Sequence[str]) -> None:
        self.name = name
        self.notes: list[str] = []
        self.columns = self._named(header)
        self.faults: dict[int, str] = {}
        self._chunks: list[pd.DataFrame] = []
        self._rows: list[Sequence[str]] = []
        self._done = 0
        self._filled = 0  # rows up to the last that is not empty

    def __len__(self) -> int:
        return self._done + len(self._rows)

    def add(self, cells: Sequence[str]) -> None:
        """One row; with another number of cells than there are columns it is kept as far as they go, with its fault.

        Raises: DataError where the file has more rows or longer cells than it may have.
        """
        place, n = len(self), len(self.columns)
        if place >= MOST_ROWS or place * n >= MOST_CELLS:
            message = _("{file} has more than {rows:,} rows of {n} columns; give it in several files.")
            raise DataError(message.format(file=self.name, rows=place, n=n))
        if sum(map(len, cells)) > LONGEST_CELL:
            self._refuse_long(cells, place)
        if any(map(str.strip, cells)):
            self._filled = place + 1
        if len(cells) != n:
            cells = self._fitted(cells, place)
        self._rows.append(cells)
        if len(self._rows) == CHUNK:
            self._settle()

    def table(self, form: Format, first: int = 2) -> Table:
        """What was added, without the empty rows at the end.

        Raises: DataError where there is no row, or none has as many cells as there are names.
        """
        self._settle()
        if not self._filled:
            raise DataError(_("{file} names its columns but holds no row.").format(file=self.name))
        frame = pd.concat(self._chunks, ignore_index=True).iloc[: self._filled]
        faults = {place: fault for place, fault in self.faults.items() if place < len(frame)}
        if len(faults) == len(frame):
            message = _("No row of {file} has as many cells as its first line names columns. Row {row}: {fault}")
            raise DataError(message.format(file=self.name, row=first + min(faults), fault=faults[min(faults)]))
        return Table(self.name, form, frame, faults, tuple(self.notes), first)

    def _settle(self) -> None:
        if self._rows:
            columns = zip(*self._rows, strict=True)
            self._chunks.append(
                pd.DataFrame(
                    {name: pd.Series(cells, dtype="str") for name, cells in zip(self.columns, columns, strict=True)}
                )
            )
            self._done += len(self._rows)
            self._rows = []

    def _fitted(self, cells: Sequence[str], place: int) -> list[str]:
        n = len(self.columns)
        if any(cells[n:]) or (len(cells) < n and any(cells)):  # a blank line lacks no cell
            message = _("it has {found} cells where {n} columns are named")
            fault = message.format(found=len(cells), n=n)
            more = "; ".join(filter(None, cells[n:]))
            self.faults[place] = f"{fault} ({shortened(more, 100)})" if more else fault
        return [*cells[:n], *[""] * (n - len(cells))]

    def _refuse_long(self, cells: Sequence[str], place: int) -> None:
        for name, cell in zip([*self.columns, *[""] * len(cells)], cells, strict=False):
            if len(cell) > LONGEST_CELL:
                message = _("{file}, row {row}, column {column}: a cell has {n:,} characters, more than {most:,}.")
                raise DataError(
                    message.format(file=self.name, row=place + 2, column=name, n=len(cell), most=LONGEST_CELL)
                )

    def _named(self, header: Sequence[str]) -> list[str]:
        """Names that differ, one a column.

        Raises: DataError where there are none or too many.
        """
        names = [shortened(" ".join(cell.split()).strip(SPACES), LONGEST_NAME) for cell in header]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise DataError(_("{file} is empty: its first row has to name the columns.").format(file=self.name))
        if len(names) > MOST_COLUMNS:
            message = _("{file} has {n:,} columns, more than {most}; leave out those that no model needs.")
            raise DataError(message.format(file=self.name, n=len(names), most=MOST_COLUMNS))
        found: list[str] = []
        twice: list[str] = []
        for at, name in enumerate(names, start=1):
            wanted = name or _("column {n}").format(n=at)
            if wanted in found:
                twice.append(wanted)
                wanted = next(w for w in (f"{wanted} ({k})" for k in range(2, at + 2)) if w not in found + names)
            found.append(wanted)
        if twice:
            message = _("Several columns are called {names}; those after the first have a number behind their name.")
            self.notes.append(message.format(names=", ".join(dict.fromkeys(twice))))
        return found
