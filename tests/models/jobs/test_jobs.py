"""Trainings as real processes: to their end, cancelled, killed, failed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from data.errors import AppError
from models import checkpoint, jobs
from models.jobs import launch
from models.train import TrainSpec
from tests.faults.conftest import seen

ROOT = Path(__file__).resolve().parents[3]


def test_a_training_runs_to_its_end(begin, wait):
    run = wait(begin(), "done")
    events = [event["event"] for event in run.events]
    assert events[0] == "started"
    assert events[-2:] == ["saving", "done"]
    assert [point["step"] for point in run.curve] == [1, 2, 3]
    assert run.curve[1]["train_loss"] is None, "a loss that is not finite is a gap"
    assert checkpoint.read(run.model_folder)["kind"] == "fake"
    assert run.spec["preset"] == "base"


def test_the_first_beat_comes_before_heavy_imports(tmp_path):
    code = (
        "import sys, models.jobs.worker; "
        "heavy = {'torch', 'pandas', 'numpy', 'sklearn', 'streamlit'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_the_worker_belongs_to_no_session_of_ours_and_gives_way(begin, wait, monkeypatch):
    monkeypatch.delenv("BALISE_NICE")
    run = wait(begin(epochs=100, pause=0.1), "running")
    while not run.events:
        time.sleep(0.05)
    pid = run.events[0]["pid"]
    assert os.getsid(pid) == pid
    assert os.getpriority(os.PRIO_PROCESS, pid) >= 10


def test_cancelling_stops_within_two_seconds(begin, wait):
    folder = begin(epochs=1000, pause=0.05)
    run = wait(folder, "running")
    while not run.curve:
        time.sleep(0.05)
    before = time.monotonic()
    jobs.cancel(folder)
    assert jobs.Run(folder).status in {"finishing", "cancelled"}
    run = wait(folder, "cancelled")
    assert time.monotonic() - before < 2
    assert run.model_folder is None


@pytest.mark.parametrize("phase", ["loading", "scoring", "saving"])
def test_cancelling_stops_within_two_seconds_what_never_reports(begin, wait, phase):
    folder = begin(epochs=1, **{phase: 60.0})
    wait(folder, "running", "finishing")
    while not (phase == "loading" or jobs.Run(folder).curve):
        time.sleep(0.05)
    time.sleep(0.3)
    before = time.monotonic()
    jobs.cancel(folder)
    run = wait(folder, "cancelled")
    assert time.monotonic() - before < 2
    assert run.model_folder is None


@pytest.mark.fault(
    area="together",
    fault="Somebody presses “Stop now” at the moment the model is being kept",
    shown="Stopped after 3 steps; no model was kept. Start it again whenever you like.",
    kept="Every other model; none of the one that was stopped",
    goes_on="The other trainings",
)
@pytest.mark.parametrize("dawdle", [0.0, 30.0], ids=["at once", "by force"])
def test_one_that_is_stopped_when_its_model_is_written_leaves_none(begin, wait, dawdle, says):
    run = wait(begin("late", dawdle=dawdle), "cancelled")
    assert run.model_folder is None
    assert not run.log().count("Traceback")
    says(seen("trainings", run.name))


def test_finishing_keeps_what_was_learnt(begin, wait):
    folder = begin(epochs=1000, pause=0.3, scoring=1.0)
    assert jobs.finish(folder) is None
    run = wait(folder, "running")
    assert run.asked == "", "one that has not begun is not asked"
    while not jobs.Run(folder).curve:
        time.sleep(0.05)
    jobs.finish(folder)
    run = jobs.Run(folder)
    assert (run.status, run.asked) == ("finishing", "finish")
    run = wait(folder, "done")
    assert len(run.curve) <= 3
    assert checkpoint.read(run.model_folder)["stopped_early"] == "asked"


def test_one_that_is_finishing_can_still_be_cancelled(begin, wait):
    folder = begin(epochs=1000, pause=0.3, scoring=60.0)
    wait(folder, "running")
    jobs.finish(folder)
    jobs.cancel(folder)
    assert jobs.Run(folder).asked == "cancel"
    assert wait(folder, "cancelled", seconds=2).model_folder is None


def test_who_asks_to_finish_after_the_last_epoch_gets_the_whole_training(begin, wait):
    folder = begin(epochs=2, scoring=1.0)
    wait(folder, "running")
    while len(jobs.Run(folder).curve) < 2:
        time.sleep(0.05)
    jobs.finish(folder)
    assert "stopped_early" not in checkpoint.read(wait(folder, "done").model_folder)


def test_a_killed_worker_shows_as_lost(begin, wait):
    folder, other = begin(epochs=1000, pause=0.05), begin(epochs=1000, pause=0.04)
    run = wait(folder, "running")
    while not run.events:
        time.sleep(0.05)
    os.kill(run.events[0]["pid"], signal.SIGKILL)
    before = time.monotonic()
    assert jobs.Run(folder).active, "one missed beat is no loss"
    run = wait(folder, "lost")
    assert time.monotonic() - before < 12
    assert run.model_folder is None
    assert jobs.Run(other).status == "running"
    jobs.cancel(folder)
    assert not (folder / "cancel").exists(), "nobody is there to be cancelled"
    assert begin(epochs=1000, pause=0.05) != folder, "the same training may be started again"


def test_a_stopped_worker_says_so(begin, wait):
    run = wait(begin(epochs=1000, pause=0.05), "running")
    while not run.curve:
        time.sleep(0.05)
    os.kill(run.events[0]["pid"], signal.SIGTERM)
    assert "operating system" in wait(run.folder, "failed").error


@pytest.mark.parametrize(
    ("preset", "sentence"),
    [
        ("bad-data", "counts.csv: column 'accidents' is missing."),
        ("disk-full", "The disk is full. Free some room and train again."),
        ("bug", "An unexpected error stopped the work (KeyError: 'inner'). The log below says where."),
    ],
)
def test_a_failure_is_told_in_a_sentence(begin, wait, preset, sentence):
    run = wait(begin(preset), "failed")
    assert run.error == sentence
    assert run.model_folder is None
    assert "Traceback" in run.log()


def test_the_same_training_is_not_started_twice(begin, wait):
    made = []
    clicks = [threading.Thread(target=lambda: made.append(begin(epochs=50, pause=0.1))) for _ in range(5)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert len(set(made)) == 1
    other = begin(epochs=51, pause=0.1)
    assert [run.folder for run in jobs.runs()] == [other, made[0]]


def test_foreign_folders_do_no_harm(begin, wait, runs_folder):
    folder = begin()
    wait(folder, "done")
    (runs_folder / "notes").mkdir()
    (runs_folder / "a file").write_text("x")
    (runs_folder / "broken").mkdir()
    (runs_folder / "broken" / "spec.json").write_text("{")
    assert {run.name: run.status for run in jobs.runs()} == {folder.name: "done", "broken": "damaged"}


def test_no_runs_folder_means_no_runs(runs_folder):
    assert jobs.runs() == []


def test_a_folder_that_cannot_be_made_is_told(runs_folder, begin):
    runs_folder.write_text("a file stands where the folder should be")
    with pytest.raises(AppError, match="cannot be written"):
        begin()


def test_a_worker_that_cannot_be_started_is_a_failed_run(runs_folder, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(runs_folder / "no-python"))
    folder = jobs.start(TrainSpec(kind="fake", target="daily"))
    assert jobs.Run(folder).status == "failed"
    assert "could not be started" in jobs.Run(folder).error


@pytest.mark.parametrize(("cores", "active", "threads"), [(8, 0, 7), (8, 1, 3), (8, 9, 1), (2, 0, 1), (1, 0, 1)])
def test_trainings_share_the_cores_but_one(
    monkeypatch: pytest.MonkeyPatch, cores: int, active: int, threads: int
) -> None:
    monkeypatch.setenv("BALISE_TRAININGS_AT_ONCE", "4")
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    assert launch.threads_beside(active) == threads
