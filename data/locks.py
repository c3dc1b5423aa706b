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


def _take(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        while True:
            try:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            except OSError:
                time.sleep(0.1)
            else:
                return
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
