"""TabTransformer: attention over the categories of an accident, joined to its numbers.

Source: Huang, Khetan, Cvitkovic and Karnin 2020, TabTransformer, arXiv 2012.06678.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from data.text import _
from models import device as devices
from models.base import Report
from models.classifier import Classifier
from models.encoder import Encoded, random_absence
from models.explain import shapley
from models.settings import check, setting
from models.training import Batch, Schedule, fit_network

_FILE = "weights.safetensors"
_BATCH = 8192  # rows a forward pass when predicting
_ORDERINGS = 8  # of inputs, for explanations: about 300 rows forward an accident


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
    hidden_share: float = setting(
        0.25,
        "Half-described rows",
        "Share of training rows with some inputs hidden, so that 'unknown' is learnt.",
        minimum=0.0,
        maximum=1.0,
    )
    seed: int = setting(
        0, "Seed", "The same seed gives the same model on the same machine.", minimum=0, maximum=2**31 - 1
    )

    def __post_init__(self) -> None:
        check(self)
        if self.width % self.heads:
            message = _("heads = {heads} does not divide width = {width}")
            raise ValueError(message.format(heads=self.heads, width=self.width))


PRESETS = {"base": TabTransformerConfig()}


class TabTransformer(nn.Module):
    """One token a category, attention among them, then a head over all tokens and the numbers.

    Shapes: codes (batch, len(sizes)) int64, 0 = unknown; numbers (batch, n_numbers); out (batch, n_classes) logits.
    `sizes` are the numbers of codes of each category, the unknown included.
    """

    def __init__(self, config: TabTransformerConfig, *, sizes: list[int], n_numbers: int, n_classes: int) -> None:
        super().__init__()
        # one table for all categories, each with its own stretch of rows: a single look-up instead of one a column
        starts = np.cumsum([0, *sizes[:-1]])
        self.register_buffer("starts", torch.as_tensor(starts[: len(sizes)], dtype=torch.int64), persistent=False)
        self.embedding = nn.Embedding(max(sum(sizes), 1), config.embedding)
        self.widen = nn.Linear(config.embedding, config.width)
        block = nn.TransformerEncoderLayer(
            d_model=config.width,
            nhead=config.heads,
            dim_feedforward=config.feed_forward,
            dropout=config.dropout,
            activation="gelu",
            batch_first=True,
        )
        self.blocks = nn.TransformerEncoder(block, num_layers=config.blocks, enable_nested_tensor=False)
        self.head = nn.Sequential(
            nn.Linear(len(sizes) * config.width + n_numbers, 128),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(128, 64),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(64, n_classes),
        )

    starts: Tensor

    def forward(self, codes: Tensor, numbers: Tensor) -> Tensor:
        seen = numbers
        if codes.shape[1]:  # attention over no token at all is not defined
            tokens: Tensor = self.blocks(self.widen(self.embedding(codes + self.starts)))
            seen = torch.cat([tokens.flatten(1), numbers], dim=1)
        logits: Tensor = self.head(seen)
        return logits


class TabTransformerClassifier(Classifier):
    """The TabTransformer behind the product's classifier contract."""

    kind: ClassVar[str] = "tab-transformer"
    config_type: ClassVar[type] = TabTransformerConfig
    unit: ClassVar[str] = "log-odds"
    game: ClassVar[str] = "sampled Shapley values: an absent input is one the model is told is unknown"

    importance_rows: ClassVar[int] = 80  # each costs about 300 rows forward

    config: TabTransformerConfig
    network: TabTransformer

    def _fit(
        self, train: Encoded, truth: np.ndarray, validation: Encoded, validation_truth: np.ndarray, report: Report
    ) -> None:
        c = self.config
        torch.manual_seed(c.seed)
        self._random = np.random.default_rng(c.seed)
        self.network = self._network()
        self.curves = fit_network(
            self.network,
            train=(*self._tensors(train), torch.as_tensor(truth)),
            validation=(*self._tensors(validation), torch.as_tensor(validation_truth)),
            loss=self._loss,
            schedule=Schedule(
                epochs=c.epochs,
                batch_size=c.batch_size,
                learning_rate=c.learning_rate,
                weight_decay=c.weight_decay,
                patience=c.patience,
                plateau_patience=1,
                seed=c.seed,
            ),
            device=devices.pick(self.device),
            report=report,
        )

    def _loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy; in training, some rows are half described, so that the model learns what 'unknown' means."""
        codes, numbers, truth = batch
        if network.training and self.config.hidden_share:
            codes, numbers = self._hide(codes, numbers)
        return nn.functional.cross_entropy(network(codes, numbers), truth)

    def _hide(self, codes: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        absent = random_absence(self.encoder.inputs, len(codes), self._random)
        absent &= self._random.random((len(codes), 1)) < self.config.hidden_share
        present = torch.as_tensor(~absent, device=codes.device)
        n_categories = codes.shape[1]
        of_numbers = present[:, n_categories:].repeat(1, 2)  # the values, then the flags that say they are known
        return codes * present[:, :n_categories], numbers * of_numbers

    def _proba(self, rows: Encoded) -> np.ndarray:
        return np.asarray(self._logits(rows).softmax(dim=1).numpy())

    @torch.inference_mode()
    def _logits(self, rows: Encoded) -> Tensor:
        self.network.eval()
        place = next(self.network.parameters()).device
        parts = zip(*(t.split(_BATCH) for t in self._tensors(rows)), strict=True)
        with devices.answering(place, len(rows)):
            logits = [self.network(c.to(place), n.to(place)).float().cpu() for c, n in parts]
        return torch.cat(logits).double()

    def _contributions(self, rows: Encoded) -> np.ndarray:
        return np.stack([self._explain_one(rows.take(np.array([i]))) for i in range(len(rows))])

    def _explain_one(self, row: Encoded) -> np.ndarray:
        def outputs(present: np.ndarray) -> np.ndarray:
            copies = row.take(np.zeros(len(present), dtype=int)).hide(~present)
            logits = self._logits(copies).numpy() / self.temperature
            # a softmax is blind to a shift of all logits; against their mean, the score of a class has one meaning
            return np.asarray(logits - logits.mean(axis=1, keepdims=True))

        return shapley(outputs, len(self.encoder.inputs), _ORDERINGS)

    def _write(self, folder: Path) -> None:
        weights = {name: t.detach().cpu().contiguous() for name, t in self.network.state_dict().items()}
        safetensors.torch.save_file(weights, folder / _FILE)

    def _read(self, folder: Path) -> None:
        self.network = self._network()
        try:
            self.network.load_state_dict(safetensors.torch.load_file(folder / _FILE))
        except SafetensorError as error:
            raise ValueError(_FILE) from error
        self.network.to(devices.pick(self.device)).eval()

    @property
    def parameters(self) -> int:
        return sum(p.numel() for p in self.network.parameters())

    def _network(self) -> TabTransformer:
        n_numbers = 2 * len(self.encoder.centres)
        return TabTransformer(self.config, sizes=self.encoder.sizes, n_numbers=n_numbers, n_classes=len(self.classes))

    def _tensors(self, rows: Encoded) -> tuple[Tensor, Tensor]:
        return torch.as_tensor(rows.codes), torch.as_tensor(self.encoder.standardise(rows.numbers))
