"""What one curve of a training says of it: each check looks for one thing that goes wrong.

Thresholds are set from curves of trainings on real accidents that went well: none of those may raise anything.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

from data.text import _, number

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


@dataclass(frozen=True)
class Finding:
    """One thing to know of a training: what is seen, with its numbers, and what to try ("" where nothing is)."""

    name: Name
    words: str
    advice: str = ""


@dataclass(frozen=True)
class Curve:
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


def read(points: Sequence[Point]) -> Curve:
    """The values of one training from its points, as `models.diagnosis.findings` takes them."""
    if any("gradient_norm" in point for point in points):
        unit = _("epoch")
    elif any("learning_rate" in point for point in points):
        unit = _("round")
    else:
        unit = _("step")
    steps = [int(point.get("step") or number) for number, point in enumerate(points, start=1)]
    names = ("train_loss", "validation_loss", "gradient_norm")
    train, validation, norms = ([_number(point[n]) for point in points if n in point] for n in names)
    return Curve(unit, steps, train, validation, norms, any("learning_rate" in point for point in points))


def _number(value: float | None) -> float:
    return math.nan if value is None or not math.isfinite(value) else float(value)


def judge(curve: Curve, whole: bool) -> list[Finding]:
    """What is wrong with it; the gravest alone where the loss broke loose: what follows from it says nothing more.

    `whole`: whether it came to its own end, so that more epochs are worth a word.
    """
    broken = _not_a_number(curve)
    if broken:
        return broken
    if len(curve.steps) < ENOUGH or len(curve.train) < len(curve.steps):
        return []
    gradients = _exploding(curve) or _vanishing(curve)
    diverged = _divergence(curve)
    if diverged:
        return diverged + gradients
    more = (_steep(curve) or _too_few(curve)) if whole else []
    return gradients + _over_fitting(curve) + more + ([] if gradients else _plateau(curve))


def _not_a_number(curve: Curve) -> list[Finding]:
    for values in (curve.train, curve.validation):
        for step, value in zip(curve.steps, values, strict=False):
            if math.isnan(value):
                message = _("The loss stopped being a number at {unit} {step}: the training diverged.")
                return [Finding("divergence", message.format(unit=curve.unit, step=step), _smaller_steps())]
    if any(math.isnan(norm) for norm in curve.norms):
        return [Finding("exploding_gradients", _("The gradient stopped being a number."), _shorter_gradients())]
    return []


def _divergence(curve: Curve) -> list[Finding]:
    first, lowest, last = curve.train[0], min(curve.train), min(curve.train[-2:])  # one bad epoch is no divergence
    lost_gain = curve.fall > FLAT_LOSS * abs(first) and last - lowest > GIVEN_BACK * curve.fall
    if not lost_gain and last - first <= ABOVE_START * abs(first):
        return []
    message = _("The training loss rises: it was {first} at the start, {lowest} at its lowest, and is {last} now.")
    words = message.format(first=short(first), lowest=short(lowest), last=short(curve.train[-1]))
    return [Finding("divergence", words, _smaller_steps())]


def _exploding(curve: Curve) -> list[Finding]:
    # compared with the epochs before, so that one that shrinks is none; a steep first epoch has none before it
    usual = [median(curve.norms[:at]) for at in range(1, len(curve.norms))]
    grown = [at for at, before in enumerate(usual, start=1) if curve.norms[at] > EXPLODING * before > 0]
    if not grown:
        return []
    at = max(grown, key=curve.norms.__getitem__)
    norm, before = curve.norms[at], usual[at - 1]
    message = _("The gradient grew to {norm} at {unit} {step}, {times:.0f} times the usual {usual} before.")
    facts = {"norm": short(norm), "usual": short(before), "times": norm / before}
    words = message.format(unit=curve.unit, step=curve.steps[at], **facts)
    return [Finding("exploding_gradients", words, _shorter_gradients())]


def _vanishing(curve: Curve) -> list[Finding]:
    if not curve.norms:
        return []
    end = fmean(curve.norms[-curve.quarter :])
    if end > VANISHING * curve.norms[0] or curve.fall > LEARNT * abs(curve.train[0]):
        return []
    message = _("The gradient has shrunk from {first} to {end} while the training loss is still {loss} (from {start}).")
    losses = {"loss": short(curve.train[-1]), "start": short(curve.train[0])}
    return [
        Finding(
            "vanishing_gradients",
            message.format(first=short(curve.norms[0]), end=short(end), **losses),
            _("Use fewer layers or blocks, a larger learning rate or less weight decay."),
        )
    ]


def _over_fitting(curve: Curve) -> list[Finding]:
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
        facts = {"then": short(curve.train[best]), "now": short(curve.train[-1]), "share": last / lowest - 1}
        losses = {"lowest": short(lowest), "last": short(last)}
        words = message.format(unit=curve.unit, step=curve.steps[best], **losses, **facts)
        return [Finding("over_fitting", words, advice)]
    if lowest > 0 and curve.train[best] < (1 - GAP) * lowest:
        message = _(
            "Over-fitting: at its best ({unit} {step}) the model has a loss of {train} on what it learns from and of "
            "{lowest} on what it does not."
        )
        losses = {"train": short(curve.train[best]), "lowest": short(lowest)}
        return [Finding("over_fitting", message.format(unit=curve.unit, step=curve.steps[best], **losses), advice)]
    return []


def _steep(curve: Curve) -> list[Finding]:
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


def _too_few(curve: Curve) -> list[Finding]:
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
    words = message.format(unit=curve.unit, step=step, before=short(before), last=short(last))
    return [Finding("too_few_epochs", words, _longer())]


def _plateau(curve: Curve) -> list[Finding]:
    # a solver that has converged stands still because it is done; it takes no learning rate
    if len(curve.steps) < LONG_ENOUGH or not curve.rated:
        return []
    if not _flat(curve.train, curve.quarter) or (curve.validation and not _flat(curve.validation, curve.quarter)):
        return []
    message = _("Plateau: over the last {n} points the training loss has stayed at {loss} (it began at {first}).")
    facts = {"loss": short(curve.train[-1]), "first": short(curve.train[0])}
    advice = _(
        "More epochs will not help. Where the loss hardly ever fell, try another learning rate; otherwise a larger "
        "model, or stop sooner for the same result."
    )
    return [Finding("plateau", message.format(n=2 * curve.quarter, **facts), advice)]


def _flat(values: Sequence[float], n: int) -> bool:
    """Whether the last `n` values lie on average where the `n` before lay."""
    moved = abs(fmean(values[-n:]) - fmean(values[-2 * n : -n]))
    return moved < max(FLAT * (values[0] - min(values)), FLAT_LOSS * abs(values[0]))


def _turned(curve: Curve) -> bool:
    """Whether validation had its best before the last quarter: then more epochs would not help."""
    return bool(curve.validation) and curve.best < len(curve.validation) - curve.quarter


def short(value: float) -> str:
    return number(value, ".4g")


def _smaller_steps() -> str:
    return _("Try a learning rate a third as large, a longer warm-up or a larger batch; check the data for odd values.")


def _shorter_gradients() -> str:
    return _("Limit the gradient (clip), warm up longer or take a smaller learning rate.")


def _longer() -> str:
    return _("Allow more epochs or rounds, or a larger learning rate.")
