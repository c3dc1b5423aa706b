"""What a checkpoint keeps for explanations beside its weights: one JSON file of aggregates, hashed like every file."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from data.features import checked
from data.text import _
from models import checkpoint, overall
from models.background import Marginals
from models.base import CheckpointError
from models.checkpoint import EXPLANATIONS
from models.overall import Effort, Overall

if TYPE_CHECKING:
    from models.classifier import Classifier

_FORMAT = 1


@dataclass(frozen=True)
class Kept:
    """How often each value was among the accidents learnt from, and what matters to the model over many of them."""

    marginals: Marginals
    overall: Overall

    def text(self) -> str:
        """The content of the file."""
        plain = {"format": _FORMAT, "marginals": self.marginals.to_dict(), "overall": self.overall.to_dict()}
        return json.dumps(checkpoint.plain(plain), ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"

    @classmethod
    def of_text(cls, text: str, classes: Sequence[str]) -> Self:
        """Raises: KeyError, TypeError, AttributeError or ValueError where it is no such file."""
        kept: Any = json.loads(text)
        if kept["format"] != _FORMAT:
            raise ValueError("format")
        return cls(Marginals.from_dict(kept["marginals"]), Overall.from_dict(kept["overall"], classes))


def write(folder: Path, kept: Kept) -> None:
    """Put the file into the folder of a checkpoint that is being made."""
    (folder / EXPLANATIONS).write_text(kept.text(), encoding="utf-8")


def read(folder: Path, metadata: Mapping[str, Any]) -> Kept | None:
    """What a checkpoint keeps; None for one of before there was such a file.

    Raises: CheckpointError where the file is damaged.
    """
    if EXPLANATIONS not in metadata["files"]:
        return None
    path = Path(folder) / EXPLANATIONS
    try:
        if checkpoint.digest(path) != metadata["files"][EXPLANATIONS]:
            raise CheckpointError(_("{path} is damaged: it is not the file that was saved.").format(path=path))
        return Kept.of_text(path.read_text(encoding="utf-8"), metadata["classes"])
    except (*checkpoint.UNUSABLE, RecursionError) as error:
        raise checkpoint.unusable(path, error) from error


def look(model: Classifier, table: pd.DataFrame, effort: Effort, told: Callable[[float], None] | None = None) -> Kept:
    """What to keep of a trained model, from accidents given as by `data.features.table`.

    Raises: DataError where the table does not do; NotAdditive.
    """
    chosen = np.sort(np.random.default_rng(0).permutation(len(table))[: max(effort.rows, effort.group_rows)])
    some = table.iloc[chosen]
    rows = model.encoder.encode(checked(some))
    return Kept(Marginals.of(checked(table)), overall.of(model, some, rows, effort, told))


def add(folder: Path, kept: Kept) -> None:
    """Give a kept checkpoint these explanations, in the place of any it has; its weights are only read.

    Raises: CheckpointError where the checkpoint is damaged or cannot be written.
    """
    metadata = checkpoint.read(folder)
    checkpoint.verify(folder, metadata)
    try:
        part = _beside(folder / EXPLANATIONS, kept.text())
        files = metadata["files"] | {EXPLANATIONS: checkpoint.digest(part)}
        told = _beside(folder / checkpoint.METADATA, checkpoint.text(metadata | {"files": dict(sorted(files.items()))}))
        os.replace(part, folder / EXPLANATIONS)
        os.replace(told, folder / checkpoint.METADATA)
    except OSError as error:
        raise CheckpointError(_("{folder} cannot be written: {error}").format(folder=folder, error=error)) from error


def _beside(path: Path, text: str) -> Path:
    """The text in a hidden file beside its place, whole before it goes there."""
    part = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    part.write_text(text, encoding="utf-8")
    part.chmod(0o644)
    return part
