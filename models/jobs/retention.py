"""What becomes of runs that nobody needs any more: deleted when somebody says so, or by age without a model."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import time
from pathlib import Path

from data.errors import AppError
from data.locks import locked
from data.runs import folders
from data.runs.run import SPEC
from data.text import _
from models.jobs.run import MODEL, PART, STATE, Run, runs_folder

_ASIDE = ".deleted-"  # a name that no list of runs shows
_A_DAY = 86_400.0
_STATE_DAYS = 14  # a state may take hundreds of megabytes
_log = logging.getLogger(__name__)


def delete(folder: Path) -> None:
    """Delete a run for good, or a model that was imported among the runs; one that is gone already is no matter.

    People ask `champions.delete`, which sees to it that a champion stays.
    Raises: AppError where it is under way, is no run of the folder of runs, or cannot be deleted.
    """
    parent = runs_folder()
    folder = Path(folder)
    own = folder.parent.resolve() == parent.resolve() and not folder.name.startswith(".")
    known = (folder / SPEC).is_file() or (folder / MODEL).is_dir()
    if not os.path.lexists(folder):  # asked last, for somebody may delete it at this moment
        return
    if not own or folder.is_symlink() or not known:
        raise AppError(_("{folder} is no training of {parent}.").format(folder=folder, parent=parent))
    try:
        with locked(parent):
            if Run(folder).active:
                message = _("The training {name} is under way: cancel it before you delete it.")
                raise AppError(message.format(name=folder.name))
            aside = _aside(folder)
    except FileNotFoundError:
        return  # somebody else was faster
    except OSError as error:
        message = _("{folder} cannot be deleted: {error}")
        raise AppError(message.format(folder=folder, error=error.strerror or error)) from error
    shutil.rmtree(aside, ignore_errors=True)


def sweep(keep_days: float = 90, keep_runs: int = 300) -> int:
    """Delete ended runs without a model that are older, or more than so many, and give how many.

    What others kept to be resumed goes after two weeks, and what was to be a model. A model is never deleted by itself.
    """
    parent = runs_folder()
    ended = [run for run in map(Run, folders(parent)) if not run.active and run.status != "done"]
    swept = 0
    for place, run in enumerate((run for run in ended if not run.model_folder), start=1):
        try:
            days = (time.time() - max(run.created, run.folder.stat().st_mtime)) / _A_DAY
            if place > keep_runs or days > keep_days:
                delete(run.folder)
                swept += 1
                continue
            if days > _STATE_DAYS:
                shutil.rmtree(run.folder / STATE, ignore_errors=True)
            if run.status == "cancelled" or days > _STATE_DAYS:  # one that looks lost may only sleep
                for part in run.folder.glob(f"*{PART}*"):
                    shutil.rmtree(part, ignore_errors=True)
        except (AppError, OSError) as error:
            _log.warning("%s could not be swept: %s", run.folder, error)
    for left in parent.glob(f"{_ASIDE}*"):  # by a process that was killed while it deleted
        shutil.rmtree(left, ignore_errors=True)
    return swept


def _aside(folder: Path) -> Path:
    """Take the whole run out of sight in one step, so that no list shows a half of it."""
    aside = folder.with_name(f"{_ASIDE}{folder.name}-{secrets.token_hex(2)}")
    folder.rename(aside)
    return aside
