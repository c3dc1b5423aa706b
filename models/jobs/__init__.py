"""Trainings as runs: each in a process of its own, with a folder that says how it goes (see `data.runs`).

`model/` is there only after success.
"""

from data.runs import ACTIVE, Event, Status, cancel
from models.jobs.launch import finish, resume, runs, start, tune
from models.jobs.queue import at_once
from models.jobs.retention import delete, sweep
from models.jobs.run import Run

__all__ = [
    "ACTIVE",
    "Event",
    "Run",
    "Status",
    "at_once",
    "cancel",
    "delete",
    "finish",
    "resume",
    "runs",
    "start",
    "sweep",
    "tune",
]
