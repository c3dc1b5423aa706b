"""A person gives a file, sees what its columns stand for, has it scored and takes the result along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

pytestmark = pytest.mark.browser
FILE = "ref;lum;vitesse;pietons\n=1;Plein jour;50;1\nb;3;80;0\nc;1;500;0\n"


def test_a_file_is_scored_and_taken_along(
    address: str, new_window: Callable[..., Any], watched: Any, tmp_path: Path
) -> None:
    page = new_window()
    page.goto(f"{address}/batch")
    page.get_by_role("heading", name="Batch").wait_for()
    page.locator("input[type=file]").set_input_files(
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("heading", name="What the columns stand for").wait_for()
    page.get_by_text("1 of 3 rows have a value that is not understood").wait_for()
    page.get_by_role("button", name="Score the file").click()
    button = page.get_by_role("button", name="Result as CSV")
    button.wait_for()
    with page.expect_download() as begun:
        button.click()
    begun.value.save_as(tmp_path / "scored.csv")
    found = pd.read_csv(tmp_path / "scored.csv", encoding="utf-8-sig")
    assert found["ref"].tolist() == ["'=1", "b", "c"]
    classes = [c for c in found if c.startswith("Severity - Blend - ") and "most likely" not in c]
    assert found[classes].sum(axis=1).round(3).tolist() == [1, 1, 0]
    assert "500" in found["problem"][2]
    assert watched.console == []
    assert watched.foreign == []
