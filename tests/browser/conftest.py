"""A real server with folders of its own, and a headless Chromium that may talk to nobody else."""

from __future__ import annotations

import contextlib
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
from urllib.parse import urljoin, urlsplit

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
        page.on("requestfinished", self._request)
        page.on("requestfailed", self._request)

    def _request(self, request: Any) -> None:
        found = urlsplit(request.url)
        asked_for = request.failure != "csp"  # what the policy refuses never leaves the browser
        if found.scheme in {"http", "https"} and found.hostname != "127.0.0.1" and asked_for:
            self.foreign.append(request.url)

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


@pytest.fixture(scope="package")
def address(_demo_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with simulated data and the shipped models, for all tests that change neither."""
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(_demo_made, folder / "data")
    with servers(folder) as start:
        yield start(BALISE_CHECKPOINTS=str(ROOT / "checkpoints"), BALISE_RAW=str(folder / "nothing-downloaded")).url


@pytest.fixture(scope="package")
def few_models(_demo_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same with the quickest models alone: two of severity, one of collision."""
    folder = tmp_path_factory.mktemp("few")
    shutil.copytree(_demo_made, folder / "data")
    for name in ("collision-logistic", "severity-logistic", "severity-xgboost"):
        shutil.copytree(ROOT / "checkpoints" / name, folder / "checkpoints" / name)
    with servers(folder) as start:
        yield start(BALISE_RAW=str(folder / "nothing-downloaded")).url


@pytest.fixture(scope="package")
def browser(executable: str) -> Iterator[Any]:
    """One for all tests; it ends with the last of them, for no event loop can be begun beside it."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    # Names of other machines lead nowhere. (Playwright's own way to refuse them does without the browser's cache.)
    arguments.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
    # Windows of a person share a process, in which the app is compiled once.
    arguments.append("--process-per-site")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield started
        started.close()


@dataclass
class Person:
    """Somebody with a browser of their own: what it keeps (cookies, cache) is not that of others.

    `idle`: a window that is left open without the app, because what is compiled would go with the last one.
    """

    context: Any
    idle: Any = None

    def leave(self, page: Any) -> None:
        """Close a window; the first is left open."""
        from playwright.sync_api import Error

        if self.idle is None:
            with contextlib.suppress(Error):  # of a server that has gone
                page.goto(urljoin(page.url, "/_stcore/health"))
                self.idle = page
                return
        page.close()


@pytest.fixture(scope="package")
def people(browser: Any) -> Iterator[Callable[..., Person]]:
    """Those whose browsers tests open windows in: the same one for the same name and settings."""
    known: dict[str, Person] = {}

    def somebody(name: str, **settings: Any) -> Person:
        key = repr((name, sorted(settings.items())))
        if key not in known:
            known[key] = Person(browser.new_context(**settings))
            known[key].context.set_default_timeout(60_000)
        return known[key]

    yield somebody
    for person in known.values():
        person.context.close()


@pytest.fixture
def new_window(people: Callable[..., Person], watched: Watched) -> Iterator[Callable[..., Any]]:
    """Open windows, watched: new_window(width=390, locale="fr-FR"), new_window(person="another")."""
    opened: list[tuple[Person, Any]] = []

    def open_one(width: int = 1440, height: int = 1000, person: str = "", **settings: Any) -> Any:
        somebody = people(person, **settings)
        page = somebody.context.new_page()
        opened.append((somebody, page))
        page.set_viewport_size({"width": width, "height": height})
        watched.watch(page)
        return page

    yield open_one
    for somebody, page in opened:
        somebody.leave(page)


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
