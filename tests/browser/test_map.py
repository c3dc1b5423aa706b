"""A person clicks départements, with and without borders, and opens an accident; nothing leaves the machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data import store, tiles
from data.borders import MAINLAND
from tests.browser.conftest import AT_REST

pytestmark = pytest.mark.browser
# Chromium without a graphics card says so of its own drawing, whatever the page does.
_SOFTWARE_DRAWING = "GPU stall due to ReadPixels"
# where a place lies in the window, once something is drawn there
PLACE = """([key, longitude, latitude]) => {
    const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
    const map = plot?._fullLayout?.map?._subplot?.map;
    if (!map || !map.loaded()) return null;
    const box = map.getCanvas().getBoundingClientRect();
    const at = map.project([longitude, latitude]);
    if (!map.queryRenderedFeatures(at).length) return null;
    return [box.x + at.x, box.y + at.y];
}"""


def made_up_borders() -> dict[str, Any]:
    """Squares of one degree in the order of the tiles, from 5 degrees west and 51 north."""
    features = []
    for code in MAINLAND:
        row, column = tiles.places()[code]
        west, south = column - 4.5, 50 - row * 0.7
        ring = [[west, south], [west + 1, south], [west + 1, south + 0.7], [west, south + 0.7], [west, south]]
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"code": code, "nom": code}, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def click_on_map(page: Any, key: str, longitude: float, latitude: float) -> None:
    page.locator(f".st-key-{key} .maplibregl-canvas").scroll_into_view_if_needed()
    place = page.wait_for_function(PLACE, arg=[key, longitude, latitude]).json_value()
    click_on(page, *place)


def click_on(page: Any, x: float, y: float) -> None:
    page.mouse.move(x + 1, y)
    page.mouse.move(x, y)  # Plotly takes a click on what is pointed at
    page.wait_for_timeout(300)
    page.mouse.click(x, y)


def of_the_page(console: list[str]) -> list[str]:
    return [line for line in console if _SOFTWARE_DRAWING not in line]


def test_a_click_on_a_square_filters_and_a_second_shows_all(
    address: str, new_window: Callable[..., Any], watched: Any
) -> None:
    page = new_window()
    page.goto(f"{address}/map")
    square = page.locator(".st-key-map_areas").get_by_text("69", exact=True)
    chip = page.get_by_role("button", name="Départements: 69 Rhône")
    for expected in ("visible", "hidden"):
        square.first.wait_for()  # while the page is drawn anew, the map before it stands there too
        page.wait_for_function(AT_REST)
        box = square.bounding_box()
        click_on(page, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        chip.wait_for(state=expected)
    assert "departements" not in page.url

    page.get_by_role("combobox", name="Go to département").click()
    page.keyboard.type("Finist")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Départements: 29 Finistère").wait_for()
    assert "departements=29" in page.url
    assert of_the_page(watched.console) == []
    assert watched.foreign == []


def test_a_click_on_downloaded_borders_filters_and_a_rerun_fetches_nothing(
    start_server: Callable[..., Any], new_window: Callable[..., Any], watched: Any, demo_data: Path
) -> None:
    raw = demo_data / "raw"
    raw.mkdir()
    (raw / "departements.geojson").write_text(json.dumps(made_up_borders()))
    server = start_server(BALISE_RAW=str(raw))
    page = new_window()
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if ".geojson" in request.url else None)
    page.goto(f"{server.url}/map?layer=points")
    row, column = tiles.places()["69"]
    click_on_map(page, "map_areas", column - 4, 50.35 - row * 0.7)
    page.get_by_role("button", name="Départements: 69 Rhône").wait_for()
    insets = [url for url in fetched if "insets" in url]
    assert len(insets) == 1
    click_on_map(page, "map_areas", column - 4, 50.35 - row * 0.7)
    page.get_by_role("button", name="Départements: 69 Rhône").wait_for(state="hidden")
    assert [url for url in fetched if "insets" in url] == insets
    assert of_the_page(watched.console) == []
    assert watched.foreign == []


def test_a_click_on_a_point_opens_the_accident_and_closing_forgets_it(
    address: str, new_window: Callable[..., Any], watched: Any, demo_data: Path
) -> None:
    accidents = store.demo().accidents(["accident", "departement", "latitude", "longitude"]).dropna()
    # one far from all others of a quiet département, so that the click can mean no other
    lozere = accidents[accidents["departement"] == "48"].reset_index(drop=True)
    gaps = lozere.apply(
        lambda row: (
            ((lozere["latitude"] - row["latitude"]).abs() + (lozere["longitude"] - row["longitude"]).abs())
            .nlargest(len(lozere) - 1)
            .min()
        ),
        axis="columns",
    )
    lonely = lozere.loc[gaps.idxmax()]
    page = new_window()
    page.goto(f"{address}/map?layer=points&departements=48")
    click_on_map(page, "map_places", lonely["longitude"], lonely["latitude"])
    drawer = page.get_by_role("dialog")
    drawer.get_by_text(f"Accident {lonely['accident']}").wait_for()
    drawer.get_by_text("48 Lozère").wait_for()
    drawer.get_by_role("heading", name="Vehicles").wait_for()
    page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    page.get_by_role("button", name="Remove this filter").or_(page.get_by_text("Départements: 48")).first.wait_for()
    assert of_the_page(watched.console) == []
    assert watched.foreign == []
