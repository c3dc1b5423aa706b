"""Saved models: a folder with weights in a format that cannot run code, and `metadata.json`, written last.

Every file's SHA-256 stands in the metadata and is checked before any reader opens the file. A save only creates: the
folder is made whole beside its final place and then renamed into it.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data.text import _
from models.base import CheckpointError

FORMAT = 1
METADATA = "metadata.json"
EXPLANATIONS = "explanations.json"  # of classifiers; those of earlier versions have none
LIBRARIES = ("torch", "pandas", "numpy", "scikit-learn", "xgboost", "skops", "safetensors")
_REQUIRED = ("format", "kind", "target", "config", "files")

Metadata = dict[str, Any]
# what reading hand-made metadata or weights may raise, beside the errors of their formats
UNUSABLE = (
    KeyError,
    TypeError,
    ValueError,
    AttributeError,
    IndexError,
    RuntimeError,
    OverflowError,
    MemoryError,
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
)
_SMALL = 1 << 26  # bytes that any packed file may unpack to
_RATIO = 50  # at most, of the bytes that a larger one unpacks to to those it is kept in


def save(folder: Path, metadata: Mapping[str, Any], write: Callable[[Path], None]) -> None:
    """Make a checkpoint: `write` puts the weights into the folder it is given, then the metadata is added.

    Raises: CheckpointError where the folder exists already (a save never replaces) or the metadata are not finite.
    """
    folder = Path(folder)
    if folder.exists():
        raise CheckpointError(_("{folder} exists already; choose another name.").format(folder=folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write(part)
        written = _files(part)
        for path in written.values():
            path.chmod(0o644)  # some writers keep their files for themselves
        files = {name: digest(path) for name, path in sorted(written.items())}
        versions = {name: version(name) for name in LIBRARIES}
        whole = {"format": FORMAT, **metadata, "versions": versions, "files": files}
        (part / METADATA).write_text(text(whole), encoding="utf-8")
        part.chmod(0o755)
        os.rename(part, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def text(metadata: Mapping[str, Any]) -> str:
    """Metadata as they stand in their file. Raises: ValueError where they are not finite."""
    return json.dumps(plain(metadata), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read(folder: Path) -> Metadata:
    """The metadata of a checkpoint, checked for form only.

    Raises: CheckpointError naming the folder and what is wrong.
    """
    path = Path(folder) / METADATA
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CheckpointError(
            _("{folder} holds no {name}: it is not a checkpoint.").format(folder=folder, name=METADATA)
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(_("{path} cannot be read: {error}").format(path=path, error=error)) from error
    missing = [key for key in _REQUIRED if not isinstance(metadata, dict) or key not in metadata]
    if missing:
        raise CheckpointError(_("{path} lacks {key!r}.").format(path=path, key=missing[0]))
    words = all(isinstance(metadata[key], str) for key in ("kind", "target"))
    if not (words and isinstance(metadata["config"], dict) and isinstance(metadata["files"], dict)):
        raise CheckpointError(_("{path} is damaged: it is not the file that was saved.").format(path=path))
    if metadata["format"] != FORMAT:
        message = _("{path} has format {found!r}; this version of the product reads format {known}.")
        raise CheckpointError(message.format(path=path, found=metadata["format"], known=FORMAT))
    return dict(metadata)


def verify(folder: Path, metadata: Mapping[str, Any]) -> None:
    """Compare every file with the hash in the metadata; a file without a hash is not to be trusted either.

    Raises: CheckpointError naming the first file that is missing, differs or is not in the metadata.
    """
    there = _files(Path(folder))
    for name, expected in metadata["files"].items():
        path = Path(folder) / name
        if name not in there:
            raise CheckpointError(_("{path} is missing.").format(path=path))
        if digest(path) != expected:
            raise CheckpointError(_("{path} is damaged: it is not the file that was saved.").format(path=path))
    # what a file manager leaves behind begins with a dot, and no reader opens it
    unlisted = sorted(n for n in there.keys() - {METADATA, *metadata["files"]} if not Path(n).name.startswith("."))
    if unlisted:
        message = _("{path} is not among the files that {name} lists; it was not saved with the model.")
        raise CheckpointError(message.format(path=Path(folder) / unlisted[0], name=METADATA))


def unusable(path: Path, error: Exception) -> CheckpointError:
    """What to raise where the files are those that were saved, but no reader can use them; one line of the reason."""
    reason = " ".join(str(error).split())[:300]
    message = _("{path} does not hold a model this version can use ({reason}); train it again.")
    return CheckpointError(message.format(path=path, reason=reason))


def most_unpacked(path: Path) -> int:
    """The bytes that a packed file may unpack to: a few bytes may unpack to more than the memory holds."""
    return max(_SMALL, _RATIO * path.stat().st_size)


def require_unpacked(path: Path, size: int) -> None:
    """Raises: ValueError where a packed file unpacks to more bytes than it may."""
    if size > most_unpacked(path):
        raise ValueError(_("{file} unpacks to more than a model takes").format(file=path.name))


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> dict[str, Path]:
    """The files in a folder and in those within it, by their way from it."""
    return {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}


def plain(value: Any) -> Any:
    """NumPy numbers as Python's own, and a number that JSON cannot hold as None."""
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
