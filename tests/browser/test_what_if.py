"""A person changes an example accident, reads the differences, and hands the address on to somebody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def bars(page: Any) -> dict[str, list[float]]:
    """Scenario -> probabilities in percent as drawn."""
    page.wait_for_function("() => document.querySelectorAll('.js-plotly-plot .bars .point').length >= 6")
    return page.evaluate(
        """() => Object.fromEntries(document.querySelector('.js-plotly-plot')._fullData.map(t => [t.name, [...t.x]]))"""
    )


def test_a_scenario_is_changed_and_handed_on(few_models: str, new_window: Callable[..., Any], watched: Any) -> None:
    page = new_window(width=800)
    page.goto(f"{few_models}/what-if")
    page.get_by_role("button", name="Motorcycle alone on a departmental road").click()
    page.get_by_role("combobox", name="What is changed").fill("Speed limit")
    page.get_by_role("option", name="Speed limit", exact=True).click()
    page.locator("h1").first.click()  # the open list hides the page from those who cannot see it
    limit = page.get_by_role("spinbutton", name="Speed limit")
    limit.fill("50")
    limit.press("Enter")
    page.get_by_text("instead of 80 km/h").wait_for()
    page.wait_for_url("**speed_limit.50**")
    page.wait_for_function(
        "() => [...(document.querySelector('.js-plotly-plot')?._fullData?.[1]?.text || [])].some(t => !t.includes('±'))"
    )
    drawn = bars(page)
    assert list(drawn) == ["As described", "Scenario 1"]
    assert sum(drawn["Scenario 1"]) == pytest.approx(100, abs=0.1)
    assert drawn["Scenario 1"][0] > drawn["As described"][0]  # light injuries

    other = new_window()
    other.goto(page.url)
    other.get_by_text("instead of 80 km/h").wait_for()
    assert bars(other) == drawn
    assert watched.console == []
    assert watched.foreign == []
