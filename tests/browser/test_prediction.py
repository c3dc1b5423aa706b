"""A person describes an accident and reads what the shipped models say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.registry import KINDS

pytestmark = pytest.mark.browser
CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
MODELS = {k.label for k in KINDS.values() if (CHECKPOINTS / f"severity-{k.name}").is_dir()}


def bars(page: Any) -> list[dict[str, list[float]]]:
    """Of each chart: model -> probabilities in percent as drawn."""
    return page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot => Object.fromEntries(
            (plot._fullData || []).filter(trace => trace.type === 'bar').map(trace => [trace.name, [...trace.x]])))"""
    )


def test_predict_then_edit(address: str, new_window: Callable[..., Any], watched: Any) -> None:
    page = new_window()
    page.goto(address)
    page.get_by_role("link", name="Prediction").click()
    page.get_by_role("button", name="Pedestrian at night in town").click()
    page.get_by_role("button", name="Predict", exact=True).click()
    page.get_by_role("heading", name="Severity").wait_for()
    drawn = 10 * len(MODELS)  # a bar of each class of both targets
    page.wait_for_function(f"() => document.querySelectorAll('.js-plotly-plot .bars .point').length >= {drawn}")
    collision, severity = bars(page)
    for chart, classes in ((collision, 7), (severity, 3)):
        assert set(chart) == MODELS >= {"TabTransformer", "Random forest", "XGBoost"}
        for shares in chart.values():
            assert len(shares) == classes
            assert sum(shares) == pytest.approx(100, abs=0.1)

    page.get_by_role("button", name="Two cars on a wet motorway").click()
    page.wait_for_function(
        """before => Math.abs(document.querySelector('.js-plotly-plot')._fullData[0].x[0] - before) > 0.01""",
        arg=next(iter(collision.values()))[0],
    )
    page.get_by_text(re.compile("models (find|name different)")).first.wait_for()
    page.wait_for_url(re.compile("speed_limit=110"))
    whole = page.url

    page.get_by_role("button", name="Vehicles unknown").click()
    page.get_by_role("button", name="Vehicles back").wait_for()
    page.get_by_text("now; with Vehicles").first.wait_for()
    page.get_by_text("With Vehicles again", exact=True).wait_for()

    other = new_window(width=800)
    other.goto(whole)
    other.get_by_role("heading", name="Severity").wait_for()
    other.get_by_text("Without Vehicles", exact=True).wait_for()
    other.wait_for_function(f"document.querySelectorAll('.js-plotly-plot .bars .point').length >= {drawn}")
    assert other.url == whole
    assert other.get_by_label("Speed limit (km/h)").input_value() == "110"
    assert watched.console == []
    assert watched.foreign == []
