"""The forecasting network whose decoder looks back at every day it has read."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from models.forecast_networks import LSTMMember, distribution
from models.forecast_windows import Window

_HEADS = 4


class AttentionMember(LSTMMember):
    """Preset `attention`: the encoder-decoder, where each day ahead also attends to the states of the days read.

    The memory handed over at the origin holds the latest days best; a day ahead can find its own weekday and the
    holidays before it among all of them. Source: Luong et al. 2015, Effective Approaches to Attention-based Neural
    Machine Translation, global attention; here with several heads and scaled products.
    """

    def __init__(self, *, n_past: int, n_ahead: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__(n_past=n_past, n_ahead=n_ahead, hidden=hidden, layers=layers, dropout=dropout)
        self.attention = nn.MultiheadAttention(hidden, math.gcd(hidden, _HEADS), dropout=dropout, batch_first=True)
        self.joined = nn.Linear(2 * hidden, hidden)

    def forward(self, window: Window) -> tuple[Tensor, Tensor]:
        read, memory = self.encoder(window.past)
        states, _memory = self.decoder(window.ahead, memory)
        found, _weights = self.attention(states, read, read, need_weights=False)
        joined = torch.tanh(self.joined(torch.cat([states, found], dim=-1)))
        return distribution(self.output(self.dropout(joined)), window.level)
