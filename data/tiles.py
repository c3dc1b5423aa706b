"""Where each département stands on a map that needs no borders: a grid of equal squares."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).resolve().parent / "tables" / "tile_grid.csv"


@cache
def places() -> dict[str, tuple[int, int]]:
    """Row (from the north) and column (from the west) of each code of `schema.DEPARTEMENTS`, both from 0."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {row["departement"]: (int(row["row"]), int(row["column"])) for row in rows}
