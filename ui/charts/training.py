"""How a model learns: its losses and other curves after each epoch, round or chunk of trees."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import plotly.graph_objects as go

from data.text import N_, _
from ui.charts import style

Curve = Sequence[Mapping[str, float | None]]

_PARTS = {"train": style.LOWERS, "validation": style.MODEL_COLOURS["xgboost"]}
_METRICS = {"accuracy": N_("Accuracy"), "loss": N_("Loss")}
_AXES = {"epoch": N_("Epoch"), "round": N_("Round"), "tree": N_("Trees"), "iteration": N_("Iterations")}
_MARKED = 30  # points up to which each is marked


def losses(curve: Curve, *, unit: str = "epoch", theme: style.Theme | None = None) -> go.Figure:
    """Training and validation loss; the lowest validation loss, whose weights are kept, is marked.

    `curve`: points {"step": 1, "train_loss": ..., "validation_loss": ...}; a missing or undefined value is a gap.
    """
    figure = metric(curve, "loss", unit=unit, theme=theme)
    values = _values(curve, "validation_loss")
    if np.isfinite(values).any():
        best, colour = int(np.nanargmin(values)), _PARTS["validation"]
        figure.add_scatter(
            name=_("Lowest so far"),
            x=[curve[best]["step"]],
            y=[values[best]],
            mode="markers",
            marker={"symbol": "circle-open", "size": 14, "color": colour, "line": {"width": 2}},
            hoverinfo="skip",
        )
    return figure


def metrics(curve: Curve) -> list[str]:
    """What is measured after each step beside the loss, such as "accuracy"."""
    names = {name.partition("_")[::2] for point in curve for name in point}
    return sorted({metric for part, metric in names if part in _PARTS and metric != "loss"})


def metric(curve: Curve, name: str, *, unit: str = "epoch", theme: style.Theme | None = None) -> go.Figure:
    """One metric of the training and of the validation rows; `curve` has train_NAME and validation_NAME."""
    labels = {"train": _("Training"), "validation": _("Validation")}
    lines = {f"{part}_{name}": (labels[part], colour) for part, colour in _PARTS.items()}
    y = _(_METRICS.get(name, name.replace("_", " ").capitalize()))
    return _figure(curve, lines, y=y, unit=unit, height=260, theme=theme)


def single(curve: Curve, name: str, *, y: str, unit: str = "epoch", theme: style.Theme | None = None) -> go.Figure:
    """One value after each step, such as the learning rate."""
    figure = _figure(curve, {name: (y, style.NEUTRAL)}, y=y, unit=unit, height=180, theme=theme)
    figure.layout.yaxis.rangemode = "tozero"
    return figure


def _figure(
    curve: Curve,
    lines: Mapping[str, tuple[str, str]],
    *,
    y: str,
    unit: str,
    height: int,
    theme: style.Theme | None,
) -> go.Figure:
    drawn = {name: values for name in lines if np.isfinite(values := _values(curve, name)).any()}
    if not drawn:
        figure = style.empty(_("The curve begins when the first step has ended."), height=height)
        return figure if theme is None else style.legible(figure, theme)
    steps = [point["step"] for point in curve]
    figure = go.Figure(layout=_frame(_(_AXES[unit]) if unit in _AXES else unit, y, height, len(lines) > 1, theme))
    for name, values in drawn.items():
        label, colour = lines[name]
        figure.add_scatter(
            name=label,
            x=steps,
            y=values,
            mode="lines+markers" if len(steps) <= _MARKED else "lines",
            line={"color": colour, "width": 2.2},
            marker={"size": 6},
            hovertemplate=label + ": %{y:.4g}<extra></extra>",
        )
    if steps[-1] - steps[0] <= 10:
        figure.layout.xaxis.dtick = 1
    return figure


@lru_cache(maxsize=64)
def _frame(x: str, y: str, height: int, legend: bool, theme: style.Theme | None) -> dict[str, Any]:
    """All of a figure but its lines, made once: it takes ten times as long as they do, and they change every second."""
    figure = style.finish(go.Figure(), height=height, x=x, y=y, legend=legend)
    figure.update_layout(hovermode="x unified")
    figure.update_xaxes(tickformat="d", nticks=8)
    if theme is not None:
        style.legible(figure, theme)
    found: dict[str, Any] = figure.to_dict()["layout"]
    found.pop("template", None)  # that of every figure
    return found


def _values(curve: Curve, name: str) -> np.ndarray:
    found = (point.get(name) for point in curve)
    return np.array([math.nan if value is None else value for value in found], dtype=float)
