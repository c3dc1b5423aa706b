"""The error that chance alone leaves to any forecast of a count."""

import math

import pytest

from models.chance import expected_miss


@pytest.mark.parametrize("mean", [0.2, 1.0, 1.5, 7.3, 160.0])
def test_it_is_the_mean_distance_of_a_poisson_count(mean):
    chances = [math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(600)]
    assert expected_miss(mean) == pytest.approx(sum(p * abs(n - mean) for n, p in enumerate(chances)), rel=1e-9)


def test_two_thirds_of_one_and_a_half_a_day():
    # 2 x e^-1.5 x 1.5^2 / 1! = 1.004
    assert expected_miss(1.5) == pytest.approx(1.0041, abs=1e-4)
    assert expected_miss(0) == 0


def test_a_mean_below_zero_is_refused():
    with pytest.raises(ValueError, match="mean = -1"):
        expected_miss(-1)
