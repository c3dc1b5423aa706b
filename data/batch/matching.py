"""Which column of a file stands for which input, and how far its cells are understood as that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from data.batch.headings import FIELDS, NOT_USED, OUTCOMES, Found, official_table, propose
from data.batch.meaning import Impossible, Values, reader
from data.batch.table import Table
from data.errors import DataError
from data.text import _

Chosen = Mapping[str, str]  # column -> field; NOT_USED where it is left out


@dataclass(frozen=True)
class Understood:
    """The cells of one column read as a field.

    `texts`: each different cell; `places`: which of them each row has, shape (n,); `times`: how often each occurs;
    `meanings`: what each says, or why it is impossible.
    """

    column: str
    field: str
    texts: tuple[str, ...]
    places: np.ndarray
    times: np.ndarray
    meanings: tuple[Values | str, ...]

    @property
    def impossible(self) -> np.ndarray:
        """Which of the different cells are impossible."""
        return np.array([isinstance(meaning, str) for meaning in self.meanings], dtype=bool)

    @property
    def known(self) -> np.ndarray:
        """Which of the different cells say something."""
        return np.array([not isinstance(meaning, str) and bool(meaning) for meaning in self.meanings], dtype=bool)

    def count(self, which: np.ndarray) -> int:
        """How many rows have one of some of the different cells."""
        return int(self.times[which].sum())

    def most(self, which: np.ndarray, most: int) -> list[tuple[str, Values | str, int]]:
        """The most frequent of some of the different cells: text, meaning, how many rows."""
        places = np.flatnonzero(which)
        order = places[np.argsort(-self.times[places], kind="stable")][:most]
        return [(self.texts[i], self.meanings[i], int(self.times[i])) for i in order]


def understand(table: Table, column: str, field: str) -> Understood:
    """Read the cells of a column as a field; each different cell is read once."""
    places, different = table.frame[column].factorize()
    texts = tuple(map(str, different))
    read = reader(field, texts)
    meanings: list[Values | str] = []
    for text in texts:
        try:
            meanings.append(read(text))
        except Impossible as reason:
            meanings.append(str(reason))
    return Understood(column, field, texts, places, np.bincount(places, minlength=len(texts)), tuple(meanings))


def match(table: Table) -> dict[str, Found]:
    """What each column is taken for at first: what its name says, unless none of its cells is understood so.

    Raises: DataError where it is an official table, of which several rows or tables make an accident.
    """
    names = list(map(str, table.frame))
    official = official_table(names)
    if official:
        message = _(
            "{file} is the official table {table}: import it on the Data page, together with the others of its year, "
            "and the accidents are put together from all four. Here each row has to describe one accident."
        )
        raise DataError(message.format(file=table.name, table=official))
    return {column: _seen(table, column, found) for column, found in propose(names).items()}


def _seen(table: Table, column: str, found: Found) -> Found:
    if not found.field:
        return found
    read = understand(table, column, found.field)
    nothing = not read.known.any() and read.impossible.any()
    return replace(found, field=NOT_USED, not_understood=found.field) if nothing else found


def require(table: Table, chosen: Chosen) -> None:
    """See that a choice is one: columns of the file, fields there are, each once, and at least one input.

    Raises: DataError naming the column.
    """
    taken: dict[str, str] = {}
    for column, field in chosen.items():
        if column not in table.frame:
            raise DataError(_("{file} has no column {column}.").format(file=table.name, column=column))
        if field == NOT_USED:
            continue
        if field not in FIELDS:
            raise DataError(_("{name} is not an input of the models.").format(name=field))
        if field in taken:
            message = _("The columns {first} and {second} are both used as '{field}'; choose one of them.")
            raise DataError(message.format(first=taken[field], second=column, field=_(FIELDS[field])))
        taken[field] = column
    if not set(taken) - set(OUTCOMES):
        message = _(
            "None of the columns of {file} is used as an input: choose what at least one of them stands for. The first "
            "row of a file has to name its columns."
        )
        raise DataError(message.format(file=table.name))
