"""Clocks that jump, memory that runs out, a GPU that is not there."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from data import runs, store
from data.schema import TABLES
from models import jobs
from models.jobs import worker
from models.train import TrainSpec
from tests.data import official
from tests.faults.conftest import seen
from tests.models.jobs.conftest import pid
from tests.models.jobs.test_resume import REAL

Says = Callable[[object], None]
FAILING = (str(Path(__file__).with_name("failing_worker.py")),)
AN_HOUR = 3600.0


def moved(folder: Path, seconds: float) -> None:
    """As if the clock had been set that much since the run was asked for and last beat."""
    path = folder / "spec.json"
    whole = json.loads(path.read_text())
    path.write_text(json.dumps({**whole, "created": whole["created"] - seconds}))
    if (folder / "heartbeat").exists():
        then = (folder / "heartbeat").stat().st_mtime - seconds
        os.utime(folder / "heartbeat", (then, then))


@pytest.mark.fault(
    area="machine",
    fault="The clock is set forward or back by an hour while a training runs",
    shown="Training",
    kept="The training; for a second at most it may look lost",
    goes_on="The training, and those that wait for their turn",
)
@pytest.mark.parametrize("jump", [AN_HOUR, -AN_HOUR], ids=["forward", "back"])
def test_the_clock_is_set_while_a_training_runs(
    begin: Callable[..., Path], wait: Callable[..., jobs.Run], jump: float, says: Says
) -> None:
    folder = begin(epochs=40, pause=0.05)
    wait(folder, "running")
    moved(folder, jump)
    run = wait(folder, "running", seconds=3)
    assert abs(run.heartbeat_age or 0) < 5
    says(seen("trainings", folder.name))
    assert wait(folder, "done").elapsed >= 0


@pytest.mark.fault(
    area="machine",
    fault="The clock was set back after a training was killed, so that its last sign of life lies in the future",
    shown="The training process ended without a word after … steps",
    kept="Every other training and model",
    goes_on="Those that wait: the dead one keeps nobody from a turn",
)
def test_the_clock_is_set_back_after_a_training_died(
    begin: Callable[..., Path], wait: Callable[..., jobs.Run], monkeypatch: pytest.MonkeyPatch, says: Says
) -> None:
    monkeypatch.setenv("BALISE_TRAININGS_AT_ONCE", "1")
    first, dead, last = (begin(epochs=100 + n, pause=0.05) for n in range(3))
    wait(first, "running")
    while pid(jobs.Run(dead)) is None or jobs.Run(last).ahead is None:
        time.sleep(0.05)
    for folder in (first, dead):
        os.kill(pid(jobs.Run(folder)), 9)
    time.sleep(0.1)
    for folder in (first, dead):
        moved(folder, -AN_HOUR)
        assert jobs.Run(folder).heartbeat_age < 0
        assert jobs.Run(folder).status == "lost"
    says(seen("trainings", dead.name))
    wait(last, "running", seconds=3)


@pytest.mark.fault(
    area="machine",
    fault="The clock was set back after a process had died before its first sign of life",
    shown="The process ended without a word: it was killed, memory ran out or the machine stopped.",
    kept="The earlier import",
    goes_on="The next import: the dead one does not stand in its way",
)
@pytest.mark.parametrize("jump", [AN_HOUR, -AN_HOUR], ids=["forward", "back"])
def test_the_clock_is_set_before_the_first_beat(folders: Path, jump: float, says: Says) -> None:
    folder = runs.create(store.processed_folder() / "intake", "upload", {"kind": "upload", "files": []}, "")
    assert runs.Run(folder).status == "queued"
    moved(folder, jump)
    assert runs.Run(folder).status == "lost"
    (folder / "events.jsonl").touch()
    says(seen("imports"))


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """Files of 300 accidents."""
    days = pd.date_range("2024-01-01", periods=300, freq="8h")
    keys = [f"2024900{i:05d}" for i in range(300)]
    own = {
        "caracteristiques": [{"jour": str(day.day), "mois": str(day.month)} for day in days],
        "usagers": [{"grav": "2134"[i % 4]} for i in range(300)],
    }
    changes = {t: [{"Num_Acc": k, **o} for k, o in zip(keys, own.get(t) or [{}] * 300, strict=True)] for t in TABLES}
    return official.folder_of(tmp_path / "few", **{table: official.rows(table, *changes[table]) for table in TABLES})


def asked(data: Path, device: str) -> TrainSpec:
    settings = {"epochs": 3, "width": 16, "layers": 1, "batch_size": 32}
    return TrainSpec("feed-forward", "severity", settings=settings, data=str(data), device=device)


@pytest.mark.fault(
    area="machine",
    fault="A training asks for a GPU that the machine does not have",
    shown="device = 'cuda' is not on this machine; there is cpu",
    kept="Every model",
    goes_on="The other trainings",
)
def test_no_gpu(
    few: Path,
    runs_folder: Path,
    begin: Callable[..., Path],
    wait: Callable[..., jobs.Run],
    monkeypatch: pytest.MonkeyPatch,
    says: Says,
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    other = begin(epochs=2)
    run = wait(jobs.start(asked(few, "cuda"), worker=REAL), "failed", seconds=90)
    says(run.error)
    says(seen("trainings", run.name))
    assert run.model_folder is None
    assert wait(other, "done").model_folder


@pytest.mark.fault(
    area="machine",
    fault="The memory of the GPU runs out in the middle of a training",
    shown="The GPU has not enough memory. Choose a smaller batch or network, close other programs that use it, or "
    "train on the processor (device cpu).",
    kept="Every other model; the curve so far",
    goes_on="The other trainings",
)
def test_no_memory_left_on_the_gpu(
    few: Path, runs_folder: Path, begin: Callable[..., Path], wait: Callable[..., jobs.Run], says: Says
) -> None:
    other = begin(epochs=2)
    run = wait(jobs.start(asked(few, "cpu"), worker=FAILING), "failed", seconds=90)
    says(run.error)
    says(seen("trainings", run.name))
    assert "Tried to allocate 2.00 GiB" in run.log()
    assert run.model_folder is None
    assert wait(other, "done").model_folder


@pytest.mark.fault(
    area="machine",
    fault="The memory of the machine runs out in the middle of a training",
    shown="There was not enough memory. Choose a smaller batch or network, or close other programs.",
    kept="Every other model; the curve so far",
    goes_on="The other trainings",
)
def test_no_memory_left(begin: Callable[..., Path], wait: Callable[..., jobs.Run], says: Says) -> None:
    run, other = wait(begin("hungry"), "failed"), begin(epochs=2)
    says(run.error)
    says(seen("trainings", run.name))
    assert len(run.curve) == 1
    assert wait(other, "done").model_folder


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ..."), "There was not enough memory."),
        (ValueError("[12:00:00] src/learner.cc: std::bad_alloc"), "There was not enough memory."),
        (RuntimeError("MPS backend out of memory (MPS allocated: 9.05 GB)"), "The GPU has not enough memory."),
        (ValueError("on worker 0: cudaErrorMemoryAllocation: out of memory"), "The GPU has not enough memory."),
        (ValueError("rate = 3 is too much"), "rate = 3 is too much"),
    ],
)
def test_each_library_says_it_in_words_of_its_own(error: Exception, sentence: str) -> None:
    assert worker.explain(error).startswith(sentence)
