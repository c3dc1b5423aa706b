"""Starting, listing and stopping trainings, from the side of whoever watches them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict
from functools import lru_cache
from os.path import join
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data import runs as data_runs
from data.errors import AppError
from data.locks import locked
from data.runs.run import EVENTS, FINISH, file_state
from data.text import _
from models.jobs.queue import at_once
from models.jobs.retention import sweep
from models.jobs.run import STATE, Run, runs_folder

if TYPE_CHECKING:
    from models.train import TrainSpec
    from models.tuning import Budget

WORKER = ("-m", "models.jobs.worker")
TUNER = ("-m", "models.jobs.tuning_worker")
ELSEWHERE = "BALISE_TRAIN_ELSEWHERE"  # 1 where another container begins the trainings (models.jobs.attend)


def start(spec: TrainSpec, worker: data_runs.Worker = WORKER) -> Path:
    """Begin a training in its own process and give its folder; the same training under way is given instead.

    Where as many run already as the machine bears, it waits for its turn (`models.jobs.queue`).
    Raises: AppError where the folder cannot be made.
    """
    return _begin(asdict(spec), worker)


def tune(spec: TrainSpec, budget: Budget, worker: data_runs.Worker = TUNER) -> Path:
    """Begin a search for better settings than those of a training, as `start` begins that training."""
    return _begin(asdict(spec), worker, tuning=asdict(budget))


def resume(folder: Path, worker: data_runs.Worker = WORKER) -> Path:
    """Begin a training that goes on from what an ended one kept; where that is nothing, it begins anew.

    It has a folder of its own; that of the ended one stays as it is.
    Raises: AppError where the other has not ended or has a model; as `start`.
    """
    run = Run(folder)
    if run.active:
        raise AppError(_("The training {name} has not ended: there is nothing to resume.").format(name=run.name))
    if run.model_folder or not run.spec or run.tuning:
        raise AppError(_("The training {name} cannot be resumed; start a new one.").format(name=run.name))
    return _begin(run.spec, worker, run)


def _begin(asked: dict[str, Any], worker: data_runs.Worker, before: Run | None = None, **facts: Any) -> Path:
    mark = hashlib.sha256(json.dumps(asked | facts, sort_keys=True).encode()).hexdigest()
    parent = runs_folder()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with locked(parent):  # two clicks, two windows or two servers, at the same moment
            active = [run for run in runs() if run.active]
            for run in active:
                if run.whole.get("hash") == mark:
                    return run.folder
            if before is not None:
                facts["resumed"] = before.name
            folder = data_runs.create(parent, asked["kind"], asked, mark, **facts)
            if before is not None:
                _take_along(before.folder / STATE, folder)
    except OSError as error:
        message = _("The training cannot start because {folder} cannot be written: {error}")
        raise AppError(message.format(folder=parent, error=error.strerror or error)) from error
    if os.environ.get(ELSEWHERE) != "1":
        begin_process(folder, worker)
    sweep()
    return folder


def begin_process(folder: Path, worker: data_runs.Worker) -> None:
    """Start the process of a training whose folder is there."""
    others = sum(run.active for run in runs() if run.folder != folder)
    threads = str(threads_beside(others))
    data_runs.spawn(folder, worker, {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads})


def _take_along(state: Path, folder: Path) -> None:
    """Copy what another training kept into a new one's folder, which goes where there is no room for it."""
    try:
        for kept in state.glob("*.safetensors"):
            (folder / STATE).mkdir(exist_ok=True)
            shutil.copyfile(kept, folder / STATE / kept.name)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)  # or it would seem to wait for its process
        raise


def threads_beside(active: int) -> int:
    """How many threads a training gets beside others: one core stays for the app, the rest is shared."""
    return max(1, ((os.cpu_count() or 1) - 1) // min(at_once(), active + 1))


def finish(folder: Path) -> None:
    """Ask a training to end after this epoch, round or tree and to keep the best so far; it must be under way.

    A tuning ends after the trial that it is at.
    """
    if Run(folder).status == "running":
        (folder / FINISH).touch()


def runs() -> list[Run]:
    """Every training and tuning on this machine, newest first."""
    found = data_runs.folders(runs_folder())
    return [_ended(folder, file_state(join(folder, EVENTS))) or Run(folder) for folder in found]


@lru_cache(maxsize=1024)
def _ended(folder: Path, state: tuple[int, int]) -> Run | None:
    """The training of a folder if its last word is said: a page that asks for all of them works those out once."""
    run = Run(folder)
    return run if run.status in {"done", "failed", "cancelled"} else None
