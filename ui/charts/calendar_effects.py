"""By how much kinds of days multiply the accidents of a day."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui.charts import style
from ui.charts.kept import kept


@kept
def effects(table: pd.DataFrame, *, labels: dict[str, str]) -> go.Figure:
    """What the model expects of each kind of day, beside what was counted with its 95% interval.

    `table`: as `models.calendar_effects.estimate` gives it; `labels`: the words for its index.
    """
    if table.empty:
        return style.empty(_("Too few days are counted to compare kinds of days."))
    figure = go.Figure()
    names = [labels[name] for name in table.index]
    figure.add_scatter(
        name=_("Counted, with 95% interval"),
        x=table["counted"].to_numpy(),
        y=names,
        mode="markers",
        marker={"color": style.LOWERS, "size": 8, "symbol": "diamond"},
        error_x=_error(table),
        customdata=table[["low", "high"]].to_numpy(),
        hovertemplate="%{y}<br>"
        + _("counted: × {n} ({low} to {high})").format(
            n="%{x:.2f}", low="%{customdata[0]:.2f}", high="%{customdata[1]:.2f}"
        )
        + "<extra></extra>",
    )
    figure.add_scatter(
        name=_("Expected by the model"),
        x=table["expected"].to_numpy(),
        y=names,
        mode="markers",
        marker={"color": style.model_colour("lstm"), "size": 10, "symbol": "circle-open", "line": {"width": 2.5}},
        hovertemplate="%{y}<br>" + _("expected: × {n}").format(n="%{x:.2f}") + "<extra></extra>",
    )
    figure.add_vline(x=1, line={"dash": "dot", "color": style.NEUTRAL, "width": 1.5})
    style.finish(
        figure, height=110 + 26 * len(table), x=_("Times the accidents of the days compared with"), legend=True
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(tickprefix="× ")
    return figure


def _error(table: pd.DataFrame) -> dict[str, Any]:
    """The interval of what was counted."""
    above, below = table["high"] - table["counted"], table["counted"] - table["low"]
    sides = {"array": above.to_numpy(), "arrayminus": below.to_numpy()}
    return {"type": "data", "symmetric": False, **sides, "color": style.LOWERS}
