"""Feed-forward network: what can be learnt from the same inputs without attention."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from data.errors import DataError
from data.features import BY_NAME, checked
from data.text import _
from models.encoder import FeatureEncoder
from models.feed_forward_config import FeedForwardConfig
from models.networks import NetworkClassifier


class FeedForward(nn.Module):
    """Linear layers with ReLU and dropout between them.

    Shapes: in (batch, input_dim) float; out (batch, n_out) logits.
    Raises: ValueError naming a size that is not possible.
    """

    def __init__(self, input_dim: int, hidden_dim: int, n_out: int, *, n_layers: int = 2, dropout: float = 0.3) -> None:
        super().__init__()
        sizes = {"input_dim": input_dim, "hidden_dim": hidden_dim, "n_out": n_out, "n_layers": n_layers}
        for name, value in sizes.items():
            _require_one(name, value)
        widths = [input_dim, *[hidden_dim] * n_layers]
        hidden = [
            layer
            for before, after in pairwise(widths)
            for layer in (nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout))
        ]
        self.layers = nn.Sequential(*hidden, nn.Linear(hidden_dim, n_out))

    def forward(self, features: Tensor) -> Tensor:
        logits: Tensor = self.layers(features)
        return logits


class OneHot(nn.Module):
    """Codes and numbers as one row of features: for each code a 1 at its place, then the numbers.

    Shapes: codes (n, len(sizes)) int64; numbers (n, n_numbers) float; out (n, width) float, width = sum of `sizes` +
    n_numbers. `sizes` are the numbers of codes of each category, the unknown included.
    """

    def __init__(self, *, sizes: list[int], n_numbers: int) -> None:
        super().__init__()
        self.n_codes = sum(sizes)
        self.width = self.n_codes + n_numbers
        starts = np.cumsum([0, *sizes])[:-1]
        self.register_buffer("starts", torch.as_tensor(starts, dtype=torch.int64), persistent=False)

    starts: Tensor

    def forward(self, codes: Tensor, numbers: Tensor) -> Tensor:
        hot = numbers.new_zeros(len(codes), self.n_codes).scatter_(1, codes + self.starts, 1.0)
        return torch.cat([hot, numbers], dim=1)


class OneHotFeedForward(nn.Module):
    """The feed-forward network behind its one-hot features, which are made a batch at a time and never kept."""

    def __init__(self, config: FeedForwardConfig, *, sizes: list[int], n_numbers: int, n_classes: int) -> None:
        super().__init__()
        self.one_hot = OneHot(sizes=sizes, n_numbers=n_numbers)
        self.feed_forward = FeedForward(
            self.one_hot.width, config.width, n_classes, n_layers=config.layers, dropout=config.dropout
        )

    def forward(self, codes: Tensor, numbers: Tensor) -> Tensor:
        logits: Tensor = self.feed_forward(self.one_hot(codes, numbers))
        return logits


class FeedForwardClassifier(NetworkClassifier):
    """The feed-forward network behind the product's classifier contract."""

    kind: ClassVar[str] = "feed-forward"
    config_type: ClassVar[type] = FeedForwardConfig

    config: FeedForwardConfig

    def _network(self) -> OneHotFeedForward:
        sizes, n_classes = self.encoder.sizes, len(self.classes)
        return OneHotFeedForward(self.config, sizes=sizes, n_numbers=self._n_numbers, n_classes=n_classes)


class Batches:
    """Batches of features and target, indexed from tensors in memory; may be gone through any number of times.

    Each batch: features (rows, n_features) float32, target (rows,) int64. Shuffled ones come in another order each
    time, and the same seed gives the same orders. `encoder` describes the inputs where the rows are accidents.
    """

    def __init__(
        self,
        codes: Tensor,
        numbers: Tensor,
        target: Tensor,
        *,
        sizes: list[int],
        batch_size: int,
        shuffle: bool,
        seed: int,
        encoder: FeatureEncoder | None = None,
    ) -> None:
        self.encoder = encoder
        self._rows = (codes, numbers, target)
        self._one_hot = OneHot(sizes=sizes, n_numbers=numbers.shape[1])
        self._batch_size, self._shuffle = batch_size, shuffle
        self._orders = torch.Generator().manual_seed(seed)

    @property
    def n_features(self) -> int:
        """How wide the features are: the `input_dim` of a network for them."""
        return self._one_hot.width

    def __len__(self) -> int:
        """The number of batches; the last may be smaller."""
        return math.ceil(len(self._rows[0]) / self._batch_size)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        n = len(self._rows[0])
        order = torch.randperm(n, generator=self._orders) if self._shuffle else torch.arange(n)
        for index in order.split(self._batch_size):
            codes, numbers, target = (t[index] for t in self._rows)
            yield self._one_hot(codes, numbers), target


def data_loader(
    frame: pd.DataFrame,
    target_column: str,
    batch_size: int,
    shuffle: bool,
    *,
    encoder: FeatureEncoder | None = None,
    seed: int = 0,
) -> Batches:
    """A table as batches of tensors for a network such as `FeedForward`.

    Accidents, as made by `data.features.table`, are described by the models' inputs alone: date and the other target
    are left out. Their features are what `encoder` makes of them; by default it is learnt from this frame, so give the
    one of the training rows (`Batches.encoder`) for rows to validate or test on. Of any other frame, every column but
    the target is a feature: numbers as they are, categories one-hot with the unknown first. A categorical target gives
    the positions of its categories, a target of whole numbers these numbers.

    Raises: DataError naming the column that is missing, unknown in some rows or of no use, or saying that there is no
    row; ValueError for a batch size below 1.
    """
    _require_one("batch_size", batch_size)
    if target_column not in frame:
        columns = ", ".join(map(str, frame.columns))
        message = _("The table has no column {column!r} to learn; it has {columns}.")
        raise DataError(message.format(column=target_column, columns=columns))
    if frame.empty:
        raise DataError(_("The table has no row; there is nothing to learn from."))
    target = _classes(frame[target_column])
    if encoder is not None or set(BY_NAME) <= set(frame):
        encoder, codes, numbers, sizes = _accidents(frame, encoder)
    else:
        codes, numbers, sizes = _columns(frame.drop(columns=target_column))
    tensors = [torch.as_tensor(array) for array in (codes, numbers, target)]
    return Batches(*tensors, sizes=sizes, batch_size=batch_size, shuffle=shuffle, seed=seed, encoder=encoder)


def _accidents(
    frame: pd.DataFrame, encoder: FeatureEncoder | None
) -> tuple[FeatureEncoder, np.ndarray, np.ndarray, list[int]]:
    """The encoder, and codes, numbers and sizes as it gives them."""
    rows = checked(frame)
    known = encoder or FeatureEncoder.fit(rows)
    # rows that the encoder learnt from are left out of their own surroundings, as in every training
    encoded = known.encode(rows, np.full(len(rows), encoder is None))
    return known, encoded.codes, known.standardise(encoded.numbers), known.sizes


def _columns(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Codes of the categories (0 = unknown), numbers, and how many codes each category has.

    Both follow from the types of the columns alone, so that the rows of a part give features of the same width.
    """
    codes, numbers, sizes = [], [], []
    for name, cells in frame.items():
        if isinstance(cells.dtype, pd.CategoricalDtype):
            codes.append(cells.cat.codes.to_numpy().astype(np.int64) + 1)
            sizes.append(len(cells.cat.categories) + 1)
        elif pd.api.types.is_numeric_dtype(cells.dtype):
            numbers.append(_known(str(name), cells))
        else:
            message = _("{column} holds {type}; make it a number or a category, or leave it out.")
            raise DataError(message.format(column=name, type=cells.dtype))
    if not codes and not numbers:
        raise DataError(_("The table has no column beside the target; there is nothing to learn from."))
    n = len(frame)
    all_codes = np.stack(codes, axis=1) if codes else np.empty((n, 0), dtype=np.int64)
    return all_codes, np.stack(numbers, axis=1) if numbers else np.empty((n, 0), dtype=np.float32), sizes


def _known(name: str, cells: pd.Series) -> np.ndarray:
    values = cells.to_numpy(dtype=np.float32, na_value=np.nan)
    unknown = int((~np.isfinite(values)).sum())
    if unknown:
        message = _(
            "{column} is unknown in {n:,} rows, which no network can calculate with; fill it in or leave it out."
        )
        raise DataError(message.format(column=name, n=unknown))
    return values


def _classes(cells: pd.Series) -> np.ndarray:
    """Classes as positions. Shape: (n,) int64."""
    unknown = int(cells.isna().sum())
    if unknown:
        message = _("{column} is unknown in {n:,} rows; leave them out, there is nothing to learn from them.")
        raise DataError(message.format(column=cells.name, n=unknown))
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.cat.codes.to_numpy().astype(np.int64)
    values = cells.to_numpy(dtype=np.float64) if pd.api.types.is_numeric_dtype(cells.dtype) else np.full(1, np.nan)
    if (values < 0).any() or (values != np.floor(values)).any():
        message = _("{column} holds {type}; make it a category, or number its classes from 0.")
        raise DataError(message.format(column=cells.name, type=cells.dtype))
    return values.astype(np.int64)


def _require_one(name: str, value: int) -> None:
    if not isinstance(value, int | np.integer) or value < 1:
        raise ValueError(_("{name} = {value} is not 1 or more").format(name=name, value=value))
