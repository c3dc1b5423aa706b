"""The borders of the départements laid out for one small map: what lies overseas in a row below mainland France, and
Paris with its neighbours a second time, enlarged.

Insets are placed in Mercator's projection, which keeps their shapes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data import schema
from data.borders import MAINLAND

Box = tuple[float, float, float, float]
Ring = NDArray[np.float64]
Shape = list[list[Ring]]  # polygons of rings of points (longitude, latitude)

ENLARGED = ("75", "92", "93", "94")
OVERSEAS = tuple(code for code in schema.DEPARTEMENTS if code not in MAINLAND)
# where things stand: south, north, west, east in degrees
MAINLAND_BOX: Box = (41.3, 51.2, -5.2, 9.6)
ENLARGED_BOX: Box = (49.75, 51.15, -5.0, -2.6)
_ROW: Box = (39.4, 40.3, -5.2, 9.6)
_SHARE = 0.82  # of the width of a place in the row
_DIGITS = 3  # of a degree: 100 m, less than the simplified borders know


@cache
def overseas_boxes() -> Mapping[str, Box]:
    """The place of each overseas département in the row."""
    south, north, west, east = _ROW
    step = (east - west) / len(OVERSEAS)
    margin = step * (1 - _SHARE) / 2
    return {
        code: (south, north, west + i * step + margin, west + (i + 1) * step - margin)
        for i, code in enumerate(OVERSEAS)
    }


def laid_out(borders: Mapping[str, Any]) -> bytes:
    """GeoJSON of every département with its `code`; one whose borders are not in the file is a rectangle in the row.

    `borders`: as `data.borders.borders` gives them.
    """
    shapes = {feature["properties"]["code"]: _shape(feature["geometry"]) for feature in borders["features"]}
    around = _bounds(ring for code in ENLARGED for polygon in shapes[code] for ring in polygon)
    for code in ENLARGED:
        shapes[code] = shapes[code] + _moved(shapes[code], around, ENLARGED_BOX)
    for code, place in overseas_boxes().items():
        if code in shapes:
            shapes[code] = _moved(shapes[code], _bounds(r for polygon in shapes[code] for r in polygon), place)
        else:
            shapes[code] = [[_rectangle(place)]]
    return _geojson({code: shape for code, shape in shapes.items() if code in schema.DEPARTEMENTS})


def where_they_are(borders: Mapping[str, Any]) -> bytes:
    """The same GeoJSON as published, with nothing but the `code` of each département."""
    return _geojson({f["properties"]["code"]: _shape(f["geometry"]) for f in borders["features"]})


def _shape(geometry: Mapping[str, Any]) -> Shape:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[np.array([point[:2] for point in ring], dtype="float64") for ring in polygon] for polygon in polygons]


def _bounds(rings: Iterable[Ring]) -> Box:
    points = np.concatenate(list(rings))
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    return float(south), float(north), float(west), float(east)


def _moved(shape: Shape, source: Box, target: Box) -> Shape:
    """A shape scaled so that its box fits into the middle of another."""
    low, high = _plane(_edges(source))
    to_low, to_high = _plane(_edges(target))
    scale = ((to_high - to_low) / np.maximum(high - low, 1e-9)).min()
    shift = (to_low + to_high) / 2 - scale * (low + high) / 2
    return [[_degrees(_plane(ring) * scale + shift) for ring in polygon] for polygon in shape]


def _edges(box: Box) -> Ring:
    south, north, west, east = box
    return np.array([[west, south], [east, north]])


def _rectangle(box: Box) -> Ring:
    south, north, west, east = box
    return np.array([[west, south], [east, south], [east, north], [west, north], [west, south]])


def _plane(points: Ring) -> Ring:
    return np.column_stack([np.radians(points[:, 0]), np.arcsinh(np.tan(np.radians(points[:, 1])))])


def _degrees(plane: Ring) -> Ring:
    points: Ring = np.degrees(np.column_stack([plane[:, 0], np.arctan(np.sinh(plane[:, 1]))]))
    return points


def _geojson(shapes: Mapping[str, Shape]) -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code},
            "geometry": {"type": "MultiPolygon", "coordinates": list(_coordinates(shape))},
        }
        for code, shape in shapes.items()
    ]
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, separators=(",", ":")).encode()


def _coordinates(shape: Shape) -> Iterator[list[list[list[float]]]]:
    for polygon in shape:
        yield [ring.round(_DIGITS).tolist() for ring in polygon]
