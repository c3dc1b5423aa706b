"""The files that a person gives: plain, gzipped or inside a zip, searched in folders and read up to a limit."""

from __future__ import annotations

import gzip
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from data.errors import DataError
from data.text import _, shortened

# no official file is larger than some tens of megabytes; one of all years together, as some publish it, has 250
LARGEST = 500_000_000
LARGEST_ARCHIVE = 4_000_000_000
MOST_MEMBERS = 1000
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
# what zipfile and gzip raise for a damaged archive: RuntimeError where a password is wanted, NotImplementedError for a
# packing they do not know, ValueError for names that are no text, MemoryError for an absurd dictionary
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, RuntimeError, KeyError, ValueError, MemoryError),
)


@dataclass(frozen=True)
class Given:
    """One file, on disk or (`member`) in a zip archive; gzip is undone wherever it is met."""

    path: Path
    member: str = ""

    def __str__(self) -> str:
        return _shown(f"{self.path} ({shortened(self.member, 200)})" if self.member else str(self.path))

    @property
    def name(self) -> str:
        """The name without folders and without `.gz`."""
        name = self.member.rpartition("/")[2] or self.path.name
        return _shown(name.removesuffix(".gz"))

    def head(self, size: int = 65536) -> bytes:
        """The first bytes.

        Raises: DataError where the file cannot be opened or unpacked.
        """
        with self._open() as file:
            return file.read(size)

    def read(self) -> bytes:
        """All bytes, unpacked.

        Raises: DataError where the file cannot be opened or unpacked, or is larger than any table can be.
        """
        if self._declared() <= LARGEST:
            with self._open() as file:
                content = file.read(LARGEST + 1)
            if len(content) <= LARGEST:
                return content
        message = _("{path} has more than {limit:,} bytes unpacked, more than any BAAC table; nothing was read.")
        raise DataError(message.format(path=self, limit=LARGEST))

    def _declared(self) -> int:
        """The bytes that an archive says its member has; what it says of more than it has is no matter."""
        if not self.member:
            return 0
        with _told(self), zipfile.ZipFile(self.path) as archive:
            return archive.getinfo(self.member).file_size

    @contextmanager
    def _open(self) -> Iterator[IO[bytes] | gzip.GzipFile]:
        with _told(self), _opened(self) as file:
            packed = file.read(2) == _GZIP
            file.seek(0)
            if packed:
                with gzip.open(file) as unpacked:
                    yield unpacked
            else:
                yield file


def found_at(path: Path) -> list[Given]:
    """The files that a path stands for: itself, the visible members of a zip archive, or those of a folder, in depth.

    Raises: DataError where there is neither file nor folder, it may not be read, or an archive cannot be.
    """
    with _told(Given(path)):
        if path.is_dir():
            return [found for file in _visible(path) for found in inside(file)]
        if path.is_file():
            return inside(path)
    message = _("{path} does not exist.") if not path.exists() else _("{path} is neither a file nor a folder.")
    raise DataError(message.format(path=Given(path)))


def inside(path: Path) -> list[Given]:
    """The files that a file stands for: itself, or the visible members of a zip archive.

    Raises: DataError where an archive is damaged, locked or unpacks to too much.
    """
    with _told(Given(path)):
        with path.open("rb") as file:
            if file.read(4) != _ZIP:
                return [Given(path)]
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and not is_hidden(Path(m.filename))]
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > LARGEST_ARCHIVE:
        message = _("{path} unpacks to more than {limit:,} bytes or {members:,} files; nothing was read.")
        raise DataError(message.format(path=path, limit=LARGEST_ARCHIVE, members=MOST_MEMBERS))
    return [Given(path, m.filename) for m in members]


def is_hidden(path: Path) -> bool:
    """Whether a person would not see the file: its name or a folder's begins with a point or is a system's own."""
    return any((part.startswith(".") and part != "..") or part == "__MACOSX" for part in path.parts)


def _visible(folder: Path) -> list[Path]:
    """The files in a folder, in depth and in order; links to folders are not followed, so that none is met twice."""
    found, waiting = [], [folder]
    while waiting:
        here = waiting.pop()
        with _told(Given(here)), os.scandir(here) as entries:
            for entry in entries:
                path = here / entry.name
                if is_hidden(Path(entry.name)):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif path.is_file():
                    found.append(path)
    return sorted(found)


def _shown(name: str) -> str:
    """A name as text that can be written: a system may hold names that are none."""
    return name.encode("utf-8", errors="replace").decode("utf-8")


@contextmanager
def _opened(given: Given) -> Iterator[IO[bytes]]:
    if given.member:
        with zipfile.ZipFile(given.path) as archive, archive.open(given.member) as file:
            yield file
    else:
        with given.path.open("rb") as file:
            yield file


@contextmanager
def _told(given: Given) -> Iterator[None]:
    """What can go wrong with a file or an archive, said in words."""
    try:
        yield
    except _BROKEN as error:
        message = _("{path} cannot be unpacked ({error}); get the archive again, or unpack it and give the files.")
        raise DataError(message.format(path=given, error=shortened(str(error), 200))) from error
    except OSError as error:  # gzip.BadGzipFile too
        reason = error.strerror or error
        raise DataError(_("{path} cannot be read: {error}").format(path=given, error=reason)) from error
