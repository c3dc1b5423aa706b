"""A person keeps the report of a prediction, and reads it without Balise."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import AT_REST

pytestmark = pytest.mark.browser


def test_the_report_of_a_prediction_is_one_file_that_is_read_alone(
    few_models: str, new_window: Callable[..., Any], watched: Any
) -> None:
    page = new_window()
    page.goto(f"{few_models}/prediction")
    page.get_by_role("button", name="Pedestrian at night in town").click()
    page.wait_for_url(re.compile("pedestrians=1"))
    page.wait_for_function(AT_REST)
    page.get_by_role("button", name="Predict", exact=True).click()
    page.get_by_text("usual accident.").first.wait_for()  # said last
    said = page.get_by_text("most likely:").all_inner_texts()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Report as HTML").click()
    kept = Path(begun.value.path())
    assert begun.value.suggested_filename.startswith("balise-prediction-")
    assert begun.value.suggested_filename.endswith(".html")

    alone = new_window(width=800)
    alone.set_content(kept.read_text(encoding="utf-8"))
    for title in ("Prediction of an accident", "Severity", "What each group of inputs tells"):
        alone.get_by_role("heading", name=title, exact=True).wait_for()
    alone.get_by_role("cell", name="Night, street lighting on").wait_for()
    assert alone.locator("figure svg").count() == 4  # two targets: probabilities and reasons
    assert alone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    words = alone.locator("body").inner_text()
    one, both = said  # of collision one model speaks, of severity two: what the champion finds, and where they differ
    champion, differ = re.split(r"(?<=\.) (?=The )", both)
    assert one in words
    assert differ in words
    found = re.fullmatch(r"The champion, (.+), finds (.+) most likely: (.+)\.", champion)
    assert all(part in words for part in found.groups())
    assert watched.console == []
    assert watched.foreign == []
