"""Scores of a model beside its baseline, with bootstrap intervals by accident."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    baseline gives to every row, or (n, classes) where rows come from several trainings.
    Each row is one accident, so drawing rows draws accidents.
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
        "intervals": intervals(list(metrics), drawn(scorer, metrics, bootstrap, seed)),
        "baseline": {name: metric(baseline, ones) for name, metric in metrics.items()},
    }


def draws(n: int, count: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Bootstrap draws of n accidents, as weights: how often each was drawn. The same seed gives the same draws."""
    random = np.random.default_rng(seed)
    for _draw in range(count):
        yield np.bincount(random.integers(n, size=n), minlength=n).astype(float)


def interval(drawn: np.ndarray) -> np.ndarray:
    """Lower and upper end of the percentile interval at `LEVEL`. Shape: (draws, ...) -> (2, ...)."""
    return np.asarray(np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0))


def drawn(
    scorer: Scorer,
    metrics: Mapping[str, Metric],
    count: int,
    seed: int = 0,
    report: Callable[[int], None] | None = None,
) -> np.ndarray:
    """Metrics of bootstrap draws, NaN where one does not tell; `report` hears of each. Shape: (draws, metrics)."""
    values = np.empty((count, len(metrics)))
    for place, weights in enumerate(draws(scorer.n, count, seed)):
        values[place] = [metric(scorer, weights) for metric in metrics.values()]
        if report is not None:
            report(place + 1)
    return values


def intervals(names: Sequence[str], values: np.ndarray) -> dict[str, list[float]]:
    """The interval of each metric from its draws; none where no draw tells. Shape: values (draws, metrics)."""
    known = ~np.isnan(values).all(axis=0) if len(values) else np.zeros(len(names), dtype=bool)
    if not known.any():
        return {}
    low, high = interval(values[:, known])
    return {name: [float(a), float(b)] for name, a, b in zip(np.array(names)[known].tolist(), low, high, strict=True)}
