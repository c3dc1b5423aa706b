"""A training in words: its status, what it is, how long things take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from data import features
from data.text import _
from models import jobs
from models.jobs import Run
from models.registry import KINDS
from ui import words
from ui.components import settings_form

RUN = "run"  # in the address: the training shown
ICONS: dict[jobs.Status, str] = {
    "queued": ":material/hourglass_empty:",
    "running": ":material/model_training:",
    "finishing": ":material/hourglass_bottom:",
    "done": ":material/check_circle:",
    "failed": ":material/error:",
    "cancelled": ":material/cancel:",
    "lost": ":material/link_off:",
    "damaged": ":material/broken_image:",
}


def status(status: jobs.Status) -> str:
    """A status as people read it."""
    return {
        "queued": _("Waiting"),
        "running": _("Training"),
        "finishing": _("Finishing"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Stopped"),
        "lost": _("Lost"),
        "damaged": _("Damaged"),
    }[status]


def titles(found: Sequence[Run]) -> dict[str, str]:
    """What is trained and when it was asked for, by name of run; no two read alike."""
    words = {run.name: _title(run) for run in found}
    often = Counter(words.values())
    return {name: title if often[title] == 1 else f"{title} ({name})" for name, title in words.items()}


def _title(run: Run) -> str:
    if run.status == "damaged":
        return run.name
    return _("{what} · {time}").format(what=what(run), time=moment(run.created, seconds=True))


def what(run: Run) -> str:
    """The kind of model, what it predicts and its preset."""
    kind, target, preset = (str(run.spec.get(name) or "") for name in ("kind", "target", "preset"))
    label = KINDS[kind].label if kind in KINDS else kind
    parts = [_("Tuning of {model}").format(model=label) if run.tuning else label, target_words(target)]
    if run.spec.get("departement"):
        parts.append(words.code("departement", run.spec["departement"]))
    if run.spec.get("start_from"):
        parts.append(_("going on from a trained one"))
    elif preset:
        parts.append(settings_form.in_words(preset))
    return ", ".join(part for part in parts if part)


def target_words(target: str) -> str:
    """What a model predicts."""
    if target == "daily":
        return _("accidents a day")
    return _(features.TARGETS[target]).lower() if target in features.TARGETS else target


def moment(time: float, *, seconds: bool = False) -> str:
    """Seconds of the epoch as day and time here, to the minute or to the second."""
    return datetime.fromtimestamp(time).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def roughly(seconds: float) -> str:
    """Seconds that are not known well: 40 s, 3 min, 1 h 30 min."""
    if seconds < 55:
        return _("{s} s").format(s=max(10, round(seconds / 10) * 10))
    minutes = round(seconds / 60)
    if minutes < 10:
        return _("{m} min").format(m=max(1, minutes))
    minutes = round(minutes / 5) * 5
    if minutes < 60:
        return _("{m} min").format(m=minutes)
    return _("{h} h {m:02d} min").format(h=minutes // 60, m=minutes % 60)
