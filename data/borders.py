"""The borders of the départements, once they are downloaded: GeoJSON as it was published."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from data import schema
from data.addresses import REFERENCES, raw_folder
from data.errors import DataError
from data.text import _

MAINLAND = tuple(code for code in schema.DEPARTEMENTS if len(code) == 2)


def borders() -> dict[str, Any] | None:
    """A FeatureCollection whose features have the properties `code` and `nom`; None until it is downloaded.

    Shared by all who ask: never to be changed.

    Raises: DataError where the file on disk is not what was downloaded.
    """
    path = raw_folder() / REFERENCES["borders"]
    try:
        state = path.stat()
        return _borders(path, state.st_mtime_ns, state.st_size)
    except FileNotFoundError:
        return None
    except (OSError, DataError) as error:
        message = _("{path} cannot be used: {reason}; remove it and download the borders again.")
        raise DataError(message.format(path=path, reason=error)) from error


@lru_cache(maxsize=2)
def _borders(path: Path, changed: int, size: int) -> dict[str, Any]:
    return parse(path.read_bytes())


def parse(content: bytes) -> dict[str, Any]:
    """GeoJSON that holds the borders of at least every mainland département.

    Raises: DataError with the reason why it does not.
    """
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DataError(_("it is no JSON ({error})").format(error=error)) from error
    if not isinstance(found, dict) or found.get("type") != "FeatureCollection":
        raise DataError(_("it is no GeoJSON FeatureCollection"))
    features = found.get("features")
    codes = [_code(f, number) for number, f in enumerate(features if isinstance(features, list) else [], start=1)]
    missing = [code for code in MAINLAND if codes.count(code) != 1]
    if missing:
        message = _("it must hold each mainland département once, and does not for {codes}")
        raise DataError(message.format(codes=", ".join(missing)))
    return found


def _code(feature: Any, number: int) -> str:
    """The département of a feature whose names and shape can be used."""
    properties = _object(feature, "properties")
    for name in ("code", "nom"):
        if not isinstance(properties.get(name), str):
            raise DataError(_("feature {number} has no property {name}").format(number=number, name=name))
    geometry = _object(feature, "geometry")
    depth = {"Polygon": 2, "MultiPolygon": 3}.get(str(geometry.get("type")))
    points = list(_points(geometry.get("coordinates"), depth)) if depth else []
    if not points or not all(_is_degrees(point) for point in points):
        message = _("the shape of {code} is no Polygon or MultiPolygon in degrees of longitude and latitude")
        raise DataError(message.format(code=properties["code"]))
    return str(properties["code"])


def _object(feature: Any, name: str) -> dict[str, Any]:
    found = feature.get(name) if isinstance(feature, dict) else None
    return found if isinstance(found, dict) else {}


def _points(coordinates: Any, depth: int) -> Iterator[Any]:
    """The points of nested lists; None stands for what is no list."""
    if not isinstance(coordinates, list):
        yield None
    elif depth == 0:
        yield coordinates
    else:
        for inner in coordinates:
            yield from _points(inner, depth - 1)


def _is_degrees(point: Any) -> bool:
    numbers = isinstance(point, list) and len(point) >= 2 and all(type(value) in (int, float) for value in point[:2])
    return numbers and all(math.isfinite(value) for value in point[:2]) and abs(point[0]) <= 180 and abs(point[1]) <= 90
