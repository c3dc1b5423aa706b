"""The process of a search for better settings: python -m models.jobs.tuning_worker FOLDER.

What is found is kept in the folder after each trial, so that it stays however the process ends.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from data.runs.worker import enforce, prepare, work
from models.jobs.queue import take_turn
from models.jobs.run import Run
from models.jobs.worker import TrainingDiary, explain


def _search(diary: TrainingDiary) -> dict[str, Any]:
    from models.train import TrainSpec
    from models.tuning import Budget, write
    from models.tuning_search import tune

    run = Run(diary.folder)
    tune(TrainSpec(**run.spec), Budget(**run.tuning), diary, lambda findings: write(diary.folder, findings))
    return {**diary.facts, "share": 1.0}


def main(arguments: list[str]) -> None:
    prepare()
    diary = TrainingDiary(Path(arguments[0]))
    enforce(diary)
    work(diary, lambda: _search(diary), explain, take_turn)


if __name__ == "__main__":
    main(sys.argv[1:])
