"""Models on the same accidents: a moved threshold moves its dots and the address, and lists follow every switch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKPOINTS = ROOT / "checkpoints"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (CHECKPOINTS / "severity-logistic").is_dir(), reason="no shipped models"),
]
DOTS = """() => [...document.querySelectorAll('.js-plotly-plot')].map(plot =>
    (plot._fullData || []).filter(trace => trace.name === 'at the threshold').map(trace => [...trace.x])[0])
    .filter(dots => dots)"""


def test_the_threshold_moves_and_lists_follow(address: str, new_window: Callable[..., Any], watched: Any) -> None:
    page = new_window()
    quick = "&".join(f"models_{t}={t}-logistic,{t}-feed-forward" for t in ("severity", "collision"))
    asked = f"compare_scores=same&compare_target=severity&compare_accidents=all&compare_size=1000&{quick}"
    page.goto(f"{address}/comparison?{asked}")
    page.get_by_role("tab", name="Curves and threshold").click()
    page.wait_for_function(f"() => ({DOTS})().length === 4")
    before = page.evaluate(DOTS)
    page.get_by_role("slider", name="Flag from this probability on").press("End")
    page.wait_for_function(f"before => JSON.stringify(({DOTS})()) !== JSON.stringify(before)", arg=before)
    page.wait_for_function("() => new URL(location).searchParams.get('threshold') === '1'")

    page.get_by_role("tab", name="Scores").click()
    matrix = page.get_by_role("combobox", name="Confusion matrix of")
    for target, event in (("Collision type", "Two vehicles - side"), ("Severity", "At least one killed")) * 2:
        page.get_by_role("radio", name=target).click()
        page.locator(".js-plotly-plot").get_by_text(event).first.wait_for()
        matrix.scroll_into_view_if_needed()
        matrix.click()
        page.get_by_role("option", name="Logistic regression").click()
        page.wait_for_function(
            """() => [...document.querySelectorAll('input')].some(field => field.value === 'Logistic regression')"""
        )
    assert watched.console == []
    assert watched.foreign == []
