"""Borders and hexagons as files of the server: the browser fetches them once, and no rerun sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data import borders, insets, schema
from data.addresses import REFERENCES, raw_folder
from data.errors import DataError

LAYOUTS: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    "insets": insets.laid_out,
    "places": insets.where_they_are,
}
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600"}
_MAINLAND = "mainland"


def address(layout: str) -> str | None:
    """Where the browser finds one of LAYOUTS, beside the page; None until the borders are downloaded.

    Raises: DataError where the file on disk is not what was downloaded.
    """
    if borders.borders() is None:
        return None
    return f"borders/{layout}.geojson?v={_state()}"


def grid_address(departements: tuple[str, ...]) -> str:
    """Where the browser finds the hexagons over some départements, or over mainland France."""
    return f"hexagons/{','.join(departements) or _MAINLAND}.geojson"


def routes() -> list[Route]:
    """What the server answers besides the app."""
    return [
        Route("/borders/{layout}.geojson", _serve_borders),
        Route("/hexagons/{departements}.geojson", _serve_grid),
    ]


def _serve_borders(request: Request) -> Response:
    """One of LAYOUTS; its address changes with the file, so that a browser may keep it for good."""
    layout = request.path_params["layout"]
    try:
        content = _content(layout, _state()) if layout in LAYOUTS else None
    except (OSError, DataError):
        content = None
    return _geojson(content, _FOREVER)


def _serve_grid(request: Request) -> Response:
    name = request.path_params["departements"]
    codes = () if name == _MAINLAND else tuple(name.split(","))
    return _geojson(_grid(codes) if set(codes) <= set(schema.DEPARTEMENTS) else None, _FOR_AN_HOUR)


def _geojson(content: bytes | None, headers: Mapping[str, str]) -> Response:
    if content is None:
        return Response(status_code=404)
    return Response(content, media_type="application/geo+json", headers=headers)


@lru_cache(maxsize=16)
def _grid(departements: tuple[str, ...]) -> bytes:
    from data import hexagons  # with pandas, which the server does not wait for when it starts

    return hexagons.grid(departements)


def _state() -> str:
    state = (raw_folder() / REFERENCES["borders"]).stat()
    return f"{state.st_mtime_ns:x}-{state.st_size:x}"


@lru_cache(maxsize=4)
def _content(layout: str, state: str) -> bytes | None:
    found = borders.borders()
    return None if found is None else LAYOUTS[layout](found)
