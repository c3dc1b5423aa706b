"""Scenarios as short texts for the address: Slower and lit~light.5~speed_limit.30

Codes, not words, so that it means the same in every language. Whatever comes from an address is verified.
"""

from __future__ import annotations

from collections.abc import Mapping

from data import features, link
from data.text import _, shortened

LONGEST_NAME = 40
_BETWEEN, _AFTER_NAME = "~", "."  # no browser writes them as %7E and %2E
_LONGEST = 4000  # letters of a text that are read: all inputs given take less


def write(name: str, changes: Mapping[str, object]) -> str:
    """A scenario's name and its changes as text; what is made unknown has no value."""
    unknown = {i: "" for i, value in changes.items() if value is None}
    pairs = [f"{i}{_AFTER_NAME}{text}" for i, text in {**unknown, **link.parameters(changes)}.items()]
    return _BETWEEN.join([clean_name(name), *pairs])


def read(text: str) -> tuple[str, dict[str, object], list[str]]:
    """Name and changes that a text of `write` gives, and for each part that was left out why, in words."""
    name, *parts = text[:_LONGEST].split(_BETWEEN)
    pairs = {i: given for i, _dot, given in (part.partition(_AFTER_NAME) for part in parts if part)}
    message = _("The address changes {name!r}, which is no input; it was left out.")
    problems = [message.format(name=shortened(i)) for i in pairs if i not in (*features.BY_NAME, link.NONE)]
    known = {i: given for i, given in pairs.items() if i in (*features.BY_NAME, link.NONE)}
    values, wrong = link.described({i: given for i, given in known.items() if given})
    unknown = dict.fromkeys(i for i, given in known.items() if not given and i != link.NONE)
    return clean_name(name), {**unknown, **values}, [*problems, *wrong]


def clean_name(text: str) -> str:
    """A scenario's name without what the address or a figure would take for something else."""
    kept = "".join(c for c in text if c.isprintable() and c not in f"{_BETWEEN}<>")
    return kept.strip()[:LONGEST_NAME].strip()
