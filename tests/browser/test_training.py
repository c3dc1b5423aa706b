"""A person trains a TabTransformer, watches it from two windows, stops it; one is killed, one outlives the server."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models import jobs
from models.registry import KINDS
from models.settings import settings_of
from models.train import TrainSpec

pytestmark = pytest.mark.browser

LOADING = 180.0  # seconds for data and libraries on a busy machine
# A small network on two months, for many epochs.
SMALL = {"epochs": 200, "patience": 50, "feed_forward": 16, "head": 16}
UNTIL = "2022-02-28"


@pytest.fixture(autouse=True)
def _nothing_left_behind(folders: Path) -> Iterator[None]:
    """What still trains at the end of a test is killed."""
    yield
    for run in jobs.runs():
        pids = [event["pid"] for event in run.events if event["event"] == "started"]
        if run.active and pids:
            os.kill(pids[-1], signal.SIGKILL)


def points(page: Any) -> int:
    """How many epochs the loss curve shows."""
    return int(
        page.evaluate(
            """() => Math.max(0, ...[...document.querySelectorAll('.js-plotly-plot')].flatMap(
                plot => (plot.data || []).filter(trace => trace.name === 'Training').map(trace => trace.x.length)))"""
        )
    )


def wait_for_points(page: Any, n: int, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while (found := points(page)) < n:
        assert time.monotonic() < end, f"the curve shows {found} epochs, not {n}"
        page.wait_for_timeout(200)


def fill(page: Any, label: str, value: str) -> None:
    field = page.get_by_role("spinbutton", name=label, exact=True)
    field.fill(value)
    field.press("Enter")


def start(page: Any, url: str) -> jobs.Run:
    """From the front page by the navigation, as a person comes."""
    page.goto(url)
    page.get_by_role("link", name="Training", exact=True).click()
    page.get_by_role("button", name="Start training").wait_for()
    for year in ("2023", "2024"):
        page.get_by_role("button", name=year, exact=True).click()
    page.get_by_text("Only up to a day").click()
    page.get_by_role("group", name="Last day to learn from").get_by_role("spinbutton").first.click()
    page.keyboard.type(UNTIL.replace("-", ""))
    page.keyboard.press("Enter")
    page.get_by_text("Advanced settings").click()
    labels = {item.name: item.label for item in settings_of(KINDS["tab-transformer"].presets["quick"])}
    for name, value in SMALL.items():
        fill(page, labels[name], str(value))
    page.get_by_role("button", name="Start training").click()
    page.get_by_role("button", name="Stop now").wait_for()
    (run,) = [run for run in jobs.runs() if run.active]
    assert run.name in page.url
    asked = run.spec
    assert (asked["kind"], asked["years"], asked["until"]) == ("tab-transformer", [2022], UNTIL)
    assert asked["settings"] == SMALL
    return run


def begin(page: Any, server: Any) -> jobs.Run:
    """The same training begun elsewhere and opened by its address; gives it once it has learnt."""
    spec = TrainSpec("tab-transformer", "collision", preset="quick", settings=SMALL, years=[2022], until=UNTIL)
    run = jobs.Run(jobs.start(spec))
    page.goto(f"{server.url}/training?run={run.name}")
    wait_for_points(page, 1, LOADING)
    calm(run)
    return run


def calm(run: jobs.Run) -> None:
    """Let a training that has begun to learn give way to the browser, as it would have from its beginning."""
    pid = next(event["pid"] for event in jobs.Run(run.folder).events if event["event"] == "started")
    os.setpriority(os.PRIO_PROCESS, pid, 10)
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text("10", encoding="ascii")


def test_train_watch_and_stop_from_another_window(
    start_server: Callable[..., Any],
    new_window: Callable[..., Any],
    watched: Any,
    demo_data: Path,
) -> None:
    server = start_server()
    page = new_window()
    run = start(page, server.url)
    for update in (1, 2, 3):
        wait_for_points(page, update, LOADING)
    calm(run)

    page.get_by_role("link", name="Overview").click()
    page.get_by_role("heading", name="Overview", exact=True).wait_for()
    seen = len(jobs.Run(run.folder).curve)
    page.get_by_role("link", name="1 training under way").click()
    wait_for_points(page, seen + 1)

    page.reload()
    wait_for_points(page, len(jobs.Run(run.folder).curve) + 1)
    other = new_window(width=800)
    other.goto(page.url)
    wait_for_points(other, len(jobs.Run(run.folder).curve) + 1)

    # the driver waits for a page that is being drawn to stand still before it presses: the browser says when it did
    other.evaluate("() => document.addEventListener('pointerdown', () => { window.pressed ??= Date.now(); }, true)")
    other.get_by_role("button", name="Stop now").click()
    clicked = other.evaluate("() => window.pressed") / 1000
    while jobs.Run(run.folder).status != "cancelled":
        assert time.time() - clicked < 10, jobs.Run(run.folder).status
        time.sleep(0.05)
    assert jobs.Run(run.folder).tail[-1]["time"] - clicked < 2
    for window in (page, other):
        window.get_by_text(re.compile("no model was kept")).wait_for()
        window.get_by_role("link", name="1 training under way").wait_for(state="detached")

    assert watched.console == []
    assert watched.foreign == []


def test_a_killed_training_is_shown_as_lost(
    start_server: Callable[..., Any], new_window: Callable[..., Any], demo_data: Path
) -> None:
    page = new_window()
    run = begin(page, start_server())
    os.kill(next(event["pid"] for event in jobs.Run(run.folder).events if event["event"] == "started"), signal.SIGKILL)
    killed = time.monotonic()
    page.get_by_text("ended without a word").wait_for(timeout=15_000)
    assert time.monotonic() - killed < 10
    assert page.get_by_role("button", name="Stop now").count() == 0


def test_a_training_goes_on_when_the_server_starts_anew(
    start_server: Callable[..., Any], new_window: Callable[..., Any], demo_data: Path
) -> None:
    server = start_server()
    run = begin(new_window(), server)
    server.process.terminate()
    server.process.wait(timeout=20)
    before = len(jobs.Run(run.folder).curve)
    again = start_server()
    other = new_window()
    other.goto(f"{again.url}/training?run={run.name}")
    wait_for_points(other, before + 2)
    other.get_by_role("button", name="Finish this epoch and keep the best").click()
    other.get_by_text("Trained in").wait_for()
    assert jobs.Run(run.folder).model_folder is not None
