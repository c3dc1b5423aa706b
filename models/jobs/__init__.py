"""Trainings as runs: each in a process of its own, with a folder that says how it goes (see `data.runs`).

`model/` is there only after success.
"""

from data.runs import ACTIVE, Event, Status, cancel
from models.jobs.launch import AT_ONCE, finish, runs, start
from models.jobs.run import Run

__all__ = ["ACTIVE", "AT_ONCE", "Event", "Run", "Status", "cancel", "finish", "runs", "start"]
