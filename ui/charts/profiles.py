"""Kinds of accidents: how many there are, how they end, how they change, and why there are so many kinds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from data.text import _, number
from ui.charts import style
from ui.charts.kept import kept

_ACROSS = 3


@kept
def kinds(table: pd.DataFrame) -> go.Figure:
    """Each kind's share of accidents, and how often and how gravely people are hurt, with 95% intervals.

    `table`: index = the kinds in words; columns `share`, `severe`, `lethality` in per cent and per 100 accidents, the
    last two with `_low` and `_high`.
    """
    if table.empty:
        return style.empty()
    titles = (_("Share of accidents (%)"), _("Killing or hospitalising (%)"), _("Killed per 100 accidents"))
    titles = tuple(style.wrapped(title, 16) for title in titles)
    figure = make_subplots(cols=3, shared_yaxes=True, subplot_titles=titles, horizontal_spacing=0.04)
    labels = [style.wrapped(str(label), 34) for label in table.index]
    colours = (style.NEUTRAL, style.SEVERITY_COLOURS["hospitalised"], style.SEVERITY_COLOURS["killed"])
    for place, (name, colour) in enumerate(zip(("share", "severe", "lethality"), colours, strict=True), start=1):
        value = table[name].to_numpy(dtype="float64")
        error = None
        if place > 1:
            low, high = (table[f"{name}_{end}"].to_numpy(dtype="float64") for end in ("low", "high"))
            error = {"type": "data", "array": high - value, "arrayminus": value - low, "color": style.NEUTRAL}
        figure.add_bar(
            y=labels,
            x=value,
            orientation="h",
            marker={"color": colour},
            error_x=error,
            # a bar too narrow for its number stands without it
            text=[number(v, ".1f") if v > 0.33 * np.fmax.reduce(value, initial=0.0) else "" for v in value],
            textposition="inside",
            insidetextanchor="start",
            textangle=0,
            constraintext="none",
            textfont={"color": "#ffffff"},
            hovertemplate="%{y}<br>%{x:.1f}<extra></extra>",
            row=1,
            col=place,
        )
    style.finish(figure, height=116 + 46 * len(table))
    figure.update_layout(margin={"t": 78}, bargap=0.25)
    figure.update_annotations(font={"size": 12})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(rangemode="tozero", nticks=3)  # the last number stays clear of the next chart's 0
    return figure


@kept
def years(table: pd.DataFrame) -> go.Figure:
    """The share of each kind among the accidents of each year, one small figure a kind on the same scale.

    `table`: index = years, columns = the kinds in words, values in per cent.
    """
    if len(table) < 2:
        return style.empty(_("One year alone shows no change: choose more years, or import more."))
    rows = -(-table.shape[1] // _ACROSS)
    titles = [style.wrapped(str(label), 22) for label in table.columns]
    figure = make_subplots(
        rows=rows, cols=_ACROSS, shared_yaxes=True, subplot_titles=titles, vertical_spacing=0.45 / rows
    )
    for place, name in enumerate(table.columns):
        figure.add_scatter(
            x=table.index.to_numpy(),
            y=table[name].to_numpy(),
            mode="lines+markers",
            line={"color": style.LOWERS},
            marker={"size": 5},
            hovertemplate="%{x}: %{y:.1f}%<extra></extra>",
            row=place // _ACROSS + 1,
            col=place % _ACROSS + 1,
        )
    style.finish(figure, height=60 + 200 * rows)
    figure.update_layout(margin={"t": 64})
    figure.update_annotations(font={"size": 12})
    highest = float(table.max().max()) * 1.1
    figure.update_yaxes(range=[0, highest], nticks=4, ticksuffix=" %")
    first, last = int(table.index[0]), int(table.index[-1])
    figure.update_xaxes(tickvals=[first, last], range=[first - 1, last + 1], tickformat="d")
    return figure


@kept
def quality(table: pd.DataFrame) -> go.Figure:
    """How well each number of kinds separates and repeats, the proposed one marked.

    `table`: as by `models.profiles.quality`.
    """
    if table.empty:
        return style.empty()
    figure = go.Figure()
    drawn = (
        ("silhouette", _("Separation (silhouette)"), "#0072b2", "solid", "circle"),
        ("stability", _("Found again with other seeds (adjusted Rand)"), "#d55e00", "dash", "diamond"),
    )
    for column, label, colour, dash, symbol in drawn:
        figure.add_scatter(
            x=table.index.to_numpy(),
            y=table[column].to_numpy(),
            name=label,
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"symbol": symbol, "size": 8},
            hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        )
    proposed = int(table.index[table["chosen"]][0])
    line = {"color": style.NEUTRAL, "width": 1, "dash": "dot"}
    figure.add_vline(x=proposed, line=line, annotation_text=_("proposed"))
    style.finish(figure, height=300, x=_("Number of kinds"), y=_("0 none, 1 perfect"), legend=True)
    figure.update_yaxes(range=[0, 1.08])
    figure.update_xaxes(dtick=1)
    return figure
