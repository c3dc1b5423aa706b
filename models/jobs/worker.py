"""The training process: python -m models.jobs.worker FOLDER.

Nothing heavy is imported before the first heartbeat: loading torch takes seconds, during which the run must not look
lost.
"""

from __future__ import annotations

import errno
import json
import logging
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from data.errors import AppError
from data.text import _
from models.jobs.run import CANCEL, EVENTS, HEARTBEAT, MODEL, Run

if TYPE_CHECKING:
    from models.base import Progress, Report

BEAT_EVERY = 1.0
SPEAK_EVERY = 2.0
_LONGEST = 1000  # characters of a sentence: readers of the status read the end of the file only
log = logging.getLogger("balise.worker")


class Fitted(Protocol):
    """A trained model that can be kept."""

    def save(self, folder: Path) -> None: ...


Train = Callable[[dict[str, Any], "Report"], Fitted]


class _Stopped(BaseException):
    """The operating system asked the process to end."""


class Diary:
    """Writes what happens to `events.jsonl`; as a `Report`, it also listens for the wish to cancel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._began: float | None = None
        self._spoke = 0.0

    def write(self, event: str, **facts: Any) -> None:
        line = json.dumps({"time": time.time(), "event": event, **facts}, ensure_ascii=False)
        with (self.folder / EVENTS).open("ab", buffering=0) as file:
            # The newline in front ends whatever a full disk cut short before.
            file.write(f"\n{line}\n".encode())

    def __call__(self, progress: Progress) -> None:
        """Once an epoch, and at least every two seconds, tell how far the training is.

        Raises: TrainingCancelled.
        """
        self.listen()
        self._began = self._began or time.time()
        now = time.monotonic()
        if not progress.values and now - self._spoke < SPEAK_EVERY:
            return
        self._spoke = now
        values = {name: _finite(value) for name, value in progress.values.items()}
        facts = {"unit": progress.unit, "done": progress.done, "total": progress.total, "began": self._began}
        self.write("progress", **facts, share=_finite(progress.share), **({"values": values} if values else {}))

    def listen(self) -> None:
        """Raises: TrainingCancelled once somebody asked for it."""
        if (self.folder / CANCEL).exists():
            from models.base import TrainingCancelled

            raise TrainingCancelled(_("The training was cancelled."))


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _beat(folder: Path) -> None:
    """Show life until the process ends. Setting the time of an existing file needs no room on a full disk."""
    path = folder / HEARTBEAT
    while True:
        try:
            path.touch()
        except OSError as error:
            log.warning("no heartbeat: %s", error)
        time.sleep(BEAT_EVERY)


def _train(spec: dict[str, Any], report: Report) -> Fitted:
    from models.train import TrainSpec, train

    fitted: Fitted = train(TrainSpec(**spec), report)
    return fitted


def work(folder: Path, train: Train = _train) -> None:
    """Train what `spec.json` asks for and keep the model; whatever happens, the last event says how it ended."""
    folder = Path(folder)
    (folder / HEARTBEAT).touch()
    threading.Thread(target=_beat, args=(folder,), daemon=True).start()
    diary = Diary(folder)
    try:
        _learn(folder, diary, train)
    except BaseException as error:
        event, sentence = _ending(error)
        if event == "failed":
            log.exception("the training failed")
        diary.write(event, error=sentence[:_LONGEST])
    else:
        diary.write("done", share=1.0)


def _learn(folder: Path, diary: Diary, train: Train) -> None:
    run = Run(folder)
    if not run.whole:
        raise AppError(_("{folder} holds no readable spec.json.").format(folder=folder))
    diary.write("started", pid=os.getpid())
    diary.listen()
    model = train(run.spec, diary)
    diary.listen()
    diary.write("saving", share=1.0)
    model.save(folder / MODEL)


def _ending(error: BaseException) -> tuple[str, str]:
    """Which final event an exception makes, and the sentence a person reads."""
    from models.base import TrainingCancelled

    if isinstance(error, TrainingCancelled):
        return "cancelled", str(error)
    if isinstance(error, (AppError, ValueError)):
        return "failed", str(error)
    if isinstance(error, MemoryError):
        return "failed", _("There was not enough memory. Choose a smaller batch or network, or close other programs.")
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "failed", _("The disk is full. Free some room and train again.")
    if isinstance(error, _Stopped):
        return "failed", _("The operating system stopped the training. Start it again.")
    message = _("An unexpected error stopped the training ({kind}: {error}). The log below says where.")
    return "failed", message.format(kind=type(error).__name__, error=error)


def _stop(number: int, frame: object) -> None:
    raise _Stopped(number)


def main(arguments: list[str], train: Train = _train) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _stop)
    if hasattr(os, "nice"):
        os.nice(10)
    work(Path(arguments[0]), train)


if __name__ == "__main__":
    main(sys.argv[1:])
