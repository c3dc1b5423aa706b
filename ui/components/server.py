"""What `run.py` serves: the app, told before its first visitor that it declares its pages itself.

Streamlit takes a folder `pages` beside the script for its old page discovery until `st.navigation` has run once, and so
answers the first deep link to a new server with "Page not found".
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from ui.components import map_borders

PagesManager.uses_pages_directory = False


def warm_up() -> None:
    """Import what the frame of every page needs, and read the trainings, which are kept from then on.

    Otherwise the first visitor waits for it. Meanwhile the server answers: the browser fetches the front end.
    """
    from data.errors import AppError
    from models.jobs import log
    from ui.components import cache, intake_monitor, job_monitor, run_log  # noqa: F401  # what app.py imports

    with contextlib.suppress(AppError, OSError):  # the page says what is wrong
        log.table()


@contextlib.asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield


app = st.App(Path(__file__).resolve().parents[2] / "app.py", lifespan=_lifespan, routes=map_borders.routes())
