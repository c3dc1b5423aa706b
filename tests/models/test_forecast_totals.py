"""The interval of a total: its days' own chance, and the error they share."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom, poisson

from models import forecast_totals as totals
from models.forecasts import negative_binomial


@pytest.mark.parametrize(("mean", "dispersion"), [(150.0, 0.01), (1.5, 0.3), (1.5, 0.0)])
def test_variances_of_days_are_found_again_and_added_up(mean: float, dispersion: float) -> None:
    days = np.full((1, 28), mean) + np.linspace(-0.2, 0.2, 28) * mean
    paths = negative_binomial(days, np.full_like(days, dispersion))
    variance = (days + dispersion * days**2).sum()
    assert totals.own_variance(paths.mean, paths.quantiles)[0] == pytest.approx(variance, rel=0.06)


def test_a_total_of_chance_alone_is_a_poisson_count() -> None:
    paths = negative_binomial(np.full((1, 4), 5.0), np.zeros((1, 4)))
    found = totals.interval(paths.mean[0], paths.quantiles[:, 0], 0.0)
    assert [found[0.1], found[0.9]] == poisson.ppf([0.1, 0.9], 20).tolist() == [14.0, 26.0]


def test_the_shared_error_adds_its_part_of_the_total() -> None:
    paths = negative_binomial(np.full((1, 4), 25.0), np.zeros((1, 4)))
    found = totals.interval(paths.mean[0], paths.quantiles[:, 0], 0.1)
    # variance 100 + (0.1 x 100)² = 200, so a size of 100² / (200 - 100) = 100
    assert [found[0.1], found[0.9]] == nbinom.ppf([0.1, 0.9], 100, 0.5).tolist()


def kept(n: int) -> dict[str, object]:
    """Two days of 50 each, from every seventh day."""
    days = pd.date_range("2024-01-01", periods=n, freq="7D")
    paths = negative_binomial(np.full((n, 2), 50.0), np.zeros((n, 2)))
    origins = [str(day.date()) for day in days]
    return {"origins": origins, "mean": paths.mean.tolist(), "quantiles": paths.quantiles.tolist()}


def counts(first_days: list[float]) -> pd.Series:
    series = pd.Series(50.0, index=pd.date_range("2024-01-01", periods=7 * len(first_days)))
    series.iloc[::7] = first_days
    return series


def test_the_shared_error_is_what_totals_erred_beyond_chance() -> None:
    # totals of 100 each are off by 30, 30, 10, 10 and 0: squares 0.09, 0.09, 0.01, 0.01, 0, mean 0.04; chance 1 / 100
    found = totals.shared_error(kept(5), counts([80, 20, 60, 40, 50]), 2)
    assert found == pytest.approx(math.sqrt(0.04 - 0.01), abs=0.002)


def test_totals_no_further_off_than_chance_share_no_error() -> None:
    assert totals.shared_error(kept(5), counts([50, 51, 49, 50, 50]), 2) == 0


def test_too_few_totals_or_days_not_counted_tell_no_shared_error() -> None:
    assert totals.shared_error(kept(4), counts([80, 20, 60, 40]), 2) is None
    assert totals.shared_error(kept(5), counts([80, 20, 60, 40, np.nan]), 2) is None


def test_totals_of_the_shipped_model_fall_in_their_intervals() -> None:
    """Most of the totals that were held out; they made the shared error too, so this is no proof for days to come."""
    from pathlib import Path

    from data import series
    from models import checkpoint

    about = checkpoint.read(Path(__file__).parents[2] / "checkpoints" / "daily-lstm")["held_out_forecasts"]
    france = series.france()
    error = totals.shared_error(about, france, 28)
    assert error is not None
    inside = []
    for row, day in enumerate(about["origins"]):
        came = float(france.loc[day:].iloc[:28].sum())
        ends = totals.interval(np.array(about["mean"][row]), np.array(about["quantiles"])[:, row], error)
        inside.append(ends[0.1] <= came <= ends[0.9])
    assert 0.6 <= np.mean(inside) <= 1
