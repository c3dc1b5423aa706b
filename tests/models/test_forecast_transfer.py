"""Going on from a trained forecaster: what learns, what stays, and whether it is said to have helped."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from data import series_files
from models import forecast_transfer
from models.__main__ import main
from models.base import DataError, NotFitted
from models.forecasts import QUANTILES, Paths
from models.lstm_config import LSTMConfig
from models.lstm_forecasting import LSTMForecaster
from models.series_transformer import SeriesTransformer
from models.series_transformer_config import SeriesTransformerConfig

TINY = LSTMConfig(window=28, hidden=8, layers=1, members=1, dropout=0.0, epochs=3, batch_size=64, learning_rate=0.02)


def simulated(n: int = 600, start: str = "2022-01-01", weekend: float = 40.0) -> pd.Series:
    index = pd.date_range(start, periods=n, name="date")
    mean = 100 - weekend * (index.dayofweek >= 5)
    return pd.Series(np.random.default_rng(0).poisson(mean).astype(float), index=index, name="accidents")


@pytest.fixture(scope="module")
def fitted() -> LSTMForecaster:
    return LSTMForecaster(TINY, "tiny", "cpu").fit(simulated())


def weights(model: LSTMForecaster) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model._design.network.state_dict().items()}


@pytest.mark.parametrize("freeze", [True, False])
@pytest.mark.parametrize("architecture", ["base", "encoder-decoder", "attention", "transformer"])
def test_a_frozen_encoder_stays_and_the_rest_learns(architecture: str, freeze: bool) -> None:
    settings = dataclasses.asdict(TINY) | {"architecture": architecture, "epochs": 1}
    made = (
        SeriesTransformer(SeriesTransformerConfig(**settings), device="cpu")
        if architecture == "transformer"
        else LSTMForecaster(LSTMConfig(**settings), device="cpu")
    ).fit(simulated())
    before = weights(made)
    tuned = made.fine_tune(simulated(300, "2024-01-01", -30), freeze_encoder=freeze, epochs=1, learning_rate=0.01)
    reads = {"base": "lstm.", "transformer": "members.0.past members.0.layers"}.get(architecture, "members.0.encoder")
    stays = {name for name in before if name.startswith(tuple(reads.split()))}
    assert 0 < len(stays) < len(before)
    for name, tensor in weights(tuned).items():
        assert torch.equal(tensor, before[name]) == (freeze and name in stays), name
    for name, tensor in weights(made).items():
        assert torch.equal(tensor, before[name]), name  # the model it goes on from is left as it was
    assert all(parameter.requires_grad for parameter in tuned._design.network.parameters())
    assert type(tuned) is type(made)


def test_it_learns_another_week_and_says_that_it_helped(fitted: LSTMForecaster, tmp_path: Path) -> None:
    other = simulated(600, "2023-01-01", weekend=-60.0)  # more accidents at weekends, not fewer
    tuned = fitted.fine_tune(other, epochs=6, learning_rate=0.02)
    transfer = tuned.metadata["transfer"]
    assert transfer["after"]["mae"] < 0.9 * transfer["before"]["mae"]
    assert transfer["after"] == tuned.metadata["metrics"]["held_out"]["pooled"]
    assert transfer["difference"] == pytest.approx(transfer["after"]["mae"] - transfer["before"]["mae"])
    assert "It helped" in forecast_transfer.words(transfer)
    assert transfer["seen_origins"] == 0
    assert transfer["from"]["data"]["end"] == "2023-08-23"
    assert tuned.metadata["data"]["end"] == "2024-08-22"
    assert tuned.context.index[-1] == pd.Timestamp("2024-08-22")
    tuned.save(tmp_path / "model")
    loaded = LSTMForecaster.load(tmp_path / "model", "cpu")
    np.testing.assert_allclose(loaded.forecast().mean, tuned.forecast().mean, rtol=1e-6)
    assert loaded.metadata["transfer"]["epochs"] == 6


def test_days_that_it_knew_already_are_told(fitted: LSTMForecaster) -> None:
    transfer = fitted.fine_tune(simulated(500), epochs=1).metadata["transfer"]
    assert transfer["seen_origins"] == 5  # from 31 March 2023, each week up to the 28 days before 15 May
    assert "learnt from some of these days" in forecast_transfer.words(transfer)


def test_words_by_hand() -> None:
    known = {"before": {"mae": 10.0}, "after": {"mae": 9.0}, "p": 0.01, "seen_origins": 0}
    assert forecast_transfer.words(known) == (
        "It helped: on the days held out the mean error fell from 10.00 to 9.00 (-10.0%)."
    )
    worse = {**known, "after": {"mae": 10.5}, "p": 0.4}
    assert forecast_transfer.words(worse) == (
        "It did not help: the mean error on held-out days went from 10.00 to 10.50 (+5.0%). "
        "So few days cannot tell it from chance."
    )


def test_scores_of_both_are_of_the_same_days() -> None:
    counts = simulated(200)
    origins = np.array([100, 107, 114])
    actual = counts.to_numpy()[origins[:, None] + np.arange(7)]
    one, other = (Paths(actual + error, np.stack([actual + error] * len(QUANTILES))) for error in (3.0, -1.0))
    found = forecast_transfer.compared(counts, origins, one, other)
    assert (found["before"]["mae"], found["after"]["mae"], found["difference"]) == pytest.approx((3.0, 1.0, -2.0))


def test_an_untrained_model_has_nothing_to_go_on_from() -> None:
    with pytest.raises(NotFitted):
        LSTMForecaster(TINY).fine_tune(simulated())


def test_departements_are_left_behind() -> None:
    counts = pd.DataFrame({"01": simulated(300), "02": simulated(300)})
    config = dataclasses.replace(TINY, epochs=1, departement_epochs=1, departement_samples=64)
    made = LSTMForecaster(config, device="cpu").fit(counts.sum(axis=1), departements=counts)
    tuned = made.fine_tune(counts["01"], epochs=1)
    with pytest.raises(NotFitted, match="France alone"):
        tuned.forecast_departements()
    assert "departements" not in tuned.metadata


def test_the_command_goes_on_with_one_departement(
    fitted: LSTMForecaster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fitted.save(tmp_path / "model")
    counts = pd.DataFrame({"01": simulated(400), "02": simulated(400, weekend=-60.0)})
    counts.iloc[:50, 1] = np.nan
    counts.iloc[0, 0] = 0.0  # the file tells zeros, so days without rows are missing
    series_files.write(counts, tmp_path / "counts.csv")
    command = ["train", "lstm", "--target", "daily", "--from", str(tmp_path / "model"), "--device", "cpu"]
    of_one = [*command, "--departements", str(tmp_path / "counts.csv"), "--departement", "02"]
    assert main([*of_one, "--set", "epochs=2", "--freeze-encoder", "--out", str(tmp_path / "new")]) == 0
    told = capsys.readouterr().err
    metadata = LSTMForecaster.load(tmp_path / "new", "cpu").metadata
    assert forecast_transfer.words(metadata["transfer"]) in told
    assert metadata["data"]["source"] == "counts.csv: 02"
    assert metadata["transfer"]["freeze_encoder"] is True
    assert metadata["transfer"]["epochs"] == 2
    for wrong, says in (
        ([*of_one, "--set", "hidden=4"], "only epochs, learning_rate can be changed"),
        ([*of_one, "--set", "epochs=0"], "epochs = 0 is not between 1"),
        ([*of_one, "--preset", "quick"], "only epochs, learning_rate can be changed"),
        ([*of_one[:-1], "59"], "no counts of the département '59'; there are 01, 02"),
        ([*command, "--departement", "59"], "Name the counts by département"),
        ([*command[:1], "series-transformer", *of_one[2:]], "of the kind 'lstm', not 'series-transformer'"),
    ):
        assert main([*wrong, "--out", str(tmp_path / "other")]) == 2
        assert says in capsys.readouterr().err


def test_classifiers_do_not_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "xgboost", "--target", "severity", "--from", "checkpoints/severity-xgboost"]
    assert main([*command, "--out", str(tmp_path / "new")]) == 2
    assert "train xgboost anew" in capsys.readouterr().err


def test_a_series_too_short_is_refused(fitted: LSTMForecaster) -> None:
    with pytest.raises(DataError, match="at least 224 days"):
        fitted.fine_tune(simulated(223))
