"""The training process: python -m models.jobs.worker FOLDER.

Nothing heavy is imported before the first heartbeat: loading torch takes seconds, during which the run must not look
lost.
"""

from __future__ import annotations

import errno
import math
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from data.runs.worker import Diary, Stopped, enforce, prepare, unexpected, work
from data.text import _
from models.jobs.queue import take_turn
from models.jobs.run import MODEL, PART, STATE, Run
from models.jobs.usage import used
from models.resuming import kept_in

if TYPE_CHECKING:
    from models.base import Progress, Report

SPEAK_EVERY = 2.0
_NO_MEMORY = ("std::bad_alloc", "can't allocate memory", "not enough memory")  # as torch and XGBoost say it


class Fitted(Protocol):
    """A trained model that can be kept."""

    metadata: dict[str, Any]

    def save(self, folder: Path) -> None: ...


Train = Callable[[dict[str, Any], "Report"], Fitted]


class TrainingDiary(Diary):
    """The `Report` of a training: it writes how far it is, and listens for what the person wants."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._began: float | None = None
        self._from = 0.0
        self._spoke = 0.0
        self.facts: dict[str, Any] = {}  # the last told
        self.cut_short = False

    def __call__(self, progress: Progress) -> None:
        """Once an epoch, and at least every two seconds, tell how far the training is.

        Raises: TrainingCancelled; EnoughTrained where the fit may end.
        """
        self.listen()
        self._tell(progress)
        if progress.may_end and self.enough:
            from models.base import EnoughTrained

            self.cut_short = True
            raise EnoughTrained

    def _tell(self, progress: Progress) -> None:
        if progress.again:  # came for nothing: the time left is told from what takes time
            self._from = progress.share
        else:
            self._began = self._began or time.time()
        now = time.monotonic()
        if not progress.values and now - self._spoke < SPEAK_EVERY:
            return
        self._spoke = now
        facts: dict[str, Any] = {"unit": progress.unit, "done": progress.done, "total": progress.total}
        if progress.note:
            facts["note"] = progress.note
        if self._began:
            facts |= {"began": self._began, "from": self._from}
        self.facts = facts | used()
        values = {name: _finite(value) for name, value in progress.values.items()}
        self.write("progress", **self.facts, share=_finite(progress.share), **({"values": values} if values else {}))

    def listen(self) -> None:
        """Raises: TrainingCancelled once somebody asked for it."""
        if self.cancelled:
            from models.base import TrainingCancelled

            raise TrainingCancelled(_("The training was cancelled."))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _train(spec: dict[str, Any], report: Report) -> Fitted:
    from models.train import TrainSpec, train

    fitted: Fitted = train(TrainSpec(**spec), report)
    return fitted


def _learn(diary: TrainingDiary, train: Train) -> dict[str, Any]:
    """Train what `spec.json` asks for and keep the model."""
    with kept_in(diary.folder / STATE):
        model = train(Run(diary.folder).spec, diary)
    diary.listen()
    if diary.cut_short:
        model.metadata["stopped_early"] = "asked"
    diary.write("saving", **diary.facts, share=1.0)
    model.save(diary.folder / PART)
    diary.settle(lambda: _keep(diary.folder))
    shutil.rmtree(diary.folder / STATE, ignore_errors=True)
    return {**diary.facts, "share": 1.0}


def _keep(folder: Path) -> None:
    """Make what was written the model; from then on the training is done, whatever the system asks."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    (folder / PART).rename(folder / MODEL)


def explain(error: BaseException) -> str:
    """The sentence a person reads."""
    words = str(error).lower()
    if "out of memory" in words:  # of CUDA and MPS, by torch or XGBoost, which have no error in common
        return _(
            "The GPU has not enough memory. Choose a smaller batch or network, close other programs that use it, or "
            "train on the processor (device cpu)."
        )
    if isinstance(error, MemoryError) or any(sign in words for sign in _NO_MEMORY):
        return _("There was not enough memory. Choose a smaller batch or network, or close other programs.")
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _("The disk is full. Free some room and train again.")
    if isinstance(error, Stopped):
        return _("The operating system stopped the training. Resume it, or start it again.")
    return unexpected(error)


def main(arguments: list[str], train: Train = _train) -> None:
    prepare()
    diary = TrainingDiary(Path(arguments[0]))
    enforce(diary)
    work(diary, lambda: _learn(diary, train), explain, take_turn)
    from models.jobs import mlflow_log

    mlflow_log.tell(diary.folder)


if __name__ == "__main__":
    main(sys.argv[1:])
