"""The forecaster as a whole: training, forecasting alone, keeping and refusing."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file

from data.calendar import is_covid
from models import checkpoint, registry
from models.base import CheckpointError, DataError, NotFitted, Progress, TrainingCancelled
from models.forecasts import QUANTILES
from models.lstm_config import PRESETS, LSTMConfig
from models.lstm_forecasting import WEIGHTS, LSTMForecaster
from models.series_transformer import SeriesTransformer
from models.series_transformer_config import SeriesTransformerConfig

TINY = LSTMConfig(window=28, hidden=8, layers=1, dropout=0.0, epochs=4, batch_size=64, learning_rate=0.02)
TINY_BASE = dataclasses.replace(TINY, architecture="base", layers=2, dropout=0.2)


def simulated(n: int = 1096, start: str = "2022-01-01") -> pd.Series:
    index = pd.date_range(start, periods=n, name="date")
    mean = 100 + 40 * (index.dayofweek < 5) + 20 * np.sin(2 * np.pi * index.dayofyear / 365)
    counts = pd.Series(np.random.default_rng(0).poisson(mean).astype(float), index=index, name="accidents")
    counts.attrs = {"source": "simulated", "simulated": True}
    return counts


@pytest.fixture(scope="module", params=["encoder-decoder", "base", "attention", "transformer"])
def fitted(request: pytest.FixtureRequest) -> LSTMForecaster:
    if request.param == "transformer":
        settings = dataclasses.asdict(TINY) | {"architecture": "transformer", "members": 1}
        return SeriesTransformer(SeriesTransformerConfig(**settings), preset="tiny", device="cpu").fit(simulated())
    config = TINY_BASE if request.param == "base" else dataclasses.replace(TINY, architecture=request.param)
    return LSTMForecaster(config, preset="tiny", device="cpu").fit(simulated())


@pytest.fixture
def kept(fitted: LSTMForecaster, tmp_path: Path) -> Path:
    fitted.save(tmp_path / "model")
    return tmp_path / "model"


def test_it_learns_the_week(fitted: LSTMForecaster) -> None:
    curves = fitted.metadata["curves"]
    assert curves[-1]["train_loss"] < curves[0]["train_loss"]
    assert {"train_loss", "validation_loss", "learning_rate"} <= set(curves[0])
    if fitted.config.architecture != "base":  # the other needs more epochs than a test has
        held_out = fitted.metadata["metrics"]["held_out"]
        assert held_out["pooled"]["mae"] < held_out["baselines"]["seasonal-naive"]["pooled"]["mae"]


def test_forecast_alone_follows_the_last_day(fitted: LSTMForecaster) -> None:
    forecast = fitted.forecast()
    assert forecast.dates.equals(pd.date_range("2025-01-01", periods=28))
    assert forecast.mean.shape == (28,)
    assert tuple(forecast.quantiles) == QUANTILES
    levels = np.stack(list(forecast.quantiles.values()))
    assert (np.diff(levels, axis=0) >= 0).all()
    assert (levels >= 0).all()


def test_context_gives_the_forecast_of_the_whole_series(fitted: LSTMForecaster) -> None:
    assert len(fitted.context) >= 400
    np.testing.assert_allclose(fitted.forecast(None, 28).mean, fitted.forecast(simulated(), 28).mean, rtol=1e-6)


def test_a_shorter_history_is_enough_and_a_too_short_one_is_refused(fitted: LSTMForecaster) -> None:
    assert np.isfinite(fitted.forecast(simulated().iloc[-28:], 5).mean).all()
    with pytest.raises(DataError, match="27 days; at least 28 days"):
        fitted.forecast(simulated().iloc[-27:], 5)


def test_metadata_say_what_was_done(fitted: LSTMForecaster) -> None:
    metadata = fitted.metadata
    assert metadata["data"] | {"fingerprint": ""} == {
        "source": "simulated", "simulated": True, "start": "2022-01-01", "end": "2024-12-31", "days": 1096,
        "fingerprint": "",
    }  # fmt: skip
    assert metadata["split"] == {
        "train": {"start": "2022-01-01", "end": "2023-11-16"},
        "validation": {"start": "2023-11-17", "end": "2024-08-16"},
        "held_out": {"start": "2024-08-17", "end": "2024-12-31"},
    }
    held_out = metadata["metrics"]["held_out"]
    assert held_out["origins"] == 16
    assert list(held_out["by_horizon"]) == ["1", "7", "14", "28"]
    assert fitted.seen_until == pd.Timestamp("2024-12-31")


def test_a_long_series_keeps_a_year_to_tune_and_half_a_year_out() -> None:
    quick = dataclasses.replace(TINY, epochs=1, hidden=4)
    split = LSTMForecaster(quick, device="cpu").fit(simulated(1800, "2020-01-01")).metadata["split"]
    days = {name: (pd.Timestamp(p["end"]) - pd.Timestamp(p["start"])).days + 1 for name, p in split.items()}
    assert days == {"train": 1254, "validation": 364, "held_out": 182}


def test_covid_days_do_not_count_in_the_year_to_tune_on() -> None:
    counts = simulated(2500, "2015-03-01")
    model = LSTMForecaster(dataclasses.replace(TINY, epochs=1, hidden=4), device="cpu").fit(counts)
    split = model.metadata["split"]["validation"]
    days = pd.date_range(split["start"], split["end"])
    assert (~is_covid(days)).sum() == 364
    assert is_covid(days).sum() > 200


def test_same_seed_same_model() -> None:
    one, other = (
        LSTMForecaster(dataclasses.replace(TINY, epochs=1, dropout=0.2, layers=2), device="cpu")
        .fit(simulated())
        .forecast()
        .mean
        for _ in range(2)
    )
    np.testing.assert_array_equal(one, other)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    LSTMForecaster(dataclasses.replace(TINY, epochs=1), device="cpu").fit(simulated(300))
    assert torch.equal(torch.rand(1), expected)  # the process's own random numbers are left alone


@pytest.mark.parametrize("config", [TINY, TINY_BASE], ids=["encoder-decoder", "base"])
def test_what_is_scored_has_not_seen_the_days_held_out_and_what_is_kept_has(config: LSTMConfig) -> None:
    changed = simulated()
    changed.iloc[-137:] = 5.0
    one, other = (LSTMForecaster(config, preset="tiny", device="cpu").fit(s) for s in (simulated(), changed))
    origin = simulated().index[-137]  # the first held out
    first, second = (model.held_out_forecast(origin) for model in (one, other))
    assert first is not None
    assert second is not None
    np.testing.assert_array_equal(first.mean, second.mean)
    assert one.held_out_forecast(origin + pd.Timedelta(days=1)) is None  # origins are a week apart
    assert one.metadata["metrics"] != other.metadata["metrics"]
    history = simulated().iloc[:500]
    assert not np.array_equal(one.forecast(history).mean, other.forecast(history).mean)
    assert one.metadata["state"] == other.metadata["state"]  # the spread is that of days not learnt from


def test_base_takes_its_statistics_from_usual_training_days() -> None:
    counts = simulated(1096, "2019-01-01")
    model = LSTMForecaster(dataclasses.replace(TINY_BASE, epochs=1), device="cpu").fit(counts)
    train = counts.loc[: model.metadata["split"]["train"]["end"]]
    usual = train[~is_covid(pd.DatetimeIndex(train.index))]
    assert 0 < len(usual) < len(train)
    assert model.metadata["state"]["mean"] == pytest.approx(usual.mean())


def test_kept_and_loaded_it_forecasts_the_same(fitted: LSTMForecaster, kept: Path) -> None:
    loaded = registry.load(kept, "cpu")
    assert type(loaded) is type(fitted)
    before, after = fitted.forecast(), loaded.forecast()
    np.testing.assert_allclose(after.mean, before.mean, rtol=0, atol=1e-6)
    for level in QUANTILES:
        np.testing.assert_allclose(after.quantiles[level], before.quantiles[level], rtol=0, atol=1e-6)
    assert loaded.config == fitted.config
    assert loaded.metadata["parameters"] == fitted.metadata["parameters"]
    assert sorted(p.name for p in kept.iterdir()) == ["metadata.json", WEIGHTS]


def test_a_model_is_kept_once(fitted: LSTMForecaster, kept: Path) -> None:
    with pytest.raises(CheckpointError, match="exists already"):
        fitted.save(kept)


def test_a_damaged_file_is_refused_by_name(kept: Path) -> None:
    weights = kept / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(CheckpointError, match=f"{WEIGHTS} is damaged"):
        LSTMForecaster.load(kept, "cpu")


@pytest.mark.parametrize(
    "change",
    ["shape", "name", "not safetensors", "config", "size", "learnt_until", "held_out_forecasts", "context"],
)
def test_contents_that_do_not_fit_are_refused(kept: Path, tmp_path: Path, change: str) -> None:
    """Files whose hashes are right but whose contents are not this model's."""
    metadata = checkpoint.read(kept)
    weights = load_file(kept / WEIGHTS)
    name = next(name for name in weights if name.endswith("output.weight"))
    if change == "shape":
        weights[name] = weights[name][:, :-1].contiguous()
    elif change == "name":
        weights["other"] = weights.pop(name)
    elif change == "config":
        metadata["config"]["unheard_of"] = 1
    elif change == "size":
        metadata["config"]["hidden"] = 10**9
    elif change in {"learnt_until", "held_out_forecasts"}:
        del metadata[change]
    elif change == "context":
        metadata["context"]["counts"] = metadata["context"]["counts"][:5]
    other = tmp_path / "other"

    def write(folder: Path) -> None:
        save_file(weights, folder / WEIGHTS)
        if change == "not safetensors":
            (folder / WEIGHTS).write_bytes(b"something else")

    checkpoint.save(other, metadata, write)
    with pytest.raises(CheckpointError, match=WEIGHTS):
        LSTMForecaster.load(other, "cpu")


def test_residuals_of_another_shape_are_refused(tmp_path: Path) -> None:
    """Only the base design keeps residuals beside its weights."""
    model = LSTMForecaster(TINY_BASE, preset="tiny", device="cpu").fit(simulated())
    model.metadata["state"]["residuals"] = [[0.0]]
    model.save(tmp_path / "model")
    with pytest.raises(CheckpointError, match=WEIGHTS):
        LSTMForecaster.load(tmp_path / "model", "cpu")


def test_absent_weights_are_refused_by_name(kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept, tmp_path / "copy")
    (tmp_path / "copy" / WEIGHTS).unlink()
    with pytest.raises(CheckpointError, match=WEIGHTS):
        LSTMForecaster.load(tmp_path / "copy", "cpu")
    metadata = json.loads((kept / "metadata.json").read_text(encoding="utf-8"))
    del metadata["files"]
    (tmp_path / "copy" / "metadata.json").write_text(json.dumps(metadata), encoding="utf-8")
    with pytest.raises(CheckpointError, match="files"):
        LSTMForecaster.load(tmp_path / "copy", "cpu")


def test_too_few_days_are_refused_with_the_number_needed() -> None:
    model = LSTMForecaster(TINY)
    with pytest.raises(DataError, match=f"223 days; at least {model.days_to_train} days"):
        model.fit(simulated(223))
    fitted = LSTMForecaster(dataclasses.replace(TINY, epochs=1), device="cpu").fit(simulated(model.days_to_train))
    assert fitted.metadata["metrics"]["held_out"]["origins"] == 1


def test_nothing_but_covid_days_is_refused() -> None:
    with pytest.raises(DataError, match="COVID"):
        LSTMForecaster(TINY).fit(simulated(300, "2020-04-01"))


def test_a_note_of_left_out_days_is_kept() -> None:
    counts = simulated(300)
    counts.attrs["note"] = "5 days are missing."
    model = LSTMForecaster(dataclasses.replace(TINY, epochs=1), device="cpu").fit(counts)
    assert model.metadata["data"]["note"] == "5 days are missing."
    with pytest.raises(DataError, match="5 days are missing"):
        LSTMForecaster(TINY).fit(counts.iloc[:50])


def test_cancellation_passes_through() -> None:
    def stop(progress: Progress) -> None:
        raise TrainingCancelled("stopped")

    with pytest.raises(TrainingCancelled):
        LSTMForecaster(TINY, device="cpu").fit(simulated(300), stop)


def test_an_untrained_model_says_so(tmp_path: Path) -> None:
    model = LSTMForecaster(TINY)
    with pytest.raises(NotFitted):
        model.forecast()
    with pytest.raises(NotFitted):
        model.save(tmp_path / "model")


def test_base_preset_has_the_parameters_stated() -> None:
    model = LSTMForecaster(dataclasses.replace(PRESETS["base"], epochs=1), "base", "cpu").fit(simulated(300))
    assert model.metadata["parameters"] == 50_497


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"window": 27}, "window = 27"),
        ({"architecture": "gru"}, "'gru'"),
        ({"dropout": 1.0}, "dropout"),
        ({"epochs": 1.5}, "epochs"),
    ],
)
def test_impossible_settings_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        LSTMConfig(**settings)
