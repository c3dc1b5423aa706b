"""Runs of a training that only sleeps, in a real process."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from models import jobs
from models.train import TrainSpec

FAKE = (str(Path(__file__).with_name("fake_worker.py")),)


def pid(run):
    """The worker's, once it has said it."""
    return next((event["pid"] for event in run.events if "pid" in event), None)


@pytest.fixture
def runs_folder(tmp_path, monkeypatch):
    """Where runs go during a test; what still works at the end of it is killed."""
    folder = tmp_path / "runs"
    monkeypatch.setenv("BALISE_RUNS", str(folder))
    monkeypatch.setenv("BALISE_TRAININGS_AT_ONCE", "3")
    yield folder
    for run in jobs.runs():
        if run.active and (known := pid(run)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(known, signal.SIGKILL)


@pytest.fixture
def begin(runs_folder):
    """Start the sleeping training: begin(preset="slow", epochs=3, pause=0.01)."""

    def start(preset="base", **settings):
        return jobs.start(TrainSpec(kind="fake", target="daily", preset=preset, settings=settings), worker=FAKE)

    return start


@pytest.fixture
def wait():
    """Wait for a run to have one of some statuses, or fail telling what it has."""

    def until(folder, *statuses, seconds=20.0):
        end = time.monotonic() + seconds
        while (run := jobs.Run(folder)).status not in statuses:
            assert time.monotonic() < end, f"{run.status}, not {statuses}: {run.log()}"
            time.sleep(0.05)
        return run

    return until
