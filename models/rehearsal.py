"""What fits before several cuts told about a model, each about days after it that it had not learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.features import Target
from models import evaluation
from models.calibration import Calibration, by_part, reliability
from models.metrics import Scorer

# scores of an order of accidents: that class frequencies put one month above another is no merit of theirs
RANKS = ("macro_auc", "auc_", "ap_", "recall_")


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """Answers before calibration, with the truth beside them.

    Shapes: truth and cuts (n,), the cut of each accident by name; raw, raw_without (given without near-event inputs)
    and frequencies (n, classes), those of the rows that each answer was learnt from.
    `fits`: the calibration of each cut, learnt from other accidents than its own; `periods`: of each cut the days and
    number of "train", "validation" and "held_out"; `lengths`: after how many rounds or epochs each fit was best;
    `half`: how they did on half-described accidents, where they were asked.
    """

    raw: np.ndarray
    raw_without: np.ndarray
    truth: np.ndarray
    frequencies: np.ndarray
    cuts: np.ndarray
    fits: Mapping[str, Calibration]
    periods: Mapping[str, Mapping[str, Any]]
    lengths: Sequence[int]
    half: Mapping[str, Any] | None = None

    @property
    def calibrated(self) -> tuple[np.ndarray, np.ndarray]:
        """`raw` and `raw_without`, each cut by its own of `fits`."""
        return by_part(self.fits, self.raw, self.cuts), by_part(self.fits, self.raw_without, self.cuts)

    @property
    def latest(self) -> Mapping[str, Any]:
        """The days and the number of the accidents of the last cut."""
        held_out: Mapping[str, Any] = self.periods[max(self.periods)]["held_out"]
        return held_out

    def describe(self, target: Target, bootstrap: int) -> dict[str, Any]:
        """The part of a checkpoint's metadata that says how models of the same settings did before the cuts."""
        proba, without = self.calibrated
        each = {name: self._scores(proba, target, bootstrap, self.cuts == name) for name in self.periods}
        whole = {"cuts": proba, "cuts_without_near_event": without}
        metrics = {name: self._scores(given, target, bootstrap) for name, given in whole.items()}
        for found in metrics.values():
            for metric in (m for m in found["baseline"] if m.startswith(RANKS)):
                found["baseline"][metric] = float(np.mean([one["baseline"][metric] for one in each.values()]))
        return {
            "cuts": dict(self.periods),
            "half_described": self.half,
            "metrics": {**metrics, "each_cut": each},
            "reliability": {
                "cuts": {"before": reliability(self.raw, self.truth), "after": reliability(proba, self.truth)}
            },
            "confusion": Scorer(proba, self.truth).confusion(np.ones(len(self.truth))).astype(int),
        }

    def _scores(
        self, proba: np.ndarray, target: Target, bootstrap: int, some: np.ndarray | slice = slice(None)
    ) -> dict[str, Any]:
        return evaluation.score(
            proba[some], self.truth[some], self.frequencies[some], target=target, bootstrap=bootstrap
        )
