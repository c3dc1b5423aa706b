"""What the curves of a training say, in words: what went wrong, the numbers that show it, and what to try.

Thresholds are set from curves of trainings on real accidents that went well: none of those may raise anything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any, Literal

from data import schema
from data.text import LANGUAGE, _
from models.main_score import main_score
from models.unseen import unseen

Point = Mapping[str, float | None]
Name = Literal[
    "too_early",
    "divergence",
    "exploding_gradients",
    "vanishing_gradients",
    "over_fitting",
    "under_fitting",
    "plateau",
    "too_few_epochs",
    "class_collapse",
    "healthy",
]

ENOUGH = 3  # points: two make a line through any story
GIVEN_BACK = 0.5  # of what the training loss had won: batches and dropout take back a tenth at most
ABOVE_START = 0.05  # of the first loss: within it a training that learns nothing just wavers
EXPLODING = 10.0  # times the usual gradient: in sound trainings no epoch after the first exceeds twice the median
VANISHING = 0.01  # of the gradient at the start: sound trainings keep a third of it to their last epoch
LEARNT = 0.5  # of the first loss won: a gradient may fade once most is learnt
OVER_FITTING = 0.015  # rise of the validation loss: stopped by patience, sound trainings end within 0.6 % of their best
GAP = 0.25  # of the validation loss: trees that generalise well stay within 20 %
STEEP = 0.2  # of the whole fall in the last quarter of the epochs: a training that levels off wins a tenth there
STILL_FALLING = 0.005  # of the loss over the last quarter of the epochs: below it more epochs hardly pay
FLAT = 0.01  # of the whole fall, from one quarter of the epochs to the next: sound trainings still win twice that
FLAT_LOSS = 0.001  # of the loss itself, for a training that never fell
LONG_ENOUGH = 8  # points: a quarter of fewer is one point, and one point is noise
LITTLE_GAIN = 0.02  # of the baseline's score: less is within the interval of the score
RANKED = 0.7  # AUC: a rare class that is told apart so well is known to the model, though seldom the likeliest


@dataclass(frozen=True)
class Finding:
    """One thing to know of a training: what is seen, with its numbers, and what to try ("" where nothing is)."""

    name: Name
    words: str
    advice: str = ""


@dataclass(frozen=True)
class _Curve:
    """The values of one training, by point; `nan` stands for a loss that was no number."""

    unit: str
    steps: list[int]
    train: list[float]
    validation: list[float]
    norms: list[float]
    rated: bool  # whether a learning rate was measured

    @property
    def fall(self) -> float:
        """By how much the training loss fell from its first to its lowest value."""
        return self.train[0] - min(self.train)

    @property
    def quarter(self) -> int:
        return max(1, len(self.steps) // 4)

    @property
    def best(self) -> int:
        """Where the validation loss was lowest."""
        return self.validation.index(min(self.validation))


def findings(
    curve: Sequence[Point], metadata: Mapping[str, Any] | None = None, *, under_way: bool = False
) -> list[Finding]:
    """What there is to say of a training, the gravest first; a single finding says so where nothing is unusual.

    `curve`: points with `step`, `train_loss` and what else was measured; a value of None was no number. Where the steps
    begin again, another member of a blend began. `metadata`: of the finished model, for its scores. `under_way`: then
    nothing is said of what more epochs may mend.
    """
    found: dict[str, Finding] = {}
    parts = _trainings(curve)
    for part in parts:
        for finding in _of_curve(part, under_way):
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


def _trainings(curve: Sequence[Point]) -> list[_Curve]:
    """The curve, or those of the members of a blend, one after the other."""
    groups: list[list[Point]] = []
    last = math.inf
    for number, point in enumerate(curve, start=1):
        step = point.get("step") or number
        if step <= last:
            groups.append([])
        groups[-1].append(point)
        last = step
    return [_curve(group) for group in groups]


def _curve(points: Sequence[Point]) -> _Curve:
    if any("gradient_norm" in point for point in points):
        unit = _("epoch")
    elif any("learning_rate" in point for point in points):
        unit = _("round")
    else:
        unit = _("step")
    steps = [int(point.get("step") or number) for number, point in enumerate(points, start=1)]
    names = ("train_loss", "validation_loss", "gradient_norm")
    train, validation, norms = ([_number(point[n]) for point in points if n in point] for n in names)
    return _Curve(unit, steps, train, validation, norms, any("learning_rate" in point for point in points))


def _number(value: float | None) -> float:
    return math.nan if value is None or not math.isfinite(value) else float(value)


def _of_curve(curve: _Curve, under_way: bool) -> list[Finding]:
    """The gravest alone where the loss broke loose: what follows from it says nothing more."""
    broken = _not_a_number(curve)
    if broken:
        return broken
    if len(curve.steps) < ENOUGH or len(curve.train) < len(curve.steps):
        return []
    gradients = _exploding(curve) or _vanishing(curve)
    diverged = _divergence(curve)
    if diverged:
        return diverged + gradients
    more = [] if under_way else _steep(curve) or _too_few(curve)
    return gradients + _over_fitting(curve) + more + ([] if gradients else _plateau(curve))


def _not_a_number(curve: _Curve) -> list[Finding]:
    for values in (curve.train, curve.validation):
        for step, value in zip(curve.steps, values, strict=False):
            if math.isnan(value):
                message = _("The loss stopped being a number at {unit} {step}: the training diverged.")
                return [Finding("divergence", message.format(unit=curve.unit, step=step), _smaller_steps())]
    if any(math.isnan(norm) for norm in curve.norms):
        return [Finding("exploding_gradients", _("The gradient stopped being a number."), _shorter_gradients())]
    return []


def _divergence(curve: _Curve) -> list[Finding]:
    first, lowest, last = curve.train[0], min(curve.train), min(curve.train[-2:])  # one bad epoch is no divergence
    lost_gain = curve.fall > FLAT_LOSS * abs(first) and last - lowest > GIVEN_BACK * curve.fall
    if not lost_gain and last - first <= ABOVE_START * abs(first):
        return []
    message = _("The training loss rises: it was {first} at the start, {lowest} at its lowest, and is {last} now.")
    words = message.format(first=_short(first), lowest=_short(lowest), last=_short(curve.train[-1]))
    return [Finding("divergence", words, _smaller_steps())]


def _exploding(curve: _Curve) -> list[Finding]:
    # compared with the epochs before, so that one that shrinks is none; a steep first epoch has none before it
    usual = [median(curve.norms[:at]) for at in range(1, len(curve.norms))]
    grown = [at for at, before in enumerate(usual, start=1) if curve.norms[at] > EXPLODING * before > 0]
    if not grown:
        return []
    at = max(grown, key=curve.norms.__getitem__)
    norm, before = curve.norms[at], usual[at - 1]
    message = _("The gradient grew to {norm} at {unit} {step}, {times:.0f} times the usual {usual} before.")
    facts = {"norm": _short(norm), "usual": _short(before), "times": norm / before}
    words = message.format(unit=curve.unit, step=curve.steps[at], **facts)
    return [Finding("exploding_gradients", words, _shorter_gradients())]


def _vanishing(curve: _Curve) -> list[Finding]:
    if not curve.norms:
        return []
    end = fmean(curve.norms[-curve.quarter :])
    if end > VANISHING * curve.norms[0] or curve.fall > LEARNT * abs(curve.train[0]):
        return []
    message = _("The gradient has shrunk from {first} to {end} while the training loss is still {loss} (from {start}).")
    losses = {"loss": _short(curve.train[-1]), "start": _short(curve.train[0])}
    return [
        Finding(
            "vanishing_gradients",
            message.format(first=_short(curve.norms[0]), end=_short(end), **losses),
            _("Use fewer layers or blocks, a larger learning rate or less weight decay."),
        )
    ]


def _over_fitting(curve: _Curve) -> list[Finding]:
    if len(curve.validation) < len(curve.steps):
        return []
    best = curve.best
    lowest, last = curve.validation[best], curve.validation[-1]
    advice = _(
        "The best state is the one kept. To get further: more data, more dropout or weight decay, a smaller network; "
        "for trees less depth or larger leaves."
    )
    if last - lowest > OVER_FITTING * abs(lowest) and curve.train[-1] < curve.train[best]:
        message = _(
            "Over-fitting: the validation loss was lowest at {unit} {step} ({lowest}) and has risen to {last} "
            "({share:+.1%}), while the training loss fell from {then} to {now}."
        )
        facts = {"then": _short(curve.train[best]), "now": _short(curve.train[-1]), "share": last / lowest - 1}
        losses = {"lowest": _short(lowest), "last": _short(last)}
        words = message.format(unit=curve.unit, step=curve.steps[best], **losses, **facts)
        return [Finding("over_fitting", words, advice)]
    if lowest > 0 and curve.train[best] < (1 - GAP) * lowest:
        message = _(
            "Over-fitting: at its best ({unit} {step}) the model has a loss of {train} on what it learns from and of "
            "{lowest} on what it does not."
        )
        losses = {"train": _short(curve.train[best]), "lowest": _short(lowest)}
        return [Finding("over_fitting", message.format(unit=curve.unit, step=curve.steps[best], **losses), advice)]
    return []


def _steep(curve: _Curve) -> list[Finding]:
    late = curve.train[-curve.quarter - 1] - curve.train[-1]
    if curve.fall <= FLAT_LOSS * abs(curve.train[0]) or late <= STEEP * curve.fall or _turned(curve):
        return []
    message = _(
        "Under-fitting: the training loss still fell steeply at the end; {share:.0%} of its fall came after {unit} "
        "{before} of {last}."
    )
    steps = {"before": curve.steps[-curve.quarter - 1], "last": curve.steps[-1]}
    words = message.format(share=late / curve.fall, unit=curve.unit, **steps)
    return [Finding("under_fitting", words, _longer())]


def _too_few(curve: _Curve) -> list[Finding]:
    validation = curve.validation
    if len(validation) < len(curve.steps) or curve.best != len(validation) - 1:
        return []
    before, last = validation[-curve.quarter - 1], validation[-1]
    if before - last <= STILL_FALLING * abs(last):
        return []
    message = _(
        "Too few epochs: the last {unit} was the best, and the validation loss still fell from {before} at {unit} "
        "{step} to {last}."
    )
    step = curve.steps[-curve.quarter - 1]
    words = message.format(unit=curve.unit, step=step, before=_short(before), last=_short(last))
    return [Finding("too_few_epochs", words, _longer())]


def _plateau(curve: _Curve) -> list[Finding]:
    # a solver that has converged stands still because it is done; it takes no learning rate
    if len(curve.steps) < LONG_ENOUGH or not curve.rated:
        return []
    if not _flat(curve.train, curve.quarter) or (curve.validation and not _flat(curve.validation, curve.quarter)):
        return []
    message = _("Plateau: over the last {n} points the training loss has stayed at {loss} (it began at {first}).")
    facts = {"loss": _short(curve.train[-1]), "first": _short(curve.train[0])}
    advice = _(
        "More epochs will not help. Where the loss hardly ever fell, try another learning rate; otherwise a larger "
        "model, or stop sooner for the same result."
    )
    return [Finding("plateau", message.format(n=2 * curve.quarter, **facts), advice)]


def _flat(values: Sequence[float], n: int) -> bool:
    """Whether the last `n` values lie on average where the `n` before lay."""
    moved = abs(fmean(values[-n:]) - fmean(values[-2 * n : -n]))
    return moved < max(FLAT * (values[0] - min(values)), FLAT_LOSS * abs(values[0]))


def _turned(curve: _Curve) -> bool:
    """Whether validation had its best before the last quarter: then more epochs would not help."""
    return bool(curve.validation) and curve.best < len(curve.validation) - curve.quarter


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
    words = message.format(value=_short(score.value), baseline=_short(score.baseline))
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
    language: schema.Language = "fr" if LANGUAGE.get() == "fr" else "en"
    target = str(metadata.get("target"))
    names = ", ".join(f"{schema.label(target, name, language)} ({n:,}, {n / total:.1%})" for name, n in missed.items())
    message = _("Class collapse: never predicted, though they occur among {total:,} accidents: {names}.")
    advice = _("Train longer or with a smaller learning rate, give it more data of these classes, or a larger model.")
    return [Finding("class_collapse", message.format(total=total, names=names), advice)]


def _healthy(parts: Sequence[_Curve], metadata: Mapping[str, Any]) -> str:
    """That nothing is unusual, with the numbers that were looked at."""
    said = [_("Nothing unusual.")]
    part = max(parts, key=lambda p: len(p.steps), default=None)
    if part is not None and len(part.steps) >= ENOUGH:
        if len(part.train) == len(part.steps):
            losses = {"first": _short(part.train[0]), "last": _short(part.train[-1])}
            said.append(_("The training loss went from {first} to {last}.").format(**losses))
        if len(part.validation) == len(part.steps):
            message = _("The validation loss was lowest at {unit} {step}: {best}.")
            lowest = _short(min(part.validation))
            said.append(message.format(unit=part.unit, step=part.steps[part.best], best=lowest))
    score = main_score(metadata)
    if score is not None and score.gain is not None:
        said.append(_("The score is {gain:.0%} below that of knowing nothing.").format(gain=score.gain))
    return " ".join(said)


def _short(value: float) -> str:
    return f"{value:.4g}"


def _smaller_steps() -> str:
    return _("Try a learning rate a third as large, a longer warm-up or a larger batch; check the data for odd values.")


def _shorter_gradients() -> str:
    return _("Limit the gradient (clip), warm up longer or take a smaller learning rate.")


def _longer() -> str:
    return _("Allow more epochs or rounds, or a larger learning rate.")
