"""Scores of class probabilities: one formula each, all of them weighted so that a bootstrap is a change of weights.

Shapes throughout: proba (n, classes), truth (n,) class positions, weights (n,).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

_FLOOR = 1e-15
ECE_BINS = 15


class Scorer:
    """Everything about one set of predictions that does not change with the weights."""

    def __init__(self, proba: np.ndarray, truth: np.ndarray) -> None:
        self.n, self.classes = proba.shape
        self.truth = truth
        self.predicted = proba.argmax(axis=1)
        own = proba[np.arange(self.n), truth]
        self.log_losses = -np.log(np.clip(own, _FLOOR, 1))
        one_hot = np.eye(self.classes)[truth]
        self.brier_scores = ((proba - one_hot) ** 2).sum(axis=1)
        self.confidence = proba.max(axis=1)
        self.bins = np.minimum((self.confidence * ECE_BINS).astype(int), ECE_BINS - 1)
        self.proba = proba
        self._ranked: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray, np.ndarray]] = {}

    def confusion(self, weights: np.ndarray) -> np.ndarray:
        """Weighted counts; row = true class, column = predicted class."""
        cells = np.bincount(self.truth * self.classes + self.predicted, weights, self.classes**2)
        return cells.reshape(self.classes, self.classes)

    def _ranking(self, positive: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Rows by falling score of the positive classes together, which are positive, and the last row of each tie."""
        if positive not in self._ranked:
            score = self.proba[:, list(positive)].sum(axis=1)
            order = np.argsort(-score, kind="stable")
            last = np.append(np.diff(score[order]) != 0, True)
            self._ranked[positive] = (order, np.isin(self.truth, positive)[order], np.flatnonzero(last))
        return self._ranked[positive]

    def auc(self, weights: np.ndarray, positive: tuple[int, ...]) -> float:
        """Area under the ROC curve; a tie counts one half. NaN where one side is empty."""
        order, is_positive, last = self._ranking(positive)
        w = weights[order]
        hits = np.append(0, np.cumsum(w * is_positive)[last])
        misses = np.append(0, np.cumsum(w * ~is_positive)[last])
        if hits[-1] == 0 or misses[-1] == 0:
            return float("nan")
        return float(np.trapezoid(hits, misses) / (hits[-1] * misses[-1]))

    def average_precision(self, weights: np.ndarray, positive: tuple[int, ...]) -> float:
        """Mean precision over the positives, by steps of distinct scores. NaN without positives."""
        order, is_positive, last = self._ranking(positive)
        w = weights[order]
        hits, seen = np.cumsum(w * is_positive)[last], np.cumsum(w)[last]
        if hits[-1] == 0:
            return float("nan")
        gained = np.diff(hits, prepend=0)
        return float((gained * hits / np.maximum(seen, _FLOOR)).sum() / hits[-1])

    def recall_top(self, weights: np.ndarray, positive: tuple[int, ...], share: float = 0.1) -> float:
        """Share of the positives found among the `share` of rows with the highest score. NaN without positives.

        Of a tie that only partly fits, each row counts by the part that fits: the order of rows must not matter.
        """
        order, is_positive, last = self._ranking(positive)
        w = weights[order]
        rows, hits = np.cumsum(w)[last], np.cumsum(w * is_positive)[last]
        if hits[-1] == 0:
            return float("nan")
        found = np.interp(np.floor(share * rows[-1]), np.append(0, rows), np.append(0, hits))
        return float(found / hits[-1])


def accuracy(s: Scorer, w: np.ndarray) -> float:
    """Share of rows whose most likely class is the true one."""
    return float(((s.predicted == s.truth) * w).sum() / w.sum())


def balanced_accuracy(s: Scorer, w: np.ndarray) -> float:
    """Mean recall over the classes that occur."""
    confusion = s.confusion(w)
    support = confusion.sum(axis=1)
    there = support > 0
    return float((confusion.diagonal()[there] / support[there]).mean())


def macro_f1(s: Scorer, w: np.ndarray) -> float:
    """Mean F1 over the classes that occur or are predicted."""
    confusion = s.confusion(w)
    both = confusion.sum(axis=0) + confusion.sum(axis=1)
    there = both > 0
    return float((2 * confusion.diagonal()[there] / both[there]).mean())


def log_loss(s: Scorer, w: np.ndarray) -> float:
    """Mean negative logarithm of the true class's probability, in nats."""
    return float((s.log_losses * w).sum() / w.sum())


def brier(s: Scorer, w: np.ndarray) -> float:
    """Mean squared distance of the probabilities from the truth, summed over classes (0 to 2)."""
    return float((s.brier_scores * w).sum() / w.sum())


def ece(s: Scorer, w: np.ndarray) -> float:
    """Expected calibration error of the most likely class, in 15 bins of equal width."""
    gap = np.bincount(s.bins, w * (s.confidence - (s.predicted == s.truth)), ECE_BINS)
    return float(np.abs(gap).sum() / w.sum())


def macro_auc(s: Scorer, w: np.ndarray) -> float:
    """Mean over classes of the one-against-rest area under the ROC curve."""
    areas = np.array([s.auc(w, (c,)) for c in range(s.classes)])
    return float(np.nanmean(areas)) if not np.isnan(areas).all() else float("nan")


def quadratic_kappa(s: Scorer, w: np.ndarray) -> float:
    """Cohen's kappa for classes in order: an error counts by its distance squared. NaN without spread."""
    confusion = s.confusion(w)
    position = np.arange(s.classes)
    cost = (position[:, None] - position) ** 2
    by_chance = np.outer(confusion.sum(axis=1), confusion.sum(axis=0)) / w.sum()
    expected = (cost * by_chance).sum()
    return float(1 - (cost * confusion).sum() / expected) if expected > 0 else float("nan")


Metric = Callable[[Scorer, np.ndarray], float]
METRICS: dict[str, Metric] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": macro_f1,
    "log_loss": log_loss,
    "brier": brier,
    "ece": ece,
    "macro_auc": macro_auc,
}
# classes of severity by position: light, hospitalised, killed
SEVERITY_METRICS: dict[str, Metric] = {
    "auc_serious": lambda s, w: s.auc(w, (1, 2)),
    "auc_killed": lambda s, w: s.auc(w, (2,)),
    "ap_killed": lambda s, w: s.average_precision(w, (2,)),
    "recall_killed_top10": lambda s, w: s.recall_top(w, (2,)),
    "quadratic_kappa": quadratic_kappa,
}
LESS_IS_BETTER = frozenset({"log_loss", "brier", "ece"})
