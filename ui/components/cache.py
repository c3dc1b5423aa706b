"""What is loaded once for everybody: data, their aggregates and models.

Frames are never keys: an aggregate is known by the version of its data, an answer by its checkpoint and the described
inputs. Frames and models are handed out as they are (`cache_resource`), because `cache_data` unpickles on every hit.
Networks take the lock of their device themselves.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

import pandas as pd
import streamlit as st

from data import coded, features, store
from data.dataset import Dataset
from data.filters import Filters, Value
from data.text import _
from models.base import Explanation

if TYPE_CHECKING:
    from models.classifier import Classifier
    from models.registry import Entry

DEVICE = "auto"
Answer = TypeVar("Answer")
Described = tuple[tuple[str, object], ...]


def dataset() -> Dataset:
    """The imported data, or the demonstration data, which are made on first need.

    Raises: DataError where the import on disk cannot be read.
    """
    current = store.current()
    return _demo() if current is None else current


def simulated() -> bool:
    """Whether no real accident is shown, known without making the demonstration data.

    Raises: DataError where the import on disk cannot be read.
    """
    current = store.current()
    return current is None or current.simulated


@st.cache_resource(show_spinner=False)
def _demo_of(folder: str) -> Dataset:
    return store.demo()


def _demo() -> Dataset:
    with st.spinner(_("Simulating the demonstration data, once …")):
        return _demo_of(str(store.processed_folder()))


def answer(data: Dataset, filters: Filters, question: Callable[..., Answer], *details: Hashable) -> Answer:
    """What a question about a selection, asked with `details`, gives: computed once for each version of the data.

    `question` is a function of a module, or a built-in one, known by its name. What it gives is shared by all who ask:
    never changed.
    """
    name = f"{question.__module__}.{question.__qualname__}"
    return cast("Answer", _answer(data.version, repr(filters), name, details, data, filters, question))


def count(data: Dataset, filters: Filters) -> int:
    """The accidents that filters leave."""
    return answer(data, filters, len)


def occurring(data: Dataset) -> Mapping[str, tuple[Value, ...]]:
    """For each filter the values that occur in a data set."""
    return _occurring(data.version, data)


def without_each(data: Dataset, filters: Filters) -> dict[str, int]:
    """How many accidents would be left without one active filter, for each of them."""
    return coded.without_each(_coded(data.version, data), filters)


@st.cache_resource(max_entries=2, show_spinner=False)
def _occurring(version: str, _data: Dataset) -> Mapping[str, tuple[Value, ...]]:
    return coded.occurring(_coded(version, _data))


@st.cache_resource(max_entries=512, show_spinner=False)
def _answer(
    version: str,
    chosen: str,  # the filters as text: Streamlit takes long to make a key of a dataclass
    name: str,
    details: tuple[Hashable, ...],
    _data: Dataset,
    _filters: Filters,
    _question: Callable[..., object],
) -> object:
    return _question(_selection(version, chosen, _data, _filters), *details)


# a selection of a million accidents takes 9 MB
@st.cache_resource(max_entries=12, show_spinner=False)
def _selection(version: str, chosen: str, _data: Dataset, _filters: Filters) -> coded.Selection:
    return coded.select(_coded(version, _data), _filters)


@st.cache_resource(max_entries=2, show_spinner=False)
def _coded(version: str, _data: Dataset) -> coded.Coded:
    result = coded.read(_data)
    settle()
    return result


def model(entry: Entry) -> Classifier:
    """The model of a checkpoint, loaded once as long as its metadata stay the same.

    Raises: CheckpointError where the checkpoint is damaged; that answer is not kept, so a mended one works at once.
    """
    return _model(*identity(entry))


def probabilities(entry: Entry, values: Mapping[str, object]) -> dict[str, float]:
    """What a model says about one described accident: class -> probability.

    Raises: DataError for a value that is not possible; CheckpointError.
    """
    return _probabilities(*identity(entry), described(values))


def probabilities_of(entry: Entry, many: Sequence[Mapping[str, object]]) -> list[dict[str, float]]:
    """What a model says about some described accidents at once, in their order.

    Raises: DataError for a value that is not possible; CheckpointError.
    """
    return _probabilities_of(*identity(entry), tuple(described(values) for values in many))


def check(values: Mapping[str, object]) -> None:
    """Refuse a description that is not possible, whoever sent it.

    Raises: DataError naming the input and its value.
    """
    _row(described(values))


def explanation(entry: Entry, values: Mapping[str, object], target_class: str) -> Explanation:
    """Why a model gives one class of a described accident its output.

    Raises: DataError for a value that is not possible; CheckpointError.
    """
    return _explanation(*identity(entry), described(values), target_class)


def settle() -> None:
    """Take what is loaded out of the garbage collector's rounds: it stays for good, and each round would walk it."""
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False)
def settle_once() -> bool:
    """`settle` after the first page of this server."""
    settle()
    return True


def identity(entry: Entry) -> tuple[str, str, str]:
    """What an answer of a model is kept under: its folder, what its metadata say, and the device."""
    from models import checkpoint

    return str(entry.folder), checkpoint.digest(entry.folder / checkpoint.METADATA), DEVICE


def described(values: Mapping[str, object]) -> Described:
    """A described accident as a key: what is known of it."""
    return tuple(sorted((name, value) for name, value in values.items() if value is not None))


@st.cache_resource(max_entries=24, show_spinner=False)
def _model(folder: str, digest: str, device: str) -> Classifier:
    from pathlib import Path

    from models import registry

    loaded = registry.load(Path(folder), device)
    settle()
    return loaded


@st.cache_resource(max_entries=64, show_spinner=False)
def _row(described: Described) -> pd.DataFrame:
    return features.row(dict(described))


@st.cache_data(max_entries=1024, show_spinner=False)
def _probabilities(folder: str, digest: str, device: str, described: Described) -> dict[str, float]:
    answer = _model(folder, digest, device).predict_proba(_row(described))
    return {str(name): float(value) for name, value in answer.iloc[0].items()}


@st.cache_data(max_entries=256, show_spinner=False)
def _probabilities_of(
    folder: str, digest: str, device: str, described: tuple[Described, ...]
) -> list[dict[str, float]]:
    answer = _model(folder, digest, device).predict_proba(features.rows([dict(one) for one in described]))
    return [{str(name): float(value) for name, value in row.items()} for row in answer.to_dict("records")]


@st.cache_data(max_entries=256, show_spinner=False)
def _explanation(folder: str, digest: str, device: str, described: Described, target_class: str) -> Explanation:
    return _model(folder, digest, device).explain(_row(described), target_class)[0]
