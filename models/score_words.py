"""What each score of a classifier is called, how it is read and what it means."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """How a stored metric is read: its name, whether it is a share, and whether more is better."""

    label: str
    share: bool
    more_is_better: bool

    def form(self, value: float | None) -> str:
        """A value as it is read."""
        if value is None:
            return "–"
        return f"{value:.1%}" if self.share else f"{value:.3f}"


METRICS = {
    "log_loss": Metric("Log-loss", False, False),
    "accuracy": Metric("Accuracy", True, True),
    "balanced_accuracy": Metric("Balanced accuracy", True, True),
    "macro_f1": Metric("Macro F1", False, True),
    "macro_auc": Metric("Macro AUC", False, True),
    "brier": Metric("Brier score", False, False),
    "ece": Metric("Calibration error (ECE)", False, False),
    "auc_serious": Metric("AUC, hospitalised or killed", False, True),
    "auc_killed": Metric("AUC, killed", False, True),
    "ap_killed": Metric("Average precision, killed", False, True),
    "recall_killed_top10": Metric("Deaths in the top tenth", True, True),
    "quadratic_kappa": Metric("Quadratic kappa", False, True),
}

MEANINGS = {
    "log_loss": "Penalty for the probability given to what then happened; a confident error costs most.",
    "accuracy": "Share of accidents whose most likely class was the true one.",
    "balanced_accuracy": "Accuracy within each class, averaged: rare classes count as much as frequent ones.",
    "macro_f1": "Balance of false alarms and misses, averaged over the classes; 1 is perfect.",
    "macro_auc": "How well each class is told apart from the others, averaged; 0.5 is chance, 1 is perfect.",
    "brier": "Squared distance between the probabilities and what happened; 0 is perfect.",
    "ece": "By how much the stated probabilities differ from the observed shares, on average; 0 is perfect.",
    "auc_serious": "How well accidents with somebody hospitalised or killed are ranked above others; 0.5 is chance.",
    "auc_killed": "How well accidents with somebody killed are ranked above others; 0.5 is chance.",
    "ap_killed": "Precision when looking for fatal accidents, averaged over all thresholds; chance is their share.",
    "recall_killed_top10": "Share of the fatal accidents found in the tenth of accidents with the highest risk.",
    "quadratic_kappa": "Agreement beyond chance; an error of two steps of severity counts four times one of a step.",
}
