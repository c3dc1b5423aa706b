"""Which settings went with which score: parallel coordinates."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from data.text import _, number
from ui.charts import style

_LABEL = 16  # characters of an axis label in a line, so that neighbours stay apart
_TICKS = 6  # distinct values up to which each has its tick
_FAR_APART = 20  # times the lowest value: such numbers stand by their powers of ten


@dataclass(frozen=True)
class _Axis:
    """One upright axis: where each model stands on it, from 0 to 1, and the words at its ticks."""

    label: str
    places: pd.Series
    ticks: dict[float, str]


def parallel(
    runs: pd.DataFrame,
    labels: Mapping[str, str],
    names: Mapping[str, str],
    *,
    score: str,
    marked: Collection[str] = (),
) -> go.Figure:
    """One line a model through the values of its settings to its score; settings that never differ are left out.

    Plain lines rather than Plotly's own parallel coordinates, which need a graphics card and cannot tell whose line is
    pointed at.
    `runs`: index = model, column `score` (less is better), then one a setting (numbers, words or bool; a missing value
    stands with the most frequent one). `labels`: setting -> words; `names`: model -> words; `marked`: models in front.
    """
    varied = [c for c in runs.columns if c != "score" and len(runs[c].dropna().unique()) > 1]
    if len(runs) < 2 or not varied:
        return style.empty(_("There is nothing to compare: no two of these models differ in a setting."))
    axes = [_axis(runs[c], labels.get(c, c)) for c in varied]
    axes.append(_axis(runs["score"], score))
    figure = go.Figure()
    third = runs["score"].rank(pct=True)
    groups = (
        (_("best third"), third <= 1 / 3, style.LOWERS),
        (_("middle"), (third > 1 / 3) & (third <= 2 / 3), style.NEUTRAL),
        (_("worst third"), third > 2 / 3, style.RAISES),
    )
    for name, members, colour in groups:
        _lines(figure, axes, runs.index[members], names, name, {"color": colour, "width": 1.5})
    chosen = runs.index[runs.index.isin(list(marked))]
    _lines(figure, axes, chosen, names, _("marked"), {"color": style.SEVERITY_COLOURS["killed"], "width": 4})
    _uprights(figure, axes)
    style.finish(figure, height=400, legend=True)
    figure.update_layout(hovermode="closest", margin={"t": 40, "b": 60})
    figure.update_xaxes(
        tickvals=list(range(len(axes))), ticktext=[axis.label for axis in axes], showgrid=False, zeroline=False,
        range=[-0.35, len(axes) - 0.65], tickangle=0,
    )  # fmt: skip
    figure.update_yaxes(visible=False, range=[-0.05, 1.05])
    return figure


def _uprights(figure: go.Figure, axes: list[_Axis]) -> None:
    """The axes themselves, each with its ticks."""
    for position, axis in enumerate(axes):
        figure.add_shape(type="line", x0=position, x1=position, y0=0, y1=1, line={"color": style.NEUTRAL, "width": 1})
        for place, text in axis.ticks.items():
            # the last axis has room on its other side, where no line runs
            side = {"xanchor": "left", "xshift": 5} if axis is axes[-1] else {"xanchor": "right", "xshift": -3}
            figure.add_annotation(x=position, y=place, text=text, showarrow=False, **side)


def _lines(
    figure: go.Figure,
    axes: list[_Axis],
    models: pd.Index,
    names: Mapping[str, str],
    name: str,
    line: dict[str, object],
) -> None:
    """The lines of some models as one trace; a gap stands between two of them."""
    if models.empty:
        return
    x: list[float | None] = []
    y: list[float | None] = []
    text: list[str] = []
    for model in models:
        x += [*range(len(axes)), None]
        y += [*(float(axis.places[model]) for axis in axes), None]
        text += [names.get(model, model)] * (len(axes) + 1)
    figure.add_scatter(
        name=name, x=x, y=y, text=text, mode="lines+markers", line=line, marker={"size": 5},
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip


def _axis(values: pd.Series, label: str) -> _Axis:
    """Numbers by size, words and switches in the order of the alphabet."""
    filled = values.fillna(values.mode().iloc[0])
    if pd.api.types.is_numeric_dtype(filled) and not pd.api.types.is_bool_dtype(filled):
        known = sorted(filled.unique())
        far = known[0] > 0 and known[-1] / known[0] > _FAR_APART
        sizes = {value: math.log10(value) if far else float(value) for value in known}
        texts = {value: number(value, ".4g") for value in known}
        middle = (sizes[known[0]] + sizes[known[-1]]) / 2
        between = min(known, key=lambda value: abs(sizes[value] - middle))
        shown = known if len(known) <= _TICKS else [known[0], between, known[-1]]
    else:
        filled = filled.astype(str)
        known = shown = sorted(filled.unique())
        sizes, texts = {word: float(n) for n, word in enumerate(known)}, {word: word for word in known}
    low, span = sizes[known[0]], (sizes[known[-1]] - sizes[known[0]]) or 1.0
    places = {value: (size - low) / span for value, size in sizes.items()}
    return _Axis(style.wrapped(label, _LABEL), filled.map(places), {places[v]: texts[v] for v in shown})
