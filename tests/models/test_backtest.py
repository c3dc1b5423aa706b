"""Rolling origins: which count, what is scored, and what was seen."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pytest

from models import backtest as backtests
from models.__main__ import main
from models.base import DataError, Progress, Report
from models.baselines import BASELINES
from models.diebold_mariano import compare
from models.forecasts import QUANTILES, Paths, ahead, forecast_json
from models.lstm_config import LSTMConfig
from models.lstm_forecasting import LSTMForecaster
from models.seasonal_naive import SeasonalNaive

BY_HAND = ("seasonal-naive", "eight-week-mean", "last-year")


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
    result = backtests.backtest(
        Fixed(90.0), counts, "2024-01-01", "2024-02-26", 28, 28, baselines=BY_HAND, checkpoint="fixed"
    )
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
    first = result["baselines"]["seasonal-naive"]["by_horizon"]["1"]["mae"]
    assert first == pytest.approx(np.abs(days[:, 0] - naive.mean[:, 0]).mean())
    assert tuple(result["baselines"]) == BY_HAND
    assert "blend" not in result


def test_coverage_and_crps_by_hand() -> None:
    counts = simulated()
    pooled = backtests.backtest(Fixed(90.0), counts, "2024-01-01", "2024-02-26", 28, baselines=[])["pooled"]
    days = counts.loc["2024-01-01":"2024-03-24"].to_numpy()
    for percent, half in ((50, 25), (80, 40), (95, 47.5)):
        assert pooled[f"coverage_{percent}"] == pytest.approx((np.abs(days - 90) <= half).mean())
    # a uniform distribution of 100 around 90: its score is 100 (1/3 - u (1 - u)) at the share u below the count
    below = (days - 40) / 100
    assert pooled["crps"] == pytest.approx((100 * (1 / 3 - below * (1 - below))).mean(), rel=0.01)


def test_each_baseline_is_compared_origin_by_origin() -> None:
    counts = simulated()
    result = backtests.backtest(Fixed(90.0), counts, "2024-01-01", "2024-08-01", 14, baselines=["seasonal-naive"])
    origins = backtests.origins_between(counts, "2024-01-01", "2024-08-01", 14, 28)
    days = counts.to_numpy()[origins[:, None] + np.arange(28)]
    own = np.abs(days - 90).mean(axis=1)
    naive = np.abs(days - SeasonalNaive().paths(counts, origins, 28).mean).mean(axis=1)
    expected = compare(own, naive, overlap=1)  # origins 14 days apart share 14 of their 28 days with the next
    assert result["baselines"]["seasonal-naive"]["diebold_mariano"] == asdict(expected)
    assert expected.p is not None


class Learning(Fixed):
    """A baseline that notes what it learns from; less than a year is too little."""

    def __init__(self) -> None:
        super().__init__(0.0)

    def refitted(self, series: pd.Series, report: Report) -> Self:
        if len(series) < 365:
            raise DataError("too short")
        self.trained_on.append(series)
        return self


@pytest.fixture
def learning(monkeypatch: pytest.MonkeyPatch) -> Learning:
    found = Learning()
    monkeypatch.setattr(backtests.known, "BASELINES", {"seasonal-naive": SeasonalNaive(), "learning": found})
    return found


def test_baselines_that_learn_do_so_for_each_year_like_the_model(learning: Learning) -> None:
    backtests.backtest(Fixed(90.0), simulated(), "2023-12-01", "2024-02-01", 14, 28, "yearly", baselines=["learning"])
    assert [str(s.index[-1].date()) for s in learning.trained_on] == ["2022-12-31", "2023-12-31"]


def test_a_baseline_that_cannot_learn_is_left_out_with_the_reason(learning: Learning) -> None:
    result = backtests.backtest(Fixed(90.0, "2022-06-01"), simulated(), "2024-01-01", "2024-02-01", 14)
    assert result["left_out"] == {"learning": "too short"}
    assert list(result["baselines"]) == ["seasonal-naive"]


@pytest.mark.parametrize(("seen", "last"), [("2023-06-01", "2023-06-01"), ("2024-02-01", "2023-12-31")])
def test_without_refit_baselines_learn_what_the_model_has_seen_before_the_first_origin(
    learning: Learning, seen: str, last: str
) -> None:
    backtests.backtest(Fixed(90.0, seen), simulated(), "2024-01-01", "2024-02-01", 14)
    assert [str(s.index[-1].date()) for s in learning.trained_on] == [last]


def test_the_blend_is_of_the_model_and_what_learnt(learning: Learning) -> None:
    said: list[Progress] = []
    counts = simulated()
    result = backtests.backtest(
        Fixed(90.0, "2023-12-01"), counts, "2024-01-01", "2024-02-26", 28, checkpoint="fixed", report=said.append
    )
    days = counts.loc["2024-01-01":"2024-03-24"].to_numpy()
    assert result["blend"]["members"] == ["fixed", "learning"]
    assert result["blend"]["pooled"]["mae"] == pytest.approx(np.abs(days - 45).mean())
    assert [p.done for p in said] == [0, 1, 2]
    json.dumps(result, allow_nan=False)


def test_all_baselines_by_default_and_an_unknown_name_is_refused() -> None:
    result = backtests.backtest(Fixed(90.0, "2024-01-31"), simulated(), "2024-02-01", "2024-03-01", 14)
    assert set(result["baselines"]) == set(BASELINES)
    assert set(result["baselines"]["lightgbm"]["pooled"]) == set(result["pooled"])
    with pytest.raises(ValueError, match="baselines = 'prophet'"):
        backtests.backtest(Fixed(90.0), simulated(), "2024-02-01", "2024-03-01", 14, baselines=["prophet"])


def test_origins_the_model_has_seen_are_counted_and_said() -> None:
    counts = simulated()
    seen = backtests.backtest(Fixed(90.0, "2024-01-29"), counts, "2024-01-01", "2024-03-25", 28, baselines=[])
    assert seen["seen_origins"] == 2
    assert "2 of 4 origins" in seen["note"]
    unseen = backtests.backtest(Fixed(90.0, "2023-12-31"), counts, "2024-01-01", "2024-03-25", 28, baselines=[])
    assert unseen["seen_origins"] == 0
    assert "note" not in unseen


def test_yearly_refit_trains_on_the_days_before_each_year() -> None:
    fixed = Fixed(90.0, "2024-09-01")
    result = backtests.backtest(fixed, simulated(), "2023-12-01", "2024-02-01", 14, 28, "yearly", baselines=[])
    assert [str(s.index[-1].date()) for s in fixed.trained_on] == ["2022-12-31", "2023-12-31"]
    assert result["seen_origins"] == 0
    assert result["origins"] == 5


def test_too_little_history_is_refused() -> None:
    with pytest.raises(DataError, match="at least 84"):
        backtests.backtest(Fixed(90.0), simulated(), "2022-02-01", "2022-03-01", 7)


def test_baselines_without_enough_history_are_left_out() -> None:
    result = backtests.backtest(Fixed(90.0), simulated(), "2022-06-01", "2022-07-01", 7, baselines=BY_HAND)
    assert "seasonal-naive" in result["baselines"]
    assert "last-year" not in result["baselines"]
    assert "at least 420 days" in result["left_out"]["last-year"]


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


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A small model of the first 700 days, and a file of all of them."""
    folder = tmp_path_factory.mktemp("forecasts")
    counts = simulated()
    config = LSTMConfig(window=28, hidden=4, layers=1, epochs=1, members=1)
    LSTMForecaster(config, device="cpu").fit(counts.iloc[:700]).save(folder / "daily-small")
    counts.astype(int).to_csv(folder / "counts.csv", index_label="date")
    return folder / "daily-small", folder / "counts.csv"


def command(kept: tuple[Path, Path], *more: str) -> list[str]:
    model, counts = map(str, kept)
    dates = ["--start", "2024-03-01", "--end", "2024-06-01", "--every", "14"]
    return ["backtest", model, "--series", counts, *dates, *more]


def test_the_command_prints_json(kept: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(kept, "--baselines", "ets", "last-year", "--horizon", "7", "--json")) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["checkpoint"] == "daily-small"
    assert found["origins"] == 7
    assert list(found["baselines"]) == ["ets", "last-year"]
    assert set(found["baselines"]["ets"]) == {"pooled", "by_horizon", "diebold_mariano"}
    assert list(found["by_horizon"]) == [str(step) for step in range(1, 8)]


def test_the_command_prints_a_table(kept: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(kept, "--baselines", "seasonal-naive", "regression")) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed[2:5]] == ["daily-small", "seasonal-naive", "regression:"]
    assert "at least 728 days" in printed[-1]  # it may learn what the model has seen, less than two years


def test_the_command_refuses_an_unknown_baseline(kept: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(kept, "--baselines", "oracle")) == 2
    assert "'oracle' is none of seasonal-naive" in capsys.readouterr().err


def test_a_brief_result_keeps_four_days_ahead() -> None:
    counts, origins = simulated(), np.array([800, 814])
    whole = backtests.score(counts, origins, Fixed(90.0).paths(counts, origins, 28))
    brief = backtests.brief(whole)
    for found in (brief, *brief["baselines"].values()):
        assert list(found["by_horizon"]) == ["1", "7", "14", "28"]
    assert brief["pooled"] == whole["pooled"]
    assert len(whole["by_horizon"]) == 28
