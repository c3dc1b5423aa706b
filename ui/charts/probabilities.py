"""What several models think of one accident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui import words
from ui.charts import style

_NUMBER = 48  # pixels of a number after a bar
_PATTERNS = ("", "/", ".", "x", "-", "+", "|")  # of the models of one kind, which share its colour
_LONG = 30  # letters of a name, from which on the legend has a line a model
_GAP = 0.28  # of the room of a class, between its bars and the next class's


def bars(shares: pd.DataFrame, colours: Mapping[str, str], frequencies: Mapping[str, float] | None = None) -> go.Figure:
    """Probability of each class as one bar a model, with a mark above them at the frequency of the class.

    `shares`: index = class in words, one column a model (label), fractions. Models of the same colour differ by their
    patterns. `frequencies`: class in words -> fraction. Each accident has a figure of its own, which is written at once
    and not verified by Plotly: that would take longer than a model takes to answer.
    """
    if shares.empty:
        return style.empty(_("No model has answered yet."))
    traces, drawn = [], Counter[str]()
    for label in shares.columns:
        colour = colours.get(label, style.NEUTRAL)
        traces.append(_bar(shares[label], label, colour, _PATTERNS[drawn[colour] % len(_PATTERNS)]))
        drawn[colour] += 1
    if frequencies:
        traces.append(_reference(shares.index, frequencies))
    top = max(float(shares.max().max()), max(frequencies.values(), default=0) if frequencies else 0)
    height = 90 + len(shares) * (20 + 18 * max(1, len(shares.columns)))
    if max(map(len, shares.columns)) > _LONG:
        height += 18 * len(shares.columns)
    layout = style.layout(height=height, legend=True)
    # The number after the longest bar stands in the margin: in pixels, so that a narrow window does not cut it.
    layout["margin"]["r"] = _NUMBER
    classes = {"tickvals": [*range(len(shares))], "ticktext": [style.wrapped(str(c), 24) for c in shares.index]}
    layout |= {
        "barmode": "group",
        "bargap": _GAP,
        "bargroupgap": 0.06,
        "xaxis": {**style.AXIS, "title": {"text": _("Probability (%)")}, "range": [0, min(100, top * 100 + 1)]},
        "yaxis": {**style.AXIS, "range": [len(shares) - 0.5, -0.6], "showgrid": False, **classes},
    }
    return style.Drawn({"data": traces, "layout": layout})


def _bar(shares: pd.Series, label: str, colour: str, pattern: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": label,
        "y": [*range(len(shares))],
        "x": (shares * 100).tolist(),
        "orientation": "h",
        "marker": {
            "color": colour,
            "line": {"color": colour, "width": 1},
            "pattern": {"shape": pattern, "size": 7, "solidity": 0.45},
        },
        "text": [words.percent(v) for v in shares],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": shares.index.tolist(),
        "hovertemplate": "%{customdata}<br>" + label + ": %{x:.1f}%<extra></extra>",
    }


def _reference(classes: pd.Index, frequencies: Mapping[str, float]) -> dict[str, Any]:
    """A mark in the gap above each class's bars, so that it hides no number."""
    said = _("frequency in the training data: {x}").format(x="%{x:.1f}%")
    return {
        "type": "scatter",
        "name": _("Frequency of the class"),
        "x": [frequencies.get(c, 0.0) * 100 for c in classes],
        "y": [place - 0.5 + _GAP / 4 for place in range(len(classes))],
        "mode": "markers",
        "marker": {"symbol": "triangle-down", "size": 9, "color": style.NEUTRAL},
        "customdata": classes.tolist(),
        "hovertemplate": f"%{{customdata}}<br>{said}<extra></extra>",
    }
