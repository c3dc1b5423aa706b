"""Models as files that travel: a zip of a checkpoint and its card, and the way back in, which trusts nothing.

What comes in is compared with a list of allowed names, sizes and hashes before anything is opened, and has to load and
answer in a process of its own before it appears among the models.
"""

from __future__ import annotations

import errno
import io
import json
import operator
import os
import re
import secrets
import shutil
import stat
import struct
import subprocess
import sys
import tempfile
import time
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from data.errors import AppError, DataError
from data.text import _, shortened
from models import card, checkpoint, diagnosis, registry, scoreboard, versions
from models.base import CheckpointError
from models.jobs import log
from models.registry import KINDS, Entry
from models.unseen import unseen

MODEL, CARD, ABOUT = "model", "card.md", "about.json"
MOST_PACKED, MOST_UNPACKED = 300_000_000, 600_000_000  # bytes
MOST_TEXT = 8_000_000  # bytes of a file that is no weights
MOST_FILES = 40
_LONGEST = 1e9  # seconds of a training
_DIRECTORY = 64 * 1024  # bytes of a zip's list of files
_SECONDS = 180  # a slow machine needs to load torch
_STALE = 86_400.0  # seconds after which what a killed import left behind is cleared away
_ALLOWED = {CARD, ABOUT} | {
    f"{MODEL}/{name}" for kind in KINDS.values() for name in (*kind.allowed_files, checkpoint.METADATA)
}
_FOLDERS = {f"{parent.as_posix()}/" for name in _ALLOWED for parent in Path(name).parents} - {"./"}
_DATE = (1980, 1, 1, 0, 0, 0)  # the same model, the same zip
_ROOT = Path(__file__).resolve().parents[1]
# a text of somebody else's model is shown as it is: no link, picture or markup
_MARKUP = re.compile(r"\]\(|<|://")
_TYPES: dict[str, tuple[type, ...]] = {
    "preset": (str,), "created": (str,), "device": (str,), "data": (dict,), "split": (dict,), "metrics": (dict,),
    "seconds": (int, float), "parameters": (int, type(None)), "curves": (list,), "versions": (dict,),
    "importance": (dict,), "frequencies": (dict,), "confusion": (list,), "reliability": (dict,), "members": (dict,),
}  # fmt: skip
_NEEDED = ("preset", "created", "data", "split", "metrics")


def export(entry: Entry) -> bytes:
    """A zip of a checkpoint's files, its card as Markdown, and its name and notes.

    Raises: CheckpointError where the checkpoint is damaged.
    """
    metadata = checkpoint.read(entry.folder)
    checkpoint.verify(entry.folder, metadata)
    about = {"title": entry.title, "notes": entry.notes}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (checkpoint.METADATA, *sorted(metadata["files"])):
            _put(archive, f"{MODEL}/{name}", (entry.folder / name).read_bytes())
        _put(archive, CARD, card.markdown(entry).encode())
        _put(archive, ABOUT, json.dumps(about, ensure_ascii=False).encode())
    return packed.getvalue()


def file_name(entry: Entry) -> str:
    """What the zip of a model is called: its name in letters, digits and hyphens, which every system takes."""
    plain = unicodedata.normalize("NFKD", card.name_of(entry)).encode("ascii", "ignore").decode().lower()
    return f"{re.sub('[^a-z0-9]+', '-', plain).strip('-') or entry.name}.zip"


def take_in(file: BinaryIO) -> Entry:
    """Add the model of a zip that `export` made to the own models.

    Raises: DataError or CheckpointError saying what is wrong with it; nothing is kept of it then.
    """
    runs = registry.runs_folder()
    with _opened(file) as archive, _workplace(runs) as place:
        for member in _members(archive):
            target = place / member.filename
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as packed, target.open("xb") as out:
                shutil.copyfileobj(packed, out)
        metadata = _checked(place / MODEL)
        title, notes = _about(place)
        _require_new(place / MODEL)
        _require_working(place / MODEL)
        for name in (CARD, ABOUT):
            (place / name).unlink(missing_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")[:-3]
        name = f"{stamp}-imported-{metadata['kind']}-{secrets.token_hex(2)}"
        place.chmod(0o755)
        os.rename(place, runs / name)
    if title or notes:
        try:
            versions.describe(runs, name, title, notes)
        except AppError:
            shutil.rmtree(runs / name, ignore_errors=True)
            raise
    return registry.find(name)


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.external_attr = 0o644 << 16
    archive.writestr(info, content, zipfile.ZIP_DEFLATED)


def _refused(reason: str) -> DataError:
    return DataError(_("This file is no model to import: {reason}").format(reason=reason))


@contextmanager
def _opened(file: BinaryIO) -> Iterator[zipfile.ZipFile]:
    """A zip file whose size and list of files are not out of proportion; what is wrong inside it is a DataError."""
    size = file.seek(0, os.SEEK_END)
    if size > MOST_PACKED:
        raise _refused(_("it has more than {n:,} bytes.").format(n=MOST_PACKED))
    file.seek(max(0, size - 42))
    tail = file.read()
    end = tail[-22:]
    # checked before the list is read into memory; a zip with a comment or of the large kind was not made here
    plain = end[:4] == b"PK\x05\x06" and end[-2:] == b"\0\0" and not tail[:-22].startswith(b"PK\x06\x07")
    if not plain or struct.unpack("<L", end[12:16])[0] > _DIRECTORY:
        raise _refused(_("it is not a zip file as the Model page makes them."))
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (*checkpoint.UNUSABLE, NotImplementedError, struct.error) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise DataError(_("The disk is full. Free some room and import the model again.")) from error
        raise _refused(_("the zip is damaged ({error}).").format(error=shortened(str(error), 200))) from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of a zip, every one of which is allowed to be there.

    Raises: DataError naming the first that is not.
    """
    found, names = [], set()
    for member in archive.infolist():
        name = member.orig_filename  # as written: `filename` ends at a NUL
        if name in _FOLDERS:
            continue
        shown = shortened(name)
        if name not in _ALLOWED or member.filename != name:
            raise _refused(_("it holds {name!r}, which is no file of a model.").format(name=shown))
        if name in names:
            raise _refused(_("it holds {name!r} twice.").format(name=shown))
        mode = member.external_attr >> 16
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or member.flag_bits & 1:
            raise _refused(_("{name!r} is a link, or encrypted.").format(name=shown))
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _refused(_("{name!r} is packed in an unusual way.").format(name=shown))
        if name.endswith((".json", ".md")) and member.file_size > MOST_TEXT:
            raise _refused(_("{name!r} is too large.").format(name=shown))
        names.add(name)
        found.append(member)
    # reading stops at the size that is written here, so their sum is all there will be
    if len(found) > MOST_FILES or sum(member.file_size for member in found) > MOST_UNPACKED:
        raise _refused(_("it unpacks to more than {n:,} bytes.").format(n=MOST_UNPACKED))
    return found


def _checked(folder: Path) -> Mapping[str, Any]:
    """The metadata of what was unpacked: of a known kind, with the files of that kind and all that cards need.

    Raises: DataError or CheckpointError saying what is wrong.
    """
    metadata = checkpoint.read(folder)
    kind = KINDS.get(metadata["kind"])
    if kind is None or metadata["target"] not in kind.targets:
        raise _refused(_("it is of a kind that this version does not know."))
    if not set(metadata["files"]) <= set(kind.allowed_files):
        raise _refused(_("it lists files that a {kind} does not have.").format(kind=kind.label))
    checkpoint.verify(folder, metadata)
    for name in _NEEDED:
        if name not in metadata:
            raise _refused(_("its metadata lacks {name!r}.").format(name=name))
    for name, types in _TYPES.items():
        right = isinstance(metadata.get(name), types) and not isinstance(metadata[name], bool)
        if name in metadata and not (right and (name != "seconds" or 0 <= metadata[name] < _LONGEST)):
            raise _refused(_("{name!r} in its metadata is not what it should be.").format(name=name))
    if any(_MARKUP.search(text) for text in _texts(metadata)):
        raise _refused(_("its metadata hold a link or markup."))
    entry = Entry("imported", folder, metadata, None, own=True)
    try:  # what reads metadata for people has to understand these
        card.markdown(entry)
        scoreboard.markdown([entry])
        _read_as_pages_do(metadata)
    except checkpoint.UNUSABLE as error:
        raise _refused(_("its metadata are not those of a model ({error}).").format(error=str(error)[:200])) from error
    return metadata


def _read_as_pages_do(metadata: Mapping[str, Any]) -> None:
    """Raises: one of `checkpoint.UNUSABLE` for what a page could not show."""
    diagnosis.findings(log.points(metadata), metadata)
    datetime.fromisoformat(metadata["created"]).astimezone()
    np.array(metadata.get("confusion", []), dtype=float)
    np.array(list(metadata.get("importance", {}).values()), dtype=float)
    "".join([metadata["data"].get("source", ""), metadata["data"].get("note", "")])
    found = None if metadata["target"] == "daily" else unseen(metadata)
    for part in [*metadata["split"].values(), *([found.period] if found and found.period else [])]:
        date.fromisoformat(part["start"]), date.fromisoformat(part["end"])
        if metadata["target"] != "daily":
            operator.index(part["rows"])


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield str(key)
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _about(place: Path) -> tuple[str, str]:
    """Name and notes that came along."""
    try:
        found = json.loads((place / ABOUT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return "", ""
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(_("{name!r} cannot be read.").format(name=ABOUT)) from error
    if not isinstance(found, dict):
        raise _refused(_("{name!r} cannot be read.").format(name=ABOUT))
    return versions.checked(found.get("title", ""), found.get("notes", ""))


def _require_new(folder: Path) -> None:
    """Raises: DataError where the very same model is here already."""
    same = checkpoint.digest(folder / checkpoint.METADATA)
    for entry in registry.entries():
        path = entry.folder / checkpoint.METADATA
        if path.is_file() and checkpoint.digest(path) == same:
            raise DataError(_("This model is here already: {name}.").format(name=card.name_of(entry)))


def _require_working(folder: Path) -> None:
    """Let a process of its own load the model and ask it once: a file made to end the reader ends that one.

    Raises: CheckpointError where it does not do so in time.
    """
    command = [sys.executable, "-m", "models", "check", str(folder.resolve())]
    threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    try:
        done = subprocess.run(
            command, cwd=_ROOT, env={**os.environ, **threads}, capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise CheckpointError(_("The model took too long to load; it was not imported.")) from error
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or [_("its reader ended")])[-1].replace(str(folder.resolve()), "")
        message = _("The model does not load and was not imported ({reason}).")
        raise CheckpointError(message.format(reason=shortened(reason, 300)))


@contextmanager
def _workplace(runs: Path) -> Iterator[Path]:
    """A hidden folder on the disk of the models, which is gone afterwards."""
    hidden = runs / versions.FOLDER
    try:
        hidden.mkdir(parents=True, exist_ok=True)
        for old in hidden.glob("import-*"):
            if time.time() - old.stat().st_mtime > _STALE:
                shutil.rmtree(old, ignore_errors=True)
        place = Path(tempfile.mkdtemp(prefix="import-", dir=hidden))
    except OSError as error:
        message = _("{folder} cannot be written: {error}")
        raise DataError(message.format(folder=hidden, error=error.strerror or error)) from error
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
