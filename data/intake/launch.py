"""Starting and finding the run that gets files, from the side of whoever watches it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from data import runs
from data.errors import AppError, DataError
from data.locks import locked
from data.runs import Run
from data.text import _

if TYPE_CHECKING:
    from data.addresses import Reference

FILES = "files"  # of a run's folder: what was uploaded
MOST_FILES = 200
MOST_BYTES = 1_000_000_000  # of one upload, packed or not
WORKER = ("-m", "data.intake.worker")
_KEPT = 10  # ended runs
_CHUNK = 1 << 20
_PRIVATE = ".upload-"
_A_DAY = 86_400.0
# the worker starts in another folder than the server
_FOLDERS = ("BALISE_DATA", "BALISE_RAW", "BALISE_ADDRESSES")


@dataclass(frozen=True)
class Options:
    """What a person allows: fetching what is there, issues with another checksum, years with fewer tables than now."""

    again: bool = False
    new_issues: bool = False
    replace: bool = False


def download(
    years: Iterable[int],
    references: Iterable[Reference] = (),
    options: Options | None = None,
    worker: runs.Worker = WORKER,
) -> Path:
    """Begin to fetch and import years, and to fetch borders or the school calendar; give the folder of the run.

    Raises: AppError where nothing is asked for, a year has no address, or other files are being fetched or imported.
    """
    from data import addresses

    wanted, kinds = sorted(set(years)), sorted(set(references))
    if not wanted and not kinds:
        raise DataError(_("Nothing is chosen: choose years, the borders or the school holidays."))
    addresses.sources(wanted)
    spec = {"years": wanted, "references": kinds, **asdict(options or Options())}
    return _start("download", spec, None, worker)


def upload(
    files: Sequence[tuple[str, IO[bytes]]], options: Options | None = None, worker: runs.Worker = WORKER
) -> Path:
    """Begin to import the files of a person, each with its name; give the folder of the run.

    Raises: AppError where there are none or too many, or other files are being fetched or imported.
    """
    if not 0 < len(files) <= MOST_FILES:
        message = _("Choose 1 to {most} files, not {n}; a zip archive may hold more.")
        raise DataError(message.format(most=MOST_FILES, n=len(files)))
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        # readable by nobody else
        with tempfile.TemporaryDirectory(prefix=_PRIVATE, dir=_folder(), ignore_cleanup_errors=True) as private:
            kept = _keep(files, Path(private))
            return _start("upload", {"files": kept, **asdict(options or Options())}, Path(private), worker)
    except OSError as error:
        raise _unwritable(error) from error


def latest() -> Run | None:
    """The run under way, or else the last one that ended."""
    found = [Run(folder) for folder in runs.folders(_folder())]
    return next((run for run in found if run.active), found[0] if found else None)


def _folder() -> Path:
    from data import store

    return store.processed_folder() / "intake"


def _start(kind: str, spec: Mapping[str, Any], private: Path | None, worker: runs.Worker) -> Path:
    """One run at a time; whoever asks for the same as the one under way gets that one."""
    asked = {"kind": kind, **spec}
    mark = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
    parent = _folder()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with locked(parent):
            found = [Run(folder) for folder in runs.folders(parent)]
            for run in found:
                if run.active and run.whole.get("hash") == mark:
                    return run.folder
                if run.active:
                    raise AppError(_("Files are being fetched or imported already: wait for the end, or cancel it."))
            _tidy(parent, found)
            folder = runs.create(parent, kind, asked, mark)
            if private:
                (folder / FILES).mkdir(mode=0o700)
                for path in private.iterdir():
                    path.rename(folder / FILES / path.name)
    except OSError as error:
        raise _unwritable(error) from error
    named = {name: str(Path(os.environ[name]).resolve()) for name in _FOLDERS if os.environ.get(name)}
    runs.spawn(folder, worker, named)
    return folder


def _tidy(parent: Path, found: Sequence[Run]) -> None:
    """Remove old runs, and what a lost run or a server that was killed left of the files of a person."""
    for n, run in enumerate(found, start=1):
        shutil.rmtree(run.folder / FILES if n < _KEPT else run.folder, ignore_errors=True)
    for path in parent.glob(f"{_PRIVATE}*"):
        if path.stat().st_mtime < time.time() - _A_DAY:  # younger ones may be on their way in
            shutil.rmtree(path, ignore_errors=True)


def _keep(files: Sequence[tuple[str, IO[bytes]]], folder: Path) -> list[dict[str, Any]]:
    """Write the files down; their names and hashes tell one upload from another."""
    kept: list[dict[str, Any]] = []
    left = MOST_BYTES
    for name, file in files:
        plain = _plain(name, {str(entry["name"]).lower() for entry in kept})
        digest = hashlib.sha256()
        with (folder / plain).open("xb") as copy:
            while chunk := file.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    message = _("The files are larger than {most:,} bytes together: give them in several steps.")
                    raise DataError(message.format(most=MOST_BYTES))
                digest.update(chunk)
                copy.write(chunk)
        kept.append({"name": plain, "sha256": digest.hexdigest()})
    return kept


def _plain(name: str, taken: Collection[str]) -> str:
    """A name without folders, which no other file has and every system takes."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[^\w.,()+ -]", "_", last).strip(". ")[-100:] or "file"
    stem, dot, rest = plain.partition(".")
    numbered = (f"{stem} ({n}){dot}{rest}" for n in range(2, len(taken) + 3))
    return plain if plain.lower() not in taken else next(each for each in numbered if each.lower() not in taken)


def _unwritable(error: OSError) -> AppError:
    message = _("{folder} cannot be written ({error}); name another folder in the variable BALISE_DATA.")
    return AppError(message.format(folder=_folder(), error=error.strerror or error))
