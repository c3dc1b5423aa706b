"""What is inside the model of the Model page; computed when it is looked at, once for each model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from data import features, schema
from data.text import _
from models import inspection
from models.registry import KINDS
from ui import words
from ui.charts import model as chart
from ui.components import accident_form, cache, plots

if TYPE_CHECKING:
    from models.registry import Entry

_MINE = "described"  # of the accidents to choose from, the one described on the Prediction page
_STRONGEST = 5
_ALIKE = 1.25  # times an even share: up to it, to be looked at most means nothing


def latency(entry: Entry) -> float:
    """Seconds that one answer takes on this machine, measured once for each model."""
    return _latency(*cache.identity(entry), entry)


@st.cache_data(max_entries=64, show_spinner=False)
def _latency(folder: str, digest: str, device: str, _entry: Entry) -> float:
    from models import card

    return card.latency(cache.model(_entry))


def layers(entry: Entry) -> None:
    """Every tensor that was learnt, or the trees in numbers.

    Raises: CheckpointError where the checkpoint is damaged.
    """
    learnt, trees = _layers(*cache.identity(entry), entry)
    if not learnt.empty:
        message = _("{n} weights in {tensors} tensors.")
        st.markdown(message.format(n=words.count(learnt["parameters"].sum()), tensors=len(learnt)))
        shown = learnt.assign(part=[_part(part) for part in learnt["part"]])
        if len(set(shown["part"])) == 1:
            shown = shown.drop(columns="part")
        names = {"part": _("Part"), "name": _("Name"), "kind": _("Layer"), "shape": _("Shape")}
        st.dataframe(
            shown.rename(columns={**names, "parameters": _("Weights")}),
            hide_index=True,
            width="stretch",
            height=420,
            column_config={_("Weights"): st.column_config.NumberColumn(format="localized")},
        )
        st.caption(_("Names and shapes are those of the code; a shape is the rows and columns of a table of weights."))
    for row in trees.to_dict("records"):
        with st.container(horizontal=True):
            st.metric(_("Trees"), words.count(row["trees"]))
            st.metric(_("Deepest"), _("{n} splits").format(n=row["depth"]))
            st.metric(_("Leaves"), words.count(row["leaves"]))
            st.metric(_("Leaves a tree"), words.count(row["leaves_a_tree"]))
        if row["part"]:
            st.caption(_("Of the {part} in this blend.").format(part=_part(row["part"])))


@st.cache_resource(max_entries=16, show_spinner=False)
def _layers(folder: str, digest: str, device: str, _entry: Entry) -> tuple[pd.DataFrame, pd.DataFrame]:
    loaded = cache.model(_entry)
    return inspection.layers(loaded), inspection.trees(loaded)


def _part(name: str) -> str:
    labels = {"": _("Whole model"), "france": _("France"), "departements": _("Départements")}
    return KINDS[name].label if name in KINDS else labels.get(name, name)


def embeddings(entry: Entry) -> None:
    """The values of one input as the model has learnt to tell them apart.

    Raises: CheckpointError where the checkpoint is damaged.
    """
    names = inspection.embedded(cache.model(entry))
    if not names:
        st.info(_("This model learns no embedding. TabTransformers, blends and forecasters of départements do."))
        return
    chosen = st.selectbox(_("Input"), names, format_func=_input, key=f"embedding-{entry.name}", width=320)
    found = _embedding(*cache.identity(entry), chosen, entry)
    points = pd.DataFrame(found.points, columns=["x", "y"])
    points["label"] = [_value(chosen, code) for code in found.codes]
    points["mark"] = [code or "?" for code in found.codes]
    title = _("Values of the input {name} as learnt by the model").format(name=_input(chosen))
    plots.show(chart.embedding(points), key=f"embedding-chart-{entry.name}", alt=title)
    message = _(
        "Values near each other are alike to the model; the directions themselves mean nothing. The plane shows "
        "{share} of what tells the values apart, so some that look near are not."
    )
    st.caption(message.format(share=words.percent(found.kept)))
    with st.expander(_("Nearest values, as a table")):
        st.table(_nearest(found, points["label"]))


@st.cache_resource(max_entries=64, show_spinner=False)
def _embedding(folder: str, digest: str, device: str, name: str, _entry: Entry) -> inspection.Embedding:
    return inspection.embedding(cache.model(_entry), name)


def _input(name: str) -> str:
    return _("Départements of the forecaster") if name == inspection.PLACES else words.input_label(name)


def _value(name: str, code: str) -> str:
    if not code:
        return _("unknown")
    if name in (inspection.PLACES, "departement"):
        return f"{code} {schema.DEPARTEMENTS.get(code, '')}".strip()
    return words.code(name, code)


def _nearest(found: inspection.Embedding, labels: pd.Series) -> pd.DataFrame:
    """For each value the three that lie nearest to it on the plane."""
    apart = np.linalg.norm(found.points[:, None] - found.points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    order = apart.argsort(axis=1)[:, : min(3, len(labels) - 1)]
    near = [", ".join(labels[i] for i in row) for row in order]
    return pd.DataFrame({_("Value"): labels, _("Nearest on the plane"): near}).set_index(_("Value"))


def attention(entry: Entry) -> None:
    """Which inputs look at which, for one accident.

    Raises: CheckpointError where the checkpoint is damaged.
    """
    if not inspection.attends(cache.model(entry)):
        st.info(_("This kind of model has no attention. TabTransformers and blends with one do."))
        return
    mine = accident_form.described()
    accidents = {**({_MINE: mine} if mine is not None else {}), **accident_form.EXAMPLES}
    with st.container(horizontal=True):
        chosen = st.selectbox(
            _("Accident"), list(accidents), key="attention_accident", width=360,
            format_func=lambda name: _("The described accident") if name == _MINE else _(name),
        )  # fmt: skip
        values = accidents[chosen]
        found = _attention(*cache.identity(entry), cache.described(values), entry)
        blocks = st.segmented_control(
            _("Blocks"), [0, *range(1, len(found.weights) + 1)], default=0, required=True, key="attention_block",
            format_func=lambda n: _("All") if n == 0 else str(n),
        )  # fmt: skip
    labels = [_token(name, values) for name in found.tokens]
    st.markdown(looked_at(found.received, labels))
    weights = found.weights.mean(axis=0) if blocks == 0 else found.weights[blocks - 1]
    title = _("How much each input looks at each other one")
    plots.show(chart.attention(weights, labels), key=f"attention-chart-{entry.name}", alt=title)
    st.caption(
        _(
            "Where the model looked, not why it answered as it did: attention only tells how inputs were mixed on the "
            "way, and shares near an even {even} say little. For reasons see the Explanation page."
        ).format(even=words.percent(1 / len(labels)))
    )
    with st.expander(_("How much each input was looked at, as a table")):
        rows = sorted(zip(labels, found.received, strict=True), key=lambda pair: -pair[1])
        table = pd.DataFrame(rows, columns=[_("Input"), _("Share of all looks")]).set_index(_("Input"))
        st.table(table.map(words.percent))


def looked_at(received: np.ndarray, labels: Sequence[str]) -> str:
    """The inputs that are looked at most, in a sentence; where all shares are about even, that, and no ranking.

    Shapes: received (n,) shares that add up to 1, one label each.
    """
    even = 1 / len(received)
    if received.max() <= _ALIKE * even:
        message = _("No input stands out: the most looked at has {most}, hardly more than an even {even}.")
        return message.format(most=words.percent(received.max()), even=words.percent(even))
    order = np.argsort(-received)[:_STRONGEST]
    tokens = ", ".join(f"**{labels[i]}** ({words.percent(received[i])})" for i in order)
    return _("Most looked at: {tokens}.").format(tokens=tokens)


@st.cache_resource(max_entries=64, show_spinner=False)
def _attention(
    folder: str, digest: str, device: str, described: cache.Described, _entry: Entry
) -> inspection.Attention:
    return inspection.attention(cache.model(_entry), features.row(dict(described)))


def _token(name: str, values: dict[str, object]) -> str:
    """A token in words: an input with its value, or the topic of several numbers."""
    if name in features.BY_NAME:
        return words.named(words.input_label(name), words.input_value(name, values.get(name)))
    return _("Accidents around the place") if name == "surroundings" else words.input_label(name)
