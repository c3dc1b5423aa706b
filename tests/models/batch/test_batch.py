"""A file scored as a run: every row comes back, with answers or with the reason why there is none."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from data import features
from data.batch import draft
from data.errors import AppError, Cancelled, DataError
from data.runs.run import CANCEL
from data.runs.worker import Diary
from models import batch, registry
from models.__main__ import main
from models.batch import files, launch, score, worker
from tests.models.batch.conftest import FILE

MODELS = ["severity-xgboost", "severity-random-forest", "collision-xgboost"]
READERS = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}
SEVERITY = ["Light injuries only", "At least one hospitalised", "At least one killed"]


@pytest.fixture
def started(take_in: Callable, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Begin a run whose process the test is itself."""
    monkeypatch.setattr("data.runs.spawn", lambda folder, worker, environment: None)

    def begin(models: list[str] = MODELS, *, lenient: bool = False) -> Path:
        drafted, chosen = take_in()
        return batch.start(drafted, chosen, models, lenient=lenient)

    return begin


def finish(folder: Path) -> dict[str, object]:
    diary = Diary(folder)
    facts = worker._score(diary)
    diary.end("done", **facts)
    return facts


def test_every_row_comes_back_in_order(started: Callable[..., Path]) -> None:
    folder = started()
    assert finish(folder) == {"share": 1.0, "rows": 6, "scored": 3}
    frame = pd.read_parquet(folder / "result.parquet")
    assert frame["id"].tolist() == ["=1+1", "b", "c", "d", "e", "f"]
    assert frame["row"].tolist() == [2, 3, 4, 5, 6, 7]
    columns = [f"Severity - XGBoost - {name}" for name in SEVERITY]
    assert frame[columns].notna().all(axis=1).tolist() == [True, True, False, False, True, False]
    assert (frame.loc[[0, 1, 4], columns].sum(axis=1) - 1).abs().max() < 1e-5
    assert set(frame["Severity - XGBoost - most likely"].dropna()) <= set(SEVERITY)
    assert "lum '9'" in frame["problem"][2]
    assert "vitesse '500'" in frame["problem"][3]
    assert frame["problem"].tolist()[::5] == ["", "no input of the models is known"]
    assert list(frame)[-1] == "problem"


def test_the_answers_are_those_of_the_models(started: Callable[..., Path], models: Path) -> None:
    folder = started()
    finish(folder)
    frame = pd.read_parquet(folder / "result.parquet")
    described = features.row({"light": "3", "speed_limit": 80, "pedestrians": 1})
    for kind, label in (("xgboost", "XGBoost"), ("random-forest", "Random forest")):
        proba = registry.load(models / f"severity-{kind}").predict_proba(described).iloc[0]
        found = frame.loc[1, [f"Severity - {label} - {name}" for name in SEVERITY]]
        assert found.tolist() == pytest.approx(proba.tolist(), abs=1e-6)


@pytest.mark.parametrize("lenient", [False, True])
def test_the_command_line_gives_what_the_page_gives(
    started: Callable[..., Path], models: Path, tmp_path: Path, *, lenient: bool
) -> None:
    folder = started(lenient=lenient)
    finish(folder)
    (tmp_path / "mine.csv").write_text(FILE, encoding="utf-8")
    command = ["predict", *(str(models / name) for name in MODELS), "--data", str(tmp_path / "mine.csv")]
    for form in ("csv", "parquet", "xlsx"):
        out = tmp_path / f"out.{form}"
        assert main([*command, "--out", str(out), *(["--lenient"] if lenient else [])]) == 0
        frames = [READERS[form](path) for path in (out, folder / f"result.{form}")]
        pd.testing.assert_frame_equal(*frames)
        assert len(frames[0]) == 6
    assert (tmp_path / "out.csv").read_bytes() == (folder / "result.csv").read_bytes()


def test_the_summary_adds_up(started: Callable[..., Path]) -> None:
    folder = started()
    finish(folder)
    summary = files.summary(folder)
    assert (summary["rows"], summary["scored"], summary["not_scored"]) == (6, 3, 3)
    for model in summary["models"]:
        assert sum(c["most_likely"] for c in model["classes"]) == 3
        assert sum(c["expected"] for c in model["classes"]) == pytest.approx(3, abs=0.01)
    severity = summary["models"][0]
    assert severity["known"] == 2  # of the rows that are scored
    assert 0 <= severity["agree"] <= 2
    assert "known" not in summary["models"][2]
    assert {(p["column"], p["value"]) for p in summary["problems"]} >= {("lum", "9"), ("vitesse", "500")}


def test_files_for_spreadsheets_hold_no_formula(started: Callable[..., Path]) -> None:
    folder = started()
    finish(folder)
    read = pd.read_csv(io.BytesIO(files.content(folder, "csv")), encoding="utf-8-sig")
    book = pd.read_excel(io.BytesIO(files.content(folder, "xlsx")))
    table = pd.read_parquet(io.BytesIO(files.content(folder, "parquet")))
    assert read.shape == book.shape == table.shape
    assert read["id"][0] == book["id"][0] == "'=1+1"
    assert table["id"][0] == "=1+1"  # calculated by nobody
    assert files.first(folder, 2)["id"].tolist() == ["=1+1", "b"]


def test_values_taken_as_unknown_are_named(started: Callable[..., Path]) -> None:
    folder = started(lenient=True)
    assert finish(folder)["scored"] == 5
    assert files.summary(folder)["with_unknown"] == 2
    assert pd.read_parquet(folder / "result.parquet")["problem"][3].startswith("taken as unknown: vitesse '500'")


def test_a_model_that_cannot_be_used_is_left_out(started: Callable[..., Path], models: Path) -> None:
    folder = started()
    (models / "severity-random-forest" / "forest.skops").write_bytes(b"nothing")
    finish(folder)
    summary = files.summary(folder)
    assert [name for name, _reason in summary["refused"]] == ["Random forest"]
    assert len(summary["models"]) == 2
    alone = started(["severity-random-forest"])
    with pytest.raises(DataError, match="Random forest"):
        finish(alone)


def test_a_wish_to_cancel_ends_it_and_nothing_is_kept(started: Callable[..., Path]) -> None:
    folder = started()
    (folder / "heartbeat").touch()
    batch.cancel(folder)
    with pytest.raises(Cancelled):
        worker._score(Diary(folder))
    assert not (folder / "summary.json").exists()


def test_progress_is_told_by_model_and_rows(started: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(score, "CHUNK", 1)
    monkeypatch.setattr(worker, "SPEAK_EVERY", 0.0)
    folder = started()
    finish(folder)
    steps = [e for e in batch.Run(folder).events if e.get("phase") == "score"]
    assert [(e["model"], e["done"]) for e in steps[:4]] == [
        ("XGBoost", 0),
        ("XGBoost", 1),
        ("XGBoost", 2),
        ("XGBoost", 3),
    ]
    shares = [e["share"] for e in batch.Run(folder).events if "share" in e]
    assert shares == sorted(shares)
    assert steps[-1]["done"] == steps[-1]["total"] == 9


def test_names_of_columns_never_clash(take_in: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.runs.spawn", lambda folder, worker, environment: None)
    drafted, chosen = take_in("lum;problem;row;Severity - XGBoost - most likely\n1;mine;7;me\n")
    folder = batch.start(drafted, chosen, MODELS[:1])
    finish(folder)
    frame = pd.read_parquet(folder / "result.parquet")
    assert frame["problem"].tolist() == ["mine"]
    assert frame["row"].tolist() == ["7"]
    assert frame["row (Balise)"].tolist() == [2]
    assert "Severity - XGBoost - most likely (Balise)" in frame


def test_the_same_under_way_is_given_instead(started: Callable[..., Path]) -> None:
    first = started()
    (first / "heartbeat").touch()
    assert started() == first
    assert started(lenient=True) != first


@pytest.mark.parametrize("models", [[], ["nothing"], ["severity-xgboost"] * 21])
def test_models_that_are_none_are_refused(started: Callable[..., Path], models: list[str]) -> None:
    with pytest.raises(DataError):
        started(models)
    assert batch.runs() == []


def test_ended_runs_go_by_age_and_number(started: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    first = started()
    finish(first)
    spec = json.loads((first / "spec.json").read_text())
    spec["created"] = time.time() - 31 * 86_400
    (first / "spec.json").write_text(json.dumps(spec))
    second = started()
    assert [run.folder for run in batch.runs()] == [second]
    finish(second)
    monkeypatch.setattr(launch, "KEPT", 0)
    third = started()
    assert [run.folder for run in batch.runs()] == [third]


def test_a_result_is_deleted_and_nothing_else(started: Callable[..., Path], folders: Path) -> None:
    folder = started()
    with pytest.raises(AppError, match="being scored"):
        batch.delete(folder)
    finish(folder)
    with pytest.raises(AppError, match="no scored file"):
        batch.delete(folders / "checkpoints")
    batch.delete(folder)
    batch.delete(folder)
    assert batch.runs() == []
    with pytest.raises(DataError, match="no longer"):
        files.content(folder, "csv")


def test_the_file_of_a_person_is_readable_by_nobody_else_and_let_go(started: Callable[..., Path]) -> None:
    folder = started()
    if os.name != "nt":
        assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "table.parquet").is_file()
    finish(folder)
    assert not (folder / "table.parquet").exists()
    assert not (folder / CANCEL).exists()
    assert draft.folder() in folder.parents
