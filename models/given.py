"""The accidents that a command is given: official files, or a file of accidents described one a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from data import features, schema, store
from data.batch import matching, reader
from data.batch.headings import FIELDS, NOT_USED, Found
from data.batch.prepare import Prepared, prepare
from data.batch.table import Table
from data.errors import DataError
from data.load import recognise
from data.text import _
from models.commands import say

ACCIDENT = "accident"  # the column that says what accidents are called
_PROBLEMS = 10  # that are said


def accidents(name: str, *, lenient: bool = False) -> tuple[Table, Prepared]:
    """The accidents of official files, of what is imported ("processed"), or of a file as the Batch page takes it.

    Raises: DataError saying what is wrong with the file.
    """
    path = Path(name)
    if name == "processed" or not path.is_file() or recognise(path) is not None:
        return _official(name)
    table = reader.read(path)
    found = matching.match(table)
    _say_read(table, found)
    chosen = {column: one.field for column, one in found.items()}
    return table, prepare(table, chosen, lenient=lenient)


def rows_of(name: str) -> pd.DataFrame:
    """The inputs of those accidents of a file that can be used, by the number or name of each; the others are said.

    Raises: DataError where there is none.
    """
    table, prepared = accidents(name)
    say_problems(table, prepared)
    if not prepared.scored.any():
        raise DataError(_("{file} holds no accident that models can be asked about.").format(file=table.name))
    if ACCIDENT in table.frame:
        called = pd.Index(table.frame[ACCIDENT], name=ACCIDENT)
    else:
        called = pd.Index([str(table.number(place)) for place in range(len(table.frame))], name=ACCIDENT)
    return prepared.rows.set_axis(called)[prepared.scored]


def say_problems(table: Table, prepared: Prepared) -> None:
    """Say the most frequent things that are wrong with cells and rows, and how many more there are."""
    for problem in prepared.problems[:_PROBLEMS]:
        what = f"{problem.column} '{problem.value}': {problem.reason}" if problem.column else problem.reason
        first = _numbers(problem.first, problem.rows)
        say(_("{file}, rows {first}: {what}").format(file=table.name, first=first, what=what))
    more = len(prepared.problems) - _PROBLEMS
    if more > 0:
        say(_("{n:,} more kinds of problems stand beside the rows.").format(n=more))


def _say_read(table: Table, found: Mapping[str, Found]) -> None:
    """Say what was repaired in a file, which of its columns are not used, and why."""
    for note in table.notes:
        say(note)
    unknown = []
    for column, one in found.items():
        if one.not_understood:
            why = _("By its name it is '{field}', but none of its values is understood as that.")
            say(f"{column}: {why.format(field=_(FIELDS[one.not_understood]))}")
        elif one.beside:
            say(f"{column}: {_('The column {other} stands for the same.').format(other=one.beside)}")
        elif one.field == NOT_USED and column != ACCIDENT:
            unknown.append(column)
    if unknown:
        say(_("Not used, no input of the models: {names}.").format(names=", ".join(unknown)))


def _numbers(first: Iterable[int], rows: int) -> str:
    told = list(map(str, first))
    return ", ".join(told) + (" ..." if rows > len(told) else "")


def _official(name: str) -> tuple[Table, Prepared]:
    """Accidents joined from official tables: each is a row that is called by its number, and none has a problem."""
    joined = features.table(store.open_data(name).accidents())
    frame = pd.DataFrame({ACCIDENT: joined.index.astype("str")}, dtype="str")
    outcomes = {
        str(target): pd.Categorical(joined[target], categories=list(schema.values(target)))
        for target in features.TARGETS
        if target in joined
    }
    rows = features.checked(joined.reset_index(drop=True))
    whole = Prepared(rows, [""] * len(rows), np.ones(len(rows), dtype=bool), outcomes, [])
    return Table(Path(name).name, "csv", frame, first=1), whole
