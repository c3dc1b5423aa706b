"""The real import process, which stays at one phase until it is killed: python slow_intake.py PHASE FOLDER."""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from data import store
from data.intake import worker

PHASES = {"writing": "_write_year", "sweeping": "_sweep"}


def stay(*_given, **_named):
    (Path(sys.argv[2]) / "here.part").write_text(str(os.getpid()))
    (Path(sys.argv[2]) / "here.part").rename(Path(sys.argv[2]) / "here")
    time.sleep(600)


if __name__ == "__main__":
    phase = sys.argv[1]
    if phase == "starting":
        worker.take_in = stay
    elif phase == "queued":
        worker.work = stay
    else:
        setattr(store, PHASES[phase], stay)
    worker.main(sys.argv[2:])
