"""The forecasting network without recurrence: days read and days ahead are one sequence that attends to itself."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from models.forecast_networks import distribution
from models.forecast_windows import Window

_HEADS = 4
_LONGEST = 1000.0  # days: the wavelengths of the positions reach over every window


class TransformerMember(nn.Module):
    """A small transformer over the days of a window, each marked by its distance from the origin.

    Days ahead attend to days ahead too: their calendar is known. Source: Vaswani et al. 2017, Attention Is All You
    Need, the encoder; norms stand before attention, which needs no warm-up (Xiong et al. 2020).
    """

    READERS = ("past", "layers")

    def __init__(self, *, n_past: int, n_ahead: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.past, self.ahead = nn.Linear(n_past, hidden), nn.Linear(n_ahead, hidden)
        layer = nn.TransformerEncoderLayer(
            hidden,
            math.gcd(hidden, _HEADS),
            dim_feedforward=4 * hidden,
            dropout=dropout,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerEncoder(layer, layers, nn.LayerNorm(hidden), enable_nested_tensor=False)
        self.dropout = nn.Dropout(dropout)
        self.output = nn.Linear(hidden, 2)

    def forward(self, window: Window) -> tuple[Tensor, Tensor]:
        days = torch.cat([self.past(window.past), self.ahead(window.ahead)], dim=1)
        states = self.layers(days + positions(window.past.shape[1], days))[:, window.past.shape[1] :]
        return distribution(self.output(self.dropout(states)), window.level)


def positions(origin: int, days: Tensor) -> Tensor:
    """Waves over the distance of each day from the origin, in days. Shape: (days, width) for days (n, days, width)."""
    length, width = days.shape[1:]
    distance = torch.arange(length, device=days.device)[:, None] - origin
    half = (width + 1) // 2
    angle = distance / _LONGEST ** (torch.arange(half, device=days.device) / half)
    return torch.stack([torch.sin(angle), torch.cos(angle)], dim=-1).flatten(1)[:, :width].to(days.dtype)
