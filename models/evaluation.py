"""Scores of a model beside its baseline, with bootstrap intervals by accident."""

from __future__ import annotations

from typing import Any

import numpy as np

from data.errors import DataError
from data.features import Target
from data.text import _
from models.metrics import METRICS, SEVERITY_METRICS, Metric, Scorer

LEVEL = 0.95


def metrics_of(target: Target) -> dict[str, Metric]:
    """The metrics reported for a target."""
    return {**METRICS, **(SEVERITY_METRICS if target == "severity" else {})}


def score(
    proba: np.ndarray, truth: np.ndarray, frequencies: np.ndarray, *, target: Target, bootstrap: int = 0, seed: int = 0
) -> dict[str, Any]:
    """All metrics of a target as plain numbers, with "rows", "intervals" and the "baseline" of class frequencies.

    Shapes: proba (n, classes); truth (n,) class positions; frequencies (classes,), the training shares that the
    baseline gives to every row. Each row is one accident, so drawing rows draws accidents.
    Where the rows do not tell (no death among them), a metric is NaN and has no interval.
    Raises: DataError where there is no row; ValueError for a negative number of draws.
    """
    if bootstrap < 0:
        raise ValueError(_("bootstrap = {value} is not 0 or more").format(value=bootstrap))
    if not len(truth):
        raise DataError(_("No row has a known {target}; nothing can be scored.").format(target=target))
    metrics = metrics_of(target)
    ones = np.ones(len(truth))
    scorer = Scorer(proba, truth)
    baseline = Scorer(np.broadcast_to(frequencies, proba.shape), truth)
    return {
        "rows": len(truth),
        **{name: metric(scorer, ones) for name, metric in metrics.items()},
        "intervals": _intervals(scorer, metrics, bootstrap, seed),
        "baseline": {name: metric(baseline, ones) for name, metric in metrics.items()},
    }


def _intervals(scorer: Scorer, metrics: dict[str, Metric], draws: int, seed: int) -> dict[str, list[float]]:
    """Percentile intervals at `LEVEL`; a draw gives each accident the number of times it was drawn as weight."""
    if not draws:
        return {}
    random = np.random.default_rng(seed)
    n = scorer.n
    weights = (np.bincount(random.integers(n, size=n), minlength=n).astype(float) for _draw in range(draws))
    values = np.array([[metric(scorer, w) for metric in metrics.values()] for w in weights])
    known = ~np.isnan(values).all(axis=0)
    low, high = np.nanquantile(values[:, known], [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    names = np.array(list(metrics))[known]
    return {str(name): [float(a), float(b)] for name, a, b in zip(names, low, high, strict=True)}
