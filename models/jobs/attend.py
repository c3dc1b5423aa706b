"""Trainings in another container than the app, over a shared folder of runs: python -m models.jobs.attend.

Where `BALISE_TRAIN_ELSEWHERE` is 1 the app only writes down what is asked for, and whoever attends the folder begins
it. From then on nothing differs: a training has a process and a folder of its own, which every page watches.
"""

from __future__ import annotations

import logging
import signal
import threading
from pathlib import Path

from data import runs as data_runs
from models.jobs import launch
from models.jobs.run import Run, runs_folder

LOOK_EVERY = 0.5
_BEGUN = "begun"
log = logging.getLogger("balise.attend")


def waiting() -> list[Run]:
    """What was asked for and nobody has begun, in the order of asking."""
    return [run for run in reversed(launch.runs()) if run.status == "queued" and run.heartbeat_age is None]


def begin(run: Run, worker: data_runs.Worker | None = None) -> bool:
    """Begin a training that waits; False where somebody else attends it already."""
    try:
        (run.folder / _BEGUN).touch(exist_ok=False)
    except FileExistsError:
        return False
    launch.begin_process(run.folder, worker or (launch.TUNER if run.tuning else launch.WORKER))
    return True


def attend(stop: threading.Event, every: float = LOOK_EVERY) -> None:
    """Begin what is asked for until told to stop; what runs by then goes on."""
    while not stop.is_set():
        for run in waiting():
            if begin(run):
                log.info("%s begins", run.name)
        stop.wait(every)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_given: stop.set())
    folder: Path = runs_folder()
    folder.mkdir(parents=True, exist_ok=True)
    log.info("attending %s", folder)
    attend(stop)


if __name__ == "__main__":
    main()
