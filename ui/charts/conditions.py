"""How serious accidents are under each condition: shares, risks against a reference, pairs, people and odds ratios."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui import condition_words, words
from ui.charts import style

_MEN, _WOMEN = "#0072b2", "#d55e00"
_COLOURS = {"serious": "hospitalised", "killed": "killed", "lethality": "killed"}
_TICKS = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100])
_WIDEST = 100.0
_ROW, _FRAME = 44, 70  # pixels
_NUMBERED = 10  # columns of a heat map whose cells show their number
_AGE = 0.09  # half the way between men and women


def shares(frame: pd.DataFrame, measure: str, overall: float) -> go.Figure:
    """The share or rate of each value with its interval, and that of all accidents as a line.

    `frame` as by `conditions.compared`, with `label`; an `overall` that is missing is not drawn.
    """
    if frame.empty:
        return style.empty(_("The injuries of these accidents are not known: no people table is imported."))
    figure, rows = go.Figure(), np.arange(len(frame))
    percent = frame[["value", "low", "high"]] * 100
    colour = style.SEVERITY_COLOURS[_COLOURS[measure]]
    said = [
        f"{row.label}<br>{condition_words.axis(measure)}: {row.value * 100:.1f} "
        f"({row.low * 100:.1f}–{row.high * 100:.1f})<br>"
        + _("{cases} in {n} accidents").format(cases=words.count(row.cases), n=words.count(row.known))
        for row in frame.itertuples()
    ]
    _whiskers(figure, percent, rows, colours=_faded(frame["few"], colour), said=said)
    if np.isfinite(overall):
        figure.add_vline(x=overall * 100, line={"color": style.NEUTRAL, "dash": "dot", "width": 1.5})
    _rows(figure, frame, x=condition_words.axis(measure), counts=frame["known"])
    highest = float(percent["high"].max())
    figure.update_xaxes(range=[-0.02 * highest, highest * 1.05], zeroline=False)
    return figure


def risks(frame: pd.DataFrame, measure: str) -> go.Figure:
    """How many times the share or rate of the reference each value has, as a forest plot.

    `frame` as by `conditions.compared`, with `label` and `reference` (whether the row is what is compared with).
    """
    if not frame["ratio"].notna().any():
        return style.empty(_("There are too few cases to compare."))
    figure, rows = go.Figure(), np.arange(len(frame))
    drawn = frame[["ratio", "ratio_low", "ratio_high"]].set_axis(["value", "low", "high"], axis="columns")
    drawn.loc[frame["reference"].to_numpy(), ["low", "high"]] = 1.0
    said = [f"{row.label}<br>{_ratio(row.ratio, row.ratio_low, row.ratio_high)}" for row in frame.itertuples()]
    symbols = np.where(frame["reference"], "diamond", "circle")
    colours = _faded(frame["few"] & ~frame["reference"], style.SEVERITY_COLOURS[_COLOURS[measure]])
    _whiskers(figure, drawn, rows, colours=colours, said=said, symbols=symbols)
    _rows(figure, frame, x=_("Times as high as the reference (log scale)"))
    _logarithmic(figure, drawn)
    for row in rows[frame["ratio"].isna().to_numpy()]:
        figure.add_annotation(x=0, y=row, text=_("too few"), showarrow=False, xshift=22, yshift=9)
    return figure


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
    figure = go.Figure(
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
    )
    if numbered:
        # not the heat map's own text: it would be black or white by the shade alone, whatever the page's background
        row, column = np.nonzero(values.notna().to_numpy())
        numbers = values.to_numpy()[row, column]
        figure.add_scatter(
            x=np.array(columns, dtype="object")[column],
            y=np.array(rows, dtype="object")[row],
            text=[words.count(n) if whole else f"{n:.1f}" for n in numbers],
            mode="text",
            textfont={"size": 11 if len(columns) > 6 else 12},
            hoverinfo="skip",
            showlegend=False,
        )
    style.finish(figure, height=130 + max(34 * len(values), 150), x=x, y=y)
    figure.update_yaxes(autorange="reversed", showgrid=False, type="category", tickmode="linear")
    figure.update_xaxes(showgrid=False, type="category", tickmode="linear")
    return figure


def people(frame: pd.DataFrame, measure: str) -> go.Figure:
    """The share of people killed, or killed or hospitalised, by age; men and women beside each other.

    `frame`: `sex` (code), `age` (label), `place` (of the age), `value`, `low`, `high`, `cases`, `known`, `few`.
    """
    if frame.empty:
        return style.empty(_("Nobody of this role is described with age, sex and injury in these accidents."))
    figure = go.Figure()
    sexes = (("1", _("Men"), _MEN, "circle", -_AGE), ("2", _("Women"), _WOMEN, "diamond", _AGE))
    for code, label, colour, symbol, aside in sexes:
        own = frame[frame["sex"] == code]
        percent = own[["value", "low", "high"]] * 100
        said = [
            f"{label}, {row.age}<br>{row.value * 100:.1f} % ({row.low * 100:.1f}–{row.high * 100:.1f})<br>"
            + _("{cases} of {n} people").format(cases=words.count(row.cases), n=words.count(row.known))
            for row in own.itertuples()
        ]
        places = own["place"].to_numpy() + aside
        _whiskers(
            figure, percent, places, colours=_faded(own["few"], colour), said=said, symbols=symbol, upright=True,
            name=label, colour=colour,
        )  # fmt: skip
    ages = frame.drop_duplicates("place")
    title = _("People killed (%)") if measure == "killed" else _("People killed or hospitalised (%)")
    style.finish(figure, height=340, x=_("Age (years)"), y=title, legend=True)
    figure.update_xaxes(tickvals=ages["place"].to_numpy(), ticktext=ages["age"].tolist(), showgrid=False)
    figure.update_yaxes(rangemode="tozero")
    return figure


def odds(frame: pd.DataFrame, measure: str) -> go.Figure:
    """Raw and adjusted odds ratios of one condition beside each other, as a forest plot.

    `frame`: rows of `odds.Odds.table` of one condition, with `label`.
    """
    if frame.empty:
        return style.empty(_("There are too few accidents to compare."))
    figure, rows = go.Figure(), np.arange(len(frame))
    kinds = (
        ("raw", _("Raw"), style.NEUTRAL, "circle-open", -0.14),
        ("adjusted", _("Adjusted"), style.SEVERITY_COLOURS[_COLOURS[measure]], "square", 0.14),
    )
    for kind, label, colour, symbol, aside in kinds:
        drawn = frame[[kind, f"{kind}_low", f"{kind}_high"]].set_axis(["value", "low", "high"], axis="columns")
        said = [f"{a}<br>{label}: {_ratio(*line)}" for a, line in zip(frame["label"], drawn.to_numpy(), strict=True)]
        drawn.loc[frame["reference"].to_numpy(), ["low", "high"]] = 1.0
        _whiskers(
            figure, drawn, rows + aside, colours=[colour] * len(rows), said=said, symbols=symbol, name=label,
            colour=colour,
        )  # fmt: skip
    _rows(figure, frame, x=_("Odds ratio (log scale)"), counts=frame["known"], legend=True)
    bounds = np.concatenate(
        [frame[["raw", "raw_low", "raw_high"]], frame[["adjusted", "adjusted_low", "adjusted_high"]]]
    )
    _logarithmic(figure, pd.DataFrame(bounds, columns=["value", "low", "high"]))
    return figure


def _whiskers(
    figure: go.Figure,
    drawn: pd.DataFrame,
    places: np.ndarray,
    *,
    colours: list[str],
    said: list[str],
    symbols: str | np.ndarray = "circle",
    upright: bool = False,
    name: str | None = None,
    colour: str | None = None,
) -> None:
    """Points with their intervals at some places, each in its own colour; the legend shows `name` in `colour`."""
    # one line for all intervals of a colour: bars of errors know but one colour a trace
    for shade in dict.fromkeys(colours):
        own = [c == shade for c in colours]
        along = np.column_stack([drawn.loc[own, "low"], drawn.loc[own, "high"], np.full(sum(own), np.nan)]).ravel()
        across = np.repeat(places[own], 3)
        x, y = (across, along) if upright else (along, across)
        figure.add_scatter(
            x=x, y=y, mode="lines", line={"color": shade, "width": 2}, hoverinfo="skip", showlegend=False
        )
    x, y = (places, drawn["value"].to_numpy()) if upright else (drawn["value"].to_numpy(), places)
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={"color": colours, "symbol": symbols, "size": 9, "line": {"width": 1.5, "color": colours}},
        customdata=np.array(said, dtype="object"),
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    if name is not None and colour is not None:
        marker = {"color": colour, "symbol": symbols, "size": 9, "line": {"width": 1.5, "color": colour}}
        figure.add_scatter(x=[None], y=[None], mode="markers", marker=marker, name=name, hoverinfo="skip")


def _rows(
    figure: go.Figure, frame: pd.DataFrame, *, x: str, counts: pd.Series | None = None, legend: bool = False
) -> None:
    """One row a value, the first on top; `counts` are said below its name."""
    labels = [style.wrapped(label, 26) for label in frame["label"]]
    if counts is not None:
        numbers = [_("n = {n}").format(n=words.count(n)) for n in counts]
        labels = [f"{label}<br>{n}" for label, n in zip(labels, numbers, strict=True)]
    tallest = max(label.count("<br>") for label in labels)
    style.finish(
        figure,
        height=_FRAME + 30 * legend + (_ROW + 12 * (tallest > 1)) * len(frame),
        x=style.wrapped(x, 36),
        legend=legend,
    )
    figure.update_yaxes(tickvals=np.arange(len(frame)), ticktext=labels, range=[len(frame) - 0.5, -0.5], zeroline=False)


def _logarithmic(figure: go.Figure, drawn: pd.DataFrame) -> None:
    """A logarithmic axis round 1 that leaves out the ends of intervals that say nothing."""
    low = np.nanmin(drawn[["value", "low"]].to_numpy(), initial=0.5)
    high = np.nanmax(drawn[["value", "high"]].to_numpy(), initial=2.0)
    span = np.log10([max(low / 1.1, 1 / _WIDEST), min(high * 1.1, _WIDEST)])
    figure.update_xaxes(
        type="log", range=span.tolist(), tickvals=_TICKS, ticktext=[f"{tick:g}" for tick in _TICKS], zeroline=False
    )
    figure.add_vline(x=1, line={"color": style.NEUTRAL, "width": 1.5})


def _ratio(ratio: float, low: float, high: float) -> str:
    if np.isnan(ratio):
        return _("too few cases to compare")
    return f"× {ratio:.2f} ({low:.2f}–{high:.2f})" if np.isfinite(low) else _("the reference")


def _faded(few: pd.Series, colour: str) -> list[str]:
    return [style.NEUTRAL if is_few else colour for is_few in few]
