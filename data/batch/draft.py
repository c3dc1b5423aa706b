"""A file on its way to be scored: kept for a day, and read in a process of its own, which a bad file may end.

A draft is a folder named by the file's content and name; `table.parquet` and `facts.json` are there once it is read.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import IO

import pandas as pd

from data import store
from data.batch import reader
from data.batch.table import MOST_BYTES, Report, Table, silent
from data.errors import AppError, DataError
from data.text import VARIABLE, _, language, shortened

FOLDER = "batch"
_DRAFTS = "drafts"
_FILE, _TABLE, _FACTS = "file", "table.parquet", "facts.json"
_A_DAY = 86_400.0
_SECONDS = 300  # no file of this size takes longer to read
_MEMORY = 4_000_000_000
_CHUNK = 1 << 20
_NAME = re.compile(r"[0-9a-f]{32}")
_ROOT = Path(__file__).resolve().parents[2]
_log = logging.getLogger(__name__)


def folder() -> Path:
    """Where files to be scored and what came of them lie."""
    return store.processed_folder() / FOLDER


def take_in(name: str, file: IO[bytes], report: Report = silent) -> str:
    """Keep and read a file; gives the name of its draft. The same file again is not read again.

    Raises: DataError saying what is wrong with the file; AppError where nothing can be written.
    """
    shown = shortened(Path(name.replace("\\", "/")).name, 100) or _("file")
    parent = folder() / _DRAFTS
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep()
        # readable by nobody else
        with tempfile.TemporaryDirectory(prefix=".new-", dir=parent, ignore_cleanup_errors=True) as private:
            place = Path(private)
            draft = _keep(shown, file, place / _FILE)
            target = parent / draft
            if (target / _FACTS).is_file():
                os.utime(target)
                return draft
            _read_apart(place, shown, report)
            (place / _FILE).unlink()
            shutil.rmtree(target, ignore_errors=True)
            place.rename(target)
    except OSError as error:
        message = _("{folder} cannot be written ({error}); name another folder in the variable BALISE_DATA.")
        raise AppError(message.format(folder=parent, error=error.strerror or error)) from error
    return draft


def load(draft: str) -> Table:
    """The table of a draft.

    Raises: DataError where it is there no longer.
    """
    if not _NAME.fullmatch(draft):
        raise DataError(_("There is no such file."))
    return load_table(folder() / _DRAFTS / draft)


def load_table(place: Path) -> Table:
    """The table that lies in a folder.

    Raises: DataError where it is there no longer.
    """
    try:
        facts = json.loads((place / _FACTS).read_text(encoding="utf-8"))
        frame = pd.read_parquet(place / _TABLE).astype("str")
    except (OSError, ValueError) as error:
        raise DataError(_("The file is there no longer; choose it again.")) from error
    faults = {int(row): str(fault) for row, fault in facts["faults"]}
    return Table(facts["name"], facts["format"], frame, faults, tuple(facts["notes"]), facts["first"])


def copy(draft: str, place: Path) -> None:
    """Put the table of a draft into another folder.

    Raises: OSError.
    """
    for name in (_TABLE, _FACTS):
        shutil.copyfile(folder() / _DRAFTS / draft / name, place / name)


def forget(place: Path) -> None:
    """Delete the table of a folder, which is needed no longer."""
    for name in (_TABLE, _FACTS):
        (place / name).unlink(missing_ok=True)


def write(table: Table, place: Path) -> None:
    """Keep a table in a folder."""
    table.frame.to_parquet(place / _TABLE, index=False)
    facts = {**asdict(table), "faults": sorted(table.faults.items())}
    del facts["frame"]
    (place / _FACTS).write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")


def sweep() -> None:
    """Delete drafts of yesterday and before."""
    for path in (folder() / _DRAFTS).glob("*"):
        try:
            if path.stat().st_mtime < time.time() - _A_DAY:
                shutil.rmtree(path, ignore_errors=True)
        except OSError as error:
            _log.warning("%s could not be swept: %s", path, error)


def _keep(name: str, file: IO[bytes], path: Path) -> str:
    digest = hashlib.sha256(name.encode("utf-8", errors="replace"))
    size = 0
    with path.open("xb") as copy_of:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > MOST_BYTES:
                message = _("{file} has more than {most:,} bytes; give it in several files.")
                raise DataError(message.format(file=name, most=MOST_BYTES))
            digest.update(chunk)
            copy_of.write(chunk)
    return digest.hexdigest()[:32]


def _read_apart(place: Path, name: str, report: Report) -> None:
    """Let another process read the file in a folder.

    Raises: DataError with its sentence, or where it ended without one.
    """
    command = [sys.executable, "-m", "data.batch.draft", str(place.resolve()), name]
    # declarations in XML are refused before, and the parser that looks for them again takes half as long more
    environment = {**os.environ, VARIABLE: language(), "OMP_NUM_THREADS": "1", "OPENPYXL_DEFUSEDXML": "False"}
    with subprocess.Popen(
        command, cwd=_ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
    ) as process:  # fmt: skip
        end = threading.Timer(_SECONDS, process.kill)
        end.start()
        said: dict[str, object] = {}
        try:
            for line in process.stdout or ():
                said = json.loads(line)
                if "share" in said:
                    report(float(str(said["share"])))
        finally:
            end.cancel()
            process.kill()
    if "error" in said:
        raise DataError(str(said["error"]))
    if "done" not in said:
        message = _(
            "{file} could not be read: it takes more memory or time than any table of this size. Save it again, or "
            "give it as CSV."
        )
        raise DataError(message.format(file=name))


def _main(arguments: list[str]) -> None:
    """Read the file in a folder; one JSON object a line says how far it is, and how it ended."""

    def say(**facts: object) -> None:
        print(json.dumps(facts), flush=True)  # noqa: T201

    _limit_memory()
    place, name = Path(arguments[0]), arguments[1]
    try:
        write(reader.read(place / _FILE, name, lambda share: say(share=share)), place)
    except DataError as error:
        say(error=str(error))
    except MemoryError:
        return
    else:
        say(done=True)


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = _MEMORY if most == resource.RLIM_INFINITY else min(most, _MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


if __name__ == "__main__":
    _main(sys.argv[1:])
