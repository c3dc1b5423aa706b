"""Official tables as text, gathered by year from files, archives and folders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data import load, schema
from data.errors import DataError
from data.text import _

RawFrames = dict[schema.Table, pd.DataFrame]


@dataclass
class RawYears:
    """Official tables as text, by year: `files` says where they are from, `ignored` what was no table."""

    parts: dict[int, dict[schema.Table, list[pd.DataFrame]]] = field(default_factory=dict)
    files: dict[int, dict[schema.Table, list[dict[str, Any]]]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted(self.parts))

    def add(self, table: schema.Table, frame: pd.DataFrame, numbers: np.ndarray) -> tuple[int, ...]:
        """Take the rows of a table; those without an accident number go with its first year, to be counted there."""
        own = numbers // 10**8
        years = np.unique(own[own > 0]).tolist()
        for year in years:
            rows = (own == year) | ((own == 0) & (year == years[0]))
            part = frame if rows.all() else frame[rows]
            self.parts.setdefault(year, {}).setdefault(table, []).append(part)
        return tuple(years)

    def taken(self) -> Iterator[tuple[int, RawFrames]]:
        """Each year and its tables, the earliest first; they are let go here."""
        for year in self.years:
            yield year, {table: _together(frames) for table, frames in self.parts.pop(year).items()}


def read(paths: Iterable[Path | str], report: Callable[[str], None] = lambda name: None) -> RawYears:
    """Read official files, archives and folders of them as text; `report` is told each file's name before it is read.

    Raises: DataError naming the file and what is wrong with it.
    """
    found, ignored = load.find(Path(p) for p in paths)
    raw = RawYears(ignored=ignored)
    numbers: dict[tuple[schema.Table, int], list[tuple[load.RawTable, np.ndarray]]] = {}
    for given in found:
        report(given.name)
        table = load.read_table(given)
        for year in raw.add(table.table, table.frame, table.numbers):
            own = table.numbers[table.numbers // 10**8 == year]
            _refuse_overlap(table, own, numbers.setdefault((table.table, year), []))
            numbers[table.table, year].append((table, own))
            raw.files.setdefault(year, {}).setdefault(table.table, []).append(_file_report(table))
    return raw


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    if len(frames) == 1:
        return frames[0]
    return pd.concat([frame.astype("str") for frame in frames], ignore_index=True).fillna("")


def _refuse_overlap(table: load.RawTable, own: np.ndarray, earlier: list[tuple[load.RawTable, np.ndarray]]) -> None:
    """Two files with the same accidents would count people twice."""
    for first, numbers in earlier:
        if np.isin(own, numbers).any():
            message = _("{first} and {second} both hold {table} of the same accidents: give one of them.")
            raise DataError(message.format(first=first.given, second=table.given, table=table.table))


def _file_report(table: load.RawTable) -> dict[str, Any]:
    archive = table.given.path.name if table.given.member else None
    return {"name": table.given.name, "archive": archive, "sha256": table.sha256, "repairs": list(table.repairs)}
