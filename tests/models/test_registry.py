"""Which kinds there are, which checkpoints are found, and what is said of those that cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from data.text import LANGUAGE
from models import registry
from models.base import CheckpointError, DataError
from models.registry import KINDS

ABOUT = {"format": 1, "kind": "xgboost", "target": "severity", "config": {}, "files": {}}


def checkpoint(folder: Path, **changes: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "metadata.json").write_text(json.dumps(ABOUT | changes), encoding="utf-8")
    return folder


def test_folders_are_those_of_the_environment_at_the_time_of_asking(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert registry.checkpoints_folder() == folders / "checkpoints"
    assert registry.runs_folder() == folders / "runs"
    monkeypatch.delenv("BALISE_RUNS")
    assert registry.runs_folder() == folders / "checkpoints" / "runs"
    monkeypatch.delenv("BALISE_CHECKPOINTS")
    assert registry.checkpoints_folder() == Path(registry.__file__).parents[1] / "checkpoints"


def test_shipped_ones_come_first_then_runs_from_the_newest(folders: Path) -> None:
    checkpoint(folders / "checkpoints" / "severity-b")
    checkpoint(folders / "checkpoints" / "collision-a", target="collision")
    checkpoint(folders / "checkpoints" / ".severity-half-written")
    for run in ("20240101-first", "20240102-second"):
        checkpoint(folders / "runs" / run / "model")
    (folders / "runs" / "20240103-failed").mkdir()
    names = ["collision-a", "severity-b", "20240102-second", "20240101-first"]
    assert [e.name for e in registry.entries()] == names
    assert [e.name for e in registry.entries("severity")] == names[1:]
    assert registry.entries("severity")[1].folder == folders / "runs" / "20240102-second" / "model"


def test_runs_inside_the_checkpoints_are_no_checkpoint(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BALISE_RUNS")
    checkpoint(folders / "checkpoints" / "runs" / "one" / "model")
    assert [e.name for e in registry.entries()] == ["one"]


def test_no_folder_no_entries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BALISE_CHECKPOINTS", str(tmp_path / "nowhere"))
    monkeypatch.delenv("BALISE_RUNS", raising=False)
    assert registry.entries() == []


def test_one_that_cannot_be_read_is_listed_with_its_reason_where_its_name_fits(folders: Path) -> None:
    for name in ("severity-broken", "mine"):
        checkpoint(folders / "checkpoints" / name, format=99)
    found = {e.name: e for e in registry.entries("severity")}
    assert set(found) == {"severity-broken", "mine"}
    assert found["mine"].metadata is None
    assert "format 99" in (found["mine"].error or "")
    assert [e.name for e in registry.entries("collision")] == ["mine"]


def test_a_kind_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="unknown kind 'oracle'"):
        registry.load(checkpoint(tmp_path / "model", kind="oracle"))


def test_a_target_its_kind_cannot_learn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="lstm for 'severity'"):
        registry.load(checkpoint(tmp_path / "model", kind="lstm"))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_answers_to_its_name_and_its_presets_are_its_own_settings(kind: registry.Kind) -> None:
    assert kind.model.kind == kind.name
    assert all(isinstance(config, kind.model.config_type) for config in kind.presets.values())
    assert "base" in kind.presets


def test_settings_are_a_preset_with_changes() -> None:
    forest = KINDS["random-forest"]
    name, config = forest.settings(None, {"trees": 7})
    assert (name, config.trees, config.depth) == ("base", 7, forest.presets["base"].depth)
    with pytest.raises(DataError, match="no preset 'huge'; there is base"):
        forest.settings("huge")
    with pytest.raises(DataError, match="no setting 'wings'"):
        forest.settings("base", {"wings": 2})
    with pytest.raises(ValueError, match="trees = 0"):
        forest.settings("base", {"trees": 0})


def test_listing_kinds_and_checkpoints_needs_no_heavy_library(folders: Path) -> None:
    checkpoint(folders / "checkpoints" / "severity-a")
    code = """
import sys
from models import registry
assert registry.entries() and registry.KINDS
print({"torch", "sklearn", "xgboost", "pandas"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'pandas'}"  # for the results that every model gives


def test_a_kind_is_called_in_the_language_of_whoever_looks() -> None:
    kind = registry.KINDS["random-forest"]
    assert kind.label == "Random forest"
    token = LANGUAGE.set("fr")
    try:
        assert kind.label == "Forêt aléatoire"
    finally:
        LANGUAGE.reset(token)
