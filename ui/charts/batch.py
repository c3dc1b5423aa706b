"""What the answers to a whole file come to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui.charts import style
from ui.charts.kept import kept


@kept
def classes(expected: pd.DataFrame, likely: pd.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """Expected accidents of each class as one bar a model, and how many have it as the most likely as a mark.

    `expected`, `likely`: index = class in words, one column a model (label). The sum of probabilities says how many
    are to be expected; the most likely class alone leaves rare ones out.
    """
    if expected.empty:
        return style.empty(_("No row was scored."))
    positions, models = np.arange(len(expected)), len(expected.columns)
    names = expected.index.to_numpy(dtype=object)
    figure = go.Figure()
    for n, label in enumerate(expected.columns):
        colour = colours.get(label, style.NEUTRAL)
        # where the group of bars puts this one
        places = positions + ((n + 0.5) / models - 0.5) * 0.72
        figure.add_bar(
            name=_("{model}: expected").format(model=label),
            y=places,
            x=expected[label].to_numpy(),
            width=0.6 / models,
            orientation="h",
            marker={"color": colour},
            customdata=names,
            hovertemplate="%{customdata}<br>" + label + ": %{x:,.0f}<extra></extra>",
        )
        figure.add_scatter(
            name=_("{model}: most likely").format(model=label),
            y=places,
            x=likely[label].to_numpy(),
            mode="markers",
            marker={"symbol": "diamond-open", "size": 10, "color": style.NEUTRAL, "line": {"width": 2}},
            customdata=names,
            hovertemplate="%{customdata}<br>" + label + ": %{x:,.0f}<extra></extra>",
            showlegend=n == 0,
        )
    figure.data[1].name = _("Rows that have it as the most likely")
    figure.update_layout(barmode="overlay", bargap=0.28)
    style.finish(figure, height=90 + len(expected) * (24 + 18 * models), x=_("Accidents"), legend=True)
    figure.update_yaxes(
        range=[len(expected) - 0.5, -0.6],
        tickvals=positions,
        ticktext=[style.wrapped(str(name), 24) for name in names],
        showgrid=False,
    )
    figure.update_xaxes(rangemode="tozero")
    return figure
