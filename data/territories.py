"""Where each département lies: the test of an accident's coordinates."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from data import schema

TABLE = Path(__file__).resolve().parent / "tables" / "territories.csv"


@cache
def boxes() -> dict[str, tuple[float, float, float, float]]:
    """The box around each département.

    Units: south, north, west, east in degrees (WGS84), with a margin of about 10 km.
    """
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return {
        row["departement"]: (float(row["south"]), float(row["north"]), float(row["west"]), float(row["east"]))
        for row in rows
    }


def inside(departement: pd.Series, latitude: pd.Series, longitude: pd.Series) -> np.ndarray:
    """Whether each point lies in its département (a categorical); in any of them where that is unknown.

    Shapes: one boolean a row.
    """
    latitudes, longitudes = latitude.to_numpy(), longitude.to_numpy()
    every = np.array([boxes()[code] for code in schema.DEPARTEMENTS])
    unknown = departement.isna().to_numpy()
    own = departement.astype(pd.CategoricalDtype(list(schema.DEPARTEMENTS))).cat.codes.to_numpy()
    found = _within(every[own], latitudes, longitudes) & ~unknown  # an unknown one, -1, is looked at below
    if unknown.any():
        for box in every:
            found |= unknown & _within(box, latitudes, longitudes)
    return found


def _within(box: np.ndarray, latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    south, north, west, east = box.T
    within: np.ndarray = (latitudes >= south) & (latitudes <= north) & (longitudes >= west) & (longitudes <= east)
    return within
