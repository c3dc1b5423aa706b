"""Words for people: every text shown passes through `_`, whose message ids are the English texts.

The language belongs to the session being served, so it lives in a context variable; without a catalogue for it the
English text is returned.
"""

from __future__ import annotations

import gettext
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGE: ContextVar[str] = ContextVar("language", default="en")
_CATALOGUES = Path(__file__).resolve().parent.parent / "locale"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("balise", localedir=_CATALOGUES, languages=[language], fallback=True)


def _(message: str) -> str:
    return _catalogue(LANGUAGE.get()).gettext(message)


def percent(value: float) -> str:
    """A share as a percentage, which never claims an exact 0 or 100 for one that is neither."""
    if value in (0, 1):
        return f"{value:.0%}"
    if 0 < value < 0.001:
        return "< 0.1%"
    if 0.999 < value < 1:
        return "> 99.9%"
    return f"{value:.1%}" if value < 0.1 or value > 0.9 else f"{value:.0%}"


def shortened(text: str, longest: int = 40) -> str:
    """What a message can hold of a text that is not ours."""
    return text if len(text) <= longest else f"{text[:longest]}…"
