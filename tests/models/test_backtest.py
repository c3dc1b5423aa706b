"""Rolling origins: which count, what is scored, and what was seen."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
import pytest

from models import backtest as backtests
from models.base import DataError, Report
from models.forecasts import QUANTILES, Paths, ahead, forecast_json
from models.seasonal_naive import SeasonalNaive


def simulated(n: int = 1000) -> pd.Series:
    counts = np.random.default_rng(0).poisson(100, n).astype(float)
    return pd.Series(counts, index=pd.date_range("2022-01-01", periods=n), name="accidents")


class Fixed:
    """A forecaster that always says the same, and notes what it was refitted on."""

    days_needed = 30

    def __init__(self, value: float, seen_until: str = "2022-01-01") -> None:
        self.value = value
        self.seen_until = pd.Timestamp(seen_until)
        self.trained_on: list[pd.Series] = []

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        mean = np.full((len(origins), horizon), self.value)
        return Paths(mean, np.stack([mean + 100 * (level - 0.5) for level in QUANTILES]))

    def refitted(self, series: pd.Series, report: Report) -> Self:
        self.trained_on.append(series)
        return self


def test_origins_are_first_days_forecast_and_need_their_whole_horizon() -> None:
    counts = simulated(100)  # to 2022-04-10
    origins = backtests.origins_between(counts, "2022-03-01", "2022-04-30", 14, 28)
    assert [str(counts.index[i].date()) for i in origins] == ["2022-03-01"]
    origins = backtests.origins_between(counts, "2022-02-01", "2022-03-01", 14, 28)
    assert [str(counts.index[i].date()) for i in origins] == ["2022-02-01", "2022-02-15", "2022-03-01"]
    assert backtests.origins_between(counts, "2022-03-14", "2022-03-14", 1, 28).tolist() == [72]  # ends with the series
    with pytest.raises(DataError, match="No origin"):
        backtests.origins_between(counts, "2022-03-15", "2022-03-15", 1, 28)
    with pytest.raises(ValueError, match="every = 0"):
        backtests.origins_between(counts, "2022-03-01", "2022-03-15", 0, 28)


def test_scores_by_hand() -> None:
    counts = simulated()
    result = backtests.backtest(Fixed(90.0), counts, "2024-01-01", "2024-02-26", 28, 28, checkpoint="fixed")
    days = counts.loc["2024-01-01":"2024-03-24"].to_numpy().reshape(3, 28)
    history = counts.loc[:"2023-12-31"].to_numpy()
    unit = np.abs(history[7:] - history[:-7]).mean()
    assert result["checkpoint"] == "fixed"
    assert result["origins"] == 3
    assert result["pooled"]["mae"] == pytest.approx(np.abs(days - 90).mean())
    assert result["pooled"]["mase"] == pytest.approx(np.abs(days - 90).mean() / unit)
    assert result["pooled"]["coverage_80"] == pytest.approx(((days >= 50) & (days <= 130)).mean())
    assert list(result["by_horizon"]) == [str(h) for h in range(1, 29)]
    assert result["by_horizon"]["7"]["mae"] == pytest.approx(np.abs(days[:, 6] - 90).mean())
    low, high = result["intervals"]["mae"]
    assert low <= result["pooled"]["mae"] <= high
    naive = SeasonalNaive().paths(counts, backtests.origins_between(counts, "2024-01-01", "2024-02-26", 28, 28), 28)
    assert result["baselines"]["seasonal-naive"]["pooled"]["mae"] == pytest.approx(np.abs(days - naive.mean).mean())
    assert set(result["baselines"]) == {"seasonal-naive", "eight-week-mean", "last-year"}


def test_origins_the_model_has_seen_are_counted_and_said() -> None:
    counts = simulated()
    seen = backtests.backtest(Fixed(90.0, "2024-01-29"), counts, "2024-01-01", "2024-03-25", 28)
    assert seen["seen_origins"] == 2
    assert "2 of 4 origins" in seen["note"]
    unseen = backtests.backtest(Fixed(90.0, "2023-12-31"), counts, "2024-01-01", "2024-03-25", 28)
    assert unseen["seen_origins"] == 0
    assert "note" not in unseen


def test_yearly_refit_trains_on_the_days_before_each_year() -> None:
    fixed = Fixed(90.0, "2024-09-01")
    result = backtests.backtest(fixed, simulated(), "2023-12-01", "2024-02-01", 14, 28, "yearly")
    assert [str(s.index[-1].date()) for s in fixed.trained_on] == ["2022-12-31", "2023-12-31"]
    assert result["seen_origins"] == 0
    assert result["origins"] == 5


def test_too_little_history_is_refused() -> None:
    with pytest.raises(DataError, match="at least 84"):
        backtests.backtest(Fixed(90.0), simulated(), "2022-02-01", "2022-03-01", 7)


def test_baselines_without_enough_history_are_left_out() -> None:
    result = backtests.backtest(Fixed(90.0), simulated(), "2022-06-01", "2022-07-01", 7)
    assert "seasonal-naive" in result["baselines"]
    assert "last-year" not in result["baselines"]


def test_forecast_as_json() -> None:
    counts = simulated()
    text = forecast_json("fixed", ahead(Fixed(90.0), counts, 3))
    assert text["checkpoint"] == "fixed"
    assert text["dates"] == ["2024-09-27", "2024-09-28", "2024-09-29"]
    assert text["mean"] == [90.0] * 3
    assert text["quantiles"]["0.1"] == pytest.approx([50.0] * 3)
    assert list(text["quantiles"]) == ["0.025", "0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95", "0.975"]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda s: s.iloc[:20], "at least 30 days"),
        (lambda s: s.drop(s.index[50]), "look at 2022-02-20"),
        (lambda s: s.iloc[::-1], "the order of the days"),
        (lambda s: s.where(s.index != s.index[50], -1.0), "2022-02-20 has the count -1.0"),
        (lambda s: s.where(s.index != s.index[50], np.nan), "2022-02-20 has the count nan"),
        (lambda s: s.reset_index(drop=True), "one row a day"),
    ],
)
def test_a_series_that_does_not_do_is_refused(damage, words: str) -> None:
    with pytest.raises(DataError, match=words):
        ahead(Fixed(90.0), damage(simulated()), 28)


@pytest.mark.parametrize("horizon", [0, 29])
def test_an_impossible_horizon_is_refused(horizon: int) -> None:
    with pytest.raises(ValueError, match=f"horizon = {horizon}"):
        ahead(Fixed(90.0), simulated(), horizon)


@pytest.mark.parametrize("horizon", [-1, 0, 29])
def test_a_backtest_refuses_it_too(horizon: int) -> None:
    with pytest.raises(ValueError, match=f"horizon = {horizon}"):
        backtests.backtest(Fixed(90.0), simulated(), "2024-01-01", "2024-02-26", 28, horizon)


@pytest.mark.parametrize("wrong", ["soon", "2024", "2024-06-31"])
def test_an_origin_that_is_no_day_is_refused(wrong: str) -> None:
    for start, end in ((wrong, "2024-07-01"), ("2024-01-01", wrong)):
        with pytest.raises(DataError, match=f"'{wrong}' is not a day"):
            backtests.backtest(Fixed(90.0), simulated(), start, end, 28)


def test_a_last_origin_and_a_step_far_beyond_the_series_do_no_harm() -> None:
    assert len(backtests.origins_between(simulated(), "2024-01-01", "9999-12-31", 10**12, 28)) == 1
