"""Forecasts by département: learnt without gaps, added up to France, scored and kept."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file

from data import series_files
from models import checkpoint, departement_scores
from models import forecast_windows as windows
from models.__main__ import main
from models.base import CheckpointError, DataError, EnoughTrained, NotFitted, Progress
from models.departement_forecasting import DepartementNetwork, Parts
from models.departements import ELSEWHERE, FRANCE, WEIGHTS
from models.forecasts import QUANTILES, Paths
from models.lstm_config import LSTMConfig
from models.lstm_forecasting import LSTMForecaster
from models.seasonal_naive import SeasonalNaive

TINY = LSTMConfig(
    window=28,
    hidden=8,
    layers=1,
    members=1,
    dropout=0.0,
    epochs=2,
    batch_size=64,
    learning_rate=0.02,
    departement_epochs=6,
    departement_samples=1024,
)
MEAN = 100 + 40 * 5 / 7
SHARES = {"01": 0.05, "2A": 0.01, "59": 0.34, "75": 0.6}


def simulated(n: int = 700) -> pd.DataFrame:
    """Four départements that follow the week, each with its share of about 129 accidents a day."""
    index = pd.date_range("2022-01-01", periods=n, name="date")
    mean = 100 + 40 * (index.dayofweek < 5)
    random = np.random.default_rng(0)
    return pd.DataFrame({code: random.poisson(mean * share).astype(float) for code, share in SHARES.items()}, index)


def total(counts: pd.DataFrame) -> pd.Series:
    return counts.sum(axis=1).rename("accidents")


@pytest.fixture(scope="module")
def fitted() -> LSTMForecaster:
    return LSTMForecaster(TINY, "tiny", "cpu").fit(total(simulated()), departements=simulated())


@pytest.fixture
def kept(fitted: LSTMForecaster, tmp_path: Path) -> Path:
    fitted.save(tmp_path / "model")
    return tmp_path / "model"


def test_departements_add_up_to_france(fitted: LSTMForecaster) -> None:
    found = fitted.forecast_departements()
    assert list(found) == [FRANCE, *SHARES]
    np.testing.assert_array_equal(found[FRANCE].mean, fitted.forecast().mean)
    np.testing.assert_allclose(sum(found[code].mean for code in SHARES), found[FRANCE].mean, rtol=1e-12)
    for forecast in found.values():
        assert forecast.dates.equals(pd.date_range("2023-12-02", periods=28))
        levels = np.stack([forecast.quantiles[level] for level in QUANTILES])
        assert (np.diff(levels, axis=0) >= 0).all()


def test_the_size_and_the_week_of_each_are_learnt(fitted: LSTMForecaster) -> None:
    found = fitted.forecast_departements()
    for code, share in SHARES.items():
        assert found[code].mean.mean() == pytest.approx(MEAN * share, rel=0.2), code
    relative = {
        code: np.ptp([found[code].quantiles[q].mean() for q in (0.1, 0.9)]) / share for code, share in SHARES.items()
    }
    assert relative["2A"] > relative["59"]  # few accidents: wide for its size
    held_out = fitted.metadata["departements"]["metrics"]["held_out"]
    assert held_out["departements"] == 4
    assert held_out["mase"] < held_out["baselines"]["seasonal-naive"]["mase"]
    assert 0.7 < held_out["coverage_80"] < 0.95


def test_the_curve_that_is_watched_is_that_of_france() -> None:
    seen: list[Progress] = []
    LSTMForecaster(TINY, device="cpu").fit(total(simulated(300)), seen.append, simulated(300))
    shares = [progress.share for progress in seen]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    assert len([progress for progress in seen if progress.values]) == TINY.epochs
    notes = list(dict.fromkeys(progress.note for progress in seen))
    assert notes == ["", "Learning all départements.", "Learning anew, now from all days."]
    assert all(progress.done == progress.total for progress in seen if progress.note)


def test_france_is_forecast_as_without_departements(fitted: LSTMForecaster) -> None:
    alone = LSTMForecaster(TINY, "tiny", "cpu").fit(total(simulated()))
    np.testing.assert_array_equal(alone.forecast().mean, fitted.forecast().mean)
    with pytest.raises(NotFitted, match="France alone"):
        alone.forecast_departements()


def test_the_future_is_never_read(fitted: LSTMForecaster) -> None:
    counts, origins = simulated(), np.array([500, 560])
    shuffled = counts.copy()
    shuffled.iloc[560:] = np.random.default_rng(1).permutation(counts.iloc[560:].to_numpy())
    shuffled.iloc[600:] = np.nan
    one = fitted.departement_paths(total(counts), counts, origins, 28)
    # rows of the other origin lie in days that are the same in both tables
    other = fitted.departement_paths(total(shuffled), shuffled, origins, 28)
    for code, paths in one.items():
        np.testing.assert_array_equal(paths.mean, other[code].mean)
        np.testing.assert_array_equal(paths.quantiles, other[code].quantiles)


def test_what_is_scored_has_not_seen_the_days_held_out_and_what_is_kept_has() -> None:
    counts = simulated(400)
    changed = counts.copy()
    changed.iloc[-50:] = 3.0  # n // 8
    history = counts.iloc[:300]
    one, other = (LSTMForecaster(TINY, device="cpu").fit(total(c), departements=c) for c in (counts, changed))
    assert one.metadata["departements"]["curves"][-1]["train_loss"] == pytest.approx(
        other.metadata["departements"]["curves"][-1]["train_loss"]
    )
    assert one.metadata["departements"]["metrics"] != other.metadata["departements"]["metrics"]
    for code in SHARES:
        first, second = (m.forecast_departements(28, total(history), history)[code].mean for m in (one, other))
        assert not np.array_equal(first, second)


def test_one_who_has_enough_keeps_what_was_scored() -> None:
    def enough(progress: Progress) -> None:
        if progress.may_end and progress.done != 1:
            raise EnoughTrained

    counts = simulated(400)
    model = LSTMForecaster(dataclasses.replace(TINY, epochs=3), device="cpu").fit(total(counts), enough, counts)
    assert len(model.metadata["curves"]) == 2
    assert model.seen_until == counts.index[-51]
    origin = counts.index[-50]
    kept = model.held_out_forecast(origin)
    assert kept is not None
    again = model.forecast(total(counts).loc[: origin - pd.Timedelta(days=1)])
    np.testing.assert_allclose(kept.mean, again.mean, atol=0.051)
    np.testing.assert_allclose(kept.quantiles[0.9], again.quantiles[0.9], atol=0.051)


def test_days_around_a_gap_are_not_learnt_from() -> None:
    counts = simulated(200)
    counts.iloc[100, 1] = np.nan
    origins, places = windows.learnable_places(counts, 180, 28, 28)
    assert origins[places == 0].tolist() == list(range(28, 153))
    # days 28 before to 27 after the origin: 73 is the last whose horizon ends on day 100, 129 the first after it
    assert origins[places == 1].tolist() == [*range(28, 73), *range(129, 153)]


def test_a_gap_of_last_year_is_replaced_by_recent_weeks() -> None:
    counts = simulated(500)
    counts.iloc[136:150, 2] = np.nan  # 364 days before the first fortnight
    source = windows.days(counts, 28, torch.device("cpu"))
    window = windows.window(source, torch.tensor([500, 500]), 28, 28, torch.tensor([2, 3]))
    assert window.ahead[0, :, 2].tolist() == [0.0] * 14 + [1.0] * 14
    assert window.ahead[1, :, 2].sum() == 28
    torch.testing.assert_close(window.ahead[0, :14, 1], window.ahead[0, :14, 0])
    np.testing.assert_allclose((window.ahead[1, :, 1] + 1) * window.level[1], counts.iloc[136:164, 3], rtol=1e-5)


def test_the_level_of_a_year_is_that_of_its_known_days() -> None:
    counts = pd.DataFrame(
        {"01": np.repeat([2.0, np.nan, 5.0], 100), "02": 0.0}, pd.date_range("2022-01-01", periods=300)
    )
    source = windows.days(counts, 28, torch.device("cpu"))
    level = windows.yearly(source, torch.tensor([300, 150, 300]), torch.tensor([0, 0, 1]))
    torch.testing.assert_close(level, torch.tensor([[3.5], [2.0], [0.1]]))


def test_parts_are_scaled_to_the_whole_by_hand() -> None:
    mean = np.array([[[1.0, 2.0], [3.0, 2.0], [np.nan, np.nan]]])  # the third cannot be forecast
    parts = Parts(mean, np.ones_like(mean), recent=np.array([[30.0, 60.0, np.nan]]))
    scaled, rest = parts.adding_up_to(np.array([[10.0, 20.0]]), np.array([100.0]))
    np.testing.assert_allclose(scaled[0, :2], [[2.25, 9.0], [6.75, 9.0]])  # 90 of 100 accidents were theirs
    assert np.isnan(scaled[0, 2]).all()
    np.testing.assert_allclose(rest, [[1.0, 2.0]])
    scaled, rest = parts.adding_up_to(np.array([[10.0, 20.0]]), np.array([90.5]))
    np.testing.assert_allclose(np.nansum(scaled, axis=1), [[10.0, 20.0]])  # fewer than 1 % are spread over all
    assert (rest == 0).all()


def test_a_departement_with_missing_days_is_elsewhere(fitted: LSTMForecaster) -> None:
    counts = simulated()
    series = total(counts)
    counts.iloc[-5, 2] = np.nan
    found = fitted.forecast_departements(7, series, counts)
    assert list(found) == [FRANCE, "01", "2A", "75", ELSEWHERE]
    parts = sum(forecast.mean for code, forecast in found.items() if code != FRANCE)
    np.testing.assert_allclose(parts, found[FRANCE].mean, rtol=1e-12)
    assert found[ELSEWHERE].mean.mean() / found[FRANCE].mean.mean() == pytest.approx(0.34, abs=0.02)


def test_a_departement_never_learnt_is_forecast_as_any_place(fitted: LSTMForecaster) -> None:
    counts = simulated().rename(columns={"59": "988"})
    found = fitted.forecast_departements(28, total(counts), counts)
    assert found["988"].mean.mean() == pytest.approx(MEAN * 0.34, rel=0.2)


def test_a_constant_share_of_accidents_without_departement_is_spread(fitted: LSTMForecaster) -> None:
    series = total(simulated())
    series.iloc[-3:] += 1
    found = fitted.forecast_departements(28, series, simulated())
    assert ELSEWHERE not in found
    np.testing.assert_allclose(sum(found[code].mean for code in SHARES), found[FRANCE].mean, rtol=1e-12)


def test_counts_that_end_too_soon_are_refused(fitted: LSTMForecaster) -> None:
    with pytest.raises(DataError, match=r"end on 2023-11-30; they are needed up to 2023-12-01"):
        fitted.forecast_departements(28, total(simulated()), simulated().iloc[:-1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.reset_index(drop=True), "one row a day"),
        (lambda c: c.drop(c.index[5]), "every day once"),
        (lambda c: c.assign(**{"01": -1.0}), r"2022-01-01, 01: the count is -1"),
        (lambda c: c[c.index > c.index[-50]], "56 days without gap before 2022-09-20"),
    ],
)
def test_counts_that_cannot_be_learnt_are_refused(change: object, words: str) -> None:
    counts = simulated(300)
    with pytest.raises(DataError, match=words):
        LSTMForecaster(TINY, device="cpu").fit(total(counts), departements=change(counts))  # type: ignore[operator]


def test_base_has_no_departements() -> None:
    config = dataclasses.replace(TINY, architecture="base")
    with pytest.raises(DataError, match="France alone"):
        LSTMForecaster(config, device="cpu").fit(total(simulated()), departements=simulated())


def test_kept_and_loaded_it_forecasts_the_same(fitted: LSTMForecaster, kept: Path) -> None:
    assert sorted(p.name for p in kept.iterdir()) == [WEIGHTS, "metadata.json", "weights.safetensors"]
    loaded = LSTMForecaster.load(kept, "cpu")
    before, after = fitted.forecast_departements(), loaded.forecast_departements()
    assert list(before) == list(after)
    for code, forecast in before.items():
        np.testing.assert_array_equal(after[code].mean, forecast.mean)
    whole = fitted.forecast_departements(28, total(simulated()), simulated())
    np.testing.assert_allclose(whole["59"].mean, after["59"].mean, rtol=1e-6)


def test_missing_days_are_kept_as_missing(tmp_path: Path) -> None:
    counts = simulated(400)
    counts.iloc[-5, 2] = np.nan
    model = LSTMForecaster(dataclasses.replace(TINY, epochs=1), device="cpu").fit(
        total(simulated(400)), departements=counts
    )
    model.save(tmp_path / "model")
    loaded = LSTMForecaster.load(tmp_path / "model", "cpu")
    pd.testing.assert_frame_equal(loaded.departement_context, counts, check_freq=False)
    assert "59" not in loaded.forecast_departements()


@pytest.mark.parametrize("change", ["damaged", "shape", "columns", "start", "counts"])
def test_contents_that_do_not_fit_are_refused(kept: Path, tmp_path: Path, change: str) -> None:
    metadata = checkpoint.read(kept)
    tensors = load_file(kept / WEIGHTS)
    if change == "damaged":
        (kept / WEIGHTS).write_bytes(b"something else")
        with pytest.raises(CheckpointError, match=f"{WEIGHTS} is damaged"):
            LSTMForecaster.load(kept, "cpu")
        return
    if change == "shape":
        tensors["place.weight"] = tensors["place.weight"][:-1].contiguous()
    elif change == "columns":
        metadata["departements"]["columns"] = ["01"]
    elif change == "start":
        metadata["departements"]["context_start"] = "2001-01-01"
    else:
        del tensors["context.counts"]
    national = load_file(kept / "weights.safetensors")

    def write(folder: Path) -> None:
        save_file(national, folder / "weights.safetensors")
        save_file(tensors, folder / WEIGHTS)

    checkpoint.save(tmp_path / "other", metadata, write)
    with pytest.raises(CheckpointError, match=WEIGHTS):
        LSTMForecaster.load(tmp_path / "other", "cpu")


def test_the_command_forecasts_each_departement(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forecast", str(kept), "--departements", "--horizon", "7", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told) == [FRANCE, *SHARES]
    assert sum(told[code]["mean"][6] for code in SHARES) == pytest.approx(told[FRANCE]["mean"][6])
    series_files.write(simulated(), tmp_path / "counts.csv")
    assert main(["forecast", str(kept), "--departements", "--series", str(tmp_path / "counts.csv")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Accidents from 2023-12-02 to 2023-12-29"
    assert [line.split()[0] for line in lines[1:]] == [FRANCE, *SHARES]
    assert lines[3].endswith("Corse-du-Sud")


def test_the_command_scores_each_departement(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "counts.csv")
    series_files.write(simulated(), Path(path))
    command = ["backtest-departements", str(kept), "--departements", path, "--series", path, "--every", "14"]
    asked = [*command, "--start", "2023-09-01", "--end", "2023-11-03"]
    assert main([*asked, "--baselines", "seasonal-naive", "eight-week-mean", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["origins"] == 5
    assert found["seen_origins"] == 5  # all days were learnt in the end
    assert found["departements"] == 4
    assert found["mase"] < found["baselines"]["seasonal-naive"]["mase"]
    assert found["mase"] == pytest.approx(np.mean([one["mase"] for one in found["by_departement"].values()]))
    assert main(asked) == 0
    told = capsys.readouterr().out
    assert f"mean MASE of 4 départements: {found['mase']:.3f}" in told
    assert f"seasonal-naive: {found['baselines']['seasonal-naive']['mase']:.3f}" in told
    assert main([*command, "--start", "2025-01-01", "--end", "2025-02-01"]) == 2
    assert "No origin" in capsys.readouterr().err


def test_a_baseline_that_learns_has_no_place_here(fitted: LSTMForecaster) -> None:
    counts = simulated()
    with pytest.raises(ValueError, match="'regression' learns"):
        departement_scores.backtest(
            fitted, total(counts), counts, "2023-09-01", "2023-11-01", 7, baselines=["regression"]
        )


def test_every_parameter_of_the_network_learns() -> None:
    torch.manual_seed(0)
    counts = simulated(300)
    made = DepartementNetwork(TINY, list(SHARES))
    rows = (torch.full((40,), 200) + torch.arange(40), torch.arange(40) % 4, torch.arange(40) % 5)
    made._loss(counts, torch.device("cpu"))(made.network, rows).backward()
    for name, parameter in made.network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_scores_by_hand() -> None:
    """Two départements over two days at one origin; the third never changes from week to week and has no scale."""
    index = pd.date_range("2022-01-01", periods=16)
    counts = pd.DataFrame({"01": 0.0, "02": 0.0, "03": 4.0}, index)
    counts.iloc[7:14, 0] = 2.0  # each differs by 2 from the week before
    counts.iloc[7:14, 1] = 4.0
    counts.iloc[14:, :2] = [[1.0, 6.0], [3.0, 6.0]]
    means = {"01": [2.0, 2.0], "02": [2.0, 2.0], "03": [4.0, 4.0]}
    spread = np.linspace(-1, 1, len(QUANTILES))[:, None, None]
    found = {code: Paths(np.array([mean]), np.array([mean]) + spread) for code, mean in means.items()}
    scores = departement_scores.score(counts, np.array([14]), found, {})
    assert scores["by_departement"] == {"01": {"mae": 1.0, "mase": 0.5}, "02": {"mae": 4.0, "mase": 1.0}}
    assert scores["mase"] == 0.75
    assert scores["departements"] == 2
    assert scores["coverage_95"] == 0.5  # 1 and 3 lie within 2 ± 1, 6 does not
    assert scores["coverage_80"] == 0.0


def test_a_baseline_reads_nothing_before_a_gap() -> None:
    counts = simulated(400)
    counts.iloc[150, 0] = np.nan
    found = {"01": Paths(np.zeros((2, 28)), np.zeros((9, 2, 28)))}
    scores = departement_scores.score(counts, np.array([300, 330]), found, {"naive": SeasonalNaive()})
    series = counts["01"].iloc[151:]
    paths = SeasonalNaive().paths(series, np.array([149, 179]), 28)
    actual = counts["01"].to_numpy()[np.array([300, 330])[:, None] + np.arange(28)]
    unit = departement_scores.scale(counts.iloc[:300])["01"]
    assert scores["baselines"]["naive"]["mase"] == pytest.approx(np.abs(actual - paths.mean).mean() / unit)


def test_the_scale_leaves_out_covid_and_gaps() -> None:
    index = pd.date_range("2020-03-01", periods=30)  # COVID days from 17 March on
    counts = pd.DataFrame({"01": np.arange(30.0) ** 2}, index)
    counts.iloc[10] = np.nan
    steps = [(t**2 - (t - 7) ** 2) for t in range(7, 16) if t != 10]
    assert departement_scores.scale(counts)["01"] == pytest.approx(np.mean(steps))
