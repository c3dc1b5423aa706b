"""Starting, listing and stopping runs, from the side of whoever watches them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from os.path import isfile, join
from pathlib import Path
from typing import Any

from data import text
from data.runs.run import CANCEL, EVENTS, LOG, SPEC, Run
from data.text import _

Worker = Sequence[str]  # what stands between the interpreter and the folder: ("-m", "some.worker")
_ROOT = Path(__file__).resolve().parents[2]


def create(parent: Path, kind: str, spec: Mapping[str, Any], mark: str, **facts: Any) -> Path:
    """A new folder with its spec, which appears in one step; `mark` is what two requests for the same share.

    `facts` stand beside the spec. Raises: OSError where it cannot be made.
    """
    created = time.time()
    stamp = datetime.fromtimestamp(created, UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]
    folder = parent / f"{stamp}-{kind}-{secrets.token_hex(2)}"
    parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir()
    whole = {"spec": dict(spec), "hash": mark, "created": created, **facts}
    part = folder / f"{SPEC}.part"
    try:
        part.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(folder / SPEC)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    time.sleep(0.001)  # names are in the order of asking: whoever asks next gets a later one
    return folder


def folders(parent: Path) -> list[Path]:
    """The folders of runs, newest first; what holds no run is passed over."""
    try:
        names = sorted(os.listdir(parent), reverse=True)
    except OSError:
        return []
    return [parent / name for name in names if not name.startswith(".") and isfile(join(parent, name, SPEC))]


def cancel(folder: Path) -> None:
    """Ask a run to stop: it does so at its next step. One that has ended stays as it is."""
    if Run(folder).active:
        (folder / CANCEL).touch()


def _places() -> dict[str, str]:
    """The folders named in the environment, so that they are the same for a process that works elsewhere."""
    return {
        name: str(Path(os.environ[name]).resolve())
        for name in ("BALISE_DATA", "BALISE_RAW", "BALISE_ADDRESSES", "BALISE_CHECKPOINTS", "BALISE_RUNS")
        if os.environ.get(name)
    }


def spawn(folder: Path, worker: Worker, environment: Mapping[str, str]) -> None:
    """The worker of a run, free of this process: it goes on when the server ends.

    `environment` adds to this process's own. A worker that cannot be started makes a failed run.
    """
    try:
        with (folder / LOG).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *worker, str(folder.resolve())],
                cwd=_ROOT,
                env={**os.environ, **_places(), text.VARIABLE: text.language(), **environment, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                close_fds=True,
                **_freedom(os.name),
            )
    except OSError as error:
        message = _("The process could not be started: {error}").format(error=error)
        line = json.dumps({"time": time.time(), "event": "failed", "error": message})
        with suppress(OSError):  # without a word it is lost in half a minute
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
