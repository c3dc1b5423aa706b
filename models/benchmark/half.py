"""How a model does on half-described accidents: every choice of groups of inputs hidden, on a sample of a cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from data import features
from data.features import checked
from models.classifier import Classifier
from models.metrics import Scorer

SAMPLE = 1500  # accidents, the same for every model
CUTS = 3  # the latest: earlier fits learnt from far fewer accidents than models that are used
_ERRORS = 2  # standard errors beyond which a difference is no accident

Groups = tuple[str, ...]


def subsets() -> list[Groups]:
    """Every choice of groups, in order of how many are chosen."""
    return [chosen for n in range(len(features.GROUPS) + 1) for chosen in combinations(features.GROUPS, n)]


def measure(model: Classifier, rows: pd.DataFrame, truth: np.ndarray) -> dict[str, Any]:
    """Log-loss with every choice of groups hidden, and what each step of hiding one group more changes.

    "log_loss" by the groups hidden, joined by +; "steps": from the groups hidden to those and one more, how much the
    log-loss grows ("change") and its standard error over the accidents ("error").
    Shapes: truth (n,) class positions of `rows`.
    """
    sample = np.sort(np.random.default_rng(0).permutation(len(rows))[:SAMPLE])
    encoded, own = model.encoder.encode(checked(rows.iloc[sample])), truth[sample]
    losses = {}
    for chosen in subsets():
        absent = np.array([i.group in chosen for i in model.encoder.inputs])
        hidden = encoded.hide(np.broadcast_to(absent, (len(sample), len(absent))))
        losses[chosen] = Scorer(model.calibration.apply(model._proba(hidden)), own).log_losses
    baseline = Scorer(np.broadcast_to(model.frequencies, (len(sample), len(model.classes))), own)
    return {
        "rows": len(sample),
        "log_loss": {"+".join(chosen): float(loss.mean()) for chosen, loss in losses.items()},
        "baseline": float(baseline.log_losses.mean()),
        "steps": [_step(losses, chosen, more) for chosen in losses for more in features.GROUPS if more not in chosen],
    }


def together(measured: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the latest `CUTS` of those measured, in order of time, tell, each counting the same.

    "groups" has for each number of groups hidden the mean and worst log-loss;
    "steps" are all single steps, "better" those that improve the log-loss by more than the luck of the draw would.
    """
    measured = measured[-CUTS:]
    losses = {name: np.mean([one["log_loss"][name] for one in measured]) for name in measured[0]["log_loss"]}
    by_number: dict[int, list[float]] = {}
    for name, loss in losses.items():
        by_number.setdefault(len(name.split("+")) if name else 0, []).append(float(loss))
    steps = list(zip(*(one["steps"] for one in measured), strict=True))
    changes = np.array([np.mean([one["change"] for one in step]) for step in steps])
    errors = np.array([np.sqrt(sum(one["error"] ** 2 for one in step)) / len(step) for step in steps])
    return {
        "groups": [{"mean": float(np.mean(found)), "worst": max(found)} for found in by_number.values()],
        "baseline": float(np.mean([one["baseline"] for one in measured])),
        "rows": sum(one["rows"] for one in measured),
        "steps": len(steps),
        "better": [
            {"hidden": step[0]["hidden"], "more": step[0]["more"], "change": float(change)}
            for step, change, error in zip(steps, changes, errors, strict=True)
            if change < -_ERRORS * error
        ],
    }


def _step(losses: Mapping[Groups, np.ndarray], chosen: Groups, more: str) -> dict[str, Any]:
    after = tuple(group for group in features.GROUPS if group in (*chosen, more))
    changes = losses[after] - losses[chosen]
    error = float(changes.std(ddof=1) / np.sqrt(len(changes))) if len(changes) > 1 else 0.0
    return {"hidden": "+".join(chosen), "more": more, "change": float(changes.mean()), "error": error}
