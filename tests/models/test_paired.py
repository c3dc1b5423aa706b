"""Two models on the same accidents: the difference, its interval, and what may be concluded."""

from __future__ import annotations

import numpy as np
import pytest

from data.errors import DataError
from models.paired import compare, paired

TRUTH = np.array([0, 1, 0, 1])
FIRST = np.array([[0.8, 0.2], [0.4, 0.6], [0.5, 0.5], [0.3, 0.7]])
SECOND = np.array([[0.6, 0.4], [0.4, 0.6], [0.6, 0.4], [0.5, 0.5]])


def guesses(truth: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Probabilities of .8 for the true class of about `share` of the rows, and for the other class elsewhere."""
    right = np.random.default_rng(seed).random(len(truth)) < share
    return np.where(np.eye(2)[np.where(right, truth, 1 - truth)] == 1, 0.8, 0.2)


def test_the_difference_is_that_of_the_means() -> None:
    found = compare(FIRST, SECOND, TRUTH, target="collision", bootstrap=50)
    assert found.value == pytest.approx(np.log([0.6 / 0.8, 1, 0.6 / 0.5, 0.5 / 0.7]).mean())
    # squared distances: .08 .32 .5 .18 against .32 .32 .32 .5
    brier = compare(FIRST, SECOND, TRUTH, target="collision", metric="brier", bootstrap=50)
    assert brier.value == pytest.approx((0.08 + 0.32 + 0.5 + 0.18 - 0.32 - 0.32 - 0.32 - 0.5) / 4)


def test_a_model_beside_itself_is_no_better_and_no_worse() -> None:
    found = compare(FIRST, FIRST, TRUTH, target="collision", bootstrap=20)
    assert (found.value, found.low, found.high, found.better) == (0, 0, 0, "open")


def test_the_interval_is_that_of_paired_differences() -> None:
    """Both draw the same accidents, so the interval is 1.96 standard errors of the differences, not of either model."""
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 2000)
    first = guesses(truth, 0.7, 1)
    second = np.where(random.random((2000, 1)) < 0.1, 0.5, first)  # they differ on a tenth of the rows
    rows = np.arange(2000)
    gaps = np.log(second[rows, truth]) - np.log(first[rows, truth])
    error = 1.96 * gaps.std() / np.sqrt(2000)
    found = compare(first, second, truth, target="collision", bootstrap=2000)
    assert [found.low, found.high] == pytest.approx([gaps.mean() - error, gaps.mean() + error], abs=0.1 * error)


@pytest.mark.parametrize("metric", ["log_loss", "accuracy"])
def test_which_is_better_follows_the_direction_of_the_metric(metric: str) -> None:
    truth = np.random.default_rng(0).integers(0, 2, 1000)
    good, bad = guesses(truth, 0.8, 1), guesses(truth, 0.6, 2)
    assert compare(good, bad, truth, target="collision", metric=metric, bootstrap=100).better == "first"
    assert compare(bad, good, truth, target="collision", metric=metric, bootstrap=100).better == "second"


def test_models_as_good_as_each_other_leave_it_open() -> None:
    truth = np.random.default_rng(0).integers(0, 2, 300)
    found = compare(guesses(truth, 0.7, 1), guesses(truth, 0.7, 2), truth, target="collision", bootstrap=200)
    assert found.low < 0 < found.high
    assert found.better == "open"


def test_all_pairs_are_those_one_by_one() -> None:
    truth = np.random.default_rng(0).integers(0, 2, 200)
    models = {name: guesses(truth, 0.7, seed) for seed, name in enumerate("abc")}
    found = paired(models, truth, target="collision", bootstrap=40, seed=3)
    assert set(found) == {("a", "b"), ("a", "c"), ("b", "c")}
    for (first, second), difference in found.items():
        alone = compare(models[first], models[second], truth, target="collision", bootstrap=40, seed=3)
        assert (difference.value, difference.low, difference.high) == pytest.approx(
            (alone.value, alone.low, alone.high)
        )


def test_what_the_rows_do_not_tell_stays_open() -> None:
    three = np.tile([0.5, 0.3, 0.2], (4, 1))
    found = compare(three, three, TRUTH, target="severity", metric="auc_killed", bootstrap=5)  # nobody is killed
    assert np.isnan(found.value)
    assert found.better == "open"


def test_a_metric_that_does_not_exist_other_rows_and_no_draws_are_refused() -> None:
    with pytest.raises(DataError, match="'auc_killed' is no score of collision"):
        compare(FIRST, SECOND, TRUTH, target="collision", metric="auc_killed")
    with pytest.raises(ValueError, match="3 rows"):
        compare(FIRST, SECOND[:3], TRUTH, target="collision")
    with pytest.raises(ValueError, match="bootstrap = 0"):
        compare(FIRST, SECOND, TRUTH, target="collision", bootstrap=0)
