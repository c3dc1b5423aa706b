"""Work in a process of its own; a run is a folder, and whoever opens the folder sees the same.

`spec.json` says what was asked, `events.jsonl` what happened, the age of `heartbeat` whether it still goes on;
`cancel` asks it to stop, `finish` to end early with what it has, and `log.txt` holds its output. Nothing lives in the
server's memory, so a run outlasts the tab and the server that started it.
"""

from data.runs.launch import Worker, cancel, create, folders, spawn
from data.runs.run import ACTIVE, Event, Run, Status

__all__ = ["ACTIVE", "Event", "Run", "Status", "Worker", "cancel", "create", "folders", "spawn"]
