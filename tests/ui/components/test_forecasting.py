"""What forecasters are called where one is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.registry import Entry
from ui.components import model_card
from ui.components.forecasting import model_label


@pytest.mark.parametrize(
    ("title", "trained_here", "label"),
    [
        ("", False, "x (preset Base, 2026-01-02)"),
        ("Rhône alone", False, "Rhône alone (preset Base, 2026-01-02)"),
        ("", True, "Trained here 2026-01-02 "),
        ("Rhône alone", True, "Rhône alone, trained here 2026-01-02 "),
    ],
)
def test_a_forecaster_is_called_by_the_name_it_was_given(
    title: str, trained_here: bool, label: str, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    if trained_here:
        (tmp_path / "spec.json").touch()
    facts = {"preset": "base", "created": "2026-01-02T12:00:00+00:00"}
    assert model_label(Entry("x", folder, facts, None, title=title)).startswith(label)


def test_a_forecaster_of_an_earlier_version_says_so_in_the_list(tmp_path: Path) -> None:
    facts = {"preset": "base", "created": "2026-01-02T12:00:00+00:00", "target": "daily", "kind": "lstm"}
    whole = facts | {"held_out_forecasts": {}}
    assert model_label(Entry("x", tmp_path, whole, None)) == "x (preset Base, 2026-01-02)"
    words = "of an earlier version: train it again"
    assert model_label(Entry("x", tmp_path, facts, None)) == f"x (preset Base, 2026-01-02), {words}"
    assert model_card.label(Entry("x", tmp_path, facts, None)).endswith(words)
    assert not model_card.label(Entry("x", tmp_path, whole, None)).endswith(words)
