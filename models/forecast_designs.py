"""How each architecture learns from a series and forecasts from it; splitting and keeping are the forecaster's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from data import calendar
from models import forecast_windows as windows
from models.forecast_attention import AttentionMember
from models.forecast_networks import AccidentEncoderDecoder, AccidentLSTM, LSTMMember, negative_binomial_loss
from models.forecast_transformer import TransformerMember
from models.forecasts import HORIZON, QUANTILES, Paths, negative_binomial
from models.lstm_config import LSTMConfig
from models.training import Batch, Loss

_BATCH = 512  # origins forecast at once
_MEMBERS: dict[str, Callable[..., nn.Module]] = {
    "encoder-decoder": LSTMMember,
    "attention": AttentionMember,
    "transformer": TransformerMember,
}


class Design(Protocol):
    """One architecture. `window` is how many days it reads, `step` how many a training sample forecasts."""

    window: int
    step: int

    @property
    def network(self) -> nn.Module: ...

    def learn_statistics(self, train: pd.Series) -> None:
        """Take what the inputs need from the training days alone."""

    def loss(self, series: pd.Series, device: torch.device) -> Loss:
        """The mean loss of a batch of origins (positions in the series)."""

    def learn_residuals(self, series: pd.Series, origins: np.ndarray) -> None:
        """Take what the intervals need from forecasts of the validation days."""

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        """Forecasts, with the network in eval mode on its device."""

    def state(self) -> dict[str, Any]:
        """What a checkpoint must hold beside the weights."""

    def restore(self, state: dict[str, Any]) -> None:
        """The opposite of `state`."""


class OneStep:
    """Preset `base`: standardised counts in, the next day out; longer horizons feed each mean back as a count.

    The network gives no spread, so intervals are the quantiles of its own errors on the validation days, by horizon.
    """

    step = 1

    def __init__(self, config: LSTMConfig) -> None:
        self.network = AccidentLSTM(hidden=config.hidden, layers=config.layers, dropout=config.dropout)
        self.window = config.window
        self.mean, self.deviation = 0.0, 1.0
        self.residuals = np.zeros((len(QUANTILES), HORIZON))

    def learn_statistics(self, train: pd.Series) -> None:
        usual = train[~calendar.is_covid(pd.DatetimeIndex(train.index))]
        self.mean, self.deviation = float(usual.mean()), max(float(usual.std(ddof=0)), 1e-6)

    def loss(self, series: pd.Series, device: torch.device) -> Loss:
        counts = self._standard(series, device)
        back = torch.arange(-self.window, 0, device=device)

        def squared_error(network: nn.Module, batch: Batch) -> Tensor:
            (origins,) = batch
            error: Tensor = network(counts[origins[:, None] + back]) - counts[origins]
            return (error**2).mean()

        return squared_error

    def learn_residuals(self, series: pd.Series, origins: np.ndarray) -> None:
        days = origins[:, None] + np.arange(HORIZON)
        covid = calendar.is_covid(pd.DatetimeIndex(series.index))[days]
        errors = series.to_numpy(dtype=float)[days] - self._means(series, origins, HORIZON)
        self.residuals = np.nanquantile(np.where(covid, np.nan, errors), QUANTILES, axis=0)

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        mean = self._means(series, origins, horizon)
        return Paths(mean, np.maximum(0.0, mean + self.residuals[:, None, :horizon]))

    def state(self) -> dict[str, Any]:
        return {"mean": self.mean, "deviation": self.deviation, "residuals": self.residuals.tolist()}

    def restore(self, state: dict[str, Any]) -> None:
        self.mean, self.deviation = float(state["mean"]), float(state["deviation"])
        self.residuals = np.array(state["residuals"], dtype=float).reshape(len(QUANTILES), HORIZON)

    def _means(self, series: pd.Series, origins: np.ndarray, horizon: int) -> np.ndarray:
        device = next(self.network.parameters()).device
        counts = self._standard(series, device)

        def roll(some: Tensor) -> Tensor:
            seen = counts[some[:, None] + torch.arange(-self.window, 0, device=device)]
            for _step in range(horizon):
                seen = torch.cat([seen, self.network(seen[:, -self.window :])[:, None].float()], dim=1)
            return seen[:, self.window :]

        return np.maximum(0.0, in_batches(roll, device, origins) * self.deviation + self.mean)

    def _standard(self, series: pd.Series, device: torch.device) -> Tensor:
        values = (series.to_numpy(dtype="float64") - self.mean) / self.deviation
        return torch.tensor(values, dtype=torch.float32, device=device)


class Direct:
    """Every architecture but `base`: all 28 days at once, as negative binomial distributions."""

    step = HORIZON

    def __init__(self, config: LSTMConfig) -> None:
        self.network = encoder_decoder(config, config.members)
        self.window = config.window

    def learn_statistics(self, train: pd.Series) -> None:
        """Nothing to learn: each window is measured by its own level."""

    def loss(self, series: pd.Series, device: torch.device) -> Loss:
        source = windows.days(series, HORIZON, device)

        def negative_log_likelihood(network: nn.Module, batch: Batch) -> Tensor:
            (origins,) = batch
            mean, dispersion = network(windows.window(source, origins, self.window, HORIZON))
            if not network.training:  # members learn each for itself, and are judged by their mean
                mean, dispersion = mean.mean(dim=0), dispersion.mean(dim=0)
            counts, weight = (t.expand_as(mean) for t in windows.targets(source, origins, HORIZON))
            return negative_binomial_loss(counts, mean, dispersion, weight)

        return negative_log_likelihood

    def learn_residuals(self, series: pd.Series, origins: np.ndarray) -> None:
        """Nothing to learn: the network gives its own spread."""

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        device = next(self.network.parameters()).device
        source = windows.days(series, HORIZON, device)

        def forecast(some: Tensor) -> Tensor:
            mean, dispersion = self.network(windows.window(source, some, self.window, HORIZON))
            return torch.stack([mean.mean(dim=0), dispersion.mean(dim=0)], dim=-1)

        out = in_batches(forecast, device, origins)[:, :horizon].astype("float64")
        return negative_binomial(out[..., 0], out[..., 1])

    def state(self) -> dict[str, Any]:
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """Nothing to restore beside the weights."""


def encoder_decoder(config: LSTMConfig, members: int, more: int = 0) -> AccidentEncoderDecoder:
    """The network a configuration asks for, which reads `more` features of each day than a `Window` has."""
    n_past, n_ahead = windows.n_features()
    return AccidentEncoderDecoder(
        _MEMBERS[config.architecture](
            n_past=n_past + more,
            n_ahead=n_ahead + more,
            hidden=config.hidden,
            layers=config.layers,
            dropout=config.dropout,
        )
        for _member in range(members)
    )


def design(config: LSTMConfig) -> Design:
    """The architecture a configuration asks for, with fresh weights from torch's current seed."""
    return OneStep(config) if config.architecture == "base" else Direct(config)


@torch.inference_mode()
def in_batches(answer: Callable[..., Tensor], device: torch.device, *rows: np.ndarray) -> np.ndarray:
    """What a network answers to rows (n,) of positions, some at once."""
    parts = zip(*(torch.as_tensor(row, device=device).split(_BATCH) for row in rows), strict=True)
    return torch.cat([answer(*part).float().cpu() for part in parts]).numpy()
