"""Starting, listing and stopping runs, from the side of whoever watches them."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.errors import AppError
from data.text import _
from models.jobs.run import CANCEL, EVENTS, LOG, SPEC, Run

if TYPE_CHECKING:
    from models.train import TrainSpec

AT_ONCE = 3  # trainings side by side; each further one only slows the others
WORKER = ("-m", "models.jobs.worker")
_ROOT = Path(__file__).resolve().parents[2]
_STARTING = threading.Lock()


def start(spec: TrainSpec, worker: Sequence[str] = WORKER) -> Path:
    """Begin a training in its own process and give its folder; the same training under way is given instead.

    Raises: AppError where too many trainings run already or the folder cannot be made.
    """
    asked = asdict(spec)
    mark = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    with _STARTING:  # two clicks, or two windows, at the same moment
        active = [run for run in runs() if run.active]
        for run in active:
            if run.whole.get("hash") == mark:
                return run.folder
        if len(active) >= AT_ONCE:
            raise AppError(
                _("{n} trainings are running already. Wait for one to end or cancel it, then start again.").format(
                    n=len(active)
                )
            )
        folder = _create({"spec": asked, "hash": mark, "created": time.time()})
    _launch(folder, worker)
    return folder


def runs() -> list[Run]:
    """Every run on this machine, newest first; folders that hold no run are passed over."""
    try:
        folders = sorted(_runs_folder().iterdir(), reverse=True)
    except OSError:
        return []
    return [Run(folder) for folder in folders if not folder.name.startswith(".") and (folder / SPEC).is_file()]


def cancel(folder: Path) -> None:
    """Ask a run to stop: it does so at its next step. One that has ended stays as it is."""
    if Run(folder).active:
        (folder / CANCEL).touch()


def _runs_folder() -> Path:
    from models.registry import runs_folder

    return runs_folder()


def _create(whole: dict[str, Any]) -> Path:
    """A new folder with its spec, which appears in one step."""
    stamp = datetime.fromtimestamp(whole["created"], UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]
    folder = _runs_folder() / f"{stamp}-{whole['spec']['kind']}-{secrets.token_hex(2)}"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir()
        part = folder / f"{SPEC}.part"
        part.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(folder / SPEC)
    except OSError as error:
        raise AppError(
            _("The training cannot start because {folder} cannot be written: {error}").format(
                folder=folder, error=error.strerror or error
            )
        ) from error
    return folder


def _launch(folder: Path, worker: Sequence[str]) -> None:
    """The worker, free of this process: it goes on when the server ends."""
    cores = str(max(1, (os.cpu_count() or 1) - 1))
    environment = {**os.environ, "OMP_NUM_THREADS": cores, "MKL_NUM_THREADS": cores, "PYTHONUNBUFFERED": "1"}
    try:
        with (folder / LOG).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *worker, str(folder.resolve())],
                cwd=_ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                close_fds=True,
                **_freedom(os.name),
            )
    except OSError as error:
        message = _("The training process could not be started: {error}").format(error=error)
        line = json.dumps({"time": time.time(), "event": "failed", "error": message})
        (folder / EVENTS).write_text(line + "\n", encoding="utf-8")
        return
    # Somebody has to take the exit status, or the dead worker stays in the process table as long as the server.
    threading.Thread(target=process.wait, name=f"wait-{folder.name}", daemon=True).start()


def _freedom(system: str) -> dict[str, Any]:
    """What parts the worker from its parent's terminal and gives way to other programs, by operating system.

    On POSIX the worker lowers its own priority.
    """
    if system != "nt":
        return {"start_new_session": True}
    flags = {"BELOW_NORMAL_PRIORITY_CLASS": 0x4000, "CREATE_NEW_PROCESS_GROUP": 0x200, "CREATE_NO_WINDOW": 0x8000000}
    return {"creationflags": sum(flags.values())}
