"""How a model learns: its loss after each epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from data.text import _
from ui.charts import style

_LINES = {"train_loss": style.LOWERS, "validation_loss": style.MODEL_COLOURS["xgboost"]}


def losses(curve: Sequence[Mapping[str, float | None]], *, unit: str = "epoch") -> go.Figure:
    """Training and validation loss; the lowest validation loss, whose weights are kept, is marked.

    `curve`: points {"step": 1, "train_loss": ..., "validation_loss": ...}; a missing or undefined value is a gap.
    """
    names = {"train_loss": _("Training"), "validation_loss": _("Validation")}
    axes = {"epoch": _("Epoch"), "round": _("Round"), "tree": _("Trees")}
    steps = [point["step"] for point in curve]
    figure = go.Figure()
    for name, colour in _LINES.items():
        values = np.array([_number(point.get(name)) for point in curve])
        if not np.isfinite(values).any():
            continue
        figure.add_scatter(
            name=names[name],
            x=steps,
            y=values,
            mode="lines+markers" if len(steps) <= 30 else "lines",
            line={"color": colour, "width": 2.2},
            marker={"size": 6},
            hovertemplate=names[name] + ": %{y:.4g}<extra></extra>",
        )
        if name == "validation_loss":
            best = int(np.nanargmin(values))
            figure.add_scatter(
                name=_("Lowest so far"),
                x=[steps[best]],
                y=[values[best]],
                mode="markers",
                marker={"symbol": "circle-open", "size": 14, "color": colour, "line": {"width": 2}},
                hoverinfo="skip",
            )
    if not figure.data:
        return style.empty(_("The curve begins when the first epoch has ended."), height=260)
    style.finish(figure, height=260, x=axes.get(unit, unit), y=_("Loss"), legend=True)
    figure.update_layout(hovermode="x unified")
    figure.update_xaxes(tickformat="d", nticks=8, dtick=1 if len(steps) <= 10 else None)
    return figure


def _number(value: float | None) -> float:
    return math.nan if value is None else value
