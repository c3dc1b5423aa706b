"""Curves of several models on the same axes, with the point that a threshold gives each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui.charts import style
from ui.charts.kept import kept

_HEIGHT = 330
_DASHES = ("solid", "dash", "dot", "dashdot")
_MARKERS = ("", "circle", "diamond", "x")
_MARKED = 8  # points of a line that bear its mark


@dataclass(frozen=True, eq=False)
class Line:
    """One model's curve, in percent, and where it is now (`point`, None where it has no such point)."""

    label: str
    colour: str
    x: np.ndarray
    y: np.ndarray
    point: tuple[float, float] | None = None


def curves(
    lines: Sequence[Line], *, x: str, y: str, chance: tuple[Sequence[float], Sequence[float]] | None = None
) -> go.Figure:
    """Curves between 0 and 100 %, the points of the threshold as dots, and what guessing gives as a dashed line."""
    if not any(np.isfinite(line.y).any() for line in lines):
        return style.empty(
            _("None of these accidents has the event, or all of them: there is no curve."), height=_HEIGHT
        )
    return _with(_curves(_still(lines), x, y, chance), _points(lines))


def costs(lines: Sequence[Line], *, threshold: float, y: str) -> go.Figure:
    """The expected cost by threshold, in percent, with the threshold that is set as a line."""
    line = {"dash": "dot", "color": style.NEUTRAL, "width": 1.5}
    mark = {"type": "line", "x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "yref": "y domain", "line": line}
    return _with(_costs(_still(lines), y), _points(lines), shapes=[mark])


def _still(lines: Sequence[Line]) -> list[Line]:
    """The lines without what follows the slider."""
    return [replace(line, point=None) for line in lines]


def _with(still: go.Figure, points: list[dict[str, Any]], **also: Any) -> go.Figure:
    """A kept figure with what follows the slider, which Plotly would take long to verify together with the rest."""
    written = still.to_dict()
    return style.Drawn({**written, "data": [*written["data"], *points], "layout": written["layout"] | also})


@kept
def _curves(lines: Sequence[Line], x: str, y: str, chance: tuple[Sequence[float], Sequence[float]] | None) -> go.Figure:
    traces = [] if chance is None else [_chance(chance)]
    traces += _lines(lines, f"<br>{x}: %{{x:.1f}}<br>{y}: %{{y:.1f}}")
    return _at_once(traces, x=x, y=y, axis={"range": [-1, 101]})


@kept
def _costs(lines: Sequence[Line], y: str) -> go.Figure:
    traces = _lines(lines, "<br>%{x:.1f} %: %{y:,.4~g}")
    return _at_once(traces, x=_("Threshold (% probability)"), y=y, axis={"rangemode": "tozero"})


def _at_once(traces: list[dict[str, Any]], *, x: str, y: str, axis: dict[str, Any]) -> go.Figure:
    """A figure written at once: to add to one trace by trace takes Plotly twice as long."""
    axes = {name: {**style.AXIS, "title": {"text": text}} for name, text in (("xaxis", x), ("yaxis", y))}
    axes["yaxis"] |= axis
    if "range" in axis:
        axes["xaxis"] |= axis
    return go.Figure(data=traces, layout={**style.layout(height=_HEIGHT, legend=True), **axes})


def _chance(ends: tuple[Sequence[float], Sequence[float]]) -> dict[str, Any]:
    line = {"color": style.NEUTRAL, "dash": "dot", "width": 1.5}
    x, y = map(list, ends)
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines",
        "name": _("by chance"),
        "hoverinfo": "skip",
        "line": line,
    }


def _lines(lines: Sequence[Line], hover: str) -> list[dict[str, Any]]:
    return [
        {
            "type": "scatter",
            "name": line.label,
            "x": line.x,
            "y": line.y,
            "mode": "lines",
            "line": {"color": line.colour, "width": 2, "dash": dash},
            "hovertemplate": f"{line.label}{hover}<extra></extra>",
        }
        for line, dash in zip(lines, dashes([line.colour for line in lines]), strict=True)
    ]


@kept
def reliability(rows: pd.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """How often the event happened where a model gave it a probability, with intervals; on the diagonal it is right.

    `rows`: columns `model`, `stated`, `observed`, `low`, `high` (percent), `accidents`.
    """
    if rows.empty:
        return style.empty(height=_HEIGHT)
    top = float(np.nanmax(rows[["stated", "high"]].to_numpy())) * 1.05
    figure = go.Figure()
    figure.add_scatter(
        x=[0, top], y=[0, top], mode="lines", name=_("as stated"), hoverinfo="skip",
        line={"color": style.NEUTRAL, "dash": "dot", "width": 1.5},
    )  # fmt: skip
    named = list(dict.fromkeys(rows["model"]))
    for label, dash in zip(named, dashes([colours[label] for label in named]), strict=True):
        part = rows[rows["model"] == label]
        figure.add_scatter(
            name=label,
            x=part["stated"].to_numpy(),
            y=part["observed"].to_numpy(),
            customdata=part[["accidents"]].to_numpy(),
            mode="lines+markers",
            line={"color": colours[label], "width": 1.8, "dash": dash},
            marker={"size": 6},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": (part["high"] - part["observed"]).to_numpy(),
                "arrayminus": (part["observed"] - part["low"]).to_numpy(),
                "thickness": 1,
                "width": 3,
            },
            hovertemplate=f"{label}<br>"
            + _("stated {stated}, observed {observed}, {n} accidents").format(
                stated="%{x:.1f}%", observed="%{y:.1f}%", n="%{customdata[0]:,}"
            )
            + "<extra></extra>",
        )
    style.finish(
        figure, height=_HEIGHT, x=_("Probability stated (%)"), y=_("Accidents with the event (%)"), legend=True
    )
    figure.update_xaxes(rangemode="tozero")
    figure.update_yaxes(rangemode="tozero")
    return figure


@kept
def parts(rows: pd.DataFrame, colours: Mapping[str, str], *, title: str, share: bool = False) -> go.Figure:
    """A score of each model in each part of the accidents, with intervals; parts with few accidents are grey.

    `rows`: columns `part`, `model`, `score`, `low`, `high`, `few` (bool). `share`: shown in percent.
    """
    known = rows[rows["score"].notna()]
    if known.empty:
        return style.empty(_("This score cannot be told for any of these parts."))
    factor = 100.0 if share else 1.0
    figure = go.Figure()
    order = list(dict.fromkeys(rows["part"]))
    models = list(dict.fromkeys(rows["model"]))
    offsets = np.linspace(-0.3, 0.3, len(models)) if len(models) > 1 else [0.0]
    for label, offset in zip(models, offsets, strict=True):
        part = known[known["model"] == label]
        few = part["few"].to_numpy()
        value, low, high = (factor * part[name].to_numpy(dtype=float) for name in ("score", "low", "high"))
        figure.add_scatter(
            name=label,
            x=value,
            y=np.array([order.index(name) for name in part["part"]]) + offset,
            customdata=np.column_stack([part["part"].to_numpy(dtype=object), low, high]),
            mode="markers",
            marker={
                "size": 8,
                "color": np.where(few, style.NEUTRAL, colours[label]),
                "symbol": np.where(few, "circle-open", "circle"),
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": high - value,
                "arrayminus": value - low,
                "thickness": 1.2,
                "width": 0,
                "color": colours[label],
            },
            hovertemplate=f"{label}<br>%{{customdata[0]}}<br>%{{x:.4~g}} "
            "(%{customdata[1]:.4~g}–%{customdata[2]:.4~g})<extra></extra>",
        )
    style.finish(
        figure,
        height=110 + max(30, 11 * len(models)) * len(order),
        x=f"{title} (%)" if share else title,
        legend=True,
    )
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[style.wrapped(name, 26) for name in order],
        range=[len(order) - 0.5, -0.5],
    )
    return figure


@dataclass(frozen=True, eq=False)
class Learning:
    """One training: its losses by step; `unit` says what a step is, in words."""

    label: str
    colour: str
    unit: str
    train: np.ndarray
    validation: np.ndarray


@kept
def learning(lines: Sequence[Learning]) -> go.Figure:
    """Losses of several trainings by the share of each that is done: dotted where it learns, solid on the rest."""
    figure = go.Figure()
    marks = markers([line.colour for line in lines])
    for line, mark in zip(lines, marks, strict=True):
        for values, dash, part in (
            (line.train, "dot", _("learnt from")),
            (line.validation, "solid", _("not learnt from")),
        ):
            if not np.isfinite(values).any():
                continue
            steps = np.arange(1, len(values) + 1)
            figure.add_scatter(
                name=f"{line.label}, {part}",
                x=100 * steps / len(values),
                y=values,
                customdata=steps,
                mode="lines+markers" if mark else "lines",
                marker={"symbol": mark or "circle", "size": 9, "maxdisplayed": _MARKED},
                line={"color": line.colour, "width": 2, "dash": dash},
                hovertemplate=f"{line.label}, {part}<br>{line.unit} %{{customdata}}: %{{y:.4f}}<extra></extra>",
            )
    if not figure.data:
        return style.empty(_("None of these models keeps how it learnt."))
    style.finish(figure, height=380, x=_("Of the training (%)"), y=_("Loss (log-loss, in nats)"), legend=True)
    return figure


def dashes(colours: Sequence[str]) -> list[str]:
    """Which way each line is drawn: of those of one colour, each another way."""
    return _by_turns(colours, _DASHES)


def markers(colours: Sequence[str]) -> list[str]:
    """What marks each line where the dash already says something else: of those of one colour, each another mark."""
    return _by_turns(colours, _MARKERS)


def _by_turns(colours: Sequence[str], offered: Sequence[str]) -> list[str]:
    return [offered[colours[:place].count(colour) % len(offered)] for place, colour in enumerate(colours)]


def _points(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """The points of the threshold, one trace for all."""
    marked = [(line, line.point) for line in lines if line.point is not None and np.isfinite(line.point).all()]
    if not marked:
        return []
    return [
        {
            "type": "scatter",
            "name": _("at the threshold"),
            "x": [x for _line, (x, _y) in marked],
            "y": [y for _line, (_x, y) in marked],
            "text": [line.label for line, _point in marked],
            "mode": "markers",
            "marker": {
                "size": 11,
                "color": [line.colour for line, _point in marked],
                "line": {"width": 1.5, "color": "white"},
            },
            "showlegend": False,
            "hovertemplate": "%{text}<br>" + _("at the threshold") + ": %{x:.1f}, %{y:,.4~g}<extra></extra>",
        }
    ]
