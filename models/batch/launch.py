"""Starting, listing and deleting scored files, from the side of whoever watches them."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from data import features
from data import runs as data_runs
from data.batch import draft, matching
from data.errors import AppError, DataError
from data.locks import locked
from data.runs import Run
from data.text import _
from models import registry
from models.jobs.queue import at_once

WORKER = ("-m", "models.batch.worker")
KEPT_DAYS, KEPT = 30, 30  # of ended runs
MOST_MODELS = 20
_RUNS = "runs"
_ASIDE = ".deleted-"
_A_DAY = 86_400.0


def start(
    drafted: str,
    chosen: Mapping[str, str],
    models: Sequence[str],
    *,
    lenient: bool = False,
    owner: str = "",
    worker: data_runs.Worker = WORKER,
) -> Path:
    """Begin to score the rows of a draft and give the folder of the run; the same under way is given instead.

    `owner`: who alone sees what comes of it; nobody in particular where nobody signs in.
    Raises: DataError for a choice of columns or models that is none; AppError where nothing can be written.
    """
    table = draft.load(drafted)
    matching.require(table, chosen)
    _require_models(models)
    spec = {
        "file": table.name,
        "draft": drafted,
        "rows": len(table.frame),
        "columns": dict(chosen),
        "models": list(models),
        "lenient": lenient,
        "owner": owner,
    }
    mark = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    parent = _folder()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with locked(parent):
            for run in runs():
                if run.active and run.whole.get("hash") == mark:
                    return run.folder
            _sweep()
            folder = _made(parent, spec, mark, drafted)
    except OSError as error:
        message = _("{folder} cannot be written ({error}); name another folder in the variable BALISE_DATA.")
        raise AppError(message.format(folder=parent, error=error.strerror or error)) from error
    threads = str(max(1, (os.cpu_count() or 1) // at_once()))
    data_runs.spawn(folder, worker, {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads})
    return folder


def runs(owner: str | None = None) -> list[Run]:
    """Every file scored or being scored on this machine, newest first; of one `owner`, if given."""
    found = [Run(folder) for folder in data_runs.folders(_folder())]
    return [run for run in found if owner is None or run.spec.get("owner", "") == owner]


def delete(folder: Path) -> None:
    """Delete a run with all that came of the file; one that is gone already is no matter.

    Raises: AppError where it is under way, or is none.
    """
    parent = _folder()
    if folder.parent.resolve() != parent.resolve() or folder.name.startswith(".") or folder.is_symlink():
        raise AppError(_("{folder} is no scored file.").format(folder=folder))
    try:
        with locked(parent):
            if Run(folder).active:
                raise AppError(_("This file is being scored: cancel it before you delete it."))
            aside = folder.rename(folder.with_name(f"{_ASIDE}{folder.name}-{secrets.token_hex(2)}"))
    except FileNotFoundError:
        return
    except OSError as error:
        message = _("{folder} cannot be deleted: {error}")
        raise AppError(message.format(folder=folder, error=error.strerror or error)) from error
    shutil.rmtree(aside, ignore_errors=True)


def _folder() -> Path:
    return draft.folder() / _RUNS


def _made(parent: Path, spec: Mapping[str, object], mark: str, drafted: str) -> Path:
    folder = data_runs.create(parent, "score", spec, mark)
    try:
        folder.chmod(0o700)  # it holds what a person gave
        draft.copy(drafted, folder)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)  # or it would seem to wait for its process
        raise
    return folder


def _require_models(names: Sequence[str]) -> None:
    if not names:
        raise DataError(_("Choose at least one model."))
    if len(names) > MOST_MODELS:
        raise DataError(_("Choose at most {most} models.").format(most=MOST_MODELS))
    for name in names:
        entry = registry.find(name)
        if entry.target not in features.TARGETS:
            raise DataError(entry.error or _("{name} is no model of accidents.").format(name=name))


def _sweep() -> None:
    """Delete ended runs that are old, or more than are kept, and what a killed process left."""
    ended = [run for run in runs() if not run.active]
    for place, run in enumerate(ended, start=1):
        if place > KEPT or time.time() - run.created > KEPT_DAYS * _A_DAY:
            shutil.rmtree(run.folder, ignore_errors=True)
    for left in _folder().glob(f"{_ASIDE}*"):
        shutil.rmtree(left, ignore_errors=True)
