"""Words for people: every text shown passes through `_`, whose message ids are the English texts.

The language belongs to the session being served. A thread that has none yet asks whoever knows (`ask_for_language`),
so that a part of a page that runs again alone keeps the language of its page. `python -m data.translate` writes the
catalogues.
"""

from __future__ import annotations

import gettext
import os
import string
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
LANGUAGE: ContextVar[Language | None] = ContextVar("language", default=None)
VARIABLE = "BALISE_LANGUAGE"  # of worker processes and command lines
CATALOGUES = Path(__file__).resolve().parent.parent / "locale"
DOMAIN = "balise"
NARROW = "\N{NARROW NO-BREAK SPACE}"
# English separators -> French ones, of a number that is already written
_FRENCH = str.maketrans({",": NARROW, ".": ","})

_asked: list[Callable[[], Language | None]] = []


def ask_for_language(knows: Callable[[], Language | None]) -> None:
    """Let `knows` say, once for each thread, in which language its words are to be."""
    _asked[:] = [knows]


def language() -> Language:
    """The language of the person being served, or of this process."""
    found = LANGUAGE.get()
    if found is None:
        told = next((one for knows in _asked if (one := knows())), None)
        found = told or supported(os.environ.get(VARIABLE, ""))
        LANGUAGE.set(found)
    return found


def supported(tag: str) -> Language:
    """The language of ours that a tag such as fr-FR or en_GB.UTF-8 means; English where we have none."""
    short = tag.replace("_", "-").partition("-")[0].lower()
    return next((one for one in LANGUAGES if one == short), "en")


class Message(str):
    """A text whose numbers `format` writes as its language does: 12.5 -> 12,5 in French."""

    __slots__ = ()

    def format(self, *args: Any, **values: Any) -> str:
        """As `str.format`."""
        return _FORMATTER.vformat(self, args, values)


def _(message: str) -> str:
    spoken = language()
    if spoken == "en" or not message:  # of no words gettext gives the head of the catalogue
        return message
    return Message(_catalogue(spoken).gettext(message))


def N_(message: str) -> str:  # the name that gettext's tools look for
    """Mark a text that `_` is given later, so that it stands in the catalogues."""
    return message


def number(value: float, form: str = ",.0f") -> str:
    """A number in the person's language; `form` as of `format`: ",.0f" gives 1,234 or 1 234."""
    return _written(f"{value:{form}}")


def percent(value: float) -> str:
    """A share as a percentage, which never claims an exact 0 or 100 for one that is neither."""
    if value in (0, 1):
        return number(value, ".0%")
    if 0 < value < 0.001:
        return "< " + number(0.001, ".1%")
    if 0.999 < value < 1:
        return "> " + number(0.999, ".1%")
    return number(value, ".1%" if value < 0.1 or value > 0.9 else ".0%")


def shortened(text: str, longest: int = 40) -> str:
    """What a message can hold of a text that is not ours."""
    return text if len(text) <= longest else f"{text[:longest]}…"


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, localedir=CATALOGUES, languages=[language], fallback=True)


def _written(english: str) -> str:
    """A number as the person's language writes it, from how English does."""
    if language() == "en":
        return english
    return english.translate(_FRENCH).replace("%", f"{NARROW}%")


class _Formatter(string.Formatter):
    """Numbers with a form (`{share:.1%}`) in the person's language; years, which have none, as they are."""

    def format_field(self, value: Any, format_spec: str) -> str:
        found = super().format_field(value, format_spec)
        return _written(found) if isinstance(value, (int, float)) and format_spec else str(found)


_FORMATTER = _Formatter()
