"""A person looks at the forecast of a département, sends its address to another, and keeps the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def test_the_address_shows_another_person_the_same(
    address: str, new_window: Callable[..., Any], watched: Any, tmp_path: Path
) -> None:
    page = new_window()
    page.goto(address)
    page.get_by_role("link", name="Forecasting").click()
    page.get_by_role("combobox", name="Level").click()
    page.keyboard.type("Rhône")
    page.keyboard.press("Enter")
    page.get_by_text("Rhône. The forecast begins").wait_for()
    page.get_by_role("button", name="50%").click()
    page.get_by_role("tab", name="Past forecasts").click()
    page.get_by_text("Off by").wait_for()

    other = new_window(width=800)
    other.goto(page.url)
    other.get_by_text("Off by").wait_for()
    assert other.get_by_role("combobox", name="Level").input_value() == "69 Rhône"
    other.locator(".legendtext", has_text="50% interval").first.wait_for()
    assert other.evaluate("document.documentElement.scrollWidth") <= 800

    with other.expect_download() as kept:
        other.locator(".js-plotly-plot").first.hover()
        other.get_by_role("button", name="Download plot as a PNG").first.click()
    assert kept.value.suggested_filename == "forecast-daily-lstm-69-2024-10-01.png"
    kept.value.save_as(tmp_path / "kept.png")
    assert (tmp_path / "kept.png").read_bytes().startswith(b"\x89PNG")

    assert watched.console == []
    assert watched.foreign == []
