"""Interrupted trainings that go on in a process of their own."""

import errno
import os
import signal
import time
from pathlib import Path

import pandas as pd
import pytest

from data import store
from data.errors import AppError
from models import checkpoint, jobs
from models.train import TrainSpec
from tests.models.jobs.conftest import FAKE, pid

REAL = (str(Path(__file__).with_name("real_worker.py")),)


def killed(folder, wait):
    """Kill a run that has begun to learn, and wait until that shows."""
    wait(folder, "running", seconds=60)
    while len(jobs.Run(folder).curve) < 2:
        time.sleep(0.02)
    os.kill(pid(jobs.Run(folder)), signal.SIGKILL)
    return wait(folder, "lost")


def test_a_real_network_ends_as_if_nobody_had_killed_it(demo_data, runs_folder, wait):
    first = store.open_data("processed").accidents(["date"])["date"].min()
    until = (first + pd.Timedelta(days=20)).date().isoformat()
    settings = {"epochs": 12, "width": 64, "layers": 1, "batch_size": 32}
    spec = TrainSpec(kind="feed-forward", target="severity", settings=settings, until=until, device="cpu")
    lost = killed(jobs.start(spec, worker=REAL), wait)
    assert lost.resumable
    assert len(lost.curve) < 12, "or there is nothing to go on with"
    run = wait(jobs.resume(lost.folder, worker=REAL), "done", seconds=300)
    whole = wait(jobs.start(spec, worker=REAL), "done", seconds=300)
    assert run.resumed == lost.name
    assert whole.resumed == ""
    for name in ("train_loss", "validation_loss", "validation_accuracy"):
        assert [point[name] for point in run.curve] == [point[name] for point in whole.curve]
    weights = [checkpoint.digest(each.model_folder / "weights.safetensors") for each in (run, whole)]
    assert weights[0] == weights[1]
    assert not (run.folder / "state").exists(), "the model is there"
    last = whole.progress
    assert last["device"] == "cpu"
    assert last.get("memory_mib", 100) > 50
    assert whole.curve[-1]["rows_a_second"] > 0


def test_what_kept_nothing_begins_anew(begin, wait):
    lost = killed(begin(epochs=20, pause=0.1), wait)
    assert not lost.resumable
    run = wait(jobs.resume(lost.folder, worker=FAKE), "done")
    assert run.resumed == lost.name
    assert [point["step"] for point in run.curve] == list(range(1, 21))


def test_what_was_kept_goes_along_and_stays(begin, wait):
    lost = killed(begin("keeping", epochs=1000, pause=0.05), wait)
    assert lost.resumable
    folder = jobs.resume(lost.folder, worker=FAKE)
    assert jobs.resume(lost.folder, worker=FAKE) == folder, "a second click"
    assert [path.name for path in (folder / "state").iterdir()] == ["0.safetensors"]
    assert jobs.Run(lost.folder).resumable
    with pytest.raises(AppError, match="has not ended"):
        jobs.resume(folder, worker=FAKE)


def test_a_disk_that_is_full_is_told_at_once_and_leaves_nothing_behind(begin, wait, monkeypatch):
    lost = killed(begin("keeping", epochs=1000, pause=0.05), wait)

    def full(source, target, **_more):
        Path(target).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("shutil.copyfile", full)
        with pytest.raises(AppError, match=r"The training cannot start .* No space left on device$"):
            jobs.resume(lost.folder, worker=FAKE)
    assert [run.name for run in jobs.runs()] == [lost.name]
    assert [path.name for path in lost.folder.parent.iterdir() if not path.name.startswith(".")] == [lost.name]
    assert jobs.Run(jobs.resume(lost.folder, worker=FAKE)).resumed == lost.name, "once there is room"


def test_one_that_the_system_stopped_can_be_resumed(begin, wait):
    folder = begin("keeping", epochs=1000, pause=0.05)
    wait(folder, "running")
    while not jobs.Run(folder).curve:
        time.sleep(0.05)
    os.kill(pid(jobs.Run(folder)), signal.SIGTERM)
    run = wait(folder, "failed")
    assert "Resume it" in run.error
    assert run.resumable


def test_a_training_with_a_model_has_nothing_to_resume(begin, wait, runs_folder):
    run = wait(begin(), "done")
    with pytest.raises(AppError, match="cannot be resumed"):
        jobs.resume(run.folder)
    (runs_folder / "broken").mkdir()
    (runs_folder / "broken" / "spec.json").write_text("{")
    with pytest.raises(AppError, match="cannot be resumed"):
        jobs.resume(runs_folder / "broken")
