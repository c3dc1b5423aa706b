"""The answers of one model about the accidents held out of one or several cuts, and blends made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.features import Target
from data.text import _
from models import evaluation
from models.benchmark.runs import Result
from models.blending import blend, fit_weights
from models.calibration import reliability
from models.metrics import ECE_BINS

_SIMULATIONS = 200


@dataclass(frozen=True)
class Answers:
    """Probabilities with the truth beside them.

    Shapes: truth (n,); frequencies, proba, without and raw (n, classes). `frequencies` are those of each accident's
    training rows, `without` was given without near-event inputs, `raw` is before calibration (None for a blend).
    """

    target: Target
    truth: np.ndarray
    frequencies: np.ndarray
    proba: np.ndarray
    without: np.ndarray
    raw: np.ndarray | None = None

    @classmethod
    def of(cls, result: Result) -> Answers:
        """Those of a fitted model."""
        a = result.arrays
        frequencies = np.broadcast_to(a["frequencies"], a["proba"].shape)
        # kept in single precision; means of thousands of logarithms are to be exact
        proba, without, raw = (a[name].astype(np.float64) for name in ("proba", "without", "raw"))
        return cls(result.facts["of"]["target"], a["truth"], frequencies, proba, without, raw)

    @classmethod
    def together(cls, several: Sequence[Answers]) -> Answers:
        """Those about the accidents of several cuts, one after the other."""
        raw = [one.raw for one in several if one.raw is not None]

        def joined(name: str) -> np.ndarray:
            return np.concatenate([getattr(one, name) for one in several])

        parts = {name: joined(name) for name in ("truth", "frequencies", "proba", "without")}
        return cls(several[0].target, **parts, raw=np.concatenate(raw) if len(raw) == len(several) else None)

    def score(self, bootstrap: int = 0, *, without: bool = False) -> dict[str, Any]:
        """All scores of the target, as `evaluation.score` gives them."""
        proba = self.without if without else self.proba
        return evaluation.score(proba, self.truth, self.frequencies, target=self.target, bootstrap=bootstrap)

    def calibration(self) -> dict[str, Any]:
        """Calibration error and log-loss before and after calibration.

        "by_chance": the error that a perfectly calibrated model would show on as many accidents.
        """
        stages = {"before": self.raw, "after": self.proba}
        found: dict[str, Any] = {
            stage: None if proba is None else reliability(proba, self.truth) for stage, proba in stages.items()
        }
        return found | {"by_chance": chance_error(self.proba)}


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


def blended(members: Sequence[Result]) -> tuple[Answers, np.ndarray]:
    """A blend on one cut, and its weights, which are fitted on the validation period alone.

    Raises: ValueError where the members answered about other accidents.
    """
    first = members[0].arrays
    if any(not np.array_equal(one.arrays["accidents"], first["accidents"]) for one in members):
        raise ValueError(_("models of a blend answered about other accidents"))
    weights = fit_weights([one.arrays["validation_proba"] for one in members], first["validation_truth"])
    own = Answers.of(members[0])
    proba, without = (blend([one.arrays[name] for one in members], weights) for name in ("proba", "without"))
    return Answers(own.target, own.truth, own.frequencies, proba, without), weights


def class_frequencies(like: Answers) -> Answers:
    """The baseline that answers every accident with the shares of the training rows."""
    return Answers(like.target, like.truth, like.frequencies, like.frequencies, like.frequencies)
