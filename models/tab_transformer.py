"""TabTransformer: attention over the categories of an accident, joined to its numbers.

Source: Huang, Khetan, Cvitkovic and Karnin 2020, TabTransformer, arXiv 2012.06678.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from data.errors import DataError
from data.features import checked
from data.text import _
from models.base import NotFitted
from models.encoder import TOPICS, Encoded
from models.networks import NetworkClassifier
from models.tab_transformer_config import TabTransformerConfig


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

    Departures from the paper, each a setting of its own, with its effect in docs/benchmark.md (`DEPARTURES`):
    - `identifier` 0, in the base design: one shared layer widens a small embedding, and no identifier says which column
      it is; the embeddings of two columns differ anyway, so it is the cheaper of the two.
    - `number_bins`: numbers described by stretches, because what they tell jumps (an age of 17, of 18).
    - `number_tokens`: numbers in attention, one token a topic, because which count matters depends on the categories;
      a token a number would cost four times the attention.
    - `head`: a narrow one, because the published one has more weights than there are accidents.
    - `ordinal`: severity is a scale.

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
        # section 2 of the paper: continuous features are layer-normed before they join
        plain = not (config.number_tokens or config.number_bins)
        self.norm = nn.LayerNorm(len(topics) * described) if plain and topics else nn.Identity()
        self.head = _head(config, joined, n_classes)

    starts: Tensor

    def forward(self, codes: Tensor, numbers: Tensor) -> Tensor:
        logits: Tensor = self.head(self.represented(codes, numbers))
        return logits

    def represented(self, codes: Tensor, numbers: Tensor) -> Tensor:
        """What the head is given: tokens after attention, then numbers that are no tokens. Shape: (batch, joined)"""
        described = self._described(numbers)
        tokens = self._tokens(codes, described)
        if tokens.shape[1]:  # attention over no token at all is not defined
            tokens = self.blocks(tokens)
        seen = tokens.flatten(1)
        if self.topics is None:
            seen = torch.cat([seen, self.norm(described.flatten(1))], dim=1)
        return seen

    def tokens(self, codes: Tensor, numbers: Tensor) -> Tensor:
        """What attention begins with: a token a category, then one a topic of numbers. Shape: (batch, tokens, width)"""
        return self._tokens(codes, self._described(numbers))

    def _tokens(self, codes: Tensor, described: Tensor) -> Tensor:
        tokens: Tensor = self.widen(self.embedding(codes + self.starts))
        if self.identifier is not None:
            tokens = torch.cat([tokens, self.identifier.expand(len(codes), -1, -1)], dim=2)
        if self.topics is not None:
            tokens = torch.cat([tokens, self.topics(described)], dim=1)
        return tokens

    def _described(self, numbers: Tensor) -> Tensor:
        """Shape: (batch, n_numbers, columns a number)."""
        if self.stretches is not None:
            described: Tensor = self.stretches(numbers)
            return described
        return torch.stack(numbers.chunk(2, dim=1), dim=2)


def _head(config: TabTransformerConfig, joined: int, n_classes: int) -> nn.Sequential:
    first, second = (config.head, config.head // 2) if config.head else (4 * joined, 2 * joined)
    layers = [nn.Linear(joined, first), nn.GELU(), nn.Dropout(config.dropout)]
    layers += [nn.Linear(first, second), nn.GELU(), nn.Dropout(config.dropout)]
    if config.ordinal:
        return nn.Sequential(*layers, nn.Linear(second, n_classes - 1), Ordinal())
    return nn.Sequential(*layers, nn.Linear(second, n_classes))


class Ordinal(nn.Module):
    """Answers to 'worse than this class, if at least this class?' as log-probabilities of the classes.

    Source: Shi, Cao and Raschka 2021, Deep Neural Networks for Rank-Consistent Ordinal Regression Based on Conditional
    Probabilities (CORN), arXiv 2111.08851. The loss of these log-probabilities is the sum of theirs over the questions.
    Shapes: (n, classes - 1) -> (n, classes).
    """

    def forward(self, scores: Tensor) -> Tensor:
        reached = nn.functional.logsigmoid(scores).cumsum(dim=1)
        ends = nn.functional.logsigmoid(-scores)
        start = torch.zeros_like(scores[:, :1])
        return torch.cat([start, reached], dim=1) + torch.cat([ends, start], dim=1)


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
    importance_rows: ClassVar[int] = 60  # each costs hundreds of rows forward

    config: TabTransformerConfig
    network: TabTransformer

    def represent(self, rows: pd.DataFrame) -> np.ndarray:
        """What the head is given of each row, in the order of `parts`. Shape: (n, width) float32

        Raises: DataError as `predict_proba`; NotFitted.
        """
        if not hasattr(self, "network"):
            raise NotFitted(_("This {kind} is not trained yet.").format(kind=self.kind))
        encoded = self.encoder.encode(checked(rows))
        return np.asarray(self._outputs(self.network.represented, encoded))

    @property
    def parts(self) -> list[tuple[str, int]]:
        """What the columns of `represent` tell of, and how many each has: a category, or the numbers of a topic."""
        width = self.config.width
        tokens = [(i.name, width) for i in self.encoder.inputs if i.kind == "category"]
        if self.config.number_tokens:
            return [*tokens, *((topic, width) for topic in dict.fromkeys(TOPICS))]
        described = self.config.number_bins + 1 if self.config.number_bins else 2
        return [*tokens, *((topic, described) for topic in TOPICS)]

    def _network(self) -> TabTransformer:
        if self.config.ordinal and self.target != "severity":
            raise DataError(_("ordinal = true is for severity; collision types have no order."))
        return TabTransformer(self.config, sizes=self.encoder.sizes, topics=TOPICS, n_classes=len(self.classes))

    def _prepare(self, train: Encoded) -> None:
        if self.network.stretches is not None:
            values, known = self._tensors(train)[1].chunk(2, dim=1)
            self.network.stretches.learn(values, known)
