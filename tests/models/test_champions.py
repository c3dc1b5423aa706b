"""Who answers by default, who is compared with it, and how that changes."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from data.errors import AppError, DataError
from models import champions, registry, versions
from models.base import CheckpointError
from tests.models.test_registry import checkpoint


@pytest.fixture
def models(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of checkpoints without weights, whose loading is told to succeed."""
    for name in ("severity-blend", "severity-xgboost", "severity-logistic"):
        checkpoint(folders / "checkpoints" / name)
    for run in ("20260101-a", "20260102-b", "20260103-c", "20260104-d"):
        checkpoint(folders / "runs" / run / "model")
    monkeypatch.setattr(registry, "load", lambda folder, device: None)
    return folders


def now() -> str:
    found = champions.champion("severity")
    assert found is not None
    return found.name


def test_without_a_choice_it_is_the_shipped_blend_then_what_else_is_shipped(models: Path) -> None:
    assert now() == "severity-blend"
    shutil.rmtree(models / "checkpoints" / "severity-blend")
    assert now() == "severity-xgboost"
    shutil.rmtree(models / "checkpoints" / "severity-xgboost")
    assert now() == "severity-logistic"
    shutil.rmtree(models / "checkpoints" / "severity-logistic")
    assert now() == "20260104-d"
    assert champions.champion("collision") is None


def test_promotions_are_taken_back_one_by_one_and_remembered(models: Path) -> None:
    champions.promote("20260101-a")
    champions.promote("20260102-b", "severity")
    champions.promote("20260102-b")  # it is it already
    assert now() == "20260102-b"
    assert champions.roll_back("severity").name == "20260101-a"
    assert champions.roll_back("severity").name == "severity-blend"
    assert now() == "severity-blend"
    with pytest.raises(DataError, match="no champion to go back to"):
        champions.roll_back("severity")
    found = [(step["way"], step["model"], step["before"]) for step in champions.history("severity")]
    assert found == [
        ("rolled back", "severity-blend", "20260101-a"),
        ("rolled back", "20260101-a", "20260102-b"),
        ("promoted", "20260102-b", "20260101-a"),
        ("promoted", "20260101-a", "severity-blend"),
    ]


def test_going_back_passes_over_what_was_deleted(models: Path) -> None:
    for name in ("20260101-a", "20260102-b", "20260101-a", "20260103-c"):
        champions.promote(name)
    shutil.rmtree(models / "runs" / "20260102-b")
    assert champions.roll_back("severity").name == "20260101-a"
    assert champions.roll_back("severity").name == "severity-blend"


def test_a_champion_that_is_gone_leaves_the_one_before(models: Path) -> None:
    champions.promote("20260101-a")
    champions.promote("20260102-b")
    shutil.rmtree(models / "runs" / "20260102-b")
    assert now() == "20260101-a"
    (models / "runs" / "20260101-a" / "model" / "metadata.json").write_text("{")
    assert now() == "severity-blend"


def test_what_does_not_load_or_answers_something_else_is_not_promoted(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="answers 'severity', not 'collision'"):
        champions.promote("20260101-a", "collision")
    with pytest.raises(DataError, match="There is no model 'gone'"):
        champions.promote("gone")
    monkeypatch.undo()
    monkeypatch.setenv("BALISE_CHECKPOINTS", str(models / "checkpoints"))
    monkeypatch.setenv("BALISE_RUNS", str(models / "runs"))
    with pytest.raises(CheckpointError):
        champions.promote("20260101-a")
    assert champions.history("severity") == []


def test_the_champion_is_compared_with_what_is_shipped_and_the_newest_own_until_somebody_chooses(models: Path) -> None:
    shipped = ["severity-blend", "severity-logistic", "severity-xgboost"]
    assert [e.name for e in champions.compared("severity")] == [*shipped, "20260104-d", "20260103-c", "20260102-b"]
    champions.compare("severity-logistic", wanted=False)
    champions.compare("20260101-a", wanted=True)
    champions.promote("20260102-b")
    names = [e.name for e in champions.compared("severity")]
    assert names == ["20260102-b", "severity-blend", "severity-xgboost", "20260104-d", "20260103-c", "20260101-a"]


def test_a_choice_about_one_model_leaves_the_others_to_the_rule(models: Path) -> None:
    champions.compare("severity-logistic", wanted=False)
    checkpoint(models / "runs" / "20260105-e" / "model")
    names = [e.name for e in champions.compared("severity")]
    assert names == ["severity-blend", "severity-xgboost", "20260105-e", "20260104-d", "20260103-c"]
    champions.compare("severity-logistic", wanted=True)
    assert "severity-logistic" in [e.name for e in champions.compared("severity")]


def test_a_list_of_an_earlier_version_holds_until_something_is_changed(models: Path) -> None:
    folder = models / "runs" / versions.FOLDER
    folder.mkdir()
    (folder / versions.FILE).write_text(json.dumps({"compared": {"severity": ["severity-xgboost", "20260101-a"]}}))
    assert [e.name for e in champions.compared("severity")] == ["severity-blend", "severity-xgboost", "20260101-a"]
    champions.compare("severity-xgboost", wanted=False)
    checkpoint(models / "runs" / "20260105-e" / "model")
    assert [e.name for e in champions.compared("severity")] == ["severity-blend", "20260105-e", "20260101-a"]


def test_a_champion_cannot_be_deleted(models: Path) -> None:
    run = models / "runs" / "20260101-a"
    assert champions.in_use(run) is None
    champions.promote(run.name)
    versions.describe(models / "runs", run.name, "Mine", "")
    for folder in (run, run / "model"):
        assert "Mine is the champion for severity" in (champions.in_use(folder) or "")
    assert champions.in_use(models / "runs" / "20260102-b") is None
    champions.roll_back("severity")
    assert champions.in_use(run) is None


def test_an_own_model_is_deleted_with_all_that_was_said_of_it(models: Path) -> None:
    runs, name = models / "runs", "20260101-a"
    versions.describe(runs, name, "Mine", "")
    champions.compare(name, wanted=True)
    champions.delete(name)
    left = sorted(p.name for p in runs.iterdir() if not p.name.startswith(".lock"))
    assert left == [".registry", "20260102-b", "20260103-c", "20260104-d"]
    kept = versions.read(runs)
    assert kept["versions"] == {}
    assert name not in kept["compared"]["severity"]


def test_a_training_is_deleted_with_what_was_said_of_its_model(models: Path) -> None:
    runs = models / "runs"
    (runs / "20260101-a" / "spec.json").write_text(json.dumps({"spec": {"kind": "logistic"}, "created": 1.0}))
    checkpoint(runs / "20260105-failed" / "nothing")
    (runs / "20260105-failed" / "spec.json").write_text(json.dumps({"spec": {"kind": "logistic"}, "created": 1.0}))
    versions.describe(runs, "20260101-a", "Mine", "")
    for name in ("20260101-a", "20260105-failed"):
        champions.delete(name)
        assert not (runs / name).exists()
    assert versions.read(runs)["versions"] == {}


def test_what_is_under_way_or_outside_is_not_deleted(models: Path) -> None:
    run = models / "runs" / "20260101-a"
    (run / "spec.json").write_text(json.dumps({"spec": {"kind": "logistic"}, "created": time.time()}))
    (run / "heartbeat").touch()
    versions.describe(models / "runs", run.name, "Mine", "")
    with pytest.raises(AppError, match="is under way"):
        champions.delete(run.name)
    with pytest.raises(AppError, match="is no training of"):
        champions.delete("../checkpoints/severity-xgboost")
    assert (run / "model").is_dir()
    assert versions.read(models / "runs")["versions"][run.name]["title"] == "Mine"
    assert (models / "checkpoints" / "severity-xgboost").is_dir()


def test_neither_a_champion_nor_a_shipped_model_is_deleted(models: Path) -> None:
    champions.promote("20260101-a")
    with pytest.raises(DataError, match="is the champion"):
        champions.delete("20260101-a")
    with pytest.raises(DataError, match="comes with the product"):
        champions.delete("severity-xgboost")
    assert (models / "runs" / "20260101-a" / "model").is_dir()
