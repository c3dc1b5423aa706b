"""Scores against values computed by hand, and against scikit-learn on random cases."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics as sk

from data.errors import DataError
from models.evaluation import score
from models.metrics import METRICS, SEVERITY_METRICS, Scorer, brier, ece, log_loss

PROBA = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]])
TRUTH = np.array([0, 1, 2, 2])
ONES = np.ones(4)


def test_by_hand() -> None:
    s = Scorer(PROBA, TRUTH)
    assert log_loss(s, ONES) == pytest.approx(-np.log([0.7, 0.6, 0.3, 0.4]).mean())
    assert brier(s, ONES) == pytest.approx((0.14 + 0.26 + 0.78 + 0.54) / 4)
    # bins of 1/15: .7 and .6 and .5 and .4 lie in four bins, so each row's gap counts alone
    assert ece(s, ONES) == pytest.approx((0.3 + 0.4 + 0.5 + 0.6) / 4)
    assert METRICS["accuracy"](s, ONES) == pytest.approx(0.75)
    assert METRICS["balanced_accuracy"](s, ONES) == pytest.approx((1 + 1 + 0.5) / 3)
    assert METRICS["macro_f1"](s, ONES) == pytest.approx((1 + 2 / 3 + 2 / 3) / 3)
    # row 3 is one class off; true 1, 1, 2 and predicted 1, 2, 1 by chance cost (2 + 4 + 1 + 1 + 8 + 4) / 4 = 5
    assert SEVERITY_METRICS["quadratic_kappa"](s, ONES) == pytest.approx(1 - 1 / 5)
    # killed are rows 3 and 4 with scores .3 and .4, the others have .1 and .3: one tie of four pairs
    assert SEVERITY_METRICS["auc_killed"](s, ONES) == pytest.approx(3.5 / 4)


@pytest.mark.parametrize("seed", range(5))
def test_as_scikit_learn(seed: int) -> None:
    random = np.random.default_rng(seed)
    proba = random.dirichlet(np.ones(3), 200).round(2)
    proba /= proba.sum(axis=1, keepdims=True)
    truth = random.integers(0, 3, 200)
    weights = random.integers(0, 4, 200).astype(float)
    s = Scorer(proba, truth)
    predicted = proba.argmax(axis=1)
    ours = {name: metric(s, weights) for name, metric in (METRICS | SEVERITY_METRICS).items()}
    assert ours["accuracy"] == pytest.approx(sk.accuracy_score(truth, predicted, sample_weight=weights))
    assert ours["balanced_accuracy"] == pytest.approx(
        sk.balanced_accuracy_score(truth, predicted, sample_weight=weights)
    )
    assert ours["macro_f1"] == pytest.approx(sk.f1_score(truth, predicted, average="macro", sample_weight=weights))
    areas = [sk.roc_auc_score(truth == c, proba[:, c], sample_weight=weights) for c in range(3)]
    assert ours["macro_auc"] == pytest.approx(np.mean(areas))
    assert ours["auc_serious"] == pytest.approx(
        sk.roc_auc_score(truth > 0, proba[:, [1, 2]].sum(axis=1), sample_weight=weights)
    )
    assert ours["ap_killed"] == pytest.approx(
        sk.average_precision_score(truth == 2, proba[:, 2], sample_weight=weights)
    )


@pytest.mark.parametrize("seed", range(5))
def test_brier_kappa_and_calibration_error_as_others_count_them(seed: int) -> None:
    random = np.random.default_rng(seed)
    proba, truth = random.dirichlet(np.ones(3), 200), random.integers(0, 3, 200)
    weights = random.integers(0, 4, 200).astype(float)
    s, predicted = Scorer(proba, truth), proba.argmax(axis=1)
    assert log_loss(s, weights) == pytest.approx(sk.log_loss(truth, proba, sample_weight=weights))
    per_class = [sk.brier_score_loss(truth == c, proba[:, c], sample_weight=weights) for c in range(3)]
    assert brier(s, weights) == pytest.approx(sum(per_class))
    expected = sk.cohen_kappa_score(truth, predicted, weights="quadratic", sample_weight=weights)
    assert SEVERITY_METRICS["quadratic_kappa"](s, weights) == pytest.approx(expected)
    repeated = np.repeat(np.arange(200), weights.astype(int))  # a weight is a number of copies
    again = Scorer(proba[repeated], truth[repeated])
    for metric in (METRICS | SEVERITY_METRICS).values():
        assert metric(s, weights) == pytest.approx(metric(again, np.ones(len(repeated))))


def test_kappa_of_one_class_alone_is_not_known() -> None:
    s = Scorer(np.tile([0.8, 0.1, 0.1], (4, 1)), np.zeros(4, dtype=int))
    assert np.isnan(SEVERITY_METRICS["quadratic_kappa"](s, ONES))


def test_recall_in_the_top_tenth() -> None:
    risk = np.arange(20) / 40
    proba = np.column_stack([1 - risk, np.zeros(20), risk])
    truth = np.zeros(20, dtype=int)
    truth[[19, 18, 3]] = 2
    assert SEVERITY_METRICS["recall_killed_top10"](Scorer(proba, truth), np.ones(20)) == pytest.approx(2 / 3)


def test_a_tenth_that_is_no_whole_number_of_rows_is_rounded_down() -> None:
    risk = np.arange(15)[::-1] / 40
    proba = np.column_stack([1 - risk, np.zeros(15), risk])
    truth = np.repeat([2, 0], [2, 13])
    assert SEVERITY_METRICS["recall_killed_top10"](Scorer(proba, truth), np.ones(15)) == pytest.approx(1 / 2)


def test_recall_in_the_top_tenth_does_not_depend_on_the_order_of_rows() -> None:
    truth = np.repeat([2, 0], [30, 70])
    same = np.tile([0.5, 0.2, 0.3], (100, 1))  # all as risky as each other: a tenth of rows holds a tenth of deaths
    for order in (np.arange(100), np.arange(100)[::-1]):
        found = SEVERITY_METRICS["recall_killed_top10"](Scorer(same, truth[order]), np.ones(100))
        assert found == pytest.approx(0.1)


def test_scores_that_cannot_be_known_are_not_numbers_and_have_no_interval() -> None:
    found = score(PROBA, np.array([0, 1, 0, 1]), np.array([0.5, 0.3, 0.2]), target="severity", bootstrap=5)
    assert np.isnan(found["auc_killed"])
    assert "auc_killed" not in found["intervals"]
    assert set(found["intervals"]) == set(METRICS) | {"auc_serious", "quadratic_kappa"}


def test_draws_below_zero_and_no_rows_are_refused() -> None:
    shares = np.array([0.5, 0.3, 0.2])
    with pytest.raises(ValueError, match="bootstrap = -1"):
        score(PROBA, TRUTH, shares, target="collision", bootstrap=-1)
    with pytest.raises(DataError, match="No row has a known severity"):
        score(PROBA[:0], TRUTH[:0], shares, target="severity")


def test_a_class_that_does_not_occur_leaves_no_hole() -> None:
    found = score(PROBA[:2], TRUTH[:2], np.array([0.5, 0.3, 0.2]), target="collision", bootstrap=20)
    assert all(np.isfinite(found[name]) for name in METRICS)
    assert found["baseline"]["macro_auc"] == pytest.approx(0.5)


def test_the_interval_is_that_of_the_theory() -> None:
    """95 % of a share p of n rows: p less and plus 1.96 standard errors."""
    truth = np.repeat([0, 1], [560, 240])
    found = score(np.tile([0.6, 0.2, 0.2], (800, 1)), truth, np.full(3, 1 / 3), target="collision", bootstrap=1000)
    error = 1.96 * np.sqrt(0.7 * 0.3 / 800)
    assert found["intervals"]["accuracy"] == pytest.approx([0.7 - error, 0.7 + error], abs=0.1 * error)


def test_the_interval_holds_the_score_and_shrinks_with_rows() -> None:
    random = np.random.default_rng(0)
    widths = []
    for n in (100, 1600):
        truth = random.integers(0, 3, n)
        proba = np.full((n, 3), 0.2)
        proba[np.arange(n), np.where(random.random(n) < 0.7, truth, 0)] = 0.6
        found = score(proba, truth, np.full(3, 1 / 3), target="collision", bootstrap=200)
        low, high = found["intervals"]["accuracy"]
        assert low <= found["accuracy"] <= high
        widths.append(high - low)
    assert widths[1] < widths[0] / 2  # the theory says a quarter
