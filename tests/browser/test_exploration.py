"""Three filters are kept over all exploration pages, a reload and an address that somebody else opens; no network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import AT_REST

pytestmark = pytest.mark.browser

PAGES = ("Overview", "Trends", "Map", "Conditions", "Compare", "Profiles")
CHIPS = ("Years: 2023", "Light: Night, no street lighting", "Months: March")
ADDRESS = ("years=2023", "light=3", "months=3")
SOFTWARE_DRAWING = "GPU stall due to ReadPixels"  # Chromium without a graphics card, of its own drawing


def choose(page: Any, group: str, field: str, value: str) -> None:
    """Open a group of the sidebar, and take a value of one of its fields."""
    page.get_by_test_id("stExpander").filter(has_text=group).locator("summary").click()
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=value, exact=True).click()
    page.locator("h1").first.click()  # the open list hides the page from those who cannot see it


def shown(page: Any, name: str) -> str:
    """The words of a page once it is whole: they are the same twice in a row."""
    page.get_by_role("heading", name=name, exact=True).wait_for()
    for chip in CHIPS:
        page.get_by_role("button", name=chip).wait_for()
    before = ""
    for _ in range(40):
        page.wait_for_timeout(500)
        page.wait_for_function(AT_REST)
        now = page.get_by_test_id("stMain").inner_text()
        if now == before:  # what can be undone belongs to a session, not to the address
            return "\n".join(line for line in now.splitlines() if line and line.lower() != "undo")
        before = now
    raise AssertionError(f"{name} never comes to rest")


def test_filters_are_kept_over_pages_a_reload_and_a_second_browser(
    address: str, new_window: Callable[..., Any], watched: Any
) -> None:
    page = new_window()
    page.goto(f"{address}/?{'&'.join(ADDRESS[1:])}")
    choose(page, "When", "Years", "2023")
    other = new_window(person="another")
    for name in PAGES:
        page.get_by_role("link", name=name, exact=True).click()
        words = shown(page, name)
        assert all(part in page.url for part in ADDRESS)
        other.goto(page.url)
        assert shown(other, name) == words
        page.reload()
        assert shown(page, name) == words
    assert [line for line in watched.console if SOFTWARE_DRAWING not in line] == []
    assert watched.foreign == []
