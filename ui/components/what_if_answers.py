"""What models answer to what-if questions: one batch a model and question, kept for everybody."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast

import streamlit as st

from data import features
from data.dataset import Dataset
from data.errors import AppError
from data.text import _
from models.what_if import Background, background
from ui.components import cache

if TYPE_CHECKING:
    from models.classifier import Classifier
    from models.registry import Entry

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Asked:
    """What the page is about: the target, its outcome, the model that is looked at, and those it is compared with.

    `outcome` consists of `classes` and is called `label`; `names`: how the models are called.
    """

    target: features.Target
    outcome: str
    classes: tuple[str, ...]
    label: str
    entry: Entry
    compared: tuple[Entry, ...]
    names: dict[str, str]

    @property
    def entries(self) -> list[Entry]:
        """The model that is looked at, then the others."""
        return [self.entry, *(e for e in self.compared if e.name != self.entry.name)]

    @property
    def name(self) -> str:
        """How the model is called that is looked at."""
        return self.names[self.entry.name]


def ask(entry: Entry, question: Hashable, compute: Callable[[Classifier], Answer]) -> Answer:
    """What a model gives for a question, which tells all that `compute` depends on; never to be changed.

    Raises: DataError for a value that is not possible; CheckpointError.
    """
    return cast("Answer", _answer(*cache.identity(entry), repr(question), entry, compute))


def ask_all(
    entries: Iterable[Entry], question: Hashable, compute: Callable[[Classifier], Answer]
) -> tuple[dict[str, Answer], list[tuple[str, str]]]:
    """The answers of several models by name, and which could not answer and why."""
    found, refused = {}, []
    with st.spinner(_("The models answer …")):
        for entry in entries:
            try:
                found[entry.name] = ask(entry, question, compute)
            except AppError as error:
                refused.append((entry.name, str(error)))
    return found, refused


def around() -> Background:
    """Accidents of the latest loaded year to average over.

    Raises: DataError where the data cannot be read.
    """
    data = cache.dataset()
    with st.spinner(_("Drawing accidents to compare with …")):
        return _background(data.version, data)


@st.cache_resource(max_entries=256, show_spinner=False)
def _answer(
    folder: str,
    digest: str,
    device: str,
    question: str,  # as text: Streamlit takes long to make a key of nested tuples
    _entry: Entry,
    _compute: Callable[[Classifier], object],
) -> object:
    return _compute(cache.model(_entry))


@st.cache_resource(max_entries=2, show_spinner=False)
def _background(version: str, _data: Dataset) -> Background:
    # each year lies in a folder of its own, in their order: twenty years would take seconds to read
    latest = replace(_data, folders=_data.folders[-1:], years=_data.years[-1:])
    return background(latest.accidents())
