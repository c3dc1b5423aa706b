"""What explanations answer, each computed once for everybody: by groups of inputs, and in general."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from data import features, store
from data.dataset import Dataset
from data.text import _
from models.base import Explanation, NotFitted
from ui import words
from ui.components import cache

if TYPE_CHECKING:
    from models.background import Background
    from models.explanations import Kept
    from models.registry import Entry


@dataclass(frozen=True)
class Compared:
    """The accidents that groups of inputs are compared with; `mark` tells one background from another in caches."""

    mark: str
    background: Background

    def in_words(self) -> str:
        """Where they are from, as a sentence."""
        n = len(self.background.rows)
        told = {
            "data": _("Background: {n} accidents drawn from those loaded (the same each time)."),
            "marginals": _(
                "Background: {n} accidents that never happened, each input drawn by itself from how often its values "
                "were among the accidents the model learnt from. Import the official files to compare with real ones."
            ),
            "demonstration": _("Background: {n} simulated accidents of the demonstration data."),
        }
        return told[self.background.origin].format(n=words.count(n))


def compared(entries: Sequence[Entry]) -> Compared:
    """What to compare with: accidents loaded, else those that the first checkpoint that can describes, else simulated.

    Raises: DataError where the import on disk cannot be read; CheckpointError where the checkpoint is damaged.
    """
    from models import checkpoint

    current = store.current()
    if current is None or current.simulated:
        for entry in entries:
            if checkpoint.EXPLANATIONS in (entry.metadata or {}).get("files", {}):
                key = cache.identity(entry)
                return Compared(":".join(key), _of_checkpoint(*key, entry))
    data = cache.dataset()
    return Compared(data.version, _of_data(data.version, data))


def by_group(entry: Entry, values: Mapping[str, object], beside: Compared) -> dict[str, Explanation]:
    """For each class why one described accident gets its probability, by group of inputs.

    Raises: DataError for a value that is not possible; CheckpointError; NotAdditive.
    """
    return _by_group(*cache.identity(entry), cache.described(values), beside.mark, entry, beside)


def in_general(entry: Entry) -> Kept | None:
    """What a checkpoint keeps of many accidents; None where it was made before there was such a thing.

    Raises: CheckpointError where that is damaged.
    """
    return _in_general(*cache.identity(entry))


@st.cache_resource(max_entries=16, show_spinner=False)
def _in_general(folder: str, digest: str, device: str) -> Kept | None:
    from models import checkpoint, explanations

    return explanations.read(Path(folder), checkpoint.read(Path(folder)))


@st.cache_resource(max_entries=4, show_spinner=False)
def _of_data(version: str, _data: Dataset) -> Background:
    from models import background

    rows = features.table(background.sample(_data.accidents()))
    return background.Background(rows, "demonstration" if _data.simulated else "data")


@st.cache_resource(max_entries=16, show_spinner=False)
def _of_checkpoint(folder: str, digest: str, device: str, _entry: Entry) -> Background:
    from models import background

    model = cache.model(_entry)
    if model.explanations is None:
        raise NotFitted(_("This model keeps nothing to compare with."))
    return background.Background(model.explanations.marginals.draw(model.encoder.places), "marginals")


@st.cache_data(max_entries=256, show_spinner=False)
def _by_group(
    folder: str, digest: str, device: str, described: cache.Described, mark: str, _entry: Entry, _beside: Compared
) -> dict[str, Explanation]:
    from models import grouped_game

    row = features.row(dict(described))
    return grouped_game.by_class(cache.model(_entry), row, _beside.background.rows)[0]
