"""What was seen of a server under load, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

TARGETS = {"idle": 0.5, "training": 0.8}  # seconds, p95
GROWTH = 0.05  # of memory over the second half, at most
_SHARES = (50, 95, 99)
_TOLD = 10  # errors that are printed


@dataclass(frozen=True)
class Visit:
    """One question to the server: `at` seconds from the beginning; `what`: opened, clicked, filtered or described."""

    page: str
    what: str
    at: float
    seconds: float
    received: int = 0  # bytes
    errors: tuple[str, ...] = ()


@dataclass
class Measured:
    """All that was seen of one server."""

    first: dict[str, float] = field(default_factory=dict)  # page -> seconds that the first visitor waited
    calculated: dict[str, float] = field(default_factory=dict)  # page -> seconds of the server's, visited alone
    visits: list[Visit] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)  # seconds from the beginning, bytes
    seconds: float = 0.0
    cores: float = 0.0  # that the server took
    cores_of_visitors: float = 0.0
    refreshed: int = 0  # fragments that were run again
    trainings: int = 0  # that were begun
    load_average: list[tuple[float, float, float]] = field(default_factory=list)  # before and after


def errors(visits: Iterable[Visit]) -> list[str]:
    """What went wrong, with the page."""
    return [f"{visit.page}, {visit.what}: {error}" for visit in visits for error in visit.errors]


def waits(visits: Iterable[Visit]) -> dict[str, float]:
    """How many were answered without an error, and the p50, p95, p99 and longest of their seconds."""
    seconds = [visit.seconds for visit in visits if not visit.errors]
    if not seconds:
        return {"n": 0}
    found = {f"p{share}": float(np.percentile(seconds, share)) for share in _SHARES}
    return {"n": len(seconds), **found, "longest": max(seconds)}


def tenths(memory: Sequence[tuple[float, int]]) -> list[int]:
    """Bytes held at the beginning and after each tenth of the time."""
    times, held = zip(*memory, strict=True)
    wanted = np.linspace(times[0], times[-1], 11)
    return [int(held[int(np.abs(np.asarray(times) - at).argmin())]) for at in wanted]


def growth(memory: Sequence[tuple[float, int]]) -> float:
    """By which part of itself memory grew in the second half of the time."""
    held = tenths(memory)
    return held[10] / held[5] - 1


def calculated(measured: Measured) -> float:
    """Seconds of the server's for each visit, fragments that refreshed themselves among them."""
    return measured.cores * measured.seconds / max(1, len(measured.visits))


def rows(measured: Measured) -> list[tuple[str, Mapping[str, float], float]]:
    """By page, in the order of the navigation, then by what was done: name, waits, median kilobytes."""
    found = []
    for page in measured.first:
        some = [visit for visit in measured.visits if visit.page == page and visit.what in {"opened", "clicked"}]
        found.append((page, waits(some), _kilobytes(some)))
    for what in ("opened", "clicked", "filtered", "described"):
        some = [visit for visit in measured.visits if visit.what == what]
        found.append((f"({what})", waits(some), _kilobytes(some)))
    return [row for row in found if row[1]["n"]]


def _kilobytes(visits: Sequence[Visit]) -> float:
    return float(np.median([visit.received for visit in visits])) / 1000 if visits else float("nan")


def printed(measured: Measured) -> str:
    """The report."""
    titles = (("n", 6), ("p50", 7), ("p95", 7), ("p99", 7), ("longest", 9), ("kB", 7), ("first", 8), ("CPU", 7))
    lines = [f"{'milliseconds':14}" + "".join(f"{title:>{width}}" for title, width in titles)]
    for name, found, kilobytes in rows(measured):
        line = f"{name:14}{_milliseconds(found)}{kilobytes:7.0f}"
        if name in measured.first:
            line += f"{1000 * measured.first[name]:8.0f}{1000 * measured.calculated[name]:7.0f}"
        lines.append(line)
    lines.append(f"{'all':14}{_milliseconds(waits(measured.visits))}")
    return "\n".join([*lines, *_machine(measured), *verdicts(measured)])


def _milliseconds(found: Mapping[str, float]) -> str:
    if not found["n"]:
        return f"{0:6}"
    values = "".join(f"{1000 * found[f'p{share}']:7.0f}" for share in _SHARES)
    return f"{found['n']:6}{values}{1000 * found['longest']:9.0f}"


def _machine(measured: Measured) -> list[str]:
    load = " and ".join(f"{before:.1f}" for before, *_later in measured.load_average)
    held = [size / 1e6 for size in tenths(measured.memory)]
    return [
        f"server: {measured.cores:.2f} cores, {1000 * calculated(measured):.0f} ms a visit; visitors: "
        f"{measured.cores_of_visitors:.2f} cores; load average of the machine before and after: {load}",
        f"fragments that refreshed themselves: {measured.refreshed}; trainings begun: {measured.trainings}",
        f"memory, MB: start {held[0]:.0f}, middle {held[5]:.0f}, end {held[10]:.0f}",
        "  after each tenth: " + " ".join(f"{size:.0f}" for size in held[1:]),
    ]


def verdicts(measured: Measured) -> list[str]:
    """Each target, with what was measured."""
    target = TARGETS["training" if measured.trainings else "idle"]
    p95, wrong, grown = (
        waits(measured.visits).get("p95", float("inf")),
        errors(measured.visits),
        growth(measured.memory),
    )
    lines = [
        f"p95 of all: {1000 * p95:.0f} ms (<= {1000 * target:.0f}): {_met(p95 <= target)}",
        f"memory in the second half: {grown:+.1%} (<= {GROWTH:.0%}): {_met(grown <= GROWTH)}",
        f"errors: {len(wrong)} (0): {_met(not wrong)}",
    ]
    return lines + [f"  {error}" for error in list(dict.fromkeys(wrong))[:_TOLD]]


def _met(good: bool) -> str:
    return "met" if good else "MISSED"


def as_json(measured: Measured) -> dict[str, Any]:
    """Everything, each visit included."""
    told = {name: {"waits": found, "kilobytes": size} for name, found, size in rows(measured)}
    return {
        "all": waits(measured.visits),
        "rows": told,
        "errors": errors(measured.visits),
        "growth": growth(measured.memory),
        **asdict(measured),
    }
