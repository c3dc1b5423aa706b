"""A blend: weighted logarithms of probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from models.blending import blend, fit_weights

A = np.array([[0.8, 0.2], [0.5, 0.5]])
B = np.array([[0.5, 0.5], [0.2, 0.8]])


def drawn(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of three classes, and classes drawn from them."""
    random = np.random.default_rng(seed)
    proba = random.dirichlet(np.ones(3), n)
    return proba, (random.random((n, 1)) > proba.cumsum(axis=1)).sum(axis=1)


def loss(proba: np.ndarray, truth: np.ndarray) -> float:
    return float(-np.log(proba[np.arange(len(truth)), truth]).mean())


def test_is_the_geometric_mean_made_whole_again() -> None:
    # row 1: sqrt(.8 * .5) against sqrt(.2 * .5), that is 2 to 1
    assert blend([A, B], np.array([0.5, 0.5])) == pytest.approx(np.array([[2 / 3, 1 / 3], [1 / 3, 2 / 3]]))
    assert blend([A, B], np.array([1.0, 0.0])) == pytest.approx(A)
    assert blend([A, B], np.array([0.0, 2.0]))[1] == pytest.approx(np.array([1 / 17, 16 / 17]))


def test_a_model_that_says_nothing_new_gets_no_say() -> None:
    proba, truth = drawn(4000)
    noise = np.random.default_rng(1).dirichlet(np.ones(3), 4000)
    weights = fit_weights([proba, noise], truth)
    assert weights == pytest.approx([1, 0], abs=0.06)
    assert (weights >= 0).all()


def test_halves_of_the_truth_are_put_together() -> None:
    """Two models that each know half of the score: the sum of their scores is the truth."""
    random = np.random.default_rng(0)
    halves = random.normal(size=(2, 6000, 3))
    probas = [np.exp(h) / np.exp(h).sum(axis=1, keepdims=True) for h in halves]
    whole = blend(probas, np.array([1.0, 1.0]))
    truth = (random.random((6000, 1)) > whole.cumsum(axis=1)).sum(axis=1)
    weights = fit_weights(probas, truth)
    assert weights == pytest.approx([1, 1], abs=0.1)
    assert loss(blend(probas, weights), truth) < min(loss(p, truth) for p in probas)


def test_no_other_weights_do_better_on_the_rows_they_were_fitted_on() -> None:
    proba, truth = drawn(500)
    other = drawn(500, seed=2)[0] * 0.5 + proba * 0.5
    weights = fit_weights([proba, other], truth)
    best = loss(blend([proba, other], weights), truth)
    for step in np.random.default_rng(3).normal(scale=0.05, size=(50, 2)):
        assert best <= loss(blend([proba, other], np.maximum(weights + step, 0)), truth) + 1e-9


def test_a_zero_is_no_claim_of_the_impossible() -> None:
    certain = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    weights = fit_weights([certain], np.array([0, 1, 1]))
    assert np.isfinite(weights).all()
    assert (blend([certain], weights) > 0).all()


def test_no_model_and_a_weight_too_many_are_refused() -> None:
    with pytest.raises(ValueError, match="no model"):
        fit_weights([], np.array([0]))
    with pytest.raises(ValueError, match="3 weights for 2 models"):
        blend([A, B], np.ones(3))
