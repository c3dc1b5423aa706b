"""A person's file of accidents scored as a run (see `data.runs`): a process of its own, whose folder holds the answer.

`result.parquet` and `summary.json` are there only after success; what came of a file is deleted after a month.
"""

from data.runs import ACTIVE, Run, cancel
from models.batch.launch import KEPT_DAYS, delete, runs, start

__all__ = ["ACTIVE", "KEPT_DAYS", "Run", "cancel", "delete", "runs", "start"]
