"""What several models think of one accident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui import words
from ui.charts import style
from ui.charts.kept import kept

_NUMBER = 48  # pixels of a number after a bar
_PATTERNS = ("", "/", ".", "x", "-", "+", "|")  # of the models of one kind, which share its colour
_LONG = 30  # letters of a name, from which on the legend has a line a model
_GAP = 0.28  # of the room of a class, between its bars and the next class's


@kept
def bars(shares: pd.DataFrame, colours: Mapping[str, str], frequencies: Mapping[str, float] | None = None) -> go.Figure:
    """Probability of each class as one bar a model, with a mark above them at the frequency of the class.

    `shares`: index = class in words, one column a model (label), fractions. Models of the same colour differ by their
    patterns. `frequencies`: class in words -> fraction.
    """
    if shares.empty:
        return style.empty(_("No model has answered yet."))
    positions = np.arange(len(shares))
    figure, drawn = go.Figure(), Counter[str]()
    for label in shares.columns:
        colour = colours.get(label, style.NEUTRAL)
        pattern = _PATTERNS[drawn[colour] % len(_PATTERNS)]
        drawn[colour] += 1
        figure.add_bar(
            name=label,
            y=positions,
            x=shares[label].to_numpy() * 100,
            orientation="h",
            marker={"color": colour, "line": {"color": colour, "width": 1},
                    "pattern": {"shape": pattern, "size": 7, "solidity": 0.45}},
            text=[words.percent(v) for v in shares[label]],
            textposition="outside",
            cliponaxis=False,
            customdata=shares.index.to_numpy(dtype=object),
            hovertemplate="%{customdata}<br>" + label + ": %{x:.1f}%<extra></extra>",
        )  # fmt: skip
    if frequencies:
        figure.add_trace(_reference(shares.index, frequencies))
    figure.update_layout(barmode="group", bargap=_GAP, bargroupgap=0.06)
    top = max(float(shares.max().max()), max(frequencies.values(), default=0) if frequencies else 0)
    height = 90 + len(shares) * (20 + 18 * max(1, len(shares.columns)))
    if max(map(len, shares.columns)) > _LONG:
        height += 18 * len(shares.columns)
    style.finish(figure, height=height, x=_("Probability (%)"), legend=True)
    # The number after the longest bar stands in the margin: in pixels, so that a narrow window does not cut it.
    figure.update_layout(margin={"r": _NUMBER})
    figure.update_xaxes(range=[0, min(100, top * 100 + 1)])
    names = [style.wrapped(str(c), 24) for c in shares.index]
    figure.update_yaxes(range=[len(shares) - 0.5, -0.6], tickvals=positions, ticktext=names, showgrid=False)
    return figure


def _reference(classes: pd.Index, frequencies: Mapping[str, float]) -> go.Scatter:
    """A mark in the gap above each class's bars, so that it hides no number."""
    return go.Scatter(
        name=_("Frequency of the class"),
        x=[frequencies.get(c, 0.0) * 100 for c in classes],
        y=np.arange(len(classes)) - 0.5 + _GAP / 4,
        mode="markers",
        marker={"symbol": "triangle-down", "size": 9, "color": style.NEUTRAL},
        customdata=classes.to_numpy(dtype=object),
        hovertemplate="%{customdata}<br>"
        + _("frequency in the training data: {x}").format(x="%{x:.1f}%")
        + "<extra></extra>",
    )
