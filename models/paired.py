"""Models compared on the same accidents: the difference of a score, with an interval that draws the same for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from data.errors import DataError
from data.features import Target
from data.text import _
from models.evaluation import draws, interval, metrics_of
from models.metrics import LESS_IS_BETTER, Scorer

BOOTSTRAP = 1000
Verdict = Literal["first", "second", "open"]


@dataclass(frozen=True)
class Difference:
    """A score of the first model minus that of the second, with its bootstrap interval by accident.

    `better` names the better one where the interval leaves no doubt, else it is open.
    """

    metric: str
    value: float
    low: float
    high: float
    better: Verdict


def compare(
    first: np.ndarray,
    second: np.ndarray,
    truth: np.ndarray,
    *,
    target: Target,
    metric: str = "log_loss",
    bootstrap: int = BOOTSTRAP,
    seed: int = 0,
) -> Difference:
    """Two models on the same accidents. Shapes: first, second (n, classes); truth (n,) class positions.

    Raises: as `paired`.
    """
    models = {"first": first, "second": second}
    return paired(models, truth, target=target, metric=metric, bootstrap=bootstrap, seed=seed)["first", "second"]


def paired(
    models: Mapping[str, np.ndarray],
    truth: np.ndarray,
    *,
    target: Target,
    metric: str = "log_loss",
    bootstrap: int = BOOTSTRAP,
    seed: int = 0,
) -> dict[tuple[str, str], Difference]:
    """Every pair of models, by name, in the order given. Shapes: (n, classes) each; truth (n,) class positions.

    Raises: DataError for a metric that the target does not have; ValueError for other rows or less than one draw.
    """
    metrics = metrics_of(target)
    if metric not in metrics:
        message = _("{metric!r} is no score of {target}; there is {known}.")
        raise DataError(message.format(metric=metric, target=target, known=", ".join(metrics)))
    if bootstrap < 1:
        raise ValueError(_("bootstrap = {value} is not 1 or more").format(value=bootstrap))
    for name, proba in models.items():
        if len(proba) != len(truth):
            message = _("{name} has {found} rows where there are {rows} accidents")
            raise ValueError(message.format(name=name, found=len(proba), rows=len(truth)))
    scorers = [Scorer(proba, truth) for proba in models.values()]
    one = np.array([metrics[metric](s, np.ones(len(truth))) for s in scorers])
    drawn = np.array([[metrics[metric](s, w) for s in scorers] for w in draws(len(truth), bootstrap, seed)])
    return {
        (a, b): difference(metric, float(one[i] - one[j]), drawn[:, i] - drawn[:, j])
        for (i, a), (j, b) in combinations(enumerate(models), 2)
    }


def difference(metric: str, value: float, drawn: np.ndarray) -> Difference:
    """A difference with its interval from the differences of the draws. Shape: drawn (draws,)."""
    if np.isnan(drawn).all():
        return Difference(metric, value, float("nan"), float("nan"), "open")
    low, high = interval(drawn)
    better: Verdict = "open"
    if high < 0 or low > 0:
        better = "first" if (high < 0) == (metric in LESS_IS_BETTER) else "second"
    return Difference(metric, value, float(low), float(high), better)
