"""Effects of kinds of days, on counts whose effects were put in by hand."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from data import calendar
from data.errors import DataError
from models import calendar_effects
from models.calendar_effects import estimate
from models.forecasts import QUANTILES, Paths


def counts(start="2010-01-01", days=3000, friday=1.2, holiday=0.5, bridge=2.0):
    """100 accidents a day; more on Fridays, and other factors on holidays and bridge days."""
    index = pd.date_range(start, periods=days, name="date")
    values = np.where(index.dayofweek == 4, 100 * friday, 100.0)
    values = values * np.where(calendar.is_public_holiday(index), holiday, 1.0)
    return pd.Series(values * np.where(calendar.is_bridge(index), bridge, 1.0), index=index, name="accidents")


@dataclass(frozen=True)
class Knowing:
    """Forecasts exactly the days of another series."""

    truth: pd.Series
    days_needed: int = 14

    def paths(self, series, origins, horizon):
        mean = self.truth.to_numpy()[origins[:, None] + np.arange(horizon)]
        return Paths(mean, np.repeat(mean[None], len(QUANTILES), axis=0))


def test_effects_that_were_put_in_are_found():
    series = counts()
    found = estimate(Knowing(counts(friday=1.1, holiday=0.8, bridge=1.0)), series)
    # a week of six days of 100 and a Friday of 120: 120 / (720 / 7); as forecast 110 / (710 / 7)
    assert found.loc["weekday_5", "counted"] == pytest.approx(120 * 7 / 720)
    assert found.loc["weekday_5", "expected"] == pytest.approx(110 * 7 / 710)
    assert found.loc["weekday_1", "counted"] == pytest.approx(100 * 7 / 720)
    assert found.loc["public_holiday", ["expected", "counted"]].tolist() == pytest.approx([0.8, 0.5])
    # factors without noise have intervals without width
    assert found.loc["public_holiday", ["low", "high"]].tolist() == pytest.approx([0.5, 0.5])
    for name in ("eve", "day_after", "school_holidays", "august"):
        assert found.loc[name, "counted"] == pytest.approx(1.0), name
    assert found.loc["bridge", ["expected", "counted"]].tolist() == pytest.approx([1.0, 2.0])


def test_each_day_is_forecast_once_and_counted_once():
    series = counts()
    found = estimate(Knowing(series), series)
    first, last = found.attrs["first"], found.attrs["last"]
    assert first == series.index[14]
    days = pd.date_range(first, last)
    assert len(days) == (len(series) - 14) // 28 * 28
    assert found.loc["public_holiday", "days"] == calendar.is_public_holiday(days).sum()
    assert found.loc["bridge", "days"] == calendar.is_bridge(days).sum()


def test_the_interval_is_that_of_what_was_counted():
    series = counts()
    noisy = (series * np.random.default_rng(0).normal(1, 0.1, len(series))).clip(lower=0).round()
    found = estimate(Knowing(series), noisy)
    assert (found["low"] < found["counted"]).all()
    assert (found["counted"] < found["high"]).all()
    assert found.loc["weekday_5", "low"] > 1
    assert found.loc["weekday_5", "expected"] == pytest.approx(120 * 7 / 720)


def test_the_covid_period_and_rare_kinds_are_left_out():
    series = counts("2019-01-01", 700)
    series[calendar.is_covid(series.index)] = 1.0
    found = estimate(Knowing(series), series)
    assert found.loc["public_holiday", "counted"] == pytest.approx(0.5)
    assert found.attrs["last"] < calendar.COVID[0]
    assert "clock_forward" not in found.index, "one or two such Sundays say nothing"


def test_too_few_days_are_refused():
    series = counts(days=30)
    with pytest.raises(DataError, match="at least 42 days"):
        estimate(Knowing(series), series)
    covid = counts("2020-05-01", 100)
    with pytest.raises(DataError, match="outside the COVID period"):
        estimate(Knowing(covid), covid)


def test_every_kind_has_its_place_in_the_list():
    found = estimate(Knowing(counts()), counts())
    kinds = [*calendar_effects.WEEKDAYS, *calendar_effects.SPECIAL, *calendar_effects.SEASONS]
    assert found.index.tolist() == [kind for kind in kinds if kind in found.index]
