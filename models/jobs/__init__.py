"""Training in a process of its own; a run is a folder, and whoever opens the folder sees the same.

`spec.json` says what was asked, `events.jsonl` what happened, the age of `heartbeat` whether it still goes on;
`cancel` asks it to stop, `log.txt` holds its output, and `model/` is there only after success. Nothing lives in the
server's memory, so a run outlasts the tab and the server that started it.
"""

from models.jobs.launch import AT_ONCE, cancel, runs, start
from models.jobs.run import ACTIVE, Event, Run, Status

__all__ = ["ACTIVE", "AT_ONCE", "Event", "Run", "Status", "cancel", "runs", "start"]
