"""Whether the app can do its work, for whoever watches the server: `/api/ready`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from data.errors import AppError


def routes() -> list[Route]:
    """What the server answers besides the app."""
    return [Route("/api/ready", _answer)]


def _answer(_request: Request) -> Response:
    """200 once the data and a model can be read, else 503; says which of the two, and nothing about them."""
    parts = {"data": _data(), "models": _models()}
    ready = all(parts.values())
    return JSONResponse({"ready": ready, **parts}, 200 if ready else 503, headers={"Cache-Control": "no-store"})


def _data() -> bool:
    """The record of the import can be read, or there is none: the simulated data are made on first need."""
    from data import store  # with pandas, which the server does not wait for when it starts

    try:
        store.current()
    except (AppError, OSError):
        return False
    return True


def _models() -> bool:
    from models import registry

    try:
        return any(entry.metadata is not None for entry in registry.entries())
    except (AppError, OSError):
        return False
