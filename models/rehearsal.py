"""What fits before several cuts told about a model, each about days after it that it had not learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from data.features import Target
from models import calibration, evaluation
from models.calibration import Calibration
from models.metrics import Scorer

# scores of an order of accidents: that class frequencies put one month above another is no merit of theirs
RANKS = ("macro_auc", "auc_", "ap_", "recall_")


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """Answers about the accidents of one cut or several, with the truth beside them.

    Shapes: truth and cuts (n,), the cut of each accident by name; raw, the answers before calibration, raw_without
    (given without near-event inputs) and frequencies (n, classes), those of the rows that each answer was learnt from.
    `fits`: the calibration of each cut, learnt from other accidents than its own; without any, the answers are as they
    are. `periods`: of each cut the days and number of "train", "validation" and "held_out"; `lengths`: after how many
    rounds or epochs each fit was best; `half`: how they did on half-described accidents, where they were asked.
    """

    target: Target
    raw: np.ndarray
    raw_without: np.ndarray
    truth: np.ndarray
    frequencies: np.ndarray
    cuts: np.ndarray
    fits: Mapping[str, Calibration]
    periods: Mapping[str, Mapping[str, Any]]
    lengths: Sequence[int]
    half: Mapping[str, Any] | None = None

    @cached_property
    def proba(self) -> np.ndarray:
        """The answers, each cut calibrated by its own of `fits`. Shape: (n, classes)."""
        return self._calibrated(self.raw)

    @cached_property
    def without(self) -> np.ndarray:
        """Those given without near-event inputs, likewise. Shape: (n, classes)."""
        return self._calibrated(self.raw_without)

    @property
    def log_loss(self) -> float:
        """The mean over the accidents."""
        return float(Scorer(self.proba, self.truth).log_losses.mean())

    @property
    def latest(self) -> Mapping[str, Any]:
        """The days and the number of the accidents of the last cut."""
        held_out: Mapping[str, Any] = self.periods[max(self.periods)]["held_out"]
        return held_out

    def on(self, cut: str) -> Rehearsal:
        """The answers about the accidents of one cut; what is said of the fits stays that of all."""
        own, names = self.cuts == cut, ("raw", "raw_without", "truth", "frequencies", "cuts")
        return replace(self, **{name: getattr(self, name)[own] for name in names})

    def score(self, bootstrap: int = 0, *, without: bool = False) -> dict[str, Any]:
        """All scores of the target, as `evaluation.score` gives them."""
        proba = self.without if without else self.proba
        return evaluation.score(proba, self.truth, self.frequencies, target=self.target, bootstrap=bootstrap)

    def reliability(self) -> dict[str, dict[str, float]]:
        """What calibration is judged by, before and after it."""
        stages = {"before": self.raw, "after": self.proba}
        return {stage: calibration.reliability(proba, self.truth) for stage, proba in stages.items()}

    def describe(self, bootstrap: int) -> dict[str, Any]:
        """The part of a checkpoint's metadata that says how models of the same settings did before the cuts."""
        each = {cut: self.on(cut).score(bootstrap) for cut in self.periods}
        metrics = {"cuts": self.score(bootstrap), "cuts_without_near_event": self.score(bootstrap, without=True)}
        for found in metrics.values():
            for metric in (m for m in found["baseline"] if m.startswith(RANKS)):
                found["baseline"][metric] = float(np.mean([one["baseline"][metric] for one in each.values()]))
        return {
            "cuts": dict(self.periods),
            "half_described": self.half,
            "metrics": {**metrics, "each_cut": each},
            "reliability": {"cuts": self.reliability()},
            "confusion": Scorer(self.proba, self.truth).confusion(np.ones(len(self.truth))).astype(int),
        }

    def _calibrated(self, raw: np.ndarray) -> np.ndarray:
        return calibration.by_part(self.fits, raw, self.cuts) if self.fits else raw
