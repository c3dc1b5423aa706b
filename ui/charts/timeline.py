"""What a time axis says beside the data: the COVID period, and the days from which the files count differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from data import calendar
from data.text import _
from ui.charts import style

_SHADE = "rgba(125,136,150,0.18)"


@dataclass(frozen=True)
class Mark:
    """A day named by a letter on the axis, which stands for some sentences below the figure."""

    letter: str
    since: date
    sentences: tuple[str, ...]


def mark(figure: go.Figure, days: pd.DatetimeIndex, marks: Sequence[Mark]) -> go.Figure:
    """Shade the COVID period and draw a line for each mark, where they lie between the first and the last day drawn."""
    first, last = days.min(), days.max()
    start, end = (edge for edge in calendar.COVID)
    if first <= end and last >= start:
        edges = {"x0": max(first, start), "x1": min(last, end), "y0": 0, "y1": 1, "yref": "paper"}
        figure.add_shape(type="rect", **edges, fillcolor=_SHADE, line={"width": 0}, layer="below")
        _name(figure, max(first, start), _("COVID"), below=14)
    for item in marks:
        moment = pd.Timestamp(item.since)
        if first < moment <= last:
            upright(figure, moment)
            _name(figure, moment, item.letter)
    return figure


def upright(figure: go.Figure, x: object) -> None:
    """A dotted line at a place of the first axis; Plotly's own `add_vline` takes six times as long."""
    line = {"dash": "dot", "color": style.NEUTRAL, "width": 1.5}
    figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line=line)


def _name(figure: go.Figure, moment: pd.Timestamp, name: str, *, below: int = 0) -> None:
    at = {"x": moment, "xanchor": "left", "xshift": 1, "y": 1, "yref": "paper", "yanchor": "top", "yshift": -below}
    figure.add_annotation(**at, text=name, showarrow=False)
