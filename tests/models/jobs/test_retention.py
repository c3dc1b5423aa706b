"""Deleting runs: what was asked for and nothing else, and what has become old."""

import json
import os
import shutil
import threading
import time

import pytest

from data.errors import AppError
from models import jobs
from models.jobs import retention

A_DAY = 86_400


@pytest.fixture
def make(runs_folder):
    """An ended run: make("name", "failed", days=3, model=True)."""

    def write(name, end, days=0.0, model=False, state=False):
        folder = runs_folder / name
        folder.mkdir(parents=True)
        then = time.time() - days * A_DAY
        (folder / "spec.json").write_text(json.dumps({"spec": {"kind": "fake"}, "hash": name, "created": then}))
        (folder / "heartbeat").touch()
        os.utime(folder / "heartbeat", (then - 60,) * 2)
        if end != "lost":
            (folder / "events.jsonl").write_text(json.dumps({"time": then, "event": end}) + "\n")
        if model:
            (folder / "model").mkdir()
            (folder / "model" / "metadata.json").write_text("{}")
        if state:
            (folder / "state").mkdir()
            (folder / "state" / "0.safetensors").touch()
        os.utime(folder, (then,) * 2)
        return folder

    return write


def names(runs_folder):
    return sorted(path.name for path in runs_folder.iterdir() if not path.name.startswith(".lock"))


@pytest.mark.parametrize("end", ["done", "failed", "cancelled", "lost"])
def test_an_ended_run_is_deleted_with_its_model(make, runs_folder, end):
    folder, other = make("a", end, model=end == "done"), make("b", "done", model=True)
    jobs.delete(folder)
    jobs.delete(folder)  # a second click
    assert names(runs_folder) == ["b"]
    assert (other / "model" / "metadata.json").exists()


def test_one_under_way_is_not_deleted(begin, wait):
    folder = begin(epochs=1000, pause=0.05)
    for _moment in ("starting", wait(folder, "running")):
        with pytest.raises(AppError, match="is under way: cancel it"):
            jobs.delete(folder)
    jobs.cancel(folder)
    wait(folder, "cancelled")
    jobs.delete(folder)
    assert jobs.runs() == []


def test_nothing_but_runs_of_the_folder_of_runs_is_deleted(make, runs_folder, tmp_path):
    folder = make("a", "done", model=True)
    outside = tmp_path / "b"
    shutil.copytree(folder, outside)
    (runs_folder / "link").symlink_to(outside)
    (runs_folder / "notes").mkdir()
    (runs_folder / ".places").mkdir()
    (runs_folder / ".places" / "spec.json").touch()
    wrong = [
        outside,
        runs_folder / "link",
        runs_folder / "notes",
        runs_folder / ".places",
        runs_folder,
        runs_folder / ".." / "b",
        folder / "model",
        runs_folder / "a" / "..",
    ]
    for path in wrong:
        with pytest.raises(AppError, match="is no training of"):
            jobs.delete(path)
    assert (outside / "model" / "metadata.json").exists()
    assert names(runs_folder) == [".places", "a", "link", "notes"]


def test_half_a_deleted_run_is_not_listed(make, runs_folder, monkeypatch):
    folder = make("a", "done", model=True)
    monkeypatch.setattr(retention.shutil, "rmtree", lambda *_given, **_named: None)  # killed here
    jobs.delete(folder)
    assert jobs.runs() == []
    monkeypatch.undo()
    monkeypatch.setenv("BALISE_RUNS", str(runs_folder))
    jobs.sweep()
    assert names(runs_folder) == []


def test_two_who_delete_the_same_at_once(make, runs_folder):
    folder, errors = make("a", "failed"), []

    def delete():
        try:
            jobs.delete(folder)
        except AppError as error:
            errors.append(error)

    clicks = [threading.Thread(target=delete) for _ in range(6)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert errors == []
    assert names(runs_folder) == []


def test_what_is_old_goes_and_models_stay(make, runs_folder):
    make("1-model", "done", days=400, model=True)
    make("2-failed", "failed", days=91)
    make("3-lost", "lost", days=200)
    make("4-recent", "cancelled", days=89)
    assert jobs.sweep() == 2
    assert names(runs_folder) == ["1-model", "4-recent"]


def test_what_is_too_much_goes_from_the_oldest(make, runs_folder):
    for n in range(5):
        make(f"{n}-failed", "failed", days=10 - n)
    make("0-model", "done", days=30, model=True)
    assert jobs.sweep(keep_runs=2) == 3
    assert names(runs_folder) == ["0-model", "3-failed", "4-failed"]


def test_states_go_sooner_than_their_runs(make, runs_folder):
    old, young = make("a", "lost", days=15, state=True), make("b", "lost", days=13, state=True)
    assert jobs.sweep() == 0
    assert not (old / "state").exists()
    assert (young / "state").exists()


def test_half_a_model_goes_when_nobody_writes_it_any_more(make, runs_folder):
    runs = {make("a", "cancelled"): False, make("b", "lost", days=13): True, make("c", "lost", days=15): False}
    for folder in runs:
        asked = folder.stat().st_mtime
        for name in ("model.part", ".model.part-x1"):
            (folder / name).mkdir()
        os.utime(folder, (asked, asked))
    jobs.sweep()
    for folder, stay in runs.items():
        assert [(folder / name).exists() for name in ("model.part", ".model.part-x1")] == [stay, stay]


def test_starting_one_sweeps(make, begin, wait, runs_folder):
    make("0-old", "failed", days=100)
    folder = begin()
    assert [run.folder for run in jobs.runs()] == [folder]
    wait(folder, "done")
