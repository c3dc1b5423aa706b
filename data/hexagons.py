"""Accidents counted in equal hexagons, so that a map of a million of them stays small and quick."""

from __future__ import annotations

import json
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
WIDTHS = (0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 125, 250)
CELLS = 4_000
_KM = 111.19  # of a degree of latitude
# Shares of fewer accidents are mostly chance.
MINIMUM = 30
_CORNERS = np.radians(np.arange(30, 391, 60))  # the first again at the end
_COARSE = 4  # kilometres from which three digits of a degree are enough
_OFFSET = 200_000  # columns and lines of the smallest hexagons lie between this and its negative

Box = tuple[float, float, float, float]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Hexagons:
    """One row a hexagon that holds an accident, the fullest first, and how wide they are.

    `rows`: `hexagon` (its number in the `grid` of these départements), `latitude` and `longitude` of the centre,
    `accidents`, `known` (severity), `serious` (somebody killed or hospitalised), `fatal` (somebody killed), and `share`
    of serious ones with `low` and `high`.
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
    south, north, west, east = limits
    with np.errstate(invalid="ignore"):
        inside = np.flatnonzero((latitude >= south) & (latitude <= north) & (longitude >= west) & (longitude <= east))
    located = int((~(np.isnan(latitude) | np.isnan(longitude))).sum())
    scale = _scale(limits, width)
    x, y = _plane(latitude[inside], longitude[inside])
    cell, columns, lines = _cells(x / scale, y / scale)
    rows = _counted(selection, inside, cell, len(columns))
    rows["hexagon"] = _number(columns, lines)
    rows["latitude"], rows["longitude"] = _degrees(columns / 2 * scale, lines / 2 * sqrt(3) * scale)
    rows = rows.sort_values("accidents", ascending=False, ignore_index=True)
    return Hexagons(rows, width, limits, located, len(inside), len(selection))


def grid(departements: tuple[str, ...]) -> bytes:
    """GeoJSON of all hexagons over some départements, or over mainland France, known by their numbers (`id`)."""
    south, north, west, east = limits = box(departements)
    width = _width(limits)
    scale = _scale(limits, width)
    x, y = _plane(np.array([south, north]), np.array([west, east]))
    steps = x / scale * 2, y / scale * 2 / sqrt(3)
    columns, lines = np.meshgrid(*(np.arange(np.floor(edges[0]) - 1, np.ceil(edges[1]) + 2) for edges in steps))
    there = (columns % 2) == (lines % 2)  # the centres of both lattices
    columns, lines = columns[there].astype("int64"), lines[there].astype("int64")
    digits = 3 if width >= _COARSE else 5
    outlines = _outlines(columns / 2 * scale, lines / 2 * sqrt(3) * scale, scale).round(digits).tolist()
    features = [
        {"type": "Feature", "id": number, "geometry": {"type": "Polygon", "coordinates": [outline]}}
        for number, outline in zip(_number(columns, lines).tolist(), outlines, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def _width(limits: Box) -> float:
    south, north, west, east = limits
    area = (north - south) * (east - west) * np.cos(np.radians((south + north) / 2)) * _KM**2
    wanted = sqrt(area / CELLS / (sqrt(3) / 2))
    return min(WIDTHS, key=lambda width: abs(np.log(width / wanted)))


def _scale(limits: Box, width: float) -> float:
    """The width of a hexagon in the map's plane."""
    return float(np.radians(width / (_KM * np.cos(np.radians((limits[0] + limits[1]) / 2)))))


def _plane(latitude: Numbers, longitude: Numbers) -> tuple[Numbers, Numbers]:
    """East and north in Mercator's projection, as maps draw it."""
    return np.radians(longitude), np.arctanh(np.sin(np.radians(latitude)))


def _degrees(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Latitude and longitude of places in the map's plane."""
    return np.degrees(np.arctan(np.sinh(y))), np.degrees(x)


def _outlines(x: Numbers, y: Numbers, scale: float) -> Numbers:
    """The outlines of hexagons round some centres. Shapes: n -> n x 7 x 2, longitude and latitude in degrees."""
    edge = scale / sqrt(3)
    latitude, longitude = _degrees(x[:, None] + edge * np.cos(_CORNERS), y[:, None] + edge * np.sin(_CORNERS))
    return np.stack([longitude, latitude], axis=-1)


def _cells(x: Numbers, y: Numbers) -> tuple[NDArray[np.intp], NDArray[np.int64], NDArray[np.int64]]:
    """The nearest centre of each point: its place among those that have one, and their columns and lines.

    Centres are 1 apart, in two rectangular lattices of 1 x sqrt(3), the second shifted by half of both: columns and
    lines are even in the first and odd in the second, in steps of 1/2 and sqrt(3)/2.
    """
    if not len(x):
        return np.zeros(0, dtype="intp"), np.zeros(0, dtype="int64"), np.zeros(0, dtype="int64")
    y = y / sqrt(3)
    even_x, even_y, odd_x, odd_y = np.rint(x), np.rint(y), np.floor(x) + 0.5, np.floor(y) + 0.5
    nearer = (x - even_x) ** 2 + 3 * (y - even_y) ** 2 <= (x - odd_x) ** 2 + 3 * (y - odd_y) ** 2
    column = (2 * np.where(nearer, even_x, odd_x)).astype("int32")
    line = (2 * np.where(nearer, even_y, odd_y)).astype("int32")
    left, bottom = int(column.min()), int(line.min())
    wide, tall = int(column.max()) - left + 1, int(line.max()) - bottom + 1
    place = (line - bottom) * wide + (column - left)
    filled = np.flatnonzero(np.bincount(place, minlength=wide * tall))
    number = np.zeros(wide * tall, dtype="intp")
    number[filled] = np.arange(len(filled))
    return number[place], filled % wide + left, filled // wide + bottom


def _number(columns: NDArray[np.int64], lines: NDArray[np.int64]) -> NDArray[np.int64]:
    numbers: NDArray[np.int64] = (columns + _OFFSET) * 2 * _OFFSET + lines + _OFFSET
    return numbers


def _counted(selection: Selection, inside: NDArray[np.intp], cell: NDArray[np.intp], cells: int) -> pd.DataFrame:
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
