"""Starting, listing and stopping trainings, from the side of whoever watches them."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from data import runs as data_runs
from data.errors import AppError
from data.locks import locked
from data.runs.run import FINISH
from data.text import _
from models.jobs.run import Run

if TYPE_CHECKING:
    from models.train import TrainSpec

WORKER = ("-m", "models.jobs.worker")


def start(spec: TrainSpec, worker: data_runs.Worker = WORKER) -> Path:
    """Begin a training in its own process and give its folder; the same training under way is given instead.

    Where as many run already as the machine bears, it waits for its turn (`models.jobs.queue`).
    Raises: AppError where the folder cannot be made.
    """
    asked = asdict(spec)
    mark = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    parent = _runs_folder()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with locked(parent):  # two clicks, two windows or two servers, at the same moment
            for run in runs():
                if run.active and run.whole.get("hash") == mark:
                    return run.folder
            folder = data_runs.create(parent, spec.kind, asked, mark)
    except OSError as error:
        message = _("The training cannot start because {folder} cannot be written: {error}")
        raise AppError(message.format(folder=parent, error=error.strerror or error)) from error
    cores = str(max(1, (os.cpu_count() or 1) - 1))
    data_runs.spawn(folder, worker, {"OMP_NUM_THREADS": cores, "MKL_NUM_THREADS": cores})
    return folder


def finish(folder: Path) -> None:
    """Ask a training to end after this epoch, round or tree and to keep the best so far; it must be under way."""
    if Run(folder).status == "running":
        (folder / FINISH).touch()


def runs() -> list[Run]:
    """Every training on this machine, newest first."""
    return [Run(folder) for folder in data_runs.folders(_runs_folder())]


def _runs_folder() -> Path:
    from models.registry import runs_folder

    return runs_folder()
