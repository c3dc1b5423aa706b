"""Reading a run's folder: its status is worked out from the files each time, never stored."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from os.path import join
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

SPEC = "spec.json"
EVENTS = "events.jsonl"
HEARTBEAT = "heartbeat"
CANCEL = "cancel"
FINISH = "finish"
LOG = "log.txt"

# The worker beats every second before it imports anything heavy; a busy machine may delay a beat, not seven of them.
LOST_AFTER = 7.0
START_WITHIN = 30.0
_TAIL = 4096  # bytes: some twenty events; the last one always fits

Status = Literal["queued", "running", "finishing", "done", "failed", "cancelled", "lost", "damaged"]
ACTIVE: frozenset[Status] = frozenset({"queued", "running", "finishing"})
Event = dict[str, Any]
Kept = TypeVar("Kept")
_FINAL: dict[str, Status] = {"done": "done", "failed": "failed", "cancelled": "cancelled"}


@dataclass(frozen=True)
class Run:
    """One run as its folder shows it at the first look; make another `Run` to look again."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def whole(self) -> dict[str, Any]:
        """`spec.json`, or nothing where it cannot be read."""
        path = join(self.folder, SPEC)
        return _spec(path, file_state(path))

    @property
    def spec(self) -> dict[str, Any]:
        """What was asked."""
        return dict(self.whole.get("spec", {}))

    @property
    def created(self) -> float:
        """When it was asked for, in seconds of the epoch."""
        return float(self.whole.get("created", 0.0))

    @cached_property
    def tail(self) -> list[Event]:
        """The last events, without reading a long file."""
        path = join(self.folder, EVENTS)
        return list(_last(path, file_state(path)))

    @cached_property
    def _head(self) -> list[Event]:
        path = join(self.folder, EVENTS)
        size, _changed = file_state(path)
        return list(_first(path, min(size, _TAIL)))

    @property
    def events(self) -> list[Event]:
        """Every event from the first."""
        return picked(self.folder, _whole)

    @cached_property
    def heartbeat_age(self) -> float | None:
        """Seconds since the worker last showed that it lives; None before its first beat.

        Less than none where the clock was set back since.
        """
        try:
            beat = (self.folder / HEARTBEAT).stat().st_mtime
        except OSError:
            return None
        return time.time() - beat

    @cached_property
    def status(self) -> Status:
        if not self.whole:
            return "damaged"
        last = self.tail[-1]["event"] if self.tail else ""
        if last in _FINAL:
            return _FINAL[last]
        if self.heartbeat_age is None:
            return "queued" if abs(time.time() - self.created) < START_WITHIN else "lost"
        if abs(self.heartbeat_age) > LOST_AFTER:  # whoever lives beats again by the new time
            return "lost"
        if last == "saving" or self.asked:
            return "finishing"
        return "queued" if last in {"", "queued"} else "running"

    @property
    def asked(self) -> Literal["", "cancel", "finish"]:
        """What somebody wants of it: to stop now, to end early with what it has, or nothing."""
        if (self.folder / CANCEL).exists():
            return "cancel"
        return "finish" if (self.folder / FINISH).exists() else ""

    @property
    def active(self) -> bool:
        return self.status in ACTIVE

    @property
    def error(self) -> str:
        """The sentence of a failed run."""
        return str(self.tail[-1].get("error", "")) if self.status == "failed" else ""

    @property
    def progress(self) -> Event:
        """The last word on how far it is, with its `share`; empty before the first step."""
        return next((event for event in reversed(self.tail) if "share" in event), {})

    @property
    def elapsed(self) -> float:
        """Seconds from the start, or from the asking before it, to the end, or to now while it goes on."""
        begun = next((event["time"] for event in self._head if event["event"] == "started"), self.created)
        if self.active:
            return max(0.0, time.time() - begun)
        last = self.tail[-1]["time"] if self.tail else begun
        return max(0.0, last - begun)

    def log(self, characters: int = 4000) -> str:
        """The end of what the worker printed."""
        return _end(self.folder / LOG, characters).decode("utf-8", errors="replace")


def _end(path: Path | str, size: int) -> bytes:
    """The last `size` bytes of a file; nothing where there is none."""
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - size))
            return file.read()
    except OSError:
        return b""


def _from(path: Path | str, place: int, size: int = -1) -> bytes:
    """`size` bytes of a file from a place on, by default all to its end; nothing where there is none."""
    try:
        with open(path, "rb") as file:
            file.seek(place)
            return file.read(size)
    except OSError:
        return b""


def _parse(text: bytes) -> list[Event]:
    """The events among the lines; a line cut at either end of the text, or half written, is left out."""
    found = []
    for line in text.split(b"\n"):
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and isinstance(event.get("event"), str) and isinstance(event.get("time"), float):
            found.append(event)
    return found


# A page looks at every run once a second: what has not changed since is not read again, and paths are text, because
# to put a Path together takes longer than to ask for the state of its file.


def file_state(path: Path | str) -> tuple[int, int]:
    """Size and time of change; zeros where there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


@lru_cache(maxsize=1024)
def _spec(path: str, state: tuple[int, int]) -> dict[str, Any]:
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    right = isinstance(found, dict) and isinstance(found.get("spec"), dict)
    return found if right and isinstance(found.get("created"), (int, float)) else {}


@lru_cache(maxsize=1024)
def _last(path: str, state: tuple[int, int]) -> tuple[Event, ...]:
    return tuple(_parse(_end(path, _TAIL)))


@lru_cache(maxsize=1024)
def _first(path: str, size: int) -> tuple[Event, ...]:
    return tuple(_parse(_from(path, 0, size)))


class _Growing(Generic[Kept]):
    """What is picked from each event of a file that only grows: what came since the last look is read alone."""

    def __init__(self, path: Path, pick: Callable[[Event], Kept | None]) -> None:
        self._path, self._pick = path, pick
        self._found: list[Kept] = []
        self._read = 0  # bytes, up to the end of a line
        self._looking = threading.Lock()

    def look(self) -> list[Kept]:
        with self._looking:
            size, _changed = file_state(self._path)
            if size < self._read:  # another file of this name
                self._found, self._read = [], 0
            if size > self._read:
                added = _from(self._path, self._read)
                whole = added.rfind(b"\n") + 1
                picked = map(self._pick, _parse(added[:whole]))
                self._found += [one for one in picked if one is not None]
                self._read += whole
            return list(self._found)


@lru_cache(maxsize=64)
def _growing(path: Path, pick: Callable[[Event], Kept | None]) -> _Growing[Kept]:
    return _Growing(path, pick)


def picked(folder: Path, pick: Callable[[Event], Kept | None]) -> list[Kept]:
    """What `pick`, a function of a module, makes of each event of a run; it is asked once for each."""
    return _growing(folder / EVENTS, pick).look()


def _whole(event: Event) -> Event:
    return event
