"""One accident as it is on disk, with its vehicles and people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data import features
from data.coded import Selection
from data.dataset import Dataset
from data.errors import DataError
from data.filters import values
from data.text import _

COLUMNS = {
    "accidents": (
        "date", "weekday", "hour", "departement", "commune", "address", "latitude", "longitude", "built_up", "light",
        "weather", "surface", "road_class", "road", "speed_limit", "junction", "collision", "severity",
    ),
    "vehicles": ("vehicle_letter", "vehicle_category", "manoeuvre", "fixed_obstacle", "moving_obstacle"),
    "people": ("vehicle_letter", "role", "injury", "sex", "age"),
}  # fmt: skip
_LONGEST = 18  # digits that 64 bits hold


@dataclass(frozen=True)
class Record:
    """An accident with the COLUMNS that its year has, and a row for each of its vehicles and people."""

    accident: pd.Series
    vehicles: pd.DataFrame
    people: pd.DataFrame


@dataclass(frozen=True)
class Past:
    """A recorded accident as models are told of it, and what came of it.

    `values`: the inputs that are known; `outcomes`: a class for each target, None where it is not known.
    """

    accident: str
    date: pd.Timestamp | None
    values: dict[str, object]
    outcomes: dict[features.Target, str | None]


def past(data: Dataset, accident: str) -> Past:
    """A recorded accident, by its number, as models are told of it.

    Raises: DataError where there is none of that number, or where a file is missing or damaged.
    """
    year = int(accident[:4]) if accident.isdecimal() and len(accident) <= _LONGEST else 0
    rows = pd.DataFrame()
    if year in data.years:
        columns = ("accident", "date", *features.TARGETS, *(i.name for i in features.INPUTS))
        rows = _read(data.folders[data.years.index(year)] / "accidents.parquet", columns, accident)
    if rows.empty:
        raise DataError(_("There is no accident {accident} in the loaded data.").format(accident=accident[:40]))
    row = features.table(rows).iloc[0]
    values = {i.name: _value(i, row[i.name]) for i in features.INPUTS}
    return Past(
        accident=accident,
        date=None if pd.isna(row["date"]) else row["date"],
        values={name: value for name, value in values.items() if value is not None},
        outcomes={target: None if pd.isna(row[target]) else str(row[target]) for target in features.TARGETS},
    )


def described(data: Dataset, accidents: Sequence[str]) -> pd.DataFrame:
    """Some accidents as `data.features.table` gives them, in their order; those that are not there are left out.

    Raises: DataError where a file is missing or damaged.
    """
    columns = ("accident", "date", *features.TARGETS, *(i.name for i in features.INPUTS))
    tables = []
    for year, folder in zip(data.years, data.folders, strict=True):
        numbers = [number for number in accidents if number.startswith(str(year))]
        if numbers:
            tables.append(features.table(_read(folder / "accidents.parquet", columns, *numbers)))
    found = pd.concat(tables) if tables else pd.DataFrame()
    return found.loc[[number for number in accidents if number in found.index]]


def drawn(data: Dataset, random: np.random.Generator) -> str:
    """The number of an accident drawn at random, each as likely as the others.

    Raises: DataError where there is none, or where a file is missing or damaged.
    """
    counts = np.array([data.report["years"][str(year)]["accidents"] for year in data.years], dtype=float)
    if not counts.sum():
        raise DataError(_("The loaded data have no accident."))
    year = int(random.choice(len(counts), p=counts / counts.sum()))
    numbers = _read(data.folders[year] / "accidents.parquet", ("accident",))["accident"]
    return str(numbers.iloc[int(random.integers(len(numbers)))])


def year_of(selection: Selection, accident: str) -> int | None:
    """The year of an accident of the data, whatever the filters; None where there is none of that number."""
    if not accident.isdecimal() or len(accident) > _LONGEST:
        return None
    found = (selection.coded.accident == int(accident)).nonzero()[0]
    code = int(selection.coded.codes["year"][found[0]]) if len(found) else 0
    return int(values("year")[code - 1]) if code else None


def read(data: Dataset, accident: str, year: int) -> Record:
    """What is known of an accident of one year.

    Raises: DataError where there is none of that number, or where a file is missing or damaged.
    """
    folder = data.folders[data.years.index(year)]
    parts = {name: _read(folder / f"{name}.parquet", columns, accident) for name, columns in COLUMNS.items()}
    if parts["accidents"].empty:
        raise DataError(_("There is no accident {accident} in {year}.").format(accident=accident, year=year))
    return Record(parts["accidents"].iloc[0], parts["vehicles"], parts["people"])


def _value(item: features.Input, value: str | float | None) -> object:
    """A cell as the form takes it; what the form does not offer is unknown."""
    if pd.isna(value):
        return None
    if item.kind != "number":
        return str(value)
    number = float(str(value))
    if not item.minimum <= number <= item.maximum:
        return None
    return int(number) if item.whole else round(number, 5)


def _read(path: Path, columns: tuple[str, ...], *accidents: str) -> pd.DataFrame:
    """Some columns of a file, as far as it has them; of some accidents, where any is named."""
    import pyarrow as pa
    from pyarrow import parquet

    only = [("accident", "in", accidents)] if accidents else None
    try:
        held = set(parquet.read_schema(path).names)
        there = [name for name in columns if name in held]
        table = parquet.read_table(path, columns=there, filters=only)
    except (OSError, pa.ArrowException) as error:
        message = _("{path} is missing or damaged ({error}); import the official files again.")
        raise DataError(message.format(path=path, error=str(error).partition("\n")[0])) from error
    frame: pd.DataFrame = table.to_pandas()
    return frame
