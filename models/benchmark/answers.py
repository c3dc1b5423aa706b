"""The answers of one model about the accidents held out of one or several cuts, and blends made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.features import Target
from data.text import _
from models import calibration, evaluation
from models.benchmark import half
from models.benchmark.runs import Result
from models.blending import blend, fit_weights
from models.calibration import Calibration, cross_fits, reliability
from models.metrics import ECE_BINS, Scorer
from models.rehearsal import Rehearsal

_SIMULATIONS = 200


@dataclass(frozen=True)
class Answers:
    """Probabilities with the truth beside them.

    Shapes: truth and cuts (n,); frequencies, proba, without and raw (n, classes). `frequencies` are those of each
    accident's training rows, `without` was given without near-event inputs, `raw` is `proba` before calibration.
    """

    target: Target
    truth: np.ndarray
    cuts: np.ndarray
    frequencies: np.ndarray
    proba: np.ndarray
    without: np.ndarray
    raw: np.ndarray

    @classmethod
    def of(cls, results: Sequence[Result]) -> Answers:
        """Those of one model on one cut or several, calibrated as `rehearsal` says."""
        return cls.of_rehearsal(results[0].facts["of"]["target"], rehearsal(results))

    @classmethod
    def of_rehearsal(cls, target: Target, told: Rehearsal) -> Answers:
        """Those of a rehearsal."""
        return cls(target, told.truth, told.cuts, told.frequencies, *told.calibrated, told.raw)

    def on(self, cut: str) -> Answers:
        """Those about the accidents of one cut."""
        own = self.cuts == cut
        names = ("truth", "cuts", "frequencies", "proba", "without", "raw")
        return Answers(self.target, *(getattr(self, name)[own] for name in names))

    @property
    def log_loss(self) -> float:
        """The mean over the accidents."""
        return float(Scorer(self.proba, self.truth).log_losses.mean())

    def score(self, bootstrap: int = 0, *, without: bool = False) -> dict[str, Any]:
        """All scores of the target, as `evaluation.score` gives them."""
        proba = self.without if without else self.proba
        return evaluation.score(proba, self.truth, self.frequencies, target=self.target, bootstrap=bootstrap)

    def calibration(self) -> dict[str, Any]:
        """Calibration error and log-loss before and after calibration.

        "by_chance": the error that a perfectly calibrated model would show on as many accidents.
        """
        stages = {"before": self.raw, "after": self.proba}
        found: dict[str, Any] = {stage: reliability(proba, self.truth) for stage, proba in stages.items()}
        return found | {"by_chance": chance_error(self.proba)}


def rehearsal(results: Sequence[Result]) -> Rehearsal:
    """What the fits of one model before several cuts told.

    A cut that stands alone is calibrated by its own validation period, several by the answers about the others.
    """
    arrays = [one.arrays for one in results]

    def joined(name: str) -> np.ndarray:
        # kept in single precision; means of thousands of logarithms are to be exact
        return np.concatenate([a[name].astype(np.float64) for a in arrays])

    raw, truth = joined("raw"), np.concatenate([a["truth"] for a in arrays])
    cuts = np.repeat([one.cut for one in results], [len(a["truth"]) for a in arrays])
    own = {one.cut: Calibration.from_dict(one.facts["calibration"], raw.shape[1]) for one in results}
    asked = [one.facts["hidden"] for one in results if "hidden" in one.facts]
    return Rehearsal(
        raw=raw,
        raw_without=joined("raw_without"),
        truth=truth,
        frequencies=np.concatenate([np.broadcast_to(a["frequencies"], a["raw"].shape) for a in arrays]),
        cuts=cuts,
        fits=own if len(results) == 1 else cross_fits(raw, truth, cuts),
        periods={one.cut: one.facts["periods"] for one in results},
        lengths=[one.facts["length"] for one in results if one.facts["length"] is not None],
        half=half.together(asked) if asked else None,
    )


def chance_error(proba: np.ndarray, seed: int = 0) -> float:
    """Mean calibration error where the probabilities are the truth: what is left is the luck of the draw."""
    random = np.random.default_rng(seed)
    confidence = proba.max(axis=1)
    bins = np.minimum((confidence * ECE_BINS).astype(int), ECE_BINS - 1)
    errors = [
        np.abs(np.bincount(bins, confidence - (random.random(len(proba)) < confidence))).sum() / len(proba)
        for _simulation in range(_SIMULATIONS)
    ]
    return float(np.mean(errors))


def blended(members: Sequence[Sequence[Result]]) -> tuple[Rehearsal, dict[str, np.ndarray]]:
    """What a blend told about two cuts or more, and its weights of each.

    Whatever is learnt for a cut, weights and calibration, is learnt from the answers about the other cuts.
    Raises: ValueError where the members answered about other accidents.
    """
    for same in zip(*members, strict=True):
        if any(not np.array_equal(one.arrays["accidents"], same[0].arrays["accidents"]) for one in same):
            raise ValueError(_("models of a blend answered about other accidents"))
    told = [rehearsal(results) for results in members]
    truth, cuts = told[0].truth, told[0].cuts
    raw, without = np.empty(told[0].raw.shape), np.empty(told[0].raw.shape)
    weights, fits = {}, {}
    for cut in told[0].periods:
        own, others = cuts == cut, cuts != cut
        weights[cut] = fit_weights([one.raw[others] for one in told], truth[others])
        made = blend([one.raw for one in told], weights[cut])
        fits[cut] = calibration.fit(made[others], truth[others], cuts[others])
        raw[own], without[own] = made[own], blend([one.raw_without[own] for one in told], weights[cut])
    return replace(told[0], raw=raw, raw_without=without, fits=fits, lengths=(), half=None), weights


def class_frequencies(like: Answers) -> Answers:
    """The baseline that answers every accident with the shares of the training rows."""
    own = like.frequencies
    return Answers(like.target, like.truth, like.cuts, own, own, own, own)
