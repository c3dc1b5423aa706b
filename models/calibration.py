"""Temperature scaling: one number, learnt on validation rows, that makes probabilities mean what they say.

Source: Guo et al. 2017, On Calibration of Modern Neural Networks. It keeps the order of the classes, so no accuracy
is traded, and it divides a score evenly, so explanations of the score stay exact.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

_FLOOR = 1e-6  # a forest may give a class no tree at all; zero would claim the impossible


def fit_temperature(proba: np.ndarray, truth: np.ndarray) -> float:
    """The temperature with the lowest log-loss. Shapes: proba (n, classes), truth (n,) class positions."""
    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        return float(-np.log(apply(proba, float(np.exp(log_temperature)))[rows, truth]).mean())

    found = minimize_scalar(loss, bounds=(np.log(0.2), np.log(5)), method="bounded")
    return float(np.exp(found.x))


def apply(proba: np.ndarray, temperature: float) -> np.ndarray:
    """Probabilities whose log-odds are divided by the temperature. Shapes: (n, classes) -> (n, classes)."""
    scores = np.log(np.clip(proba.astype(np.float64), _FLOOR, 1)) / temperature
    scores -= scores.max(axis=1, keepdims=True)
    exponentials = np.exp(scores)
    return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))
