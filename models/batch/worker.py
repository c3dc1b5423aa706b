"""The process that scores a file: python -m models.batch.worker FOLDER.

Nothing heavy is imported before the first heartbeat.
"""

from __future__ import annotations

import errno
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.runs import Run
from data.runs.worker import Diary, Stopped, enforce, prepare, unexpected, work
from data.text import _
from models.jobs.queue import take_turn

if TYPE_CHECKING:
    from models.batch.score import Step

SPEAK_EVERY = 0.5
_READING, _WRITING = 0.05, 0.1  # the parts of the work before and after the models answer


class Progress:
    """Writes how far the scoring is, and listens for the wish to cancel."""

    def __init__(self, diary: Diary) -> None:
        self._diary = diary
        self._spoke = 0.0
        self._model = ""

    def stage(self, phase: str, share: float) -> None:
        """Raises: Cancelled."""
        self._diary.listen()
        self._diary.write("progress", phase=phase, share=share)

    def __call__(self, step: Step) -> None:
        """Raises: Cancelled."""
        self._diary.listen()
        now = time.monotonic()
        if step.model == self._model and now - self._spoke < SPEAK_EVERY and step.done < step.total:
            return
        self._spoke, self._model = now, step.model
        share = _READING + (1 - _READING - _WRITING) * step.done / max(1, step.total)
        facts = {"model": step.model, "done": step.done, "total": step.total}
        self._diary.write("progress", phase="score", share=share, **facts)


def _score(diary: Diary) -> dict[str, Any]:
    """Score what `spec.json` asks for and keep the result.

    Raises: Cancelled; DataError.
    """
    progress = Progress(diary)
    progress.stage("read", 0.0)
    from data.batch import draft
    from data.batch.prepare import prepare as prepared
    from models import registry
    from models.batch import files
    from models.batch.score import score

    spec = Run(diary.folder).spec
    table = draft.load_table(diary.folder)
    rows = prepared(table, spec["columns"], lenient=bool(spec["lenient"]))
    entries = [registry.find(name) for name in spec["models"]]
    scored = score(table, rows, entries, progress)
    progress.stage("write", 1 - _WRITING)
    diary.settle(lambda: files.write(scored, diary.folder))
    draft.forget(diary.folder)
    return {"share": 1.0, "rows": scored.summary["rows"], "scored": scored.summary["scored"]}


def _explain(error: BaseException) -> str:
    """The sentence a person reads."""
    if isinstance(error, MemoryError):
        return _("There was not enough memory. Give the file in several parts, or close other programs.")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _("The disk is full. Free some room and score the file again.")
    if isinstance(error, Stopped):
        return _("The operating system stopped the work. Score the file again.")
    return unexpected(error)


def main(arguments: list[str]) -> None:
    prepare()
    diary = Diary(Path(arguments[0]))
    enforce(diary)
    work(diary, lambda: _score(diary), _explain, take_turn)


if __name__ == "__main__":
    main(sys.argv[1:])
