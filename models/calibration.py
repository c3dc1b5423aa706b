"""Calibration, learnt on rows the model did not learn from, that makes probabilities mean what they say.

Three methods. Each answer is changed by one linear step in its log-probabilities, so that explanations of log-odds are
carried through exactly:

- temperature scaling (Guo et al. 2017, On Calibration of Modern Neural Networks): one number. It keeps the order of
  the classes, so no accuracy is traded;
- Dirichlet calibration (Kull et al. 2019, Beyond temperature scaling): a matrix and a bias, which can also mend classes
  that are wrong in different ways. Departures from the paper: its penalty pulls the elements off the diagonal and the
  bias towards zero; here the diagonal is pulled towards one as well, so that few rows leave the probabilities alone.
  The class frequencies, the answer about an accident of which nothing is known, are anchored: what suits the described
  accidents that calibration is learnt from may twist that answer;
- the same, and then a temperature that depends on how undecided the answer is (after Balanya et al. 2024, Adaptive
  temperature scaling for robust calibration of deep neural networks), for models that are too timid about clear cases
  and too bold about others. Departures: a polynomial of the entropy instead of a line, because the two may alternate;
  and it is fitted to how often the likeliest class is the true one, which is what a reader takes a probability for,
  where the log-loss of all classes weighs this against their order among themselves.

Isotonic regression is not offered: its steps are not linear, so no explanation adds up through them, and on months held
out it raised the log-loss where the others lowered it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.polynomial.chebyshev import chebvander
from scipy.optimize import minimize, minimize_scalar
from scipy.special import expit, log_softmax, softmax

from models.metrics import METRICS, Scorer

_FLOOR = 1e-6  # a forest may give a class no tree at all; zero would claim the impossible
_PULL = 1e-3  # of the Dirichlet method towards changing nothing, beside the mean log-loss
_ANCHOR = 0.1  # of the Dirichlet method to the class frequencies, beside the mean log-loss
_DEGREE = 5  # of the logarithm of the scale in the entropy
_LENGTHS = (_DEGREE + 1, 4)  # of the weights; four are those of checkpoints from before the fifth degree
_FLATTEN = 1e-4  # pull of the scale towards one, beside the mean log-loss
_FURTHEST = np.log(2.0)  # of the logarithm of the scale, wherever few rows have taught it
_ALIKE = 1e-3  # log-losses nearer to each other than this are taken for equal
_BLOCKS = 3  # of rows that name no parts
_LARGEST = 200.0  # of a kept number; the floor bounds the log-loss and so, by the penalty, every fit well below
_ARRAYS = ("matrix", "bias", "doubt")
_RELIABILITY = ("ece", "log_loss")


@dataclass(frozen=True, eq=False)
class Calibration:
    """Probabilities made from probabilities: the softmax of `matrix` times the log-probabilities, plus `bias`.

    The log-probabilities are centred on their mean over the classes: a shift common to all of them means nothing.
    What comes out is scaled by the exponential of a polynomial in its entropy, whose weights are `doubt`.
    Shapes: matrix (classes, classes), bias (classes,), doubt (6,), or (4,) of
    earlier versions, Chebyshev weights.
    Raises: ValueError for arrays of other shapes, or numbers that no fit gives.
    """

    method: str
    matrix: np.ndarray
    bias: np.ndarray
    doubt: np.ndarray = field(default_factory=lambda: np.zeros(_DEGREE + 1))

    def __post_init__(self) -> None:
        n = len(self.bias)
        numbers = np.concatenate([self.matrix.ravel(), self.bias, self.doubt])
        shapes = (self.matrix.shape, self.bias.shape)
        sound = shapes == ((n, n), (n,)) and (np.abs(numbers) <= _LARGEST).all()
        sound &= self.doubt.ndim == 1 and len(self.doubt) in _LENGTHS
        sound &= self.method == "entropy" or not self.doubt.any()
        if self.method not in METHODS or not sound:
            raise ValueError("calibration")
        if self.method == "temperature":
            scale = self.matrix[0, 0]
            if scale <= 0 or self.bias.any() or not np.array_equal(self.matrix, scale * np.eye(n)):
                raise ValueError("calibration")

    @classmethod
    def of_temperature(cls, temperature: float, n: int) -> Self:
        """The log-odds of n classes divided by a temperature."""
        return cls("temperature", np.eye(n) / temperature, np.zeros(n))

    @classmethod
    def identity(cls, n: int) -> Self:
        """Nothing changed."""
        return cls.of_temperature(1.0, n)

    def apply(self, proba: np.ndarray) -> np.ndarray:
        """Calibrated probabilities. Shapes: (n, classes) -> (n, classes)."""
        scores = _centred_logs(proba) @ self.matrix.T + self.bias
        return np.asarray(softmax(scores * self._scale(scores)[:, None], axis=1))

    def of_scores(self, shares: np.ndarray) -> np.ndarray:
        """Shares in log-probabilities, or in logits, as shares in the calibrated log-odds.

        They add up to the calibrated log-probabilities, less their mean over the classes, wherever those given add up
        to log-probabilities, or logits of such, above the floor.
        Shapes: (..., classes, inputs + 1), the base last -> the same.
        """
        carried = self.matrix @ (shares - shares.mean(axis=-2, keepdims=True))
        carried[..., -1] += self.bias
        carried *= self._scale(carried.sum(axis=-1))[..., None, None]
        return np.asarray(carried - carried.mean(axis=-2, keepdims=True))

    def to_dict(self) -> dict[str, Any]:
        """What `from_dict` takes, as JSON can hold it."""
        return {name: getattr(self, name).tolist() for name in _ARRAYS} | {"method": self.method}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any], n: int) -> Self:
        """That of n classes; {"temperature": number} is the form of checkpoints from before there were two methods.

        Raises: KeyError, TypeError or ValueError where it is damaged.
        """
        if "method" not in kept:
            temperature = float(kept["temperature"])
            if temperature <= 0:
                raise ValueError("temperature")
            return cls.of_temperature(temperature, n)
        kept = {"doubt": np.zeros(_DEGREE + 1)} | dict(kept)  # which checkpoints of two methods do not have
        found = cls(kept["method"], *(np.array(kept[name], dtype=float) for name in _ARRAYS))
        if len(found.bias) != n:
            raise ValueError("calibration")
        return found

    def _scale(self, scores: np.ndarray) -> np.ndarray:
        """What the log-odds of each answer are multiplied by. Shapes: (..., classes) -> (...)."""
        doubts = _doubts(scores, len(self.doubt) - 1)
        return np.asarray(np.exp(np.clip(doubts @ self.doubt, -_FURTHEST, _FURTHEST)))


def fit_temperature(proba: np.ndarray, truth: np.ndarray) -> Calibration:
    """The temperature with the lowest log-loss. Shapes: proba (n, classes), truth (n,) class positions; n > 0."""
    logs, rows = _centred_logs(proba), np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(logs / np.exp(log_temperature), axis=1)[rows, truth].mean())

    found = minimize_scalar(loss, bounds=(np.log(0.2), np.log(5)), method="bounded")
    return Calibration.of_temperature(float(np.exp(found.x)), proba.shape[1])


def fit_dirichlet(proba: np.ndarray, truth: np.ndarray) -> Calibration:
    """The matrix and bias with the lowest sum of log-loss and penalties; there is one, for the sum is strictly convex.

    Shapes: proba (n, classes), truth (n,) class positions; n > 0.
    """
    n = proba.shape[1]
    inputs = np.column_stack([_centred_logs(proba), np.ones(len(proba))])
    rows = np.arange(len(truth))
    start = np.eye(n, n + 1).ravel()  # the matrix with the bias as its last column
    shares = (np.bincount(truth, minlength=n) + 1) / (len(truth) + n)  # one of each more, so that none is impossible
    nothing = np.append(_centred_logs(shares[None])[0], 1)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        matrix = weights.reshape(n, n + 1)
        logs, anchored = log_softmax(inputs @ matrix.T, axis=1), log_softmax(matrix @ nothing)
        error = np.exp(logs)
        error[rows, truth] -= 1
        slope = error.T @ inputs / len(rows) + _ANCHOR * np.outer(np.exp(anchored) - shares, nothing)
        away = weights - start
        value = -logs[rows, truth].mean() - _ANCHOR * (shares @ anchored) + _PULL * (away @ away)
        return float(value), slope.ravel() + 2 * _PULL * away

    found = minimize(loss, start, jac=True, method="L-BFGS-B")
    weights = np.asarray(found.x).reshape(n, n + 1)
    # laid out as what is read from a file, so that a kept model repeats its answers to the last bit
    return Calibration("dirichlet", weights[:, :n].copy(), weights[:, n].copy())


def fit_entropy(proba: np.ndarray, truth: np.ndarray, first: Calibration | None = None) -> Calibration:
    """`fit_dirichlet`, then the scale by entropy that says best how often the likeliest class is the true one.

    That is the lowest sum of the log-loss of this question, of two answers, and penalties. The class frequencies are
    anchored here too. `first`: the matrix and bias where they have been fitted to these rows already.
    Shapes: proba (n, classes), truth (n,) class positions; n > 0.
    """
    first = first or fit_dirichlet(proba, truth)
    n = proba.shape[1]
    shares = (np.bincount(truth, minlength=n) + 1) / (len(truth) + n)
    given = _centred_logs(np.vstack([proba, shares])) @ first.matrix.T + first.bias
    nothing, doubts = given[-1:], _doubts(given, _DEGREE)
    ordered = np.sort(given[:-1], axis=1)
    gaps = ordered[:, :-1] - ordered[:, -1:]  # of the other classes to the likeliest, the smallest last
    wrong = given[:-1].argmax(axis=1) != truth

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scale = np.exp(doubts @ weights)
        nearest = gaps[:, -1] * scale[:-1]
        others = np.exp(gaps * scale[:-1, None] - nearest[:, None])
        against = nearest + np.log(others.sum(axis=1))  # the log-odds that the likeliest class is not the true one
        anchored = log_softmax(nothing * scale[-1:, None], axis=1)
        slopes = (expit(against) - wrong) * (others * gaps).sum(axis=1) / others.sum(axis=1) * scale[:-1] / len(gaps)
        held = _ANCHOR * ((np.exp(anchored) - shares) * nothing).sum() * scale[-1]
        asked = np.logaddexp(0, against) - wrong * against
        value = asked.mean() - _ANCHOR * (shares @ anchored[0]) + _FLATTEN * (weights @ weights)
        return float(value), np.append(slopes, held) @ doubts + 2 * _FLATTEN * weights

    found = minimize(loss, np.zeros(_DEGREE + 1), jac=True, method="L-BFGS-B")
    return Calibration("entropy", first.matrix, first.bias, np.asarray(found.x))


METHODS: dict[str, Callable[[np.ndarray, np.ndarray], Calibration]] = {
    "temperature": fit_temperature,
    "dirichlet": fit_dirichlet,
    "entropy": fit_entropy,
}


def fit(proba: np.ndarray, truth: np.ndarray, parts: np.ndarray | None = None) -> Calibration:
    """The method that does best on parts it was not fitted on, fitted on all rows; without rows, the identity.

    Best is the lowest log-loss, and of those that are alike in it the lowest calibration error.

    Shapes: proba (n, classes), truth (n,) class positions; parts (n,) labels, such as cuts. Without at least two
    parts they are consecutive blocks of the rows, which are expected in order of time.
    """
    if not len(truth):
        return Calibration.identity(proba.shape[1])
    if parts is None or (parts == parts[0]).all():
        parts = np.arange(len(truth)) * _BLOCKS // len(truth)

    tried = {part: _by_every_method(proba[parts != part], truth[parts != part]) for part in np.unique(parts)}
    # in order of preference where two do equally well
    found = {
        name: reliability(by_part({part: fits[name] for part, fits in tried.items()}, proba, parts), truth)
        for name in METHODS
    }
    lowest = min(error["log_loss"] for error in found.values())
    alike = {name: error["ece"] for name, error in found.items() if error["log_loss"] <= lowest + _ALIKE}
    return METHODS[min(alike, key=lambda name: alike[name])](proba, truth)


def _by_every_method(proba: np.ndarray, truth: np.ndarray) -> dict[str, Calibration]:
    if not len(truth):
        return dict.fromkeys(METHODS, Calibration.identity(proba.shape[1]))
    second = fit_dirichlet(proba, truth)
    third = fit_entropy(proba, truth, second)
    return dict(zip(METHODS, (fit_temperature(proba, truth), second, third), strict=True))


def cross_fitted(proba: np.ndarray, truth: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """The answers of each part, calibrated by a `fit` on the other parts; of one part alone, as they are.

    Shapes: proba (n, classes), truth (n,) class positions, parts (n,) labels -> (n, classes).
    """
    return by_part(cross_fits(proba, truth, parts), proba, parts)


def cross_fits(proba: np.ndarray, truth: np.ndarray, parts: np.ndarray) -> dict[Any, Calibration]:
    """For each part a `fit` on the other parts; for one part alone, the identity. Shapes: as `cross_fitted`."""
    return {part: fit(proba[parts != part], truth[parts != part], parts[parts != part]) for part in np.unique(parts)}


def by_part(fits: Mapping[Any, Calibration], proba: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """The answers of each part, each calibrated by its own. Shapes: proba (n, classes), parts (n,) -> (n, classes)."""
    found = np.empty(proba.shape)
    for part, learnt in fits.items():
        found[parts == part] = learnt.apply(proba[parts == part])
    return found


def reliability(proba: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """What calibration is judged by. Shapes: proba (n, classes), truth (n,) class positions."""
    scorer, ones = Scorer(proba, truth), np.ones(len(truth))
    return {name: METRICS[name](scorer, ones) for name in _RELIABILITY}


def _centred_logs(proba: np.ndarray) -> np.ndarray:
    logs = np.log(np.clip(proba.astype(np.float64), _FLOOR, 1))
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def _doubts(scores: np.ndarray, degree: int) -> np.ndarray:
    """Chebyshev polynomials of each answer's entropy, which is 0 where certain and 1 where all classes are as likely.

    Shapes: (..., classes) -> (..., degree + 1).
    """
    logs = log_softmax(scores, axis=-1)
    entropy = -(np.exp(logs) * logs).sum(axis=-1) / np.log(scores.shape[-1])
    return chebvander(2 * entropy - 1, degree).reshape(*entropy.shape, degree + 1)
