"""The results of `benchmarks.peers` as Markdown, and where they stand in a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.measure import OURS, SCORES
from data.features import TARGETS
from data.text import _
from models import scoreboard

START, END = "<!-- peers:start -->", "<!-- peers:end -->"
_NONE = "–"


def write(document: Path, found: Mapping[str, Any]) -> None:
    """Put the tables between their markers in a document.

    Raises: DataError where they are not there.
    """
    scoreboard.put(document, markdown(found), START, END)


def markdown(found: Mapping[str, Any]) -> str:
    """Where the numbers come from, then one table a target."""
    parts = [_source(found)]
    parts += [_target(TARGETS[name], one, found["of"]["reference"]) for name, one in found["targets"].items()]
    return "\n\n".join(parts)


def brief(found: Mapping[str, Any]) -> str:
    """One line a model, for the terminal."""
    lines = []
    for name, one in found["targets"].items():
        lines.append(_(TARGETS[name]))
        for row in one["models"].values():
            said = row.get("reason") or "{:.4f}  {:.0f} s  {:.1f} ms".format(
                row["scores"]["log_loss"], row["seconds"], row["milliseconds"]
            )
            lines.append(f"  {_label(row):<40} {said}")
    return "\n".join(lines)


def _source(found: Mapping[str, Any]) -> str:
    of = found["of"]
    years = ", ".join(map(str, of["years"]))
    source = _("simulated {years}").format(years=years) if of["simulated"] else f"BAAC {years}"
    message = _("{source}, fingerprint `{data}`: held out {start} to {end}, validation from {validation}; "
                "CPU, {cores} cores.")  # fmt: skip
    text = message.format(source=source, data=of["data"], cores=found["cores"], **of["cut"])
    if of["rows"]:
        text += " " + _("Learnt from the latest {n:,} accidents only.").format(n=of["rows"])
    if of["rounds"]:
        text += " " + _("Peers were stopped after {n} rounds or epochs at the latest.").format(n=of["rounds"])
    return text


def _target(title: str, one: Mapping[str, Any], reference: str) -> str:
    sizes = ", ".join(f"{one['accidents'][part]:,}" for part in ("train", "validation", "held_out"))
    heading = _("**{title}**: {sizes} accidents for training, validation and held out.")
    head = [
        _("model"),
        "log_loss",
        _("log_loss above {reference}").format(reference=one["models"][reference]["label"]),
        _("log_loss before calibration"),
        *SCORES[1:],
        _("training, s"),
        _("one answer, ms"),
        _("size, kB"),
    ]
    rows = [_cells(row, len(head)) for row in one["models"].values()]
    return "\n".join([heading.format(title=_(title), sizes=sizes), "", *_table(head, rows)])


def _cells(row: Mapping[str, Any], width: int) -> list[str]:
    if "reason" in row:
        return [_label(row), row["reason"], *[_NONE] * (width - 2)]
    scores, apart = row["scores"], row["difference"]
    return [
        _label(row),
        _with_interval(f"{scores['log_loss']:.4f}", row["interval"], "{:.4f}"),
        _with_interval(f"{apart['value']:+.4f}", [apart["low"], apart["high"]], "{:+.4f}") if apart else _NONE,
        f"{row['log_loss_raw']:.4f}",
        *(f"{scores[name]:.4f}" for name in SCORES[1:]),
        f"{row['seconds']:.0f}",
        f"{row['milliseconds']:.1f}",
        f"{row['bytes'] / 1000:,.0f}",
    ]


def _label(row: Mapping[str, Any]) -> str:
    if row["package"] == OURS:
        return f"{OURS}: {row['label']}"
    return f"{row['label']} ({row['package']}{' ' + row['version'] if row.get('version') else ''})"


def _with_interval(value: str, interval: Sequence[float] | None, form: str) -> str:
    return value if interval is None else f"{value} [{form.format(interval[0])}, {form.format(interval[1])}]"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    # a reason is another library's text: it must not open a cell of its own
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in (head, *rows)]
    return [lines[0], "|" + "---|" * len(head), *lines[1:]]
