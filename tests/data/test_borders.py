"""Borders as they come: what is used, and what is refused with its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data import borders
from data.errors import DataError
from tests.data.server import BORDERS, squares


@pytest.fixture
def path(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (folders / "raw").mkdir()
    monkeypatch.setenv("BALISE_RAW", str(folders / "raw"))
    return folders / "raw" / "departements.geojson"


def test_there_are_none_until_they_are_downloaded(path: Path) -> None:
    assert borders.borders() is None
    path.write_bytes(BORDERS)
    found = borders.borders()
    assert found is not None
    assert {f["properties"]["code"] for f in found["features"]} == set(borders.MAINLAND)
    assert borders.borders() is found


def test_overseas_departements_may_be_there_too() -> None:
    assert len(borders.parse(json.dumps(squares((*borders.MAINLAND, "974"))).encode())["features"]) == 97


def test_the_mainland_has_96_departements() -> None:
    assert len(borders.MAINLAND) == 96
    assert {"01", "2A", "2B", "95"} < set(borders.MAINLAND)
    assert not {"20", "971"} & set(borders.MAINLAND)


def test_a_damaged_file_says_what_to_do(path: Path) -> None:
    path.write_bytes(BORDERS[:-100])
    with pytest.raises(
        DataError, match=r"departements\.geojson cannot be used: it is no JSON .*download the borders again"
    ):
        borders.borders()


def drop(features: list[dict[str, Any]]) -> None:
    features.pop(0)


def double(features: list[dict[str, Any]]) -> None:
    features.append(features[0])


def without_name(features: list[dict[str, Any]]) -> None:
    del features[2]["properties"]["nom"]


def metres(features: list[dict[str, Any]]) -> None:
    features[3]["geometry"]["coordinates"][0][1] = [652000.0, 6862000.0]


def point(features: list[dict[str, Any]]) -> None:
    features[3]["geometry"] = {"type": "Point", "coordinates": [2.0, 46.0]}


def empty(features: list[dict[str, Any]]) -> None:
    features[3]["geometry"] = {"type": "MultiPolygon", "coordinates": []}


def words(features: list[dict[str, Any]]) -> None:
    features[3]["geometry"]["coordinates"] = "2,46"


def no_feature(features: list[Any]) -> None:
    features[0] = None


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (drop, "each mainland département once, and does not for 01"),
        (double, "each mainland département once, and does not for 01"),
        (without_name, "feature 3 has no property nom"),
        (no_feature, "feature 1 has no property code"),
        *((damage, "the shape of 04 is no Polygon") for damage in (metres, point, empty, words)),
    ],
)
def test_what_cannot_be_drawn_is_refused(damage: Callable[[list[Any]], None], says: str) -> None:
    found = squares()
    damage(found["features"])
    with pytest.raises(DataError, match=says):
        borders.parse(json.dumps(found).encode())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no GeoJSON"),
        (b'{"type": "Feature"}', "no GeoJSON"),
        (b'{"type": "FeatureCollection", "features": 1}', "each mainland"),
    ],
)
def test_what_is_no_geojson_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        borders.parse(content)


def test_the_borders_for_development_are_taken(real_data: Path) -> None:
    assert len(borders.parse((real_data / "geo" / "departements.geojson").read_bytes())["features"]) == 96
