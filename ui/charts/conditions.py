"""How serious accidents are under each condition: shares, risks against a reference, pairs, people and odds ratios."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _, number
from ui import condition_words, words
from ui.charts import style
from ui.charts.kept import kept

Trace = dict[str, Any]

_MEN, _WOMEN = "#0072b2", "#d55e00"
_COLOURS = {"serious": "hospitalised", "killed": "killed", "lethality": "killed"}
_TICKS = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100])
_WIDEST = 100.0
_ROW, _FRAME = 44, 70  # pixels
_NUMBERED = 10  # columns of a heat map whose cells show their number
_AGE = 0.09  # half the way between men and women


@kept
def shares(frame: pd.DataFrame, measure: str, overall: float) -> go.Figure:
    """The share or rate of each value with its interval, and that of all accidents as a line.

    `frame` as by `conditions.compared`, with `label`; an `overall` that is missing is not drawn.
    """
    if frame.empty:
        return style.empty(_("The injuries of these accidents are not known: no people table is imported."))
    percent = frame[["value", "low", "high"]] * 100
    said = [
        f"{row.label}<br>{condition_words.axis(measure)}: {_interval(row)}<br>"
        + _("{cases} in {n} accidents").format(cases=words.count(row.cases), n=words.count(row.known))
        for row in frame.itertuples()
    ]
    colours = _faded(frame["few"], style.SEVERITY_COLOURS[_COLOURS[measure]])
    drawn = _points(percent, np.arange(len(frame)), colours, said)
    # an interval that is nearly everything says nothing and would leave the others no room
    telling = percent["high"].where(~frame["few"], percent["value"])
    highest = float(percent["high"].max() if frame["few"].all() else telling.max())
    axis = {"range": [-0.02 * highest, highest * 1.05], "zeroline": False}
    shapes = [_line(overall * 100, dash="dot")] if np.isfinite(overall) else []
    return _by_row(drawn, frame, {"xaxis": axis, "shapes": shapes}, x=condition_words.axis(measure), counted=True)


@kept
def risks(frame: pd.DataFrame, measure: str) -> go.Figure:
    """How many times the share or rate of the reference each value has, as a forest plot.

    `frame` as by `conditions.compared`, with `label` and `reference` (whether the row is what is compared with).
    """
    if not frame["ratio"].notna().any():
        return style.empty(_("There are too few cases to compare."))
    ratios = frame[["ratio", "ratio_low", "ratio_high"]].set_axis(["value", "low", "high"], axis="columns")
    ratios.loc[frame["reference"].to_numpy(), ["low", "high"]] = 1.0
    said = [f"{row.label}<br>{_ratio(row.ratio, row.ratio_low, row.ratio_high)}" for row in frame.itertuples()]
    symbols = np.where(frame["reference"], "diamond", "circle")
    colours = _faded(frame["few"] & ~frame["reference"], style.SEVERITY_COLOURS[_COLOURS[measure]])
    drawn = _points(ratios, np.arange(len(frame)), colours, said, symbols)
    # on a logarithmic axis the place of a note is a logarithm
    note = {"x": 0, "text": _("too few"), "showarrow": False, "xanchor": "left", "xshift": 6, "yshift": 9}
    notes = [note | {"y": int(row)} for row in np.flatnonzero(frame["ratio"].isna())]
    layout = {"xaxis": _logarithmic(ratios), "shapes": [_line(1)], "annotations": notes}
    return _by_row(drawn, frame, layout, x=_("Times as high as the reference (log scale)"))


@kept
def pairs(values: pd.DataFrame, said: pd.DataFrame, unit: str, *, x: str, y: str, whole: bool) -> go.Figure:
    """A heat map of two conditions, whose hidden cells are missing.

    `values` and `said` (what each cell says when pointed at): labels of one condition x labels of the other. `whole`:
    the numbers, in `unit`, are counts.
    """
    if values.empty or not values.notna().to_numpy().any():
        return style.empty(_("No pair of values has enough accidents."))
    numbered = len(values.columns) <= _NUMBERED
    columns = [style.wrapped(label, 13) for label in values.columns]
    rows = [style.wrapped(label, 24) for label in values.index]
    drawn: list[Any] = [
        go.Heatmap(
            z=values.to_numpy(),
            x=columns,
            y=rows,
            customdata=said.to_numpy(),
            colorscale=style.READABLE if numbered else style.SEQUENTIAL,
            zmin=0,
            zmax=float(np.nanmax(values.to_numpy(dtype="float64"))),
            xgap=1,
            ygap=1,
            showscale=not numbered,  # every cell says its number
            colorbar={"title": {"text": unit, "side": "top"}, "thickness": 12, "outlinewidth": 0, "tickformat": ",~r"},
            hovertemplate="%{customdata}<extra></extra>",
            hoverongaps=False,
        )
    ]
    if numbered:
        # not the heat map's own text: it would be black or white by the shade alone, whatever the page's background
        row, column = np.nonzero(values.notna().to_numpy())
        numbers = values.to_numpy()[row, column]
        text = go.Scatter(
            x=np.array(columns, dtype="object")[column],
            y=np.array(rows, dtype="object")[row],
            text=[words.count(n) if whole else number(n, ".1f") for n in numbers],
            mode="text",
            textfont={"size": 11 if len(columns) > 6 else 12},
            hoverinfo="skip",
            showlegend=False,
        )
        drawn.append(text)
    axis = {"showgrid": False, "type": "category", "tickmode": "linear"}
    figure = go.Figure(data=drawn, layout={"xaxis": axis, "yaxis": axis | {"autorange": "reversed"}})
    style.finish(figure, height=150 + max(34 * len(values), 150), x=x, y=y)
    figure.layout.margin.t = 32  # the button that keeps the picture lies above the cells
    return figure


@kept
def people(frame: pd.DataFrame, measure: str) -> go.Figure:
    """The share of people killed, or killed or hospitalised, by age; men and women beside each other.

    `frame`: `sex` (code), `age` (label), `place` (of the age), `value`, `low`, `high`, `cases`, `known`, `few`.
    """
    if frame.empty:
        return style.empty(_("Nobody of this role is described with age, sex and injury in these accidents."))
    drawn = []
    sexes = (("1", _("Men"), _MEN, "circle", -_AGE), ("2", _("Women"), _WOMEN, "diamond", _AGE))
    for code, label, colour, symbol, aside in sexes:
        own = frame[frame["sex"] == code]
        said = [
            f"{label}, {row.age}<br>{_interval(row, ' %')}<br>"
            + _("{cases} of {n} people").format(cases=words.count(row.cases), n=words.count(row.known))
            for row in own.itertuples()
        ]
        percent, places = own[["value", "low", "high"]] * 100, own["place"].to_numpy() + aside
        drawn += _points(percent, places, _faded(own["few"], colour), said, symbol, upright=True)
        drawn.append(_in_legend(label, colour, symbol))
    ages = frame.drop_duplicates("place")
    ticks = {"tickvals": ages["place"].to_numpy(), "ticktext": ages["age"].tolist(), "showgrid": False}
    figure = go.Figure(data=drawn, layout={"xaxis": ticks, "yaxis": {"rangemode": "tozero"}})
    title = _("People killed (%)") if measure == "killed" else _("People killed or hospitalised (%)")
    return style.finish(figure, height=340, x=_("Age (years)"), y=title, legend=True)


@kept
def odds(frame: pd.DataFrame, measure: str) -> go.Figure:
    """Raw and adjusted odds ratios of one condition beside each other, as a forest plot.

    `frame`: rows of `odds.Odds.table` of one condition, with `label`.
    """
    if frame.empty:
        return style.empty(_("There are too few accidents to compare."))
    drawn, all_ratios = [], []
    kinds = (
        ("raw", _("Raw"), style.NEUTRAL, "circle-open", -0.14),
        ("adjusted", _("Adjusted"), style.SEVERITY_COLOURS[_COLOURS[measure]], "square", 0.14),
    )
    for kind, label, colour, symbol, aside in kinds:
        ratios = frame[[kind, f"{kind}_low", f"{kind}_high"]].set_axis(["value", "low", "high"], axis="columns")
        said = [f"{a}<br>{label}: {_ratio(*line)}" for a, line in zip(frame["label"], ratios.to_numpy(), strict=True)]
        ratios.loc[frame["reference"].to_numpy(), ["low", "high"]] = 1.0
        drawn += _points(ratios, np.arange(len(frame)) + aside, [colour] * len(frame), said, symbol)
        drawn.append(_in_legend(label, colour, symbol))
        all_ratios.append(ratios)
    layout = {"xaxis": _logarithmic(pd.concat(all_ratios)), "shapes": [_line(1)]}
    return _by_row(drawn, frame, layout, x=_("Odds ratio (log scale)"), counted=True, legend=True)


def _points(
    values: pd.DataFrame,
    places: np.ndarray,
    colours: list[str],
    said: list[str],
    symbols: str | np.ndarray = "circle",
    *,
    upright: bool = False,
) -> list[Trace]:
    """Points with their intervals (`value`, `low`, `high`) at some places, each in its own colour."""
    traces = []
    # one line for all intervals of a colour: bars of errors know but one colour a trace
    for shade in dict.fromkeys(colours):
        own = [colour == shade for colour in colours]
        along = np.column_stack([values.loc[own, "low"], values.loc[own, "high"], np.full(sum(own), np.nan)]).ravel()
        traces.append(
            _placed(along, np.repeat(places[own], 3), upright)
            | {"mode": "lines", "line": {"color": shade, "width": 2}, "hoverinfo": "skip", "showlegend": False}
        )
    marks = {
        "mode": "markers",
        "marker": {"color": colours, "symbol": symbols, "size": 9, "line": {"width": 1.5, "color": colours}},
        "customdata": np.array(said, dtype="object"),
        "hovertemplate": "%{customdata}<extra></extra>",
        "showlegend": False,
    }
    return [*traces, _placed(values["value"].to_numpy(), places, upright) | marks]


def _placed(along: np.ndarray, across: np.ndarray, upright: bool) -> Trace:
    return {"type": "scatter", "x": across if upright else along, "y": along if upright else across}


def _in_legend(name: str, colour: str, symbol: str) -> Trace:
    """A point that only the legend shows, as those of the figure have several colours."""
    marker = {"color": colour, "symbol": symbol, "size": 9, "line": {"width": 1.5, "color": colour}}
    return _placed(np.array([None]), np.array([None]), False) | {"mode": "markers", "marker": marker, "name": name}


def _by_row(
    traces: list[Trace], frame: pd.DataFrame, layout: Trace, *, x: str, counted: bool = False, legend: bool = False
) -> go.Figure:
    """One row a value, the first on top; `counted`: how many accidents it has is said below its name."""
    labels = [style.wrapped(label, 26) for label in frame["label"]]
    if counted:
        numbers = [_("n = {n}").format(n=words.count(n)) for n in frame["known"]]
        labels = [f"{label}<br>{n}" for label, n in zip(labels, numbers, strict=True)]
    tallest = max(label.count("<br>") for label in labels)
    height = _FRAME + 30 * legend + (_ROW + 12 * (tallest > 1)) * len(frame)
    rows = {"tickvals": np.arange(len(frame)), "ticktext": labels, "range": [len(frame) - 0.5, -0.5], "zeroline": False}
    # all at once: Plotly takes as long for one change of a figure as for the whole of it
    figure = go.Figure(data=traces, layout=layout | {"yaxis": rows})
    return style.finish(figure, height=height, x=style.wrapped(x, 44), legend=legend)


def _logarithmic(ratios: pd.DataFrame) -> Trace:
    """A logarithmic axis round 1 that leaves out the ends of intervals that say nothing."""
    low = np.nanmin(ratios[["value", "low"]].to_numpy(), initial=0.5)
    high = np.nanmax(ratios[["value", "high"]].to_numpy(), initial=2.0)
    span = np.log10([max(low / 1.1, 1 / _WIDEST), min(high * 1.1, _WIDEST)])
    ticks = {"tickvals": _TICKS, "ticktext": [f"{tick:g}" for tick in _TICKS]}
    return {"type": "log", "range": span.tolist(), "zeroline": False, **ticks}


def _line(x: float, dash: str = "solid") -> Trace:
    line = {"color": style.NEUTRAL, "dash": dash, "width": 1.5}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "y domain", "line": line}


def _ratio(ratio: float, low: float, high: float) -> str:
    if np.isnan(ratio):
        return _("too few cases to compare")
    return (
        f"× {number(ratio, '.2f')} ({number(low, '.2f')}–{number(high, '.2f')})"
        if np.isfinite(low)
        else _("the reference")
    )


def _faded(few: pd.Series, colour: str) -> list[str]:
    return [style.NEUTRAL if is_few else colour for is_few in few]


def _interval(row: Any, unit: str = "") -> str:
    """A share as a percentage with its interval: 12.5 (11.9–13.1)."""
    value, low, high = (number(share * 100, ".1f") for share in (row.value, row.low, row.high))
    return f"{value}{unit} ({low}–{high})"
