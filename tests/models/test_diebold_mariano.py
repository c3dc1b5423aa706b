"""The test of two forecasters, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from models.diebold_mariano import compare, overlapping

RISING = np.array([1.0, 2.0, 3.0, 4.0])


def test_without_overlap_it_is_the_t_test() -> None:
    found = compare(RISING + 10, np.full(4, 10.0), 0)
    expected = ttest_1samp(RISING, 0)
    assert found.difference == 2.5
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p == pytest.approx(expected.pvalue)
    other = compare(np.full(4, 10.0), RISING + 10, 0)
    assert (other.difference, other.statistic, other.p) == (-2.5, -found.statistic, found.p)


def test_neighbours_that_err_together_make_it_less_certain() -> None:
    # Covariances 1.25 and, one origin apart, (.75 - .25 + .75) / 4 = .3125: variance of the mean 1.875 / 4; the
    # correction is (4 + 1 - 4 + 2 / 4) / 4 = .375.
    found = compare(RISING, np.zeros(4), 1)
    assert found.statistic == pytest.approx(2.5 / np.sqrt(1.875 / 4) * np.sqrt(0.375))


def test_a_variance_that_would_be_negative_takes_bartletts_weights() -> None:
    # Covariances 1 and -.75: 1 - 1.5 is negative, 1 - 2 * .5 * .75 = .25 is not.
    found = compare(np.array([3.0, 1.0, 3.0, 1.0]), np.zeros(4), 1)
    assert found.statistic == pytest.approx(2 / np.sqrt(0.25 / 4) * np.sqrt(0.375))


@pytest.mark.parametrize(
    ("first", "overlap"), [(np.zeros(9), 0), (np.full(9, 2.5), 1), (RISING, 4), (np.array([1.0]), 0)]
)
def test_what_cannot_be_tested_is_not_known(first: np.ndarray, overlap: int) -> None:
    found = compare(first, np.zeros(len(first)), overlap)
    assert found.difference == first.mean()
    assert found.statistic is None
    assert found.p is None


def test_overlapping_origins() -> None:
    assert overlapping(np.array([0, 14, 28]), 28) == 1
    assert overlapping(np.array([0, 3, 6]), 28) == 9
    assert overlapping(np.array([0, 28]), 28) == 0
    assert overlapping(np.array([0, 30]), 28) == 0
    assert overlapping(np.array([5]), 28) == 0
