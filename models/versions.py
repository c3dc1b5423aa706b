"""What people add to their models: names, notes, and which of them is used for what.

It is kept in one small file beside the models, never within their folders, whose files are hashed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from data.errors import AppError, DataError
from data.locks import locked
from data.text import _

FOLDER = ".registry"  # hidden: no run, and no checkpoint
FILE = "versions.json"
LONGEST_TITLE, LONGEST_NOTES = 60, 2000
# a name is shown in tables, figures and links: whatever is written in it must stay a name there
_TITLE = re.compile(r"[\w .,:;+()'’&%/-]*")
_PARTS = {"versions": dict, "champions": dict, "compared": dict}

Versions = dict[str, Any]


def read(runs: Path) -> Versions:
    """What is kept in a folder of runs; a file that cannot be read counts as nothing, and is not overwritten."""
    try:
        return _read(runs / FOLDER / FILE)
    except DataError:
        return _nothing()


@contextmanager
def changing(runs: Path) -> Iterator[Versions]:
    """Hand out what is kept and keep what it was changed to, one writer at a time; an error keeps nothing.

    Raises: AppError where the file cannot be read or written.
    """
    folder = runs / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            found = _read(folder / FILE)
            yield found
            part = folder / f"{FILE}.part"
            part.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            os.replace(part, folder / FILE)
    except OSError as error:
        message = _("{folder} cannot be written: {error}")
        raise AppError(message.format(folder=folder, error=error.strerror or error)) from error


def describe(runs: Path, name: str, title: str, notes: str) -> None:
    """Give a model a name and notes; empty ones take them away.

    Raises: DataError for a text that is not allowed; AppError where the file cannot be written.
    """
    title, notes = checked(title, notes)
    with changing(runs) as kept:
        kept["versions"].pop(name, None)
        if title or notes:
            kept["versions"][name] = {"title": title, "notes": notes}


def checked(title: object, notes: object) -> tuple[str, str]:
    """A name and notes without the spaces around them.

    Raises: DataError for a text that is not allowed.
    """
    if not (isinstance(title, str) and isinstance(notes, str)):
        raise DataError(_("A model's name and notes must be texts."))
    title, notes = title.strip(), notes.strip()
    if len(title) > LONGEST_TITLE or not _TITLE.fullmatch(title):
        message = _("A model's name has at most {n} letters, digits, spaces and signs such as - + . , : / ( ).")
        raise DataError(message.format(n=LONGEST_TITLE))
    if len(notes) > LONGEST_NOTES:
        raise DataError(_("Notes have at most {n:,} characters.").format(n=LONGEST_NOTES))
    return title, notes


def _nothing() -> Versions:
    return {part: {} for part in _PARTS}


def _read(path: Path) -> Versions:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return _nothing()
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(_("{path} cannot be read: {error}").format(path=path, error=error)) from error
    if not (isinstance(found, dict) and _sound(found)):
        message = _("{path} is damaged. Mend it, or delete it: names, notes and champions are then as at first.")
        raise DataError(message.format(path=path))
    return {**_nothing(), **found}


def _sound(found: Versions) -> bool:
    """Whether each part is what this module writes."""
    if not all(isinstance(found.get(part, {}), dict) for part in _PARTS):
        return False
    texts = all(
        isinstance(one, dict) and set(one) == {"title", "notes"} and all(isinstance(v, str) for v in one.values())
        for one in found.get("versions", {}).values()
    )
    steps = [step for steps in found.get("champions", {}).values() for step in (steps if _is_list(steps) else [None])]
    known = {"way", "model", "before", "time"}
    whole = all(isinstance(s, dict) and set(s) == known and all(isinstance(v, str) for v in s.values()) for s in steps)
    return texts and whole and all(map(_says_of_names, found.get("compared", {}).values()))


def _says_of_names(compared: object) -> bool:
    """Whether it says of models if they are compared, or lists, as at first, those that are."""
    if isinstance(compared, dict):
        return all(isinstance(wanted, bool) for wanted in compared.values())
    return isinstance(compared, list) and all(isinstance(name, str) for name in compared)


def _is_list(value: object) -> bool:
    return isinstance(value, list)
