"""What a report holds, said once: each renderer goes through this tree and knows nothing of accidents.

Texts are plain words, never markup: only `**` round a part says that it is strong. Whatever else a person typed is
shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import pandas as pd

from data.text import _

_STRONG = "**"
_NUMBER = re.compile(r"–|[<>+-]? ?[\d.,\u202f]+%?(–[\d.,\u202f]+%?)?( \(.*\))?")


@dataclass(frozen=True)
class Paragraph:
    """Some sentences; a note is smaller, a warning stands in a frame."""

    text: str
    kind: Literal["text", "note", "warning"] = "text"


@dataclass(frozen=True)
class Points:
    """Sentences of the same weight, one below the other."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Names with what they are."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Cells in words; the first cell of a row says what the row is of."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, frame: pd.DataFrame, caption: str) -> Table:
        """A frame of words whose index names the rows."""
        head = (str(frame.index.name or ""), *map(str, frame.columns))
        return cls(caption, head, tuple(tuple(map(str, row)) for row in frame.itertuples()))


@dataclass(frozen=True)
class Figure:
    """A figure drawn when it is wanted (one of `figures`), what it shows in words, and what to know of it."""

    draw: Callable[[], Any]
    alt: str
    caption: str = ""


Part = Paragraph | Points | Facts | Table | Figure


@dataclass(frozen=True)
class Section:
    """Parts below a heading, and further sections below them."""

    title: str
    parts: tuple[Part, ...]
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole report; `made` is when, `language` that of its words."""

    title: str
    summary: str
    made: datetime
    sections: tuple[Section, ...] = field(default=())
    language: str = "en"

    @property
    def moment(self) -> str:
        """When it was made, in words."""
        return _("Made with Balise on {moment}").format(moment=f"{self.made:%Y-%m-%d %H:%M %Z}".strip())


def runs(text: str) -> list[tuple[str, bool]]:
    """A text as pieces, each strong or not; marks that do not pair are shown as they are."""
    pieces = text.split(_STRONG)
    if len(pieces) % 2 == 0:
        return [(text, False)]
    return [(piece, i % 2 == 1) for i, piece in enumerate(pieces) if piece]


def plain(text: str) -> str:
    """A text without its marks."""
    return "".join(piece for piece, _strong in runs(text))


def points(lines: str) -> Points:
    """A list of sentences from the lines that a page shows as one, each begun with a dash."""
    return Points(tuple(line.removeprefix("- ") for line in lines.split("\n") if line.strip()))


def facts(pairs: Mapping[str, str]) -> Facts:
    """Facts from their names."""
    return Facts(tuple(pairs.items()))


def distinct(sentences: Iterable[str]) -> Points:
    """A list that says nothing twice."""
    return Points(tuple(dict.fromkeys(sentences)))


def is_number(cell: str) -> bool:
    """Whether a cell is a number, perhaps with its interval, and is set to the right."""
    return _NUMBER.fullmatch(plain(cell)) is not None


def numeric(table: Table) -> list[bool]:
    """For each column whether its cells are numbers; the first names the rows."""
    columns: Sequence[Sequence[str]] = list(zip(*table.rows, strict=True)) if table.rows else [()] * len(table.head)
    return [i > 0 and all(map(is_number, column)) and bool(column) for i, column in enumerate(columns)]
