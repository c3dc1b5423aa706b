"""Accidents to learn from or to look at, on disk or in memory, behind one small interface."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from data import schema
from data.accidents import Joined
from data.errors import DataError
from data.text import _

if TYPE_CHECKING:
    import pyarrow as pa

FRAMES = ("accidents", "vehicles", "people")


class Source(Protocol):
    """Accidents to learn from or to look at; `version` changes with the content and is the key of every cache."""

    @property
    def version(self) -> str: ...
    @property
    def years(self) -> tuple[int, ...]: ...
    @property
    def simulated(self) -> bool: ...
    @property
    def report(self) -> Mapping[str, Any]: ...
    def accidents(self, columns: Sequence[str] | None = None) -> pd.DataFrame: ...
    def vehicles(self, columns: Sequence[str] | None = None) -> pd.DataFrame: ...
    def people(self, columns: Sequence[str] | None = None) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Dataset:
    """Years on disk; every call of `accidents`, `vehicles` or `people` reads Parquet (only `columns`, if given).

    Raises: DataError where a file is missing, damaged or has no such column.
    """

    version: str
    years: tuple[int, ...]
    simulated: bool
    report: dict[str, Any]
    folders: tuple[Path, ...]

    def accidents(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return self._read("accidents", columns)

    def vehicles(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return self._read("vehicles", columns)

    def people(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return self._read("people", columns)

    def _read(self, name: str, columns: Sequence[str] | None) -> pd.DataFrame:
        import pyarrow as pa

        # years are put together before pandas sees them, which halves the time of twenty of them
        table = pa.concat_tables([_read_parquet(folder / f"{name}.parquet", columns) for folder in self.folders])
        frame: pd.DataFrame = table.to_pandas()
        # Parquet keeps only the codes that occur; a column has the whole code book
        return frame.astype({column: _code_book(str(column)) for column in frame.select_dtypes("category")})


@dataclass(frozen=True)
class InMemory:
    """Official files that were read without being imported."""

    version: str
    years: tuple[int, ...]
    simulated: bool
    report: dict[str, Any]
    joined: Joined

    def accidents(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return _selected(self.joined.accidents, columns)

    def vehicles(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return _selected(self.joined.vehicles, columns)

    def people(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        return _selected(self.joined.people, columns)


def frames_of(joined: Joined, year: int) -> dict[str, pd.DataFrame]:
    """The accidents, vehicles and people of one year."""
    frames = {"accidents": joined.accidents, "vehicles": joined.vehicles, "people": joined.people}
    return {name: frame[frame["year"] == year].reset_index(drop=True) for name, frame in frames.items()}


def fingerprint(frames: Mapping[str, pd.DataFrame]) -> str:
    """A short hash of the values of some frames; the same rows give the same one wherever they come from."""
    digest = hashlib.sha256()
    for name, frame in sorted(frames.items()):
        digest.update(f"{name} {','.join(map(str, frame))}".encode())
        digest.update(np.ascontiguousarray(pd.util.hash_pandas_object(frame, index=False).to_numpy()).tobytes())
    return digest.hexdigest()[:12]


def version_of(years: Mapping[str, str]) -> str:
    """One version for the fingerprints of several years."""
    return hashlib.sha256(repr(sorted(years.items())).encode()).hexdigest()[:12]


def _read_parquet(path: Path, columns: Sequence[str] | None) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        unknown = set(columns or ()) - set(parquet.read_schema(path).names)
        if unknown:
            raise DataError(_("{path} has no column {column}.").format(path=path, column=min(unknown)))
        return parquet.read_table(path, columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        message = _("{path} is missing or damaged ({error}); import the official files again.")
        raise DataError(message.format(path=path, error=str(error).partition("\n")[0])) from error


@cache
def _code_book(name: str) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(schema.values(name)))


def _selected(frame: pd.DataFrame, columns: Sequence[str] | None) -> pd.DataFrame:
    if columns is None:
        return frame
    unknown = set(columns) - set(frame)
    if unknown:
        raise DataError(_("The files have no column {column}.").format(column=min(unknown)))
    return frame[list(columns)]
