"""When accidents happen, and how serious they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data import schema, summary
from data.text import _
from ui import words
from ui.charts import style, timeline
from ui.charts.kept import kept


@kept
def monthly(counts: pd.DataFrame, marks: Sequence[timeline.Mark] = ()) -> go.Figure:
    """Accidents a month, stacked by severity, with the COVID period and what changed marked.

    `counts` as by `summary.by_month`: index = first day of the month, columns = severities and `unknown`.
    """
    if counts.empty:
        return style.empty(_("No accident is dated."))
    figure = go.Figure()
    for name in counts.columns:
        if not counts[name].any():
            continue
        unknown = name == summary.UNKNOWN
        label = _("Severity not known") if unknown else words.code("severity", name)
        figure.add_bar(
            name=label,
            x=counts.index,
            y=counts[name].to_numpy(),
            marker={"color": style.NEUTRAL if unknown else style.SEVERITY_COLOURS[name], "line": {"width": 0}},
            hovertemplate="%{x|%B %Y}<br>" + label + ": %{y:,.0f}<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.12)
    style.finish(figure, height=330, y=_("Accidents a month"), legend=True)
    figure.update_xaxes(**style.dates())
    figure.update_yaxes(tickformat=",d")
    return timeline.mark(figure, pd.DatetimeIndex(counts.index), marks)


@kept
def sparkline(values: Sequence[float]) -> str:
    """A line from the least to the greatest of some values as SVG, with a gap where one is missing.

    It says no more than its course.
    """
    y = np.asarray(values, dtype="float64")
    low, high = np.nanmin(y), np.nanmax(y)
    x, y = np.linspace(2, 158, len(y)), 30 - 26 * (y - low) / ((high - low) or 1)
    runs = np.split(np.arange(len(y)), np.flatnonzero(np.isnan(y)))
    lines = [" ".join(f"{x[i]:.1f},{y[i]:.1f}" for i in run if not np.isnan(y[i])) for run in runs]
    drawn = "".join(f'<polyline points="{points}"/>' for points in lines if points)
    look = f'fill="none" stroke="{style.NEUTRAL}" stroke-width="1.8" stroke-linejoin="round"'
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="34" viewBox="0 0 160 34">'
    return f"{head}<g {look}>{drawn}</g></svg>"


@kept
def week(counts: pd.DataFrame) -> go.Figure:
    """Accidents by weekday and hour of the day.

    `counts` as by `summary.by_weekday_and_hour`: index 1 to 7, columns 0 to 23.
    """
    if counts.empty or not counts.to_numpy().any():
        return style.empty(_("No accident has a known hour."))
    days = [words.code("weekday", d) for d in counts.index]
    figure = go.Figure(
        go.Heatmap(
            z=counts.to_numpy(),
            x=counts.columns.to_numpy(),
            y=days,
            colorscale=style.SEQUENTIAL,
            zmin=0,
            xgap=1,
            ygap=1,
            colorbar={"title": {"text": _("Accidents"), "side": "right"}, "thickness": 12, "outlinewidth": 0},
            hovertemplate="%{y} %{x}:00–%{x}:59<br>" + _("accidents: {n}").format(n="%{z:,.0f}") + "<extra></extra>",
        )
    )
    style.finish(figure, height=300, x=_("Hour of the day"))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(tickvals=list(range(0, 24, 3)), showgrid=False)
    return figure


@kept
def severity_shares(counts: pd.DataFrame, name: str) -> go.Figure:
    """Share of each severity among the accidents of each value of a coded column.

    `counts` as by `summary.severity_by`: index = codes of `name`, columns = severities.
    """
    if counts.empty:
        return style.empty(_("The severity of these accidents is not known: no people table is imported."))
    totals = counts.sum(axis="columns")
    labels = [
        style.wrapped(words.code(name, c), 26) + "<br>" + _("{n} accidents").format(n=words.count(totals[c]))
        for c in counts.index
    ]
    figure = go.Figure()
    last = list(schema.SEVERITY)[-1]
    for severity in schema.SEVERITY:
        shares = counts[severity] / totals
        label = words.code("severity", severity)
        figure.add_bar(
            name=label,
            y=labels,
            x=shares.to_numpy() * 100,
            orientation="h",
            marker={"color": style.SEVERITY_COLOURS[severity]},
            text=[words.percent(v) if v >= 0.08 or severity == last else "" for v in shares],
            # The last and gravest is often too narrow for its number, which then stands behind it.
            textposition="outside" if severity == last else "inside",
            cliponaxis=False,
            insidetextanchor="middle",
            textangle=0,
            insidetextfont={"color": "#ffffff", "size": 12},
            outsidetextfont={"size": 12},
            customdata=counts[severity].to_numpy(),
            hovertemplate="%{y}<br>" + label + ": %{x:.1f}% (%{customdata:,.0f})<extra></extra>",
        )
    figure.update_layout(barmode="stack", bargap=0.25)
    lines = max(label.count("<br>") for label in labels) + 1
    style.finish(figure, height=100 + (12 + 16 * lines) * len(counts), x=_("Share of accidents (%)"), legend=True)
    figure.update_layout(margin={"r": 44})
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(range=[0, 100.5], dtick=25)  # a sum just above 100 keeps its number
    return figure
