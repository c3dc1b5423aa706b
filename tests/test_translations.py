"""Every text has its French: none is missing, none lost a value it is to hold, and no page says one that is unknown."""

from __future__ import annotations

import io
import string
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages import extract, mofile, pofile

from data import text
from tests.pages.conftest import open_page  # noqa: F401  # a fixture

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "locale" / "fr" / "LC_MESSAGES"
WHERE = ("data", "models", "ui", "pages")
REMEDY = "write them into locale/fr/LC_MESSAGES/balise.po as CONTRIBUTING.md says"


@cache
def said() -> dict[str, str]:
    """Every text of the code, and where it is first said."""
    found: dict[str, str] = {}
    files = [ROOT / "app.py", *(path for part in WHERE for path in sorted((ROOT / part).rglob("*.py")))]
    for path in files:
        with path.open("rb") as source:
            for line, message, _comments, _context in extract.extract("python", source, {"_": None, "N_": None}):
                found.setdefault(str(message), f"{path.relative_to(ROOT)}:{line}")
    return found


@cache
def french() -> dict[str, str]:
    with (FOLDER / "balise.po").open("rb") as file:
        catalogue = pofile.read_po(file, locale="fr")
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy}


def fields(message: str) -> set[tuple[str, str, str]]:
    """What a text is to be filled with, and in which form."""
    parts = string.Formatter().parse(message)
    return {(name, form or "", turned or "") for _text, name, form, turned in parts if name is not None}


def test_every_text_is_translated():
    missing = {message: place for message, place in said().items() if message not in french()}
    assert not missing, f"{len(missing)} texts are not translated; {REMEDY}: {dict(list(missing.items())[:20])}"


def test_no_translation_is_left_of_a_text_that_nobody_says():
    assert not set(french()) - set(said()), REMEDY


@pytest.mark.parametrize("what", ["fields", "icons", "links", "bold"])
def test_a_translation_holds_what_the_text_holds(what):
    def held(message: str) -> Any:
        if what == "fields":
            return fields(message)
        if what == "icons":
            return sorted(word for word in message.replace(",", " ").split() if word.startswith(":material/"))
        return message.count("](") if what == "links" else message.count("**")

    wrong = {message: own for message, own in french().items() if message in said() and held(message) != held(own)}
    assert not wrong


def test_what_is_read_is_compiled_from_what_is_written():
    with (FOLDER / "balise.po").open("rb") as file:
        catalogue = pofile.read_po(file, locale="fr")
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    assert compiled.getvalue() == (FOLDER / "balise.mo").read_bytes(), (
        "pybabel compile --directory locale --domain balise"
    )


@pytest.mark.parametrize("path", sorted(str(p.relative_to(ROOT)) for p in (ROOT / "pages").rglob("*.py")))
def test_no_page_says_a_text_that_no_catalogue_knows(path, open_page, demo_data, monkeypatch):  # noqa: F811
    asked: set[str] = set()
    known = text._catalogue("fr")

    class Recorder:
        def gettext(self, message: str) -> str:
            asked.add(message)
            return known.gettext(message)

    monkeypatch.setattr(text, "_catalogue", lambda _language: Recorder())
    app = open_page(path)
    app.query_params["lang"] = "fr"
    app.run()
    assert not app.exception
    assert asked
    unknown = {message for message in asked if message and message not in french()}
    assert not unknown
