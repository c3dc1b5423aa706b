"""How errors grow with the days ahead."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui.charts import style
from ui.charts.forecast import BASELINES
from ui.charts.kept import kept

MODEL = "model"


@kept
def by_day_ahead(scores: pd.DataFrame, *, labels: dict[str, str], unit: str) -> go.Figure:
    """A line for the model and for each baseline.

    `scores`: index days ahead, a column `MODEL` and one for each baseline, named in `labels`; `unit`: of the y axis.
    """
    if scores.empty:
        return style.empty(_("No score by day ahead is kept with this model."))
    figure = go.Figure()
    for name in sorted(scores.columns, key=lambda column: column == MODEL):  # the model on top
        mine = name == MODEL
        colour, dash = (style.model_colour("lstm"), "solid") if mine else BASELINES.get(name, (style.NEUTRAL, "dot"))
        figure.add_scatter(
            name=labels[name],
            x=scores.index,
            y=scores[name].to_numpy(),
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2.5 if mine else 1.8},
            marker={"size": 8 if mine else 6},
            hovertemplate=labels[name] + "<br>" + _("{n} days ahead").format(n="%{x}") + ": %{y:.2f}<extra></extra>",
        )
    style.finish(figure, height=340, x=_("Days ahead"), y=unit, legend=True)
    figure.update_xaxes(tickvals=list(scores.index))
    figure.update_yaxes(rangemode="tozero")
    return figure


@kept
def of_models(scores: pd.DataFrame, kinds: Mapping[str, str], *, unit: str, goal: float | None = None) -> go.Figure:
    """A line for each model and each simpler method; `goal`: where the best value lies, where that is not zero.

    `scores`: index days ahead, a column each, named in words; `kinds`: those that are models, and their kinds.
    """
    if scores.empty:
        return style.empty(_("No score by day ahead is kept with these models."))
    figure = go.Figure()
    others = [name for name in scores if name not in kinds]
    dashes = ("dot", "dash", "dashdot", "longdash")
    seen: list[str] = []
    for name in [*others, *(name for name in scores if name in kinds)]:  # the models on top
        mine = name in kinds
        colour = style.model_colour(kinds[name]) if mine else style.NEUTRAL
        again = seen.count(colour)
        seen.append(colour)
        solid = mine and not again
        figure.add_scatter(
            name=name,
            x=scores.index,
            y=scores[name].to_numpy(),
            mode="lines+markers",
            line={
                "color": colour,
                "dash": "solid" if solid else dashes[again % len(dashes)],
                "width": 2.5 if mine else 1.8,
            },
            marker={"size": 8 if mine else 6},
            hovertemplate=f"{name}<br>" + _("{n} days ahead").format(n="%{x}") + ": %{y:.2f}<extra></extra>",
        )
    style.finish(figure, height=360, x=_("Days ahead"), y=unit, legend=True)
    if goal is not None:
        figure.add_hline(y=goal, line={"dash": "dot", "color": style.NEUTRAL, "width": 1.5})
    figure.update_xaxes(tickvals=list(scores.index))
    figure.update_yaxes(rangemode="tozero")
    return figure
