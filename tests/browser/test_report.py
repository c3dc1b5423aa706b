"""A person keeps the report of a prediction, and reads it without Balise."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import AT_REST

pytestmark = pytest.mark.browser
CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"


def test_the_report_of_a_prediction_is_one_file_that_is_read_alone(
    start_server: Callable[..., Any], new_window: Callable[..., Any], watched: Any, tmp_path: Path
) -> None:
    for name in ("collision-logistic", "severity-logistic"):  # the quickest to answer and to explain
        shutil.copytree(CHECKPOINTS / name, tmp_path / "checkpoints" / name)
    server = start_server()
    page = new_window()
    page.goto(f"{server.url}/prediction")
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
    assert len(said) == 2
    assert all(sentence in words for sentence in said)
    assert watched.console == []
    assert watched.foreign == []
