"""What matters to a model over many accidents: how contributions are spread, how they follow a value, and in pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui.charts import style
from ui.charts.kept import kept

_ROW, _DOT = 44, 5  # pixels: a row of dots, a dot
_LOW_TO_HIGH = [[0.0, "#3f6fc4"], [0.5, "#a0629f"], [1.0, "#c98a1e"]]
_DIVERGING = [[0.0, style.LOWERS], [0.5, "rgba(125,136,150,0.06)"], [1.0, style.RAISES]]


@kept
def beeswarm(dots: pd.DataFrame, *, unit: str) -> go.Figure:
    """One dot for each accident, in a row for each input: right of the middle it raised the class.

    `dots`: columns `label` (rows in the order of drawing), `contribution` (in `unit`), `place` (0 low to 1 high, NaN
    where a value has no order or is unknown) and `count`.
    """
    if dots.empty:
        return style.empty(_("This checkpoint holds no contributions of its inputs."))
    names = list(dict.fromkeys(dots["label"]))
    rows = {name: at for at, name in enumerate(names)}
    each = dots.loc[dots.index.repeat(dots["count"])].reset_index(drop=True)
    x, row = each["contribution"].to_numpy(), each["label"].map(rows).to_numpy()
    y = row * _ROW + _ROW / 2 + _offsets(row, x)
    figure = go.Figure()
    ordered = each["place"].notna().to_numpy()
    marks = (
        (_("Value in order"), ordered, {"color": each["place"][ordered], "coloraxis": "coloraxis"}),
        (_("Value without order, or unknown"), ~ordered, {"color": style.NEUTRAL}),
    )
    for name, some, colour in marks:
        if some.any():
            figure.add_scatter(
                x=x[some],
                y=y[some],
                mode="markers",
                name=name,
                marker={"size": _DOT, "opacity": 0.8, **colour},
                hovertext=each["label"][some],
                hovertemplate="%{hovertext}: %{x:.3g}<extra></extra>",
            )
    height = _ROW * len(names)
    style.finish(figure, height=100 + height, x=_unit(unit))
    bar = {"title": {"text": _("Value")}, "tickvals": [0, 1], "ticktext": [_("low"), _("high")], "thickness": 10,
           "len": 0.6, "outlinewidth": 0}  # fmt: skip
    figure.update_layout(coloraxis={"cmin": 0, "cmax": 1, "colorscale": _LOW_TO_HIGH, "colorbar": bar})
    figure.update_yaxes(
        tickvals=[_ROW * (at + 0.5) for at in range(len(names))],
        ticktext=[style.wrapped(name, 26) for name in names],
        range=[height, 0],
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(zeroline=True, zerolinecolor=style.NEUTRAL)
    return figure


@kept
def dependence(cells: pd.DataFrame, *, values: Sequence[str], unit: str, name: str) -> go.Figure:
    """How what an input contributes follows its value: circles as large as accidents are many, and their means.

    `cells`: columns `value` (position in `values`), `contribution` (in `unit`) and `count`.
    """
    if cells.empty:
        return style.empty(_("This checkpoint holds no contributions of its inputs."))
    counts = cells["count"].to_numpy()
    figure = go.Figure(
        go.Scatter(
            x=cells["value"],
            y=cells["contribution"],
            mode="markers",
            name=_("Accidents"),
            marker={
                "size": 2 * np.sqrt(counts) * 18 / np.sqrt(max(counts.max(), 9)) + 3,
                "color": style.LOWERS,
                "opacity": 0.45,
                "line": {"width": 0},
            },
            customdata=np.stack([[values[v] for v in cells["value"]], counts.astype(str)], axis=1),
            hovertemplate="%{customdata[0]}: %{y:.3g}, %{customdata[1]}<extra></extra>",
        )
    )
    weighted = cells.assign(total=cells["contribution"] * cells["count"]).groupby("value")[["total", "count"]].sum()
    figure.add_scatter(
        x=weighted.index,
        y=weighted["total"] / weighted["count"],
        mode="lines+markers",
        name=_("Mean"),
        line={"color": style.RAISES, "width": 2},
        marker={"size": 7, "symbol": "diamond"},
        customdata=[f"{values[v]} ({n})" for v, n in zip(weighted.index, weighted["count"], strict=True)],
        hovertemplate="%{customdata}: %{y:.3g}<extra></extra>",
    )
    style.finish(figure, height=420, x=name, y=_unit(unit), legend=True)
    shown = sorted(set(cells["value"]))
    texts = [style.wrapped(values[v], 16 if len(shown) < 8 else 12) for v in shown]
    figure.update_xaxes(tickvals=shown, ticktext=texts, range=[min(shown) - 0.6, max(shown) + 0.6], showgrid=False)
    figure.update_yaxes(zeroline=True, zerolinecolor=style.NEUTRAL)
    return figure


@kept
def interactions(sizes: np.ndarray, labels: Sequence[str]) -> go.Figure:
    """How much more or less two inputs do together than each by itself, in percentage points; each pair once.

    Shapes: sizes (n, n), symmetric; one label each.
    """
    if len(labels) < 2 or not len(sizes):
        return style.empty(_("This checkpoint holds no interactions of its inputs."))
    below = np.tril(np.ones(sizes.shape, dtype=bool), k=-1)
    shown = np.where(below, 100 * sizes, np.nan)[1:, :-1]
    names = [style.wrapped(label, 18) for label in labels]
    figure = _grid(
        shown,
        x=names[:-1],
        y=names[1:],
        scale={"colorscale": style.READABLE, "zmin": 0},
        hover="%{y} × %{x}: %{z:.2f}<extra></extra>",
        row=46,
    )
    for row, column in zip(*np.nonzero(~np.isnan(shown)), strict=True):  # notes take the colour of the theme's text
        figure.add_annotation(x=int(column), y=int(row), text=f"{shown[row, column]:.2f}", showarrow=False)
    return figure


@kept
def by_day(shares: pd.DataFrame, *, unit: str) -> go.Figure:
    """What contributed to each day of a forecast. `shares`: index = players in words, columns = days, in `unit`."""
    if shares.empty:
        return style.empty()
    most = float(np.abs(shares.to_numpy()).max()) or 1.0
    figure = _grid(
        shares.to_numpy(),
        x=list(shares.columns),
        y=[style.wrapped(str(name), 26) for name in shares.index],
        scale={"colorscale": _DIVERGING, "zmin": -most, "zmax": most, "showscale": True,
               "colorbar": {"thickness": 10, "outlinewidth": 0, "title": {"text": style.wrapped(unit, 12)}}},
        hover="%{y}, %{x}: %{z:+.1f}<extra></extra>",
        row=34,
    )  # fmt: skip
    figure.update_xaxes(tickangle=-60, nticks=14)
    return figure


def _grid(
    values: np.ndarray,
    *,
    x: Sequence[str],
    y: Sequence[str],
    scale: Mapping[str, object],
    hover: str,
    row: int,
) -> go.Figure:
    options = {"showscale": False, **scale}
    figure = go.Figure(
        go.Heatmap(z=values, x=list(x), y=list(y), hovertemplate=hover, hoverongaps=False, xgap=2, ygap=2, **options)
    )
    style.finish(figure, height=120 + row * len(y))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False, type="category")
    return figure


def _offsets(row: np.ndarray, x: np.ndarray) -> np.ndarray:
    """How far each dot stands from the middle of its row, so that those of one place lie side by side. In pixels."""
    found = np.zeros(len(x))
    room = _ROW / 2 - 3
    for name in np.unique(row):
        of_row = np.flatnonzero(row == name)
        _places, inverse, counts = np.unique(x[of_row], return_inverse=True, return_counts=True)
        step = min(float(_DOT), 2 * room / max(int(counts.max()), 1))
        for place, count in enumerate(counts):
            dots = of_row[inverse == place]
            found[dots] = (np.arange(count) - (count - 1) / 2) * step
    return found


def _unit(unit: str) -> str:
    return style.wrapped(_("Contribution ({unit})").format(unit=unit), 34)
