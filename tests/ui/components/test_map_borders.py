"""What the server answers for maps: borders once they are downloaded, hexagons, and nothing else."""

import json

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from data import hexagons
from data.borders import MAINLAND
from ui.components import map_borders


def get(address: str) -> Response:
    """What the server answers, as its routes choose the endpoint."""
    scope = {"type": "http", "method": "GET", "path": "/" + address.partition("?")[0], "root_path": "", "headers": []}
    for route in map_borders.routes():
        match, found = route.matches(scope)
        if match is Match.FULL:
            return route.endpoint(Request(scope | found))
    pytest.fail(f"no route for {address}")


@pytest.fixture
def downloaded(tmp_path, monkeypatch):
    """Borders that are all the same square."""
    square = [[[2, 48], [3, 48], [3, 49], [2, 49], [2, 48]]]
    features = [
        {"type": "Feature", "properties": {"code": c, "nom": c}, "geometry": {"type": "Polygon", "coordinates": square}}
        for c in MAINLAND
    ]
    file = tmp_path / "departements.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    monkeypatch.setenv("BALISE_RAW", str(tmp_path))
    return file


@pytest.mark.parametrize("layout", ["insets", "places"])
def test_borders_are_kept_by_the_browser_until_the_file_changes(downloaded, layout):
    address = map_borders.address(layout)
    answer = get(address)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert len(json.loads(answer.body)["features"]) >= len(MAINLAND)
    downloaded.write_text(downloaded.read_text() + "\n")
    assert map_borders.address(layout) != address


def test_without_borders_there_is_no_address_and_no_answer():
    assert map_borders.address("insets") is None
    assert get("borders/insets.geojson").status_code == 404


def test_hexagons_of_the_departements_that_are_asked_for():
    answer = get(map_borders.grid_address(("69", "01")))
    assert answer.body == hexagons.grid(("69", "01"))
    assert get(map_borders.grid_address(())).body == hexagons.grid(())


@pytest.mark.parametrize("address", ["borders/other.geojson", "hexagons/00.geojson", "hexagons/69,x.geojson"])
def test_nothing_else_is_answered(downloaded, address):
    assert get(address).status_code == 404
