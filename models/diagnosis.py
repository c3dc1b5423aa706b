"""What curves and scores of a training say, in words: what went wrong, the numbers that show it, and what to try."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from data import schema, text
from data.text import _
from models.diagnosis_curves import ENOUGH, Curve, Finding, Point, judge, read, short
from models.main_score import main_score
from models.unseen import unseen

__all__ = ["Finding", "Point", "findings"]

LITTLE_GAIN = 0.02  # of the baseline's score: less is within the interval of the score
RANKED = 0.7  # AUC: a rare class that is told apart so well is known to the model, though seldom the likeliest


def findings(curve: Sequence[Point], metadata: Mapping[str, Any] | None = None, *, whole: bool = True) -> list[Finding]:
    """What there is to say of a training, the gravest first; a single finding says so where nothing is unusual.

    `curve`: points with `step`, `train_loss` and what else was measured; a value of None was no number. Where the steps
    begin again, another member of a blend began. `metadata`: of the finished model, for its scores. `whole`: whether
    it came to its own end; of one under way or ended by hand nothing is said that more epochs may mend.
    """
    found: dict[str, Finding] = {}
    whole = whole and not (metadata or {}).get("stopped_early")
    parts = _trainings(curve)
    for part in parts:
        for finding in judge(part, whole):
            found.setdefault(finding.name, finding)
    for finding in _of_model(metadata or {}):
        found.setdefault(finding.name, finding)
    if found:
        return list(found.values())
    long_enough = any(len(part.steps) >= ENOUGH for part in parts)
    if long_enough or (not parts and main_score(metadata or {})):
        return [Finding("healthy", _healthy(parts, metadata or {}))]
    message = _("Too early to tell: {n} of at least {enough} points of the curve are there.")
    return [Finding("too_early", message.format(n=len(curve), enough=ENOUGH))]


def _trainings(curve: Sequence[Point]) -> list[Curve]:
    """The curve, or those of the members of a blend, one after the other."""
    groups: list[list[Point]] = []
    last = math.inf
    for number, point in enumerate(curve, start=1):
        step = point.get("step") or number
        if step <= last:
            groups.append([])
        groups[-1].append(point)
        last = step
    return [read(group) for group in groups]


def _of_model(metadata: Mapping[str, Any]) -> list[Finding]:
    return _no_better(metadata) + _collapse(metadata)


def _no_better(metadata: Mapping[str, Any]) -> list[Finding]:
    score = main_score(metadata)
    if score is None or score.gain is None or score.baseline is None or score.gain >= LITTLE_GAIN:
        return []
    if score.name == "mae":
        message = _("Under-fitting: the error is {value} accidents a day; repeating last week gives {baseline}.")
    else:
        message = _("Under-fitting: the log-loss is {value}; always answering with the class frequencies gives "
                    "{baseline}.")  # fmt: skip
    advice = _("Check the data first. Then try more epochs or rounds, a larger model, or a larger learning rate.")
    words = message.format(value=short(score.value), baseline=short(score.baseline))
    return [Finding("under_fitting", words, advice)]


def _collapse(metadata: Mapping[str, Any]) -> list[Finding]:
    """Classes that happened and were never the likeliest answer, but for those the model ranks well all the same."""
    counts, classes = metadata.get("confusion") or [], metadata.get("classes") or []
    found = unseen(metadata) if counts else None
    scores = found.scores if found else {}
    total = sum(map(sum, counts))
    missed = {
        name: sum(row)
        for number, (name, row) in enumerate(zip(classes, counts, strict=False))
        if sum(row) and not any(r[number] for r in counts) and scores.get(f"auc_{name}", 0.0) < RANKED
    }
    if not missed:
        return []
    target = str(metadata.get("target"))
    counted = ((name, n, text.number(n / total, ".1%")) for name, n in missed.items())
    names = ", ".join(f"{schema.label(target, name)} ({text.number(n)}, {share})" for name, n, share in counted)
    message = _("Class collapse: never predicted, though they occur among {total:,} accidents: {names}.")
    advice = _("Train longer or with a smaller learning rate, give it more data of these classes, or a larger model.")
    return [Finding("class_collapse", message.format(total=total, names=names), advice)]


def _healthy(parts: Sequence[Curve], metadata: Mapping[str, Any]) -> str:
    """That nothing is unusual, with the numbers that were looked at."""
    said = [_("Nothing unusual.")]
    part = max(parts, key=lambda p: len(p.steps), default=None)
    if part is not None and len(part.steps) >= ENOUGH:
        if len(part.train) == len(part.steps):
            losses = {"first": short(part.train[0]), "last": short(part.train[-1])}
            said.append(_("The training loss went from {first} to {last}.").format(**losses))
        if len(part.validation) == len(part.steps):
            message = _("The validation loss was lowest at {unit} {step}: {best}.")
            lowest = short(min(part.validation))
            said.append(message.format(unit=part.unit, step=part.steps[part.best], best=lowest))
    score = main_score(metadata)
    if score is not None and score.gain is not None:
        said.append(_("The score is {gain:.0%} better (lower) than that of knowing nothing.").format(gain=score.gain))
    return " ".join(said)
