"""Trainings that another container begins, over the same folder of runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from models import jobs
from models.jobs import attend, launch
from tests.models.jobs.conftest import FAKE


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch):
    monkeypatch.setenv(launch.ELSEWHERE, "1")


def test_what_is_asked_for_waits_until_somebody_attends_it(begin, wait):
    folder = begin()
    assert jobs.Run(folder).status == "queued"
    assert [run.folder for run in attend.waiting()] == [folder]
    assert attend.begin(attend.waiting()[0], FAKE)
    wait(folder, "done")
    assert attend.waiting() == []


def test_two_who_attend_the_same_folder_begin_a_training_once(begin, wait):
    folder = begin()
    run = jobs.Run(folder)
    assert [attend.begin(run, FAKE), attend.begin(run, FAKE)] == [True, False]
    assert [event["event"] for event in wait(folder, "done").events].count("started") == 1


def test_they_are_begun_in_the_order_of_asking(begin):
    first = begin(epochs=4)
    second = begin(epochs=5)
    assert [run.folder for run in attend.waiting()] == [first, second]


def test_attending_goes_on_until_it_is_told_to_stop(begin, wait, monkeypatch):
    monkeypatch.setattr(launch, "WORKER", FAKE)
    stop = threading.Event()
    attending = threading.Thread(target=attend.attend, args=(stop, 0.05))
    attending.start()
    try:
        wait(begin(), "done")
        wait(begin(epochs=2), "done")
    finally:
        stop.set()
        attending.join(timeout=5)
    assert not attending.is_alive()


def test_the_command_ends_when_the_system_asks_for_it(runs_folder):
    process = subprocess.Popen([sys.executable, "-m", "models.jobs.attend"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert str(runs_folder) in process.stderr.readline()
    os.kill(process.pid, signal.SIGTERM)
    asked = time.monotonic()
    assert process.wait(timeout=10) == 0
    assert time.monotonic() - asked < 10
