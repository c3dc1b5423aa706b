"""The forecasting networks made of LSTMs, and what all that forecast by encoder and decoder share."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.forecast_windows import Window

_EMBEDDING = 8
PLACE_FEATURES = _EMBEDDING + 2


class AccidentLSTM(nn.Module):
    """Preset `base`: stacked LSTM over standardised counts, one linear output, the next day.

    Shapes: input (batch, window), output (batch,).
    """

    READERS = ("lstm",)

    def __init__(self, *, hidden: int = 64, layers: int = 2, dropout: float = 0.2) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, hidden, layers, batch_first=True, dropout=dropout if layers > 1 else 0.0)
        self.output = nn.Linear(hidden, 1)

    def forward(self, counts: Tensor) -> Tensor:
        states, _last = self.lstm(counts[..., None])
        after: Tensor = self.output(states[:, -1])
        return after[:, 0]


class AccidentEncoderDecoder(nn.Module):
    """Members that differ in their first weights alone, and answer by their mean.

    Shapes: input a `Window` of n origins, output mean and dispersion (members, n, horizon) each. The variance of a
    count is mean * (1 + dispersion * mean).
    """

    def __init__(self, members: Iterable[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, window: Window) -> tuple[Tensor, Tensor]:
        means, dispersions = zip(*(member(window) for member in self.members), strict=True)
        return torch.stack(means), torch.stack(dispersions)


class PlacedEncoderDecoder(nn.Module):
    """An encoder-decoder of many places, told of which by an embedding and by how many accidents it has.

    Place 0 stands for any place: one that was not there to be learnt is forecast as that. The core reads
    `PLACE_FEATURES` more of each day than `Window` has.

    Shapes: input a `Window` of n origins, their places (n,) and their level of a year (n, 1); output as the core's.
    """

    def __init__(self, core: AccidentEncoderDecoder, places: int) -> None:
        super().__init__()
        self.place = nn.Embedding(places + 1, _EMBEDDING)
        nn.init.normal_(self.place.weight, std=0.1)
        self.core = core

    def forward(self, window: Window, places: Tensor, yearly: Tensor) -> tuple[Tensor, Tensor]:
        levels = [torch.log(window.level), torch.log(yearly / window.level)]
        still = torch.cat([self.place(places), *levels], dim=-1)[:, None]
        past, ahead = (
            torch.cat([days, still.expand(-1, days.shape[1], -1)], dim=-1) for days in (window.past, window.ahead)
        )
        answer: tuple[Tensor, Tensor] = self.core(Window(past=past, ahead=ahead, level=window.level))
        return answer


class LSTMMember(nn.Module):
    """Presets `recommended` and `quick`: one LSTM reads the past, another walks the calendar ahead."""

    READERS = ("encoder",)

    def __init__(self, *, n_past: int, n_ahead: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        between = dropout if layers > 1 else 0.0
        self.encoder = nn.LSTM(n_past, hidden, layers, batch_first=True, dropout=between)
        self.decoder = nn.LSTM(n_ahead, hidden, layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 2)

    def forward(self, window: Window) -> tuple[Tensor, Tensor]:
        return self.answer(window.ahead, self.remember(window.past), window.level)

    def remember(self, past: Tensor) -> tuple[Tensor, Tensor]:
        """All that is known of the past. Shapes: (n, window, past features) -> (layers, n, hidden) twice."""
        _states, memory = self.encoder(past)
        found: tuple[Tensor, Tensor] = memory
        return found

    def answer(self, ahead: Tensor, memory: tuple[Tensor, Tensor], level: Tensor) -> tuple[Tensor, Tensor]:
        """The days ahead; each origin's memory may serve many."""
        states, _memory = self.decoder(ahead, memory)
        return distribution(self.output(self.dropout(states)), level)


def distribution(out: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and dispersion (n, horizon) each from two outputs a day, (n, horizon, 2), around the level (n, 1).

    A network that has learnt nothing answers the level itself, with the dispersion usual of daily counts.
    """
    out = out.float()  # float32: bfloat16 is too coarse for the likelihood
    return level * torch.exp(out[..., 0].clamp(-5, 5)), functional.softplus(out[..., 1] - 4.5)


def negative_binomial_loss(counts: Tensor, mean: Tensor, dispersion: Tensor, weight: Tensor) -> Tensor:
    """Mean negative log-likelihood over the days of weight 1. Shapes: (n, horizon) each."""
    dispersion = dispersion.clamp(min=1e-6)
    mean = mean.clamp(min=1e-4)
    size = 1 / dispersion
    log_likelihood = (
        torch.lgamma(counts + size)
        - torch.lgamma(size)
        - torch.lgamma(counts + 1)
        - size * torch.log1p(dispersion * mean)
        + counts * (torch.log(mean) - torch.log(size + mean))
    )
    return -(log_likelihood * weight).sum() / weight.sum().clamp(min=1)
