"""A measure over time, by season, by hour of the week and on special days, each with its 95% interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from data.text import _
from ui import words
from ui.charts import style, timeline
from ui.charts.kept import kept

_BAND = 0.22  # how opaque an interval is
_DIGITS = ",.3~f"


@kept
def over_time(
    table: pd.DataFrame,
    *,
    label: str,
    colour: str,
    marks: Sequence[timeline.Mark] = (),
    dots: bool = False,
    part: Sequence[int] = (),
) -> go.Figure:
    """A measure over time as a line with its interval as a band, or as dots with bars, which are open for `part` years.

    `table` as by `data.trends.by_step` or `moving`: index = days in order, `value`, `low`, `high`; a step that is
    missing is a gap. `label`: what the axis shows, with its unit.
    """
    known = table.dropna(subset=["value"])
    if known.empty:
        return style.empty()
    figure = go.Figure()
    if dots:
        _dots(figure, known, colour, part)
    else:
        for run in _runs(table):
            _band(figure, run, colour)
        _line(figure, table, colour)
    style.finish(figure, height=330, y=label)
    figure.update_xaxes(**style.dates())
    if dots and len(known) <= 12:
        figure.update_xaxes(tickvals=known.index, tickformat="%Y")
    figure.update_yaxes(rangemode="tozero", tickformat=_DIGITS)
    return timeline.mark(figure, pd.DatetimeIndex(known.index), marks)


@kept
def ratios(table: pd.DataFrame, labels: Sequence[str], *, label: str, colour: str) -> go.Figure:
    """How many times as high a rate is as what it is compared with, one row of dots with intervals.

    `table`: `value`, `low`, `high` in the order of `labels`.
    """
    if table.empty:
        return style.empty(_("Too few days to compare."))
    said = _("× {n} ({low} to {high})")
    rows = [style.wrapped(name, 22) for name in labels]
    figure = go.Figure(
        go.Scatter(
            x=table["value"].to_numpy(),
            y=rows,
            mode="markers",
            marker={"color": colour, "size": 9},
            error_x=_bars(table, colour),
            customdata=table[["low", "high"]].to_numpy(),
            hovertemplate="%{y}<br>"
            + said.format(n="%{x:.2f}", low="%{customdata[0]:.2f}", high="%{customdata[1]:.2f}")
            + "<extra></extra>",
        )
    )
    timeline.upright(figure, 1)
    style.finish(
        figure, height=108 + (36 if any("<br>" in row for row in rows) else 26) * len(table), x=style.wrapped(label, 34)
    )
    figure.update_layout(margin={"t": 30})  # the longest interval stays clear of the button for the picture
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(tickprefix="× ")
    return figure


@kept
def week(table: pd.DataFrame, *, label: str) -> go.Figure:
    """A measure by weekday and hour of the day; what is hidden is missing.

    `table`: 7 x 24 rows in the order of weekday, Monday first, and hour, `value`, `low`, `high`, `events`.
    """
    if table["value"].isna().all():
        return style.empty(_("Too few accidents in every hour of the week."))
    value, *others = (table[name].to_numpy().reshape(7, 24) for name in ("value", "low", "high", "events"))
    figure = go.Figure(
        go.Heatmap(
            z=value,
            x=np.arange(24),
            y=[words.code("weekday", d) for d in range(1, 8)],
            customdata=np.stack(others, axis=-1),
            colorscale=style.SEQUENTIAL,
            zmin=0,
            xgap=1,
            ygap=1,
            hoverongaps=False,
            colorbar={"title": {"text": label, "side": "right"}, "thickness": 12, "outlinewidth": 0},
            hovertemplate="%{y} %{x}:00–%{x}:59<br>"
            + _("{value} ({low} to {high}), of {n} counted").format(
                value="%{z:" + _DIGITS + "}",
                low="%{customdata[0]:" + _DIGITS + "}",
                high="%{customdata[1]:" + _DIGITS + "}",
                n="%{customdata[2]:,.0f}",
            )
            + "<extra></extra>",
        )
    )
    style.finish(figure, height=300, x=_("Hour of the day"))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(tickvals=list(range(0, 24, 3)), showgrid=False)
    return figure


@kept
def parts(table: pd.DataFrame, *, label: str, colour: str) -> go.Figure:
    """What a rate of months is made of, one below the other: `trend`, `season`, `rest`, with `value` behind the trend.

    `table` as by `models.trends.decomposed`.
    """
    names = {"trend": _("Trend"), "season": _("Season"), "rest": _("Rest")}
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.06, row_heights=[0.5, 0.25, 0.25])
    index = table.index
    figure.add_scatter(x=index, y=table["value"].to_numpy(), line={"color": style.NEUTRAL, "width": 1},
                       name=_("As counted"), row=1, col=1)  # fmt: skip
    for row, (name, title) in enumerate(names.items(), start=1):
        add = figure.add_bar if name == "rest" else figure.add_scatter
        add(x=index, y=table[name].to_numpy(), marker={"color": colour}, name=title, row=row, col=1)
    figure.update_traces(hovertemplate="%{x|%B %Y}<br>%{fullData.name}: %{y:" + _DIGITS + "}<extra></extra>")
    style.finish(figure, height=460)
    for row, title in enumerate(names.values(), start=1):
        figure.update_yaxes(title=title, tickformat=_DIGITS, row=row, col=1)
    figure.update_xaxes(title=label, row=3, col=1)
    return figure


def _dots(figure: go.Figure, table: pd.DataFrame, colour: str, part: Sequence[int]) -> None:
    symbols = ["circle-open" if year in part else "circle" for year in pd.DatetimeIndex(table.index).year]
    figure.add_scatter(
        x=table.index,
        y=table["value"].to_numpy(),
        mode="markers",
        marker={"color": colour, "size": 9, "symbol": symbols, "line": {"width": 2, "color": colour}},
        error_y=_bars(table, colour),
        customdata=table[["low", "high"]].to_numpy(),
        hovertemplate=_hover("%{x|%Y}"),
    )


def _line(figure: go.Figure, table: pd.DataFrame, colour: str) -> None:
    daily = bool(table.index.to_series().diff().max() == pd.Timedelta(days=1))
    # the days of twenty years written out would be most of what the page sends
    when = {"x0": table.index[0], "dx": 86_400_000} if daily else {"x": table.index}
    figure.add_scatter(
        **when,
        y=table["value"].to_numpy("float32"),
        mode="lines" if len(table) > 1 else "markers",
        line={"color": colour, "width": 2},
        customdata=None if daily else table[["low", "high"]].to_numpy("float32"),
        hovertemplate="%{x|%-d %B %Y}<br>%{y:" + _DIGITS + "}<extra></extra>" if daily else _hover("%{x|%B %Y}"),
    )


def _band(figure: go.Figure, run: pd.DataFrame, colour: str) -> None:
    daily = bool(run.index.to_series().diff().max() == pd.Timedelta(days=1))
    when = {"x0": run.index[0], "dx": 86_400_000} if daily else {"x": run.index}
    plain = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(**when, **plain, y=run["low"].to_numpy("float32"))
    figure.add_scatter(**when, **plain, y=run["high"].to_numpy("float32"), fill="tonexty", fillcolor=faint(colour))


def _runs(table: pd.DataFrame) -> list[pd.DataFrame]:
    """The parts of a table between its gaps: a band would be drawn over them."""
    missing = table["value"].isna()
    return [run for _number, run in table[~missing].groupby(missing.cumsum()[~missing])]


def faint(colour: str) -> str:
    """A colour, given as #rrggbb, through which what lies behind is seen."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{_BAND})"


def _bars(table: pd.DataFrame, colour: str) -> dict[str, object]:
    above, below = (table["high"] - table["value"]).to_numpy(), (table["value"] - table["low"]).to_numpy()
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": colour, "thickness": 1.5}


def _hover(when: str) -> str:
    value, low, high = ("%{" + name + ":" + _DIGITS + "}" for name in ("y", "customdata[0]", "customdata[1]"))
    return f"{when}<br>" + _("{value} ({low} to {high})").format(value=value, low=low, high=high) + "<extra></extra>"
