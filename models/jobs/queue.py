"""Whose turn it is: trainings wait for one of a few places, in the order they were asked for.

A place is a locked file, which the system lets go when the process that holds it ends, however it ends. A training that
waits does so in its own process, before it imports anything heavy, and so it needs no server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from functools import cache
from pathlib import Path
from typing import BinaryIO

from data import locks
from data.errors import Cancelled
from data.runs import Run, folders
from data.runs.worker import Diary
from data.text import _

VARIABLE = "BALISE_TRAININGS_AT_ONCE"
LOOK_EVERY = 0.5  # a look takes 10 ms where there are 300 runs
_PLACES = ".places"
_HELD: list[BinaryIO] = []  # closing the file would give the place away


def at_once() -> int:
    """How many trainings run side by side on this machine: one a GPU, or one for two cores; a variable changes it."""
    asked = os.environ.get(VARIABLE, "")
    if asked.isdecimal() and int(asked):
        return int(asked)
    return len(_gpus()) or max(1, (os.cpu_count() or 1) // 2)


def ahead(folder: Path) -> int:
    """How many trainings asked for before this one wait for their turn; dead ones do not count."""
    return sum(Run(other).status == "queued" for other in folders(folder.parent) if other.name < folder.name)


def take_turn(diary: Diary) -> None:
    """Wait until it is the turn of a run, and keep its place until the process ends.

    Raises: Cancelled.
    """
    said = False
    while not _placed(diary.folder):
        if diary.cancelled:
            raise Cancelled(_("The training was cancelled."))
        if not said:
            diary.write("queued", pid=os.getpid())
            said = True
        time.sleep(LOOK_EVERY)


def _placed(folder: Path) -> bool:
    # Only the first in line tries. The locks see to it that two that each believe to be the first, because one was
    # taken for dead, do not get the same place.
    if ahead(folder):
        return False
    places = folder.parent / _PLACES
    places.mkdir(exist_ok=True)
    for number in range(at_once()):
        file = locks.held(places / str(number))
        if file:
            _HELD.append(file)
            _use_gpu(number)
            return True
    return False


def _use_gpu(place: int) -> None:
    """Each place has a GPU of its own, where there are several: CUDA would begin with the first for everybody."""
    if len(_gpus()) > 1:
        os.environ["CUDA_VISIBLE_DEVICES"] = _gpus()[place % len(_gpus())]


@cache
def _gpus() -> tuple[str, ...]:
    """The NVIDIA GPUs that CUDA may use, as `CUDA_VISIBLE_DEVICES` names them. Importing torch to ask takes seconds."""
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is not None:
        return tuple(name.strip() for name in allowed.split(",") if name.strip() not in {"", "-1"})
    program = shutil.which("nvidia-smi")
    if program is None:
        return ()
    try:
        told = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(str(n) for n, _gpu in enumerate(line for line in told.splitlines() if line.startswith("GPU ")))
