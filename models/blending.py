"""A blend of models: their log-probabilities added with weights, which are fitted on rows no model learnt from.

The weights need not add up to 1. Models that err apart are together surer than each alone, and a sum above 1 says so:
one over it is the temperature of the blend.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.special import softmax

from data.text import _

_FLOOR = 1e-6  # as in calibration: zero would claim the impossible
MOST = 5.0  # of a weight


def fit_weights(probas: Sequence[np.ndarray], truth: np.ndarray) -> np.ndarray:
    """The weights, none below zero, with the lowest log-loss; there is one lowest, for the loss is convex in them.

    Shapes: probas (n, classes) each; truth (n,) class positions -> (models,).
    Raises: ValueError without a model.
    """
    if not probas:
        raise ValueError(_("no model to blend"))
    logs = _logs(probas)
    rows = np.arange(len(truth))
    own = logs[:, rows, truth].mean(axis=1)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        blended = np.tensordot(weights, logs, axes=1)
        top = blended.max(axis=1, keepdims=True)
        shares = np.exp(blended - top)
        sums = shares.sum(axis=1, keepdims=True)
        expected = (logs * (shares / sums)).sum(axis=2).mean(axis=1)
        return float((top + np.log(sums)).mean() - weights @ own), expected - own

    start = np.full(len(probas), 1 / len(probas))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, MOST)] * len(probas))
    return np.asarray(found.x, dtype=float)


def blend(probas: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """Probabilities of the blend. Shapes: probas (n, classes) each; weights (models,) -> (n, classes).

    Raises: ValueError where there is not one weight a model.
    """
    return np.asarray(softmax(scores(probas, weights), axis=1))


def scores(probas: Sequence[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """The weighted sum of the log-probabilities, whose softmax is the blend. Shapes and errors: as `blend`."""
    if len(weights) != len(probas):
        message = _("{weights} weights for {models} models")
        raise ValueError(message.format(weights=len(weights), models=len(probas)))
    return np.asarray(np.tensordot(weights, _logs(probas), axes=1))


def _logs(probas: Sequence[np.ndarray]) -> np.ndarray:
    return np.log(np.clip(np.stack(probas).astype(np.float64), _FLOOR, 1))
