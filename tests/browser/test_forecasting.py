"""A person trains a forecaster, watches it learn from two windows, and cancels."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import jobs

pytestmark = pytest.mark.browser


def open_page(page: Any, url: str) -> None:
    """From the front page by the navigation, as a person comes."""
    page.goto(url)
    page.get_by_role("link", name="Forecasting").click()
    page.get_by_role("heading", name="Train a forecaster").wait_for()


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


def test_train_watch_and_cancel(
    start_server: Callable[..., Any],
    new_window: Callable[..., Any],
    watched: Any,
    demo_data: Path,
) -> None:
    server = start_server()
    page = new_window()
    open_page(page, server.url)

    page.get_by_role("spinbutton", name="Epochs at most").fill("500")
    page.get_by_text("Advanced settings").click()
    page.get_by_role("spinbutton", name="Patience").fill("500")
    page.get_by_role("spinbutton", name="Hidden size").fill("8")
    page.get_by_role("button", name="Start training").click()
    page.get_by_text("1 training running").wait_for()
    wait_for_points(page, 2)
    (run,) = jobs.runs()
    assert run.spec["settings"] == {"epochs": 500, "patience": 500, "hidden": 8}

    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("heading", name="Data", exact=True).wait_for()
    page.get_by_role("link", name="Forecasting").click()
    seen = len(jobs.Run(run.folder).curve)
    wait_for_points(page, seen + 1)

    page.reload()
    wait_for_points(page, seen + 2)
    other = new_window(width=800)
    open_page(other, server.url)
    wait_for_points(other, seen + 3)

    other.get_by_role("button", name="Cancel").click()
    asked = time.monotonic()
    while jobs.Run(run.folder).status != "cancelled":
        assert time.monotonic() - asked < 5, jobs.Run(run.folder).status
        time.sleep(0.05)
    for window in (page, other):
        window.get_by_text(re.compile("Cancelled .*no model was kept")).wait_for()
        assert not window.get_by_text("1 training running").is_visible()

    assert watched.console == []
    assert watched.foreign == []


def test_a_training_outlives_tab_and_server(
    start_server: Callable[..., Any],
    new_window: Callable[..., Any],
    demo_data: Path,
) -> None:
    server = start_server()
    page = new_window()
    open_page(page, server.url)
    page.get_by_role("spinbutton", name="Epochs at most").fill("500")
    page.get_by_role("button", name="Start training").click()
    page.get_by_text("1 training running").wait_for()
    (run,) = jobs.runs()
    page.close()
    server.process.terminate()
    server.process.wait(timeout=20)
    before = len(jobs.Run(run.folder).curve)
    try:
        end = time.monotonic() + 60
        while len(jobs.Run(run.folder).curve) < before + 2:
            assert time.monotonic() < end, jobs.Run(run.folder).log()
            time.sleep(0.2)
    finally:
        jobs.cancel(run.folder)
    while jobs.Run(run.folder).active:
        time.sleep(0.1)
    assert jobs.Run(run.folder).status == "cancelled"
