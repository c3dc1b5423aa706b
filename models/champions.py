"""Which model answers by default for each target, who is compared with it, and how that came about.

Until somebody chooses, it is the shipped blend, and the shipped forecaster of daily counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from data.errors import DataError
from data.text import _
from models import jobs, registry, versions
from models.registry import Entry

TARGETS = ("collision", "severity", "daily")
PROMOTED, ROLLED_BACK = "promoted", "rolled back"
# the first of these that is there, then any shipped model
_DEFAULTS = {target: (f"{target}-blend", f"{target}-xgboost", f"{target}-lstm") for target in TARGETS}
_NEWEST = 3  # own models compared of which nobody said otherwise

Step = dict[str, str]


def usable(target: str) -> list[Entry]:
    """Every checkpoint of a target that can be read, its champion first."""
    return leading(target, [e for e in registry.entries(target) if e.metadata is not None])


def leading(target: str, entries: Sequence[Entry]) -> list[Entry]:
    """Some readable checkpoints of a target, its champion first where it is one of them."""
    chosen = _champion(entries, _kept()["champions"].get(target, []))
    return sorted(entries, key=lambda e: e.name != chosen) if chosen else list(entries)


def champion(target: str) -> Entry | None:
    """The model that answers by default; None where there is no usable one."""
    return next(iter(usable(target)), None)


def compared(target: str) -> list[Entry]:
    """The champion, then those that are compared with it, in the order of `registry.entries`.

    What comes with the product and the newest own models are, as far as nobody chose otherwise of one of them.
    """
    found = usable(target)
    newest = [e.name for e in found if e.own][:_NEWEST]
    chosen = _chosen(_kept(), target, found)
    return [e for i, e in enumerate(found) if i == 0 or chosen.get(e.name, not e.own or e.name in newest)]


def compare(name: str, wanted: bool) -> None:
    """Compare a model with the champion of its target, or no longer.

    Raises: DataError where there is no such readable model; AppError where that cannot be kept.
    """
    target = _readable(name)[1]
    with versions.changing(registry.runs_folder()) as kept:
        kept["compared"][target] = _chosen(kept, target, usable(target)) | {name: wanted}


def promote(name: str, target: str | None = None) -> Entry:
    """Make a model the champion of its target, once it has shown that it loads.

    Raises: DataError where there is no such readable model or it is of another target; CheckpointError where it does
    not load; AppError where that cannot be kept.
    """
    entry, own = _readable(name)
    if target not in (None, own):
        raise DataError(_("{name} answers {own!r}, not {target!r}.").format(name=name, own=own, target=target))
    registry.load(entry.folder, "cpu")
    with versions.changing(registry.runs_folder()) as kept:
        before = champion(own)
        if before is None or before.name != name:
            _add(kept, own, PROMOTED, name, before)
    return entry


def roll_back(target: str) -> Entry:
    """Go back to the champion before the present one.

    Raises: DataError where nobody has promoted a model; AppError where that cannot be kept.
    """
    with versions.changing(registry.runs_folder()) as kept:
        entry = before(target)
        if entry is None:
            raise DataError(_("There is no champion to go back to: no model was promoted."))
        _add(kept, target, ROLLED_BACK, entry.name, champion(target))
    return entry


def before(target: str) -> Entry | None:
    """The model that `roll_back` would go back to; None where nobody promoted the present champion."""
    entries = [e for e in registry.entries(target) if e.metadata is not None]
    steps = _kept()["champions"].get(target, [])
    now, earlier = _champion(entries, steps), _champion(entries, steps, back=1)
    return next((e for e in entries if e.name == earlier and earlier != now), None)


def history(target: str) -> list[Step]:
    """Every change of the champion, newest first: `time` (ISO, UTC), `way`, `model` and who was it `before`."""
    return list(reversed(_kept()["champions"].get(target, [])))


def in_use(folder: Path) -> str | None:
    """Why a model, or the run that made it, must not be deleted; None where it may be."""
    for target in TARGETS:
        found = champion(target)
        if found is None or not found.own:
            continue
        if Path(folder).resolve() in (found.folder.resolve(), found.folder.parent.resolve()):
            message = _("{name} is the champion for {target}. Promote another model or roll back first.")
            return message.format(name=found.title or found.name, target=target_label(target).lower())
    return None


def delete(name: str) -> None:
    """Delete a training or an imported model, with all that came of it and what people said of it.

    Raises: DataError where it comes with the product or is a champion; AppError where it is under way or cannot be
    deleted.
    """
    runs = registry.runs_folder()
    if any(not entry.own and entry.name == name for entry in registry.entries()):
        raise DataError(_("{name} comes with the product; only own models can be deleted.").format(name=name))
    with versions.changing(runs) as kept:  # nobody makes it the champion meanwhile
        reason = in_use(runs / name)
        if reason is not None:
            raise DataError(reason)
        jobs.delete(runs / name)
        kept["versions"].pop(name, None)
        for chosen in kept["compared"].values():
            if isinstance(chosen, dict):  # in a list of an earlier version a name too many does nothing
                chosen.pop(name, None)


def target_label(target: str) -> str:
    """What a target is called."""
    return {"collision": _("Collision type"), "severity": _("Severity"), "daily": _("Accidents a day")}[target]


def _chosen(kept: versions.Versions, target: str, entries: Sequence[Entry]) -> dict[str, bool]:
    """Of which models somebody said whether they are compared; a list, as kept at first, says it of all there are."""
    chosen = kept["compared"].get(target, {})
    return {e.name: e.name in chosen for e in entries} if isinstance(chosen, list) else dict(chosen)


def _champion(entries: Sequence[Entry], steps: Sequence[Step], back: int = 0) -> str | None:
    """The name of the champion among some checkpoints, or of the one that was it `back` promotions before."""
    names = {e.name for e in entries}
    there = [name for name in _promoted(steps) if name in names]  # what was deleted since is passed over
    promoted = [name for name, _same in groupby(there)]
    if len(promoted) > back:
        return promoted[-1 - back]
    if not entries:
        return None
    order = _DEFAULTS[str(entries[0].target)]
    defaults = [e.name for e in entries if not e.own and e.name in order]
    return min(defaults, key=order.index, default=entries[0].name)


def _promoted(steps: Sequence[Step]) -> list[str]:
    """The promotions that no later step took back, oldest first."""
    stack: list[str] = []
    for step in steps:
        if step["way"] == PROMOTED:
            stack.append(step["model"])
        else:
            del stack[-1:]
            while stack and stack[-1] != step["model"]:
                stack.pop()
    return stack


def _add(kept: dict[str, Any], target: str, way: str, name: str, before: Entry | None) -> None:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    step = {"time": now, "way": way, "model": name, "before": "" if before is None else before.name}
    kept["champions"].setdefault(target, []).append(step)


def _readable(name: str) -> tuple[Entry, str]:
    """A checkpoint by its name, with its target.

    Raises: DataError where there is none, or it cannot be read.
    """
    entry = registry.find(name)
    if entry.target is None:
        raise DataError(str(entry.error))
    return entry, entry.target


def _kept() -> versions.Versions:
    return versions.read(registry.runs_folder())
