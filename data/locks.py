"""One writer at a time, also between processes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; the system lets it go when the process ends, however it ends.

    Raises: OSError where the folder cannot be written.
    """
    with (folder / ".lock").open("a+b") as file:
        _take(file)
        yield


def held(path: Path) -> BinaryIO | None:
    """The file, locked until it is closed or the process ends, however it ends; None where another holds it.

    Raises: OSError where the file cannot be written.
    """
    file = path.open("a+b")
    try:
        _try(file)
    except BlockingIOError:
        file.close()
        return None
    return file


def _take(file: BinaryIO) -> None:
    if sys.platform == "win32":
        while True:
            try:
                _try(file)
            except BlockingIOError:
                time.sleep(0.1)
            else:
                return
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)


def _try(file: BinaryIO) -> None:
    """Raises: BlockingIOError where another holds it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError from error
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
