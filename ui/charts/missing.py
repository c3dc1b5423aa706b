"""How much of the data is unknown."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui import words
from ui.charts import style
from ui.charts.kept import kept

_NUMBERED_YEARS = 10  # with more of them a cell is too narrow for its number


@kept
def shares(unknown: pd.DataFrame) -> go.Figure:
    """The share of unknown cells of each column and year; a cell without share stays blank.

    `unknown`: index = columns in words, columns = years as text, values from 0 to 1 or missing.
    """
    if unknown.empty:
        return style.empty(_("No cell is unknown."))
    percents = unknown * 100
    figure = go.Figure(
        go.Heatmap(
            z=percents.to_numpy(),
            x=list(percents.columns),
            y=list(percents.index),
            colorscale=style.READABLE,
            zmin=0,
            zmax=100,
            xgap=2,
            ygap=2,
            hoverongaps=False,
            colorbar={"title": {"text": _("Unknown (%)"), "side": "right"}, "thickness": 12, "outlinewidth": 0},
            hovertemplate="%{y}, %{x}: %{z:.1f}%<extra></extra>",
        )
    )
    if len(unknown.columns) <= _NUMBERED_YEARS:
        for y, of_column in enumerate(unknown.to_numpy()):
            for x, share in enumerate(of_column):
                if not math.isnan(share):  # by place: a year as text would be taken for a number on the axis
                    figure.add_annotation(x=x, y=y, text=words.percent(share), showarrow=False, font={"size": 12})
    style.finish(figure, height=80 + 26 * len(unknown))
    figure.update_yaxes(autorange="reversed", showgrid=False, dtick=1)
    figure.update_xaxes(type="category", showgrid=False, side="top")
    return figure
