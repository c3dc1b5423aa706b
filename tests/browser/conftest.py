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
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
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


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start the app with temporary folders; all servers started are stopped at the end."""
    servers: list[Server] = []

    def start(**environment: str) -> Server:
        port = _free_port()
        folders = {f"BALISE_{name.upper()}": str(tmp_path / name) for name in ("data", "checkpoints", "runs")}
        command = [sys.executable, "-m", "streamlit", "run", "ui/components/server.py", "--server.port", str(port)]
        with (tmp_path / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, "--server.address", "127.0.0.1", "--server.headless", "true"],
                cwd=ROOT,
                env={**os.environ, **folders, **environment},
                stdout=log,
                stderr=log,
            )
        server = Server(f"http://127.0.0.1:{port}", tmp_path, process)
        servers.append(server)
        _wait_until_healthy(server)
        return server

    yield start
    for server in servers:
        server.process.terminate()
        server.process.wait(timeout=20)


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def new_window(executable: str, watched: Watched) -> Iterator[Callable[..., Any]]:
    """Open windows with sessions of their own: new_window(width=1440)."""
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)

        def open_one(width: int = 1440) -> Any:
            context = browser.new_context(viewport={"width": width, "height": 1000})
            context.set_default_timeout(60_000)
            context.route(lambda url: urlsplit(url).hostname != "127.0.0.1", refuse)
            page = context.new_page()
            watched.watch(page)
            return page

        def refuse(route: Any) -> None:
            watched.foreign.append(route.request.url)
            route.abort()

        yield open_one
        browser.close()


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
