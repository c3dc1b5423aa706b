"""The networks learn, keep rows apart, and have the sizes stated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.stats import nbinom
from torch import Tensor

from models import forecast_windows as windows
from models.forecast_designs import Design, design
from models.forecast_networks import AccidentLSTM, negative_binomial_loss
from models.forecast_transformer import positions
from models.lstm_config import PRESETS, LSTMConfig
from models.series_transformer_config import SeriesTransformerConfig

CPU = torch.device("cpu")
CONFIGS = {
    "base": LSTMConfig(architecture="base", window=30, hidden=8, dropout=0.0),
    "encoder-decoder": LSTMConfig(window=28, hidden=8, layers=1, dropout=0.0, members=2),
    "attention": LSTMConfig(architecture="attention", window=28, hidden=8, layers=1, dropout=0.0, members=2),
    "transformer": SeriesTransformerConfig(window=28, hidden=8, layers=1, dropout=0.0, members=2),
}


def simulated(n: int = 500) -> pd.Series:
    index = pd.date_range("2022-01-01", periods=n)
    mean = 100 + 30 * (index.dayofweek < 5) + 20 * np.sin(2 * np.pi * index.dayofyear / 365)
    return pd.Series(np.random.default_rng(0).poisson(mean).astype(float), index=index, name="accidents")


@pytest.fixture(params=CONFIGS)
def made(request: pytest.FixtureRequest) -> Design:
    torch.manual_seed(0)
    chosen = design(CONFIGS[request.param])
    chosen.learn_statistics(simulated())
    return chosen


def loss_of(made: Design, origins: list[int]) -> Tensor:
    return made.loss(simulated(), CPU)(made.network, (torch.tensor(origins),))


def test_base_has_the_parameters_stated() -> None:
    assert sum(p.numel() for p in AccidentLSTM().parameters()) == 50_497


@pytest.mark.parametrize(
    ("config", "member"),
    [
        # covariates 24; LSTM of width h over n inputs: 4h (n + h + 2); output 2 (h + 1)
        (PRESETS["recommended"], 128 * (26 + 34) + 128 * (28 + 34) + 66),
        # and attention: 4 (h² + h); joined: h (2h + 1)
        (PRESETS["attention"], 128 * (26 + 34) + 128 * (28 + 34) + 66 + 4 * 32 * 33 + 32 * 65),
        # two layers of attention 4 (h² + h), feed-forward h (4h + 1) + 4h (h + 1), and norms 2h; last norm; inputs
        (SeriesTransformerConfig(), 2 * (4 * 32 * 33 + 32 * 129 + 128 * 33 + 2 * 64) + 64 + 32 * (27 + 29) + 66),
    ],
    ids=["recommended", "attention", "transformer"],
)
def test_every_network_has_the_parameters_stated(config: LSTMConfig, member: int) -> None:
    assert sum(p.numel() for p in design(config).network.parameters()) == config.members * member


def test_positions_are_waves_over_the_distance_from_the_origin() -> None:
    waves = positions(2, torch.zeros(1, 4, 6))
    assert waves.shape == (4, 6)
    torch.testing.assert_close(waves[2], torch.tensor([0.0, 1.0] * 3))  # the origin itself
    lengths = torch.tensor([1.0, 10.0, 100.0])
    torch.testing.assert_close(waves[0, ::2], torch.sin(-2 / lengths))
    torch.testing.assert_close(waves[3, 1::2], torch.cos(1 / lengths))
    assert positions(2, torch.zeros(1, 4, 5)).shape == (4, 5)


@pytest.mark.parametrize(("architecture", "least"), [("attention", 1e-5), ("encoder-decoder", 0.0)])
def test_attention_finds_the_first_day_that_was_read(architecture: str, least: float) -> None:
    """The memory of an LSTM that has not learnt fades by half a day, so that nothing is left of it after 111."""
    torch.manual_seed(0)
    made = design(LSTMConfig(architecture=architecture, hidden=8, members=1))
    read = windows.window(windows.days(simulated(), 28, CPU), torch.tensor([450]), 112, 28)
    past = read.past.clone().requires_grad_()
    mean, _dispersion = made.network(replace(read, past=past))
    (gradient,) = torch.autograd.grad(mean.log().sum(), past)
    first = float(gradient[0, 0].abs().max())
    assert first > least if least else first < 1e-12


def test_every_parameter_learns(made: Design) -> None:
    loss_of(made, list(range(400, 432))).backward()
    for name, parameter in made.network.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_a_small_set_is_learnt_by_heart(made: Design) -> None:
    origins = list(range(400, 408))
    before = float(loss_of(made, origins).detach())
    optimizer = torch.optim.Adam(made.network.parameters(), lr=0.01)
    for _step in range(150):
        optimizer.zero_grad()
        loss_of(made, origins).backward()
        optimizer.step()
    after = float(loss_of(made, origins).detach())
    # squared error goes to nothing; a likelihood goes below that of the true mean, about 3.8 a day here
    assert after < (0.1 * before if made.step == 1 else 3.7)


def test_a_permuted_batch_permutes_its_output(made: Design) -> None:
    made.network.eval()
    origins = np.arange(400, 432)
    order = np.random.default_rng(1).permutation(len(origins))
    straight, permuted = (made.paths(simulated(), o, 28) for o in (origins, origins[order]))
    np.testing.assert_allclose(permuted.mean, straight.mean[order], rtol=1e-5)
    np.testing.assert_allclose(permuted.quantiles, straight.quantiles[:, order], atol=1.01)  # counts may round over


def test_short_horizons_are_the_start_of_long_ones(made: Design) -> None:
    made.network.eval()
    short, long = (made.paths(simulated(), np.array([450]), h) for h in (7, 28))
    np.testing.assert_allclose(short.mean, long.mean[:, :7], rtol=1e-5)
    assert short.quantiles.shape == (9, 1, 7)


@pytest.mark.parametrize("change", [lambda v: v * 0, lambda v: v[::-1].copy(), lambda v: v + 1000])
def test_the_future_is_never_read(made: Design, change: Callable[[np.ndarray], np.ndarray]) -> None:
    made.network.eval()
    counts = simulated()
    origin = 440
    changed = counts.copy()
    changed.iloc[origin:] = change(counts.to_numpy()[origin:])
    before, after = (made.paths(s, np.array([origin]), 28) for s in (counts, changed))
    np.testing.assert_array_equal(before.mean, after.mean)
    np.testing.assert_array_equal(before.quantiles, after.quantiles)


def test_negative_binomial_loss_is_that_of_scipy() -> None:
    counts, mean, dispersion = np.array([[3.0, 150.0]]), np.array([[4.0, 140.0]]), np.array([[0.2, 0.01]])
    expected = -nbinom.logpmf(counts, 1 / dispersion, 1 / (1 + dispersion * mean))
    tensors = [torch.tensor(v) for v in (counts, mean, dispersion)]
    assert float(negative_binomial_loss(*tensors, torch.ones(1, 2))) == pytest.approx(expected.mean())
    assert float(negative_binomial_loss(*tensors, torch.tensor([[0.0, 1.0]]))) == pytest.approx(expected[0, 1])


def test_covid_days_are_not_learnt_from() -> None:
    index = pd.date_range("2019-06-01", "2020-04-10")
    counts = pd.Series(100.0, index=index)
    emptied = counts.where(index < "2020-03-17", 5.0)
    origin = torch.tensor([index.get_loc(pd.Timestamp("2020-03-03"))])  # two usual weeks, then two of the lockdown
    torch.manual_seed(0)
    made = design(CONFIGS["encoder-decoder"])
    losses = [float(made.loss(s, CPU)(made.network, (origin,)).detach()) for s in (counts, emptied)]
    assert losses[0] == losses[1]


def test_origins_with_nothing_but_covid_days_are_dropped() -> None:
    counts = pd.Series(100.0, index=pd.date_range("2019-06-01", "2021-12-31"))
    days = counts.index[windows.learnable(counts, 0, len(counts), 28)]
    assert pd.Timestamp("2020-03-16") in days
    assert not ((days >= "2020-03-17") & (days <= "2021-05-24")).any()
    assert pd.Timestamp("2021-05-25") in days  # its last day, 21 June, is a usual one
    assert days[-1] == pd.Timestamp("2021-12-04")  # 28 days before the end


def test_a_covid_day_of_last_year_is_replaced_by_recent_weeks() -> None:
    index = pd.date_range("2020-01-01", "2021-08-31")
    counts = pd.Series(np.where(index < "2021-06-21", 10.0, 100.0), index=index)
    source = windows.days(counts, 28, CPU)
    window = windows.window(source, torch.tensor([len(counts)]), 28, 28)
    weekday, last_year, known = window.ahead[0, :, 0], window.ahead[0, :, 1], window.ahead[0, :, 2]
    assert known.sum() == 0
    torch.testing.assert_close(last_year, weekday)
    torch.testing.assert_close(window.level, torch.tensor([[100.0]]))


def test_known_days_of_last_year_are_those_364_days_back() -> None:
    counts = simulated(500)
    window = windows.window(windows.days(counts, 28, CPU), torch.tensor([500, 350]), 28, 28)
    np.testing.assert_allclose((window.ahead[0, :, 1] + 1) * window.level[0], counts.iloc[136:164], rtol=1e-5)
    assert window.ahead[0, :, 2].sum() == 28
    assert window.ahead[1, :, 2].tolist() == [0.0] * 14 + [1.0] * 14  # the series begins 364 days before the 15th


def test_last_years_days_are_told_as_ratios_to_the_level_of_then() -> None:
    counts = pd.Series(50.0, index=pd.date_range("2022-01-01", periods=500))
    counts.iloc[80:136] = 20.0  # the eight weeks before the day that was the origin a year ago
    counts.iloc[136:143] = 30.0
    source = windows.days(counts, 28, CPU)
    rise = windows.window(source, torch.tensor([500]), 28, 28).ahead[0, :, 3]
    torch.testing.assert_close(rise, torch.tensor([0.5] * 7 + [1.5] * 21))
    assert not windows.window(source, torch.tensor([384]), 28, 28).ahead[0, :, 3].any()  # 20 days of that level


def test_last_years_level_leaves_out_days_that_are_not_usual() -> None:
    counts = pd.Series(10.0, index=pd.date_range("2020-06-01", "2022-07-15"))
    counts.loc["2021-06-21":] = 40.0
    origin = len(counts)  # 16 July 2022: a year ago 17 July, whose eight weeks began in the COVID period
    rise = windows.window(windows.days(counts, 28, CPU), torch.tensor([origin]), 28, 28).ahead[0, :, 3]
    torch.testing.assert_close(rise, torch.zeros(28))
