"""What those who watch a training cost the server: `python -m benchmarks.responsiveness --viewers`.

The training is made, so that it costs nothing and is as long as wanted: a process writes what a worker would. Chromium
watches it in one window after the other, each with a session of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.server import ROOT, Served, serving
from data import runs
from data.runs.run import HEARTBEAT

VIEWERS = 3
_SETTLED = 10.0  # seconds until a window has all it needs
_BEAT = 0.5


@dataclass(frozen=True)
class Course:
    """A training: `done` of `total` steps are over when the first looks, `pace` come each second."""

    kind: str
    unit: str
    done: int
    total: int
    pace: float

    def __str__(self) -> str:
        return f"{self.kind}, {self.pace:g} {self.unit}s a second, from {self.done} of {self.total}"


# networks measure more than trees, which take more and faster steps; both at their start and late
COURSES = (
    Course("xgboost", "round", 0, 6000, 20),
    Course("xgboost", "round", 3000, 9000, 20),
    Course("tab-transformer", "epoch", 0, 200, 0.5),
    Course("tab-transformer", "epoch", 60, 260, 0.5),
)


def measure(seconds: float) -> None:
    """Print the cores that the server takes while none, one, two and three watch each of the trainings."""
    with serving() as server:
        for course in COURSES:
            folder = runs.create(Path(os.environ["BALISE_RUNS"]), course.kind, _spec(course), str(course))
            worker = subprocess.Popen([sys.executable, "-m", "benchmarks.viewers", folder, _json(course)], cwd=ROOT)
            try:
                told = cores(server, f"{server.address}/training?run={folder.name}", seconds)
            finally:
                worker.terminate()
                worker.wait()
                shutil.rmtree(folder)
            print(course, flush=True)
            for viewers, taken in enumerate(told):
                each = f", a viewer {(taken - told[0]) / viewers:.4f}" if viewers else ""
                print(f"  {viewers} watching: {taken:.4f} of a core{each}", flush=True)


def cores(server: Served, address: str, seconds: float) -> list[float]:
    """The part of a core that the server's process takes, by the number of windows that show the address."""
    from playwright.sync_api import sync_playwright

    chromium = next(path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        taken = [_taken(server, seconds)]
        for _viewer in range(VIEWERS):
            tab = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            tab.goto(address)
            tab.get_by_role("button", name="Stop now").wait_for(timeout=90_000)
            time.sleep(_SETTLED)
            taken.append(_taken(server, seconds))
        browser.close()
    return taken


def _taken(server: Served, seconds: float) -> float:
    begun, before = time.monotonic(), server.calculated()
    time.sleep(seconds)
    return (server.calculated() - before) / (time.monotonic() - begun)


def _spec(course: Course) -> dict[str, Any]:
    return {"kind": course.kind, "target": "severity", "preset": "base", "settings": {}, "data": "processed"}


def _json(course: Course) -> str:
    return json.dumps(vars(course))


def pretend(folder: Path, course: Course) -> None:
    """Write what a worker would of a training, until the process is ended."""
    from models.base import Progress
    from models.jobs.worker import TrainingDiary

    diary = TrainingDiary(folder)
    diary.write("started", pid=os.getpid())
    begun = time.monotonic()
    for step in range(1, course.total):
        while step > course.done and time.monotonic() < begun + (step - course.done) / course.pace:
            (folder / HEARTBEAT).touch()
            time.sleep(min(_BEAT, 1 / course.pace))
        values = {
            "train_loss": 0.6 + 1 / step,
            "validation_loss": 0.65 + 1 / step,
            "validation_accuracy": 0.7,
            "learning_rate": 0.001,
            "rows": 40_000.0 * step,
            "rows_a_second": 30_000.0,
        }
        if course.unit == "epoch":
            values |= {"gradient_norm": 0.5, "seconds": 3.0}
        diary(Progress(course.unit, step, course.total, step / course.total, values))


if __name__ == "__main__":
    pretend(Path(sys.argv[1]), Course(**json.loads(sys.argv[2])))
