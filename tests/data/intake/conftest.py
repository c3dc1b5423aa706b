"""Runs that get files from a server of the test's own."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import intake
from data.runs import Run
from tests.data.server import Server, publish


@pytest.fixture
def published(server: Server, folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two years, borders and a calendar on the server; gives the folder of what is fetched.

    A run that still works at the end of the test is killed.
    """
    monkeypatch.setenv("BALISE_ADDRESSES", str(publish(server, folders / "addresses.csv", (2023, 2024))))
    monkeypatch.setenv("BALISE_RAW", str(folders / "raw"))
    yield folders / "raw"
    run = intake.latest()
    if run and run.active:
        for pid in (event["pid"] for event in run.events if event["event"] == "started"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def wait() -> Callable[..., Run]:
    """Wait for a run to have one of some statuses, or fail telling what it has."""

    def until(folder: Path, *statuses: str, seconds: float = 60.0) -> Run:
        end = time.monotonic() + seconds
        while (run := Run(folder)).status not in statuses:
            assert time.monotonic() < end, f"{run.status}, not {statuses}: {run.log()}"
            time.sleep(0.05)
        return run

    return until
