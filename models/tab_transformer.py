"""TabTransformer: attention over the categories of an accident, joined to its numbers.

Source: Huang, Khetan, Cvitkovic and Karnin 2020, TabTransformer, arXiv 2012.06678.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from data.text import _
from models import settings
from models.encoder import TOPICS, Encoded
from models.networks import NetworkClassifier
from models.settings import check, setting
from models.training import Schedule


@dataclass(frozen=True)
class TabTransformerConfig:
    """Settings of the TabTransformer; the defaults are the original design."""

    embedding: int = setting(
        16, "Embedding width", "Numbers that describe one value of a category.", minimum=2, maximum=128
    )
    width: int = setting(64, "Token width", "Numbers in one token.", minimum=8, maximum=512)
    blocks: int = setting(3, "Transformer blocks", "Rounds of attention.", minimum=1, maximum=12)
    heads: int = setting(4, "Attention heads", "Must divide the token width.", minimum=1, maximum=16)
    feed_forward: int = setting(256, "Feed-forward width", "Inner width of each block.", minimum=8, maximum=2048)
    dropout: float = setting(0.1, "Dropout", "Share of activations silenced in training.", minimum=0.0, maximum=0.9)
    identifier: int = setting(
        0,
        "Column identifier",
        "Numbers of each token that say which column it is; 0 widens the embedding by one layer instead.",
        minimum=0,
        maximum=64,
    )
    number_bins: int = setting(
        0,
        "Bins of a number",
        "Stretches between quantiles of the training rows in which a number is described; 0 takes it as it is.",
        minimum=0,
        maximum=64,
    )
    number_tokens: bool = setting(
        False, "Numbers in attention", "Numbers of one topic are a token too, instead of joining after attention."
    )
    head: int = setting(128, "Head width", "Numbers between the tokens and the answer.", minimum=8, maximum=4096)
    epochs: int = setting(
        20,
        "Epochs",
        "Most passes over the data; early stopping usually ends sooner.",
        minimum=1,
        maximum=200,
        advanced=False,
    )
    batch_size: int = setting(512, "Batch size", "Rows a training step.", minimum=16, maximum=16384)
    learning_rate: float = setting(
        0.001, "Learning rate", "Size of a training step.", minimum=1e-6, maximum=1.0, advanced=False
    )
    weight_decay: float = setting(0.01, "Weight decay", "Pull of the weights towards zero.", minimum=0.0, maximum=1.0)
    patience: int = setting(
        4, "Patience", "Epochs without a better validation loss before stopping.", minimum=1, maximum=50
    )
    warm_up: float = setting(
        0.0,
        "Warm-up",
        "Share of the steps in which the learning rate rises, before it falls along a cosine; 0 lets it fall only "
        "where the validation loss does not.",
        minimum=0.0,
        maximum=0.5,
    )
    averaging: float = setting(
        0.0,
        "Weight averaging",
        "Share of the running mean of the weights kept at each step; 0 is none.",
        minimum=0.0,
        maximum=0.9999,
    )
    clip: float = setting(
        0.0, "Gradient clipping", "Longest gradient of a step; 0 is no limit.", minimum=0.0, maximum=100.0
    )
    hidden_share: float = settings.hidden_share(0.25)
    seed: int = setting(
        0, "Seed", "The same seed gives the same model on the same machine.", minimum=0, maximum=2**31 - 1
    )

    def __post_init__(self) -> None:
        check(self)
        if self.width % self.heads:
            message = _("heads = {heads} does not divide width = {width}")
            raise ValueError(message.format(heads=self.heads, width=self.width))
        if self.identifier >= self.width:
            message = _("identifier = {identifier} leaves nothing of width = {width} for the value")
            raise ValueError(message.format(identifier=self.identifier, width=self.width))


PRESETS = {
    # Numbers in attention by topic, described by stretches; identifiers, warm-up and cosine, averaged weights.
    "recommended": TabTransformerConfig(
        width=48, identifier=6, feed_forward=192, number_bins=12, number_tokens=True, head=192, dropout=0.2, epochs=10,
        batch_size=512, learning_rate=0.0015, patience=10, warm_up=0.1, averaging=0.98, clip=1.0, hidden_share=0.2,
    ),
    "base": TabTransformerConfig(),
}  # fmt: skip


class PiecewiseLinear(nn.Module):
    """Each number as its way through the stretches between its quantiles: 1 where passed, 0 where not reached.

    Source: Gorishniy et al. 2022, On Embeddings for Numerical Features in Tabular Deep Learning, arXiv 2203.05556.
    Shapes: in (n, 2 numbers), values and flags; out (n, numbers, bins + 1), the flag last. An unknown number is 0.
    """

    def __init__(self, n_numbers: int, bins: int) -> None:
        super().__init__()
        self.register_buffer("edges", torch.zeros(n_numbers, bins + 1))

    edges: Tensor

    def learn(self, values: Tensor, known: Tensor) -> None:
        """Take the edges from training rows; equal quantiles leave stretches of no length."""
        shares = torch.linspace(0, 1, self.edges.shape[1], dtype=torch.float64)
        for column in range(len(self.edges)):
            seen = values[:, column][known[:, column] > 0].double()
            if len(seen):
                self.edges[column] = torch.quantile(seen.unique() if seen.unique().numel() <= 64 else seen, shares)

    def forward(self, numbers: Tensor) -> Tensor:
        values, known = numbers.chunk(2, dim=1)
        low, high = self.edges[:, :-1], self.edges[:, 1:]
        length = (high - low).clamp_min(1e-6)
        way = ((values[:, :, None] - low) / length).clamp(0, 1) * (high > low)
        return torch.cat([way * known[:, :, None], known[:, :, None]], dim=2)


class TabTransformer(nn.Module):
    """One token a category, attention among them, then a head over all tokens and the numbers.

    Departures from the paper: the base design widens a small embedding by one shared layer and adds no column
    identifier; numbers may be described by stretches and may be tokens, one a topic, so that a category can attend to
    them.

    Shapes: codes (batch, len(sizes)) int64, 0 = unknown; numbers (batch, 2 n_numbers), values and flags; out
    (batch, n_classes) logits. `sizes` are the numbers of codes of each category, the unknown included.
    """

    def __init__(
        self, config: TabTransformerConfig, *, sizes: list[int], topics: tuple[str, ...], n_classes: int
    ) -> None:
        super().__init__()
        # one table for all categories, each with its own stretch of rows: a single look-up instead of one a column
        starts = np.cumsum([0, *sizes[:-1]])
        self.register_buffer("starts", torch.as_tensor(starts[: len(sizes)], dtype=torch.int64), persistent=False)
        width = config.width
        own = width - config.identifier if config.identifier else config.embedding
        self.embedding = nn.Embedding(max(sum(sizes), 1), own)
        self.widen = nn.Identity() if config.identifier else nn.Linear(config.embedding, width)
        self.identifier = nn.Parameter(0.1 * torch.randn(len(sizes), config.identifier)) if config.identifier else None
        self.stretches = PiecewiseLinear(len(topics), config.number_bins) if config.number_bins else None
        described = config.number_bins + 1 if config.number_bins else 2  # columns a number
        self.topics = _TopicTokens(topics, described, width) if config.number_tokens else None
        block = nn.TransformerEncoderLayer(
            d_model=width,
            nhead=config.heads,
            dim_feedforward=config.feed_forward,
            dropout=config.dropout,
            activation="gelu",
            batch_first=True,
        )
        self.blocks = nn.TransformerEncoder(block, num_layers=config.blocks, enable_nested_tensor=False)
        tokens = len(sizes) + (len(set(topics)) if config.number_tokens else 0)
        joined = tokens * width + (0 if config.number_tokens else len(topics) * described)
        self.head = nn.Sequential(
            nn.Linear(joined, config.head),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.head, config.head // 2),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.head // 2, n_classes),
        )

    starts: Tensor

    def forward(self, codes: Tensor, numbers: Tensor) -> Tensor:
        tokens = self.widen(self.embedding(codes + self.starts))
        if self.identifier is not None:
            tokens = torch.cat([tokens, self.identifier.expand(len(codes), -1, -1)], dim=2)
        described = self._described(numbers)
        if self.topics is not None:
            tokens = torch.cat([tokens, self.topics(described)], dim=1)
        if tokens.shape[1]:  # attention over no token at all is not defined
            tokens = self.blocks(tokens)
        seen = tokens.flatten(1)
        if self.topics is None:
            seen = torch.cat([seen, described.flatten(1)], dim=1)
        logits: Tensor = self.head(seen)
        return logits

    def _described(self, numbers: Tensor) -> Tensor:
        """Shape: (batch, n_numbers, columns a number)."""
        if self.stretches is not None:
            described: Tensor = self.stretches(numbers)
            return described
        return torch.stack(numbers.chunk(2, dim=1), dim=2)


class _TopicTokens(nn.Module):
    """A token for the numbers of each topic. Shapes: (n, n_numbers, described) -> (n, topics, width)."""

    def __init__(self, topics: tuple[str, ...], described: int, width: int) -> None:
        super().__init__()
        self.places = [[i for i, topic in enumerate(topics) if topic == name] for name in dict.fromkeys(topics)]
        self.layers = nn.ModuleList(nn.Linear(len(places) * described, width) for places in self.places)

    def forward(self, described: Tensor) -> Tensor:
        tokens = [
            layer(described[:, places].flatten(1)) for places, layer in zip(self.places, self.layers, strict=True)
        ]
        return torch.stack(tokens, dim=1)


class TabTransformerClassifier(NetworkClassifier):
    """The TabTransformer behind the product's classifier contract."""

    kind: ClassVar[str] = "tab-transformer"
    config_type: ClassVar[type] = TabTransformerConfig
    importance_rows: ClassVar[int] = 60  # each costs about 800 rows forward

    config: TabTransformerConfig
    network: TabTransformer

    def _network(self) -> TabTransformer:
        return TabTransformer(self.config, sizes=self.encoder.sizes, topics=TOPICS, n_classes=len(self.classes))

    def _prepare(self, train: Encoded) -> None:
        if self.network.stretches is not None:
            values, known = self._tensors(train)[1].chunk(2, dim=1)
            self.network.stretches.learn(values, known)

    def _schedule(self) -> Schedule:
        c = self.config
        return Schedule(
            epochs=c.epochs,
            batch_size=c.batch_size,
            learning_rate=c.learning_rate,
            weight_decay=c.weight_decay,
            patience=c.patience,
            plateau_patience=1,
            clip=c.clip or math.inf,
            warm_up=c.warm_up,
            averaging=c.averaging,
            seed=c.seed,
        )
