"""A real server with folders of its own, and a headless Chromium that may talk to nobody else."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Names a folder of imported official files, which pages then show in place of simulated accidents.
IMPORTED = "BALISE_BROWSER_DATA"
# The script has run, and everything that it sent is drawn.
AT_REST = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-testid=stSpinner]')
    && [...document.querySelectorAll('.js-plotly-plot')].every(plot => plot.querySelector('.main-svg'))"""
# A page opened by its own address is first asked for below that address, and Streamlit's server says no; the browser
# writes each refusal into the console before the page finds the right place.
LOOKING_FOR_THE_SERVER = ("/_stcore/health", "/_stcore/host-config")


@dataclass
class Server:
    """An app serving on this machine."""

    url: str
    folder: Path
    process: subprocess.Popen


@dataclass
class Watched:
    """What no page may do: errors in the console, requests to other machines."""

    console: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def watch(self, page: Any) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.console.append(str(error)))

    def _console(self, message: Any) -> None:
        path = urlsplit(message.location.get("url", "")).path
        if message.type in {"error", "warning"} and not (
            path.endswith(LOOKING_FOR_THE_SERVER) and "404" in message.text
        ):
            self.console.append(f"{message.type}: {message.text} ({path})")


@pytest.fixture(scope="session")
def executable() -> str:
    """The browser; the test is skipped where there is none."""
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    if found is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    pytest.importorskip("playwright", reason="playwright is not installed")
    return found


@contextlib.contextmanager
def servers(folder: Path) -> Iterator[Callable[..., Server]]:
    """Start the app with folders of its own below `folder`; all servers started are stopped at the end."""
    started: list[Server] = []

    def start(**environment: str) -> Server:
        port = _free_port()
        folders = {f"BALISE_{name.upper()}": str(folder / name) for name in ("data", "checkpoints", "runs")}
        if IMPORTED in os.environ:
            folders["BALISE_DATA"] = os.environ[IMPORTED]
        command = [sys.executable, "-m", "streamlit", "run", "ui/components/server.py", "--server.port", str(port)]
        with (folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "--server.address", "127.0.0.1", "--server.headless", "true"],
                cwd=ROOT,
                env={**os.environ, **folders, **environment},
                stdout=log,
                stderr=log,
            )
        server = Server(f"http://127.0.0.1:{port}", folder, process)
        started.append(server)
        _wait_until_healthy(server)
        return server

    yield start
    for server in started:
        server.process.terminate()
        server.process.wait(timeout=20)


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start the app with temporary folders."""
    with servers(tmp_path) as start:
        yield start


@pytest.fixture
def watched() -> Watched:
    return Watched()


@contextlib.contextmanager
def windows(executable: str) -> Iterator[Callable[..., Any]]:
    """Open windows with sessions of their own, watched: window(watched, width=390, locale="fr-FR")."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)

        def open_one(watched: Watched, width: int = 1440, height: int = 1000, **also: Any) -> Any:
            context = browser.new_context(viewport={"width": width, "height": height}, **also)
            context.set_default_timeout(60_000)
            context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", functools.partial(_refuse, watched))
            page = context.new_page()
            watched.watch(page)
            return page

        yield open_one
        browser.close()


@pytest.fixture
def new_window(executable: str, watched: Watched) -> Iterator[Callable[..., Any]]:
    """Open windows with sessions of their own: new_window(width=1440)."""
    with windows(executable) as open_one:
        yield functools.partial(open_one, watched)


@pytest.fixture(scope="module")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """As `start_server`, for all tests of a module."""
    with servers(tmp_path_factory.mktemp("shared")) as start:
        yield start


@pytest.fixture(scope="module")
def shared_browser(executable: str) -> Iterator[Callable[..., Any]]:
    """As `windows`, for all tests of a module."""
    with windows(executable) as open_one:
        yield open_one


def _refuse(watched: Watched, route: Any) -> None:
    watched.foreign.append(route.request.url)
    route.abort()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_healthy(server: Server, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):
            return
        assert server.process.poll() is None, (server.folder / "server.log").read_text()
        time.sleep(0.2)
    pytest.fail((server.folder / "server.log").read_text())
