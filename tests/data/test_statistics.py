"""Intervals against published values and values calculated by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import statistics


def test_wilson_intervals_of_newcombe_1998():
    low, high = statistics.share_interval([81, 15, 0, 1], [263, 148, 20, 29])
    assert low == pytest.approx([0.2553, 0.0624, 0.0, 0.0061], abs=1e-4)
    assert high == pytest.approx([0.3662, 0.1605, 0.1611, 0.1718], abs=1e-4)


def test_poisson_intervals_of_garwood():
    low, high = statistics.count_interval([0, 1, 10, 100, np.nan])
    assert low == pytest.approx([0, 0.0253, 4.795, 81.364, np.nan], abs=1e-3, nan_ok=True)
    assert high == pytest.approx([3.689, 5.572, 18.390, 121.627, np.nan], abs=1e-3, nan_ok=True)


def test_a_relative_risk_by_hand():
    # ln 2 +- 1.96 * sqrt(1/10 - 1/100 + 1/5 - 1/100)
    ratio, low, high = statistics.relative_risk(10, 100, 5, 100)
    assert (ratio, low, high) == pytest.approx((2.0, 0.70895, 5.64214), abs=1e-4)


def test_a_rate_ratio_by_hand():
    # ln 2 +- 1.96 * sqrt(1/40 + 1/10)
    ratio, low, high = statistics.rate_ratio(40, 2e5, 10, 1e5)
    assert (ratio, low, high) == pytest.approx((2.0, 1.0001, 3.9994), abs=1e-3)


@pytest.mark.parametrize("nothing", [(0, 0, 5, 100), (0, 100, 5, 100), (5, 100, 0, 100), (5, 100, 0, 0)])
def test_no_ratio_without_cases(nothing):
    assert np.isnan(statistics.relative_risk(*nothing)).all()
    assert np.isnan(statistics.rate_ratio(*nothing)).all()


def test_no_interval_without_cases():
    assert np.isnan(statistics.share_interval(0, 0)).all()


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_within_0_and_1(case):
    low, high = statistics.share_interval(*case)
    share = case[0] / case[1]
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
