"""Searches for better settings as real processes: to their end, stopped, killed."""

import os
import signal
import time

import pandas as pd
import pytest

from data import store
from data.errors import AppError
from models import jobs, tuning
from models.jobs import log
from models.train import TrainSpec
from models.tuning import Budget
from tests.models.jobs.conftest import FAKE, pid


@pytest.fixture
def tune(demo_data, runs_folder):
    """Start a real search over the first simulated days: tune(trials=3)."""
    first = store.open_data("processed").accidents(["date"])["date"].min()
    until = (first + pd.Timedelta(days=25)).date().isoformat()

    def begin(trials=3, minutes=5.0):
        spec = TrainSpec("xgboost", "severity", settings={"rounds": 5}, data="processed", until=until)
        return jobs.tune(spec, Budget(minutes, trials))

    return begin


def after(folder, trials, seconds=90.0):
    """Wait until so many trials have ended."""
    end = time.monotonic() + seconds
    while len([t for t in getattr(tuning.read(folder), "trials", ()) if t.state != "running"]) < trials:
        run = jobs.Run(folder)
        assert run.active, run.log()
        assert time.monotonic() < end, run.log()
        time.sleep(0.02)


def test_a_search_runs_to_its_end_and_keeps_what_it_found(tune, wait):
    run = wait(tune(), "done", seconds=120)
    assert run.tuning == {"minutes": 5.0, "trials": 3}
    assert run.model_folder is None
    found = tuning.read(run.folder)
    assert [(trial.number, trial.state) for trial in found.trials] == [(n, "complete") for n in (1, 2, 3)]
    assert [(point["step"], point["validation_loss"]) for point in run.curve] == [
        (trial.number, trial.loss) for trial in found.trials
    ]
    assert (run.progress["unit"], run.progress["done"], run.progress["share"]) == ("trial", 3, 1.0)
    (row,) = log.table().to_dict("records")
    assert (row["title"], row["kind"], row["steps"], row["best"]) == ("Tuning", "xgboost", 3.0, found.best.loss)


def test_stop_now_keeps_what_was_found(tune, wait):
    folder = tune(trials=500)
    after(folder, 2)
    before = time.monotonic()
    jobs.cancel(folder)
    run = wait(folder, "cancelled")
    assert time.monotonic() - before < 2
    found = tuning.read(folder)
    assert found.first is not None
    assert len(found.trials) < 500
    with pytest.raises(AppError, match="cannot be resumed"):
        jobs.resume(run.folder)


def test_stop_after_this_trial_ends_well(tune, wait):
    folder = tune(trials=500)
    after(folder, 1)
    jobs.finish(folder)
    run = wait(folder, "done")
    found = tuning.read(folder)
    assert "running" not in {trial.state for trial in found.trials}
    assert run.progress["done"] == len(found.trials) < 500


def test_what_was_found_outlives_a_killed_process(tune, wait):
    folder = tune(trials=500)
    after(folder, 2)
    os.kill(pid(jobs.Run(folder)), signal.SIGKILL)
    wait(folder, "lost")
    assert tuning.read(folder).first is not None


def test_the_same_search_twice_is_one_and_a_training_is_another(tune, wait):
    folder = tune(trials=500)
    assert tune(trials=500) == folder
    assert tune(trials=400) != folder
    spec = TrainSpec(**jobs.Run(folder).spec)
    assert jobs.start(spec, worker=FAKE) != folder
    assert [bool(run.tuning) for run in jobs.runs()] == [False, True, True]


def test_what_is_wrong_with_the_request_is_said(demo_data, runs_folder, wait):
    spec = TrainSpec("xgboost", "severity", data="processed", until="1990-01-01")
    run = wait(jobs.tune(spec, Budget(trials=2)), "failed", seconds=60)
    assert run.error
    assert tuning.read(run.folder) is None
