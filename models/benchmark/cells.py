"""Numbers as the cells of a Markdown table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

NONE = "–"


def table(head: Iterable[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; nothing where it would have no row."""
    if not rows:
        return ""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in (list(head), *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def number(value: float | None) -> str:
    return NONE if value is None or math.isnan(value) else f"{value:.4f}"


def interval(scores: Mapping[str, Any], name: str) -> str:
    low_high = scores["intervals"].get(name)
    value = number(scores[name])
    return value if low_high is None else f"{value} [{number(low_high[0])}, {number(low_high[1])}]"


def relative(value: float | None) -> str:
    return NONE if value is None else f"{value:+.1%}"


def signed(value: float, low: float, high: float) -> str:
    return f"{value:+.4f} [{low:+.4f}, {high:+.4f}]"
