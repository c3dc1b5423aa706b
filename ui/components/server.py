"""What `run.py` serves: the app, told before its first visitor that it declares its pages itself.

Streamlit takes a folder `pages` beside the script for its old page discovery until `st.navigation` has run once, and so
answers the first deep link to a new server with "Page not found".
"""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager

from data.errors import AppError
from ui.components import access, guard, map_borders, ready, spoken

PagesManager.uses_pages_directory = False


def warm_up() -> None:
    """Import what the frame of every page needs, and read the trainings, which are kept from then on.

    Otherwise the first visitor waits for it. Meanwhile the server answers: the browser fetches the front end.
    """
    from models.jobs import log
    from ui.components import (  # noqa: F401  # what app.py imports
        batch_monitor,
        cache,
        intake_monitor,
        job_monitor,
        language,
        run_log,
    )

    with contextlib.suppress(AppError, OSError):  # the page says what is wrong
        log.table()


@contextlib.asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield


def first_page(request: Request) -> Response:
    """The first page under its name too, which Streamlit itself would not find."""
    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")


def check() -> None:
    """End the process, with one sentence, where the settings would open it to people they should not.

    Raises: SystemExit.
    """
    try:
        access.configured()
        guard.named_hosts()
        problem = guard.exposed_at_start()
    except (AppError, ValueError) as error:
        problem = str(error)
    if problem:
        sys.exit(problem)


def explained(error: Exception) -> bool:
    """Whether an error that no page caught, such as one of a button, is one that the product can put into words."""
    if not isinstance(error, AppError):
        return False
    from ui.components import notices

    notices.problem(error)
    return True


check()
app = st.App(
    Path(__file__).resolve().parents[2] / "app.py",
    lifespan=_lifespan,
    routes=[Route("/overview", first_page), *map_borders.routes(), *ready.routes()],
    middleware=[Middleware(guard.Guard), Middleware(spoken.Spoken)],
    on_script_error=explained,
)
