"""A person reads why the shipped models answer as they do, one by one and side by side."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import IMPORTED

pytestmark = pytest.mark.browser


def test_models_side_by_side_and_in_general(few_models: str, new_window: Callable[..., Any], watched: Any) -> None:
    page = new_window()
    page.goto(f"{few_models}/prediction")
    page.get_by_role("button", name="Two cars on a wet motorway").click()
    page.get_by_role("button", name="Predict", exact=True).click()
    page.get_by_role("heading", name="Severity").wait_for()
    page.get_by_role("link", name="Explanation", exact=True).click()
    page.get_by_role("heading", name="Explanation", exact=True).wait_for()  # Prediction has a Severity too
    page.get_by_role("radio", name="Severity", exact=True).click()
    page.get_by_text("the probability of").first.wait_for()

    page.get_by_role("tab", name="Models side by side").click()
    page.get_by_text("All models play one game").wait_for()
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot .bars .point').length === 10")
    # the background of the comparison is of real accidents as soon as some are loaded
    page.get_by_text("drawn from those loaded" if IMPORTED in os.environ else "that never happened").wait_for()
    assert "explain_view=Models" in page.url

    page.get_by_role("tab", name="In general").click()
    page.get_by_role("tab", name="Every accident").click()
    page.get_by_text("A dot is an accident").wait_for()
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot .scatterlayer .point').length > 1000")
    assert watched.console == []
    assert watched.foreign == []
