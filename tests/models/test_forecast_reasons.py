"""Reasons of forecasts: they add up for every architecture, and each player is what it is called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from data import series
from data.errors import DataError
from models import coalitions, forecast_reasons
from models.base import NotAdditive
from models.forecast_designs import design
from models.forecast_reasons import PLAYERS
from models.forecasts import HORIZON
from models.lstm_config import LSTMConfig
from models.lstm_forecasting import LSTMForecaster


def made(architecture: str) -> LSTMForecaster:
    """A forecaster of random weights: it has effects of everything, and takes no training."""
    config = LSTMConfig(architecture=architecture, window=35, hidden=4, layers=1, members=2, epochs=1)
    model = LSTMForecaster(config, "quick", "cpu")
    torch.manual_seed(1)
    model._design = design(config)
    model._design.network.eval()
    if architecture == "base":
        model._design.learn_statistics(series.france().iloc[-800:])
    model.metadata = {"kind": "lstm"}
    return model


@pytest.fixture(scope="module")
def counts() -> pd.Series:
    return series.france().iloc[-1000:]


@pytest.mark.parametrize("architecture", ["base", "encoder-decoder", "attention"])
def test_parts_add_up_to_the_forecast_of_every_day(architecture: str, counts: pd.Series) -> None:
    model, told = made(architecture), []
    found = forecast_reasons.explain(model, counts, told.append)
    mean = model.paths(counts, np.array([len(counts)]), HORIZON).mean[0]
    np.testing.assert_allclose((found.base + found.shares.sum(axis=0)) / mean, 1, atol=1e-4)
    assert found.players == (tuple(PLAYERS) if architecture != "base" else ("level", "last_week", "month_before"))
    assert found.dates[0] == counts.index[-1] + pd.Timedelta(days=1)
    assert told[-1] == 1
    assert told == sorted(told)
    assert (found.errors >= 0).all()
    assert all(day.dayofweek == found.dates[0].dayofweek for day in found.background)
    assert found.background[-1] < found.dates[0]
    one, whole, week = found.of(3), found.of(), found.of(None, 7)
    assert one.accident == str(found.dates[3].date())
    assert one.output == pytest.approx(mean[3], rel=1e-4)
    assert whole.output == pytest.approx(mean.mean(), rel=1e-4)
    assert week.output == pytest.approx(mean[:7].mean(), rel=1e-4)
    for explained in (one, whole, week):
        assert explained.base + sum(explained.contributions.values()) == pytest.approx(explained.output)
        assert set(explained.errors) == set(found.players)


def game_of(counts: pd.Series) -> forecast_reasons._Windows:
    model = made("encoder-decoder")
    game = forecast_reasons._game(model._design, counts, forecast_reasons._background(counts, 35))
    assert isinstance(game, forecast_reasons._Windows)
    return game


def test_what_is_remembered_of_a_past_gives_the_answers_of_reading_it_again(counts: pd.Series) -> None:
    game = game_of(counts)
    members = torch.as_tensor(coalitions.every(len(game.players))[[0, 1, 2, 6, 14, 77, 300, 511]])
    assert game.memories
    quick = game.worth(members)
    game.memories = []
    np.testing.assert_allclose(quick, game.worth(members), rtol=1e-5)


def test_everybody_is_the_forecast_and_nobody_the_earlier_ones(counts: pd.Series) -> None:
    game, model = game_of(counts), made("encoder-decoder")
    origins = forecast_reasons._background(counts, 35)
    nobody, everybody = game.worth(torch.as_tensor(coalitions.every(len(game.players))[[0, -1]]))
    mean = model.paths(counts, np.array([len(counts)]), HORIZON).mean[0]
    np.testing.assert_allclose(everybody, np.broadcast_to(mean, everybody.shape), rtol=1e-5)
    earlier = model.paths(counts, origins, HORIZON).mean
    np.testing.assert_allclose(nobody[::7], earlier[::7], rtol=1e-5)  # whose weekdays are turned by none
    assert not np.allclose(nobody[1], earlier[1], rtol=1e-3)


def test_the_level_alone_scales_the_forecast_by_the_ratio_of_the_levels(counts: pd.Series) -> None:
    game = game_of(counts)
    members = np.zeros((2, len(PLAYERS)), dtype=bool)
    members[1, list(PLAYERS).index("level")] = True
    nobody, level = game.worth(torch.as_tensor(members))
    ratio = float(counts.iloc[-35:].mean()) / np.array(
        [counts.iloc[o - 35 : o].mean() for o in forecast_reasons._background(counts, 35)]
    )
    np.testing.assert_allclose(level / nobody, np.broadcast_to(ratio[:, None], nobody.shape), rtol=1e-4)


def test_covid_days_and_short_histories_are_no_background(counts: pd.Series) -> None:
    long = series.france().loc[:"2021-12-31"]
    origins = forecast_reasons._background(long, 35)
    days = [long.index[o - 35 : o] for o in origins]
    assert not any(((d >= "2020-03-17") & (d <= "2021-06-20")).any() for d in days)
    with pytest.raises(DataError, match="at least 49 are needed"):
        forecast_reasons.explain(made("base"), counts.iloc[:40])


def test_what_does_not_add_up_is_not_shown(counts: pd.Series, monkeypatch: pytest.MonkeyPatch) -> None:
    right = coalitions.shapley
    monkeypatch.setattr("models.coalitions.shapley", lambda values: 1.1 * right(values))
    with pytest.raises(NotAdditive, match="do not add up"):
        forecast_reasons.explain(made("encoder-decoder"), counts)
