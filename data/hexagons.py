"""Accidents counted in equal hexagons, so that a map of a million of them stays small and quick."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import statistics, territories
from data.borders import MAINLAND
from data.coded import Selection
from data.filters import values

# Distances between neighbouring centres that are offered, in kilometres; about CELLS hexagons cover what is looked at.
WIDTHS = (0.25, 0.5, 1, 2, 4, 8, 15)
CELLS = 4_000
_KM = 111.19  # of a degree of latitude
# Shares of fewer accidents are mostly chance.
MINIMUM = 30
_CORNERS = np.radians(np.arange(30, 390, 60))

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Hexagons:
    """One row a hexagon that holds an accident, the fullest first, and how wide they are.

    `rows`: `latitude` and `longitude` of the centre, `accidents`, `known` (severity), `serious` (somebody killed or
    hospitalised), `fatal` (somebody killed), and `share` of serious ones with `low` and `high`.
    `width`: kilometres between opposite sides, in the middle of `box` (south, north, west, east in degrees).
    `total`: all accidents; `located` of them have a position, `inside` of those lie in the box.
    """

    rows: pd.DataFrame
    width: float
    box: Box
    located: int
    inside: int
    total: int


def box(departements: tuple[str, ...]) -> Box:
    """What a map of some départements shows; of none, mainland France."""
    south, north, west, east = zip(*(territories.boxes()[code] for code in departements or MAINLAND), strict=True)
    return min(south), max(north), min(west), max(east)


def count(selection: Selection) -> Hexagons:
    """The selected accidents in hexagons over the départements that the filters admit."""
    limits = box(selection.filters.departements)
    width = _width(limits)
    latitude, longitude = selection.coded.latitude[selection.rows], selection.coded.longitude[selection.rows]
    located = ~(np.isnan(latitude) | np.isnan(longitude))
    south, north, west, east = limits
    inside = (latitude >= south) & (latitude <= north) & (longitude >= west) & (longitude <= east)
    scale = np.radians(width / (_KM * np.cos(np.radians((south + north) / 2))))  # of the map's plane
    cell, centres = _cells(_plane(latitude[inside], longitude[inside]) / scale)
    rows = _counted(selection, inside, cell, len(centres))
    rows["latitude"], rows["longitude"] = _degrees(centres * scale)
    rows = rows.sort_values("accidents", ascending=False, ignore_index=True)
    return Hexagons(rows, width, limits, int(located.sum()), int(inside.sum()), len(selection))


def corners(hexagons: Hexagons) -> NDArray[np.float64]:
    """The outlines of the hexagons, closed. Shapes: hexagons x 7 x 2, longitude and latitude in degrees."""
    south, north, _west, _east = hexagons.box
    scale = np.radians(hexagons.width / (_KM * np.cos(np.radians((south + north) / 2))))
    centres = _plane(hexagons.rows["latitude"].to_numpy(), hexagons.rows["longitude"].to_numpy())
    edge = scale / sqrt(3)
    around = edge * np.column_stack([np.cos(_CORNERS), np.sin(_CORNERS)])
    outline = centres[:, None, :] + np.concatenate([around, around[:1]])
    latitude, longitude = _degrees(outline)
    return np.stack([longitude, latitude], axis=-1)


def _width(limits: Box) -> float:
    south, north, west, east = limits
    area = (north - south) * (east - west) * np.cos(np.radians((south + north) / 2)) * _KM**2
    wanted = sqrt(area / CELLS / (sqrt(3) / 2))
    return min(WIDTHS, key=lambda width: abs(np.log(width / wanted)))


def _plane(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mercator's projection, as maps draw it. Shapes: n -> n x 2."""
    return np.stack([np.radians(longitude), np.arcsinh(np.tan(np.radians(latitude)))], axis=-1)


def _degrees(plane: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.degrees(np.arctan(np.sinh(plane[..., 1]))), np.degrees(plane[..., 0])


def _cells(points: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The nearest centre of each point: its number, and the centres that have one.

    Centres are 1 apart, in two rectangular lattices of 1 x sqrt(3), the second shifted by half of both.
    Shapes: n x 2 -> n, centres x 2.
    """
    if not len(points):
        return np.zeros(0, dtype="intp"), np.zeros((0, 2))
    lattice = np.array([1.0, sqrt(3)])
    even = np.round(points / lattice)
    odd = np.floor(points / lattice) + 0.5
    nearer_even = _distance(points, even * lattice) <= _distance(points, odd * lattice)
    doubled = np.where(nearer_even[:, None], 2 * even, 2 * odd).astype("int64")
    first = doubled.min(axis=0)
    columns, lines = doubled.max(axis=0) - first + 1
    place = (doubled[:, 1] - first[1]) * columns + doubled[:, 0] - first[0]
    filled = np.flatnonzero(np.bincount(place, minlength=columns * lines))
    number = np.zeros(columns * lines, dtype="intp")
    number[filled] = np.arange(len(filled))
    centres = np.column_stack([filled % columns + first[0], filled // columns + first[1]])
    return number[place], centres / 2 * lattice


def _distance(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    squared: NDArray[np.float64] = ((a - b) ** 2).sum(axis=1)
    return squared


def _counted(selection: Selection, inside: NDArray[np.bool_], cell: NDArray[np.intp], cells: int) -> pd.DataFrame:
    severity = selection.codes("severity")[inside]
    fatal = values("severity").index("killed") + 1
    parts = {
        "accidents": np.ones(len(severity), dtype="bool"),
        "known": severity > 0,
        "serious": severity > values("severity").index("light") + 1,
        "fatal": severity == fatal,
    }
    rows = pd.DataFrame({name: np.bincount(cell[part], minlength=cells) for name, part in parts.items()})
    low, high = statistics.share_interval(rows["serious"], rows["known"])
    return rows.assign(share=rows["serious"] / rows["known"].where(rows["known"] > 0), low=low, high=high)
