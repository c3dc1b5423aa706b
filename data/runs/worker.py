"""The side of a run that works: it shows that it lives, writes down what happens, and says how it ended.

Nothing heavy is imported here, so that the first heartbeat comes at once.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from data.errors import AppError, Cancelled
from data.runs.run import CANCEL, EVENTS, FINISH, HEARTBEAT, Run
from data.text import _

BEAT_EVERY = 1.0
LISTEN_EVERY = 0.2
ROOM = 4096  # bytes set aside in the heartbeat, for the last word of a run on a full disk
GRACE = 1.0  # seconds from the wish to cancel until the process is ended, whatever it is busy with
GIVING_WAY = "BALISE_NICE"
_NICE = 10
_AUTOGROUP = Path("/proc/self/autogroup")
_LONGEST = 1000  # characters of a sentence: readers of the status read the end of the file only
log = logging.getLogger("balise.worker")

Explain = Callable[[BaseException], str]


class Stopped(BaseException):
    """The operating system asked the process to end."""


class Diary:
    """Writes what happens to `events.jsonl`, and listens for the wish to cancel."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writing = threading.Lock()
        self._ended = False
        self._settled = False

    def write(self, event: str, **facts: Any) -> None:
        """Add an event, unless the disk is full, which does not end a run; after the final one nothing is written."""
        with self._writing:
            try:
                self._write(event, facts)
            except OSError as error:
                log.warning("the event %r could not be written: %s", event, error)

    def end(self, event: str, **facts: Any) -> None:
        """Add the final event, on a full disk in the room that was set aside for it."""
        with self._writing:
            self._end(event, facts)

    def set_room_aside(self) -> None:
        """Take the room of the final event, as far as there is any, and show the first sign of life."""
        path = self.folder / HEARTBEAT
        path.touch()
        with suppress(OSError):
            path.write_bytes(bytes(ROOM))

    def settle(self, keep: Callable[[], object]) -> None:
        """Keep what the run made, unless somebody has asked it to stop: from then on it is done, and no longer before.

        Raises: Cancelled; what `keep` raises.
        """
        with self._writing:
            self.listen()
            keep()
            self._settled = True

    def give_up(self) -> bool:
        """End as cancelled, unless it is too late for that; whether it has ended."""
        with self._writing:
            if not self._settled:
                self._end("cancelled", {"error": ""})
            return self._ended

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked the run to stop."""
        return (self.folder / CANCEL).exists()

    @property
    def enough(self) -> bool:
        """Whether somebody asked the run to end early with what it has."""
        return (self.folder / FINISH).exists()

    def listen(self) -> None:
        """Raises: Cancelled once somebody asked for it."""
        if self.cancelled:
            raise Cancelled(_("Cancelled."))

    def _end(self, event: str, facts: Mapping[str, Any]) -> None:
        try:
            self._write(event, facts)
        except OSError:
            with suppress(OSError):
                os.truncate(self.folder / HEARTBEAT, 0)
            self._write(event, facts)
        self._ended = True

    def _write(self, event: str, facts: Mapping[str, Any]) -> None:
        """Raises: OSError where not all of it was written."""
        if self._ended:
            return
        line = json.dumps({"time": time.time(), "event": event, **facts}, ensure_ascii=False)
        # The newline in front ends whatever a full disk cut short before.
        content = f"\n{line}\n".encode()
        with (self.folder / EVENTS).open("ab", buffering=0) as file:
            if file.write(content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def work(
    diary: Diary,
    do: Callable[[], Mapping[str, Any]],
    explain: Explain,
    wait: Callable[[Diary], None] = lambda diary: None,
) -> None:
    """Do what a run is for; whatever happens, the last event says how it ended, with the facts that `do` gives.

    `explain` puts into words what is neither a cancellation nor an AppError; `wait` returns when the run may start.
    """
    diary.set_room_aside()
    threading.Thread(target=_beat, args=(diary.folder,), daemon=True).start()
    try:
        if not Run(diary.folder).whole:
            raise AppError(_("{folder} holds no readable spec.json.").format(folder=diary.folder))
        wait(diary)
        diary.write("started", pid=os.getpid())
        diary.listen()
        facts = do()
    except Cancelled as error:
        diary.end("cancelled", error=str(error)[:_LONGEST])
    except BaseException as error:
        log.exception("the run failed")
        sentence = str(error) if isinstance(error, AppError) else explain(error)
        diary.end("failed", error=sentence[:_LONGEST], stopped=isinstance(error, Stopped))
    else:
        diary.end("done", **facts)


def enforce(diary: Diary) -> None:
    """See to it that the process ends soon after the wish to cancel, although it waits for a server or calculates.

    Nothing may be lost by it: what a run makes counts only when it is whole. What has settled is done.
    """

    def watch() -> None:
        while not diary.cancelled:
            time.sleep(LISTEN_EVERY)
        time.sleep(GRACE)
        if diary.give_up():
            os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def unexpected(error: BaseException) -> str:
    """The sentence for an error that nobody foresaw."""
    message = _("An unexpected error stopped the work ({kind}: {error}). The log below says where.")
    return message.format(kind=type(error).__name__, error=error)


def prepare() -> None:
    """What every worker does first: log, take the system's wish to end, give way to other programs."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _stop)
    give_way()


def give_way() -> None:
    """Let other programs have the processor first, by 10 of 19 or as many as a variable says."""
    asked = os.environ.get(GIVING_WAY, "")
    by = min(int(asked), 19) if asked.isdecimal() else _NICE
    if hasattr(os, "nice"):
        os.nice(by)
    with suppress(OSError):  # Linux weighs sessions against each other, and a worker is a session of its own
        _AUTOGROUP.write_text(str(by), encoding="ascii")


def _beat(folder: Path) -> None:
    """Show life until the process ends. Setting the time of an existing file needs no room on a full disk."""
    path = folder / HEARTBEAT
    while True:
        try:
            path.touch()
            now = time.time()  # of this machine, with which readers compare it; a file server may have another
            os.utime(path, (now, now))
        except OSError as error:
            log.warning("no heartbeat: %s", error)
        time.sleep(BEAT_EVERY)


def _stop(number: int, frame: object) -> None:
    raise Stopped(number)
