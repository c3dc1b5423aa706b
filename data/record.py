"""One accident as it is on disk, with its vehicles and people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

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
    parts = {name: _rows(folder / f"{name}.parquet", columns, accident) for name, columns in COLUMNS.items()}
    if parts["accidents"].empty:
        raise DataError(_("There is no accident {accident} in {year}.").format(accident=accident, year=year))
    return Record(parts["accidents"].iloc[0], parts["vehicles"], parts["people"])


def _rows(path: Path, columns: tuple[str, ...], accident: str) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        there = [name for name in columns if name in parquet.read_schema(path).names]
        table = parquet.read_table(path, columns=there, filters=[("accident", "=", accident)])
    except (OSError, pa.ArrowException) as error:
        message = _("{path} is missing or damaged ({error}); import the official files again.")
        raise DataError(message.format(path=path, error=str(error).partition("\n")[0])) from error
    frame: pd.DataFrame = table.to_pandas()
    return frame
