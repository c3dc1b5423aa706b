"""What scores are called, how they and the time that something took are written, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.text import N_, _, number


def score(value: float | None) -> str:
    """A score with the three digits that count, as on every page: 0.700, 1.70, 14.8; '–' where there is none."""
    if value is None:
        return "–"
    # what rounds up to one digit more before the point has one less behind it
    return number(value, ".1f" if abs(value) >= 9.995 else ".2f" if abs(value) >= 0.9995 else ".3f")


def duration(seconds: float) -> str:
    """Seconds as people read them: 45 s, 3 min 20 s, 1 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return _("{s} s").format(s=whole)
    if whole < 3600:
        return _("{m} min {s:02d} s").format(m=whole // 60, s=whole % 60)
    return _("{h} h {m:02d} min").format(h=whole // 3600, m=whole % 3600 // 60)


@dataclass(frozen=True)
class Metric:
    """How a stored metric is read: its name, whether it is a share, and whether more is better."""

    label: str
    share: bool
    more_is_better: bool

    def form(self, value: float | None) -> str:
        """A value as it is read."""
        return number(value, ".1%") if self.share and value is not None else score(value)


METRICS = {
    "log_loss": Metric(N_("Log-loss"), False, False),
    "accuracy": Metric(N_("Accuracy"), True, True),
    "balanced_accuracy": Metric(N_("Balanced accuracy"), True, True),
    "macro_f1": Metric(N_("Macro F1"), False, True),
    "macro_auc": Metric(N_("Macro AUC"), False, True),
    "brier": Metric(N_("Brier score"), False, False),
    "ece": Metric(N_("Calibration error (ECE)"), False, False),
    "auc_serious": Metric(N_("AUC, hospitalised or killed"), False, True),
    "auc_killed": Metric(N_("AUC, killed"), False, True),
    "ap_killed": Metric(N_("Average precision, killed"), False, True),
    "recall_killed_top10": Metric(N_("Deaths in the top tenth"), True, True),
    "quadratic_kappa": Metric(N_("Quadratic kappa"), False, True),
}
# beside each other, a table each, in which all fits a narrow window
TOPICS = {
    N_("How right the probabilities are"): ("log_loss", "brier", "ece"),
    N_("How right the most likely class is"): ("accuracy", "balanced_accuracy", "macro_f1", "quadratic_kappa"),
    N_("How well accidents are ranked"): ("macro_auc", "auc_serious", "auc_killed", "ap_killed", "recall_killed_top10"),
}

MEANINGS = {
    "log_loss": N_("Penalty for the probability given to what then happened; a confident error costs most."),
    "accuracy": N_("Share of accidents whose most likely class was the true one."),
    "balanced_accuracy": N_("Accuracy within each class, averaged: rare classes count as much as frequent ones."),
    "macro_f1": N_("Balance of false alarms and misses, averaged over the classes; 1 is perfect."),
    "macro_auc": N_("How well each class is told apart from the others, averaged; 0.5 is chance, 1 is perfect."),
    "brier": N_("Squared distance between the probabilities and what happened; 0 is perfect."),
    "ece": N_("By how much the stated probabilities differ from the observed shares, on average; 0 is perfect."),
    "auc_serious": N_(
        "How well accidents with somebody hospitalised or killed are ranked above others; 0.5 is chance."
    ),
    "auc_killed": N_("How well accidents with somebody killed are ranked above others; 0.5 is chance."),
    "ap_killed": N_("Precision when looking for fatal accidents, averaged over all thresholds; chance is their share."),
    "recall_killed_top10": N_("Share of the fatal accidents found in the tenth of accidents with the highest risk."),
    "quadratic_kappa": N_(
        "Agreement beyond chance; an error of two steps of severity counts four times one of a step."
    ),
}


def meanings(metrics: Iterable[str]) -> str:
    """Each score in one sentence, as a list."""
    return "\n".join(f"- **{_(METRICS[name].label)}**: {_(MEANINGS[name])}" for name in metrics)


def baseline_label(name: str) -> str:
    """The words for a simpler method of forecasting, beside which forecasters are scored and drawn."""
    labels = {
        "seasonal-naive": _("Last week again (seasonal naive)"),
        "eight-week-mean": _("Mean of the last eight weeks, by weekday"),
        "last-year": _("Last year again, by weekday"),
        "ets": _("Exponential smoothing (ETS)"),
        "regression": _("Regression on the calendar"),
        "lightgbm": _("Boosted trees (LightGBM)"),
    }
    return labels.get(name, name)
