"""What a training's folder says beside what any run's does."""

import json
import os
import time

import pytest

from models import jobs
from models.jobs import Run


@pytest.fixture
def folder(tmp_path):
    whole = {"spec": {"kind": "lstm", "preset": "quick"}, "hash": "x", "created": time.time()}
    (tmp_path / "spec.json").write_text(json.dumps(whole))
    (tmp_path / "heartbeat").touch()
    return tmp_path


def write(folder, *events):
    lines = [json.dumps({"time": time.time(), **event}) + "\n" for event in events]
    with (folder / "events.jsonl").open("a") as file:
        file.writelines(lines)


def step(done, total=10, **values):
    return {"event": "progress", "unit": "epoch", "done": done, "total": total, "share": done / total, "values": values}


def test_the_curve_has_a_point_an_epoch(folder):
    write(folder, step(1, train_loss=2.0), step(1.5), step(2, train_loss=1.0))
    assert Run(folder).curve == [{"step": 1, "train_loss": 2.0}, {"step": 2, "train_loss": 1.0}]


def test_remaining_time_follows_the_share_done(folder):
    write(folder, step(5) | {"began": time.time() - 60})
    assert Run(folder).remaining == pytest.approx(60, abs=1)
    write(folder, {"event": "done"})
    assert Run(folder).remaining is None


def test_remaining_time_of_one_that_was_resumed_counts_only_what_took_time(folder):
    write(folder, step(8, train_loss=1.0))
    assert Run(folder).remaining is None, "the epochs of before came for nothing"
    write(folder, step(9) | {"began": time.time() - 60, "from": 0.8})
    assert Run(folder).remaining == pytest.approx(60, abs=1)


@pytest.mark.parametrize(
    ("end", "yes"),
    [
        ({"event": "cancelled"}, True),
        ({"event": "failed", "stopped": True}, True),
        ({"event": "failed", "stopped": False}, False),
        ({"event": "done"}, False),
        ({"event": "progress", "share": 0.5}, False),
    ],
)
def test_only_what_was_interrupted_can_be_resumed(folder, end, yes):
    write(folder, end)
    assert Run(folder).resumable is False, "nothing is kept"
    (folder / "state").mkdir()
    (folder / "state" / "0.safetensors").touch()
    assert Run(folder).resumable is yes


def test_a_model_is_there_once_its_folder_is(folder):
    assert Run(folder).model_folder is None
    (folder / "model").mkdir()
    assert Run(folder).model_folder == folder / "model"


def test_of_all_runs_only_one_whose_last_word_is_said_is_kept(folder, monkeypatch):
    monkeypatch.setenv("BALISE_RUNS", str(folder.parent))

    def listed():
        return next(run for run in jobs.runs() if run.folder == folder)

    assert listed().status == "queued"
    write(folder, {"event": "started"}, step(1))
    assert listed().status == "running"
    os.utime(folder / "heartbeat", (0, 0))
    assert listed().status == "lost", "nothing but the clock tells it"
    (folder / "heartbeat").touch()
    write(folder, {"event": "failed", "error": "Out of memory."})
    assert listed().error == "Out of memory."
    assert listed() is listed()
