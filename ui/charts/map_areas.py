"""The départements coloured by a value: on their borders where these are there, else on a grid of squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data import tiles
from data.text import _
from ui.charts import style
from ui.charts.kept import kept

HEIGHT = 640
# Of the map on borders: everything fits into 470 x 540 pixels.
_ZOOM = 4.42
_CENTRE = {"lat": 45.45, "lon": 2.2}
CHOSEN = "#d55e00"
# Values below and above 0, light enough that the theme's text is read on every shade.
DIVERGING = [[0.0, "rgba(59,127,192,0.75)"], [0.5, "rgba(125,136,150,0.06)"], [1.0, "rgba(209,73,91,0.75)"]]
_STEADY = {"marker": {"opacity": 1}}
_GREY, _NONE = "rgba(125,136,150,0.35)", "rgba(0,0,0,0)"


@dataclass(frozen=True)
class Shades:
    """What the colours mean: their title, and whether 0 stands between two of them.

    The darkest shades begin at `top`, so that one extreme département does not make all others pale.
    """

    title: str
    top: float
    around_zero: bool = False


def shades(values: pd.Series, title: str, *, around_zero: bool = False) -> Shades:
    """The colours for some values, those of small numbers being left out."""
    sizes = values.abs().dropna()
    top = float(np.quantile(sizes, 0.95)) if len(sizes) else 1.0
    return Shades(title, top or 1.0, around_zero)


@kept
def on_tiles(rows: pd.DataFrame, shaded: Shades, chosen: tuple[str, ...] = ()) -> go.Figure:
    """A square for each département, with its code.

    `rows`: index = codes; `value` (may be missing), `small` (greyed and hatched), `words` (shown on pointing).
    """
    if rows.empty:
        return style.empty()
    places = tiles.places()
    figure = go.Figure()
    for name, part in _parts(rows).items():
        figure.add_bar(
            name=_NAMES[name](),
            x=[places[code][1] for code in part.index],
            y=np.full(len(part), 0.92),
            base=[places[code][0] + 0.04 for code in part.index],
            width=0.92,
            customdata=list(part.index),
            hovertext=list(part["words"]),
            hovertemplate="%{hovertext}<extra></extra>",
            marker=_tile_marker(name, part, chosen, shaded),
            showlegend=name != "shown",
            selected=_STEADY,  # a click filters; nothing fades meanwhile
            unselected=_STEADY,
        )
    # apart from the bars, whose own text Plotly would colour without knowing the page behind a faint shade
    figure.add_scatter(
        x=[places[code][1] for code in rows.index],
        y=[places[code][0] + 0.5 for code in rows.index],
        mode="text",
        text=list(rows.index),
        hoverinfo="skip",
        showlegend=False,
    )
    # carries the bar of colours
    figure.add_scatter(x=[None], y=[None], marker={"color": [0], "coloraxis": "coloraxis"}, showlegend=False)
    upright = {"visible": False, "autorange": "reversed", "scaleanchor": "x"}
    return _finished(figure, shaded, barmode="overlay", xaxis={"visible": False}, yaxis=upright)


@kept
def on_borders(rows: pd.DataFrame, shaded: Shades, address: str, chosen: tuple[str, ...] = ()) -> go.Figure:
    """The départements on their borders, with insets; `rows` as for `on_tiles`.

    `address`: where the browser finds the GeoJSON of `data.insets.laid_out`.
    """
    if rows.empty:
        return style.empty()
    figure = go.Figure()
    for name, part in _parts(rows).items():
        lines = [3 if code in chosen else 0.7 for code in part.index]
        colours = [CHOSEN if code in chosen else style.NEUTRAL for code in part.index]
        fill = {"shown": None, "small": _GREY, "unknown": _NONE}[name]
        figure.add_choroplethmap(
            name=_NAMES[name](),
            geojson=address,
            featureidkey="properties.code",
            locations=list(part.index),
            customdata=list(part.index),
            z=part["value"].to_numpy() if fill is None else np.zeros(len(part)),
            hovertext=list(part["words"]),
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"line": {"width": lines, "color": colours}},
            showlegend=name == "small",
            selected=_STEADY,
            unselected=_STEADY,
            **(
                {"coloraxis": "coloraxis"}
                if fill is None
                else {"colorscale": [[0, fill], [1, fill]], "showscale": False}
            ),
        )
    return _finished(figure, shaded, map={"style": blank(), "center": _CENTRE, "zoom": _ZOOM})


@kept
def highest(rows: pd.DataFrame, title: str, *, around_zero: bool = False) -> go.Figure:
    """The largest values with their 95% intervals.

    `rows`: `label`, `value`, `low`, `high`, the largest first; `title` is that of the axis, with its unit.
    """
    if rows.empty:
        return style.empty(_("No département has enough cases."))
    figure = go.Figure(
        go.Scatter(
            x=rows["value"].to_numpy(),
            y=rows["label"].to_numpy(),
            mode="markers",
            marker={"size": 9, "color": style.LOWERS},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": (rows["high"] - rows["value"]).to_numpy(),
                "arrayminus": (rows["value"] - rows["low"]).to_numpy(),
                "color": style.LOWERS,
                "thickness": 1.5,
                "width": 4,
            },
            customdata=rows[["low", "high"]].to_numpy(),
            hovertemplate="%{y}: %{x:,.1f}<br>"
            + _("95% interval {low} to {high}").format(low="%{customdata[0]:,.1f}", high="%{customdata[1]:,.1f}")
            + "<extra></extra>",
        )
    )
    style.finish(figure, height=HEIGHT - 60, x=title)
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(rangemode="normal" if around_zero else "tozero")
    return figure


def colour(value: float, shaded: Shades) -> str:
    """The shade of a value. Bars are given it, because Plotly complains of each of their numbers in the console."""
    stops = DIVERGING if shaded.around_zero else style.READABLE
    share = (value / shaded.top + 1) / 2 if shaded.around_zero else value / shaded.top
    parts = [[float(part) for part in text[5:-1].split(",")] for _share, text in stops]
    mixed = [np.interp(share, [stop for stop, _text in stops], channel) for channel in zip(*parts, strict=True)]
    red, green, blue, alpha = mixed
    return f"rgba({red:.0f},{green:.0f},{blue:.0f},{alpha:.3f})"


def blank() -> dict[str, object]:
    """A map without background, which asks nothing of any server.

    It has a source and a layer, which nobody sees, because Plotly drops empty lists on the way to a redrawn map.
    """
    source = {"type": "geojson", "data": {"type": "Point", "coordinates": [0, 0]}}
    layer = {"id": "nothing", "type": "background", "paint": {"background-color": "rgba(0,0,0,0)"}}
    return {"version": 8, "sources": {"nothing": source}, "layers": [layer]}


_NAMES = {
    "shown": lambda: "",
    "small": lambda: _("too few cases"),
    "unknown": lambda: _("not known"),
}


def _parts(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    unknown = rows["value"].isna()
    parts = {
        "shown": rows[~unknown & ~rows["small"]],
        "small": rows[~unknown & rows["small"]],
        "unknown": rows[unknown],
    }
    return {name: part for name, part in parts.items() if len(part)}


def _tile_marker(name: str, part: pd.DataFrame, chosen: tuple[str, ...], shaded: Shades) -> dict[str, object]:
    line = {
        "width": [3 if code in chosen else 1 for code in part.index],
        "color": [CHOSEN if code in chosen else style.NEUTRAL for code in part.index],
    }
    if name == "shown":
        return {"color": [colour(value, shaded) for value in part["value"]], "line": line}
    if name == "unknown":
        return {"color": _NONE, "line": line}
    hatched = {
        "shape": "/",
        "size": 6,
        "solidity": 0.15,
        "fgcolor": style.NEUTRAL,
        "bgcolor": _NONE,
        "fillmode": "replace",
    }
    return {"color": _GREY, "pattern": hatched, "line": line}


def _axis(shaded: Shades) -> dict[str, object]:
    return {
        "colorscale": DIVERGING if shaded.around_zero else style.READABLE,
        "cmin": -shaded.top if shaded.around_zero else 0,
        "cmax": shaded.top,
        "colorbar": {
            "title": {"text": shaded.title, "side": "top"},
            "orientation": "h",
            "thickness": 12,
            "outlinewidth": 0,
            "len": 0.9,
            "x": 0.5,
            "y": 0,
            "yanchor": "top",
        },
    }


def _finished(figure: go.Figure, shaded: Shades, **also: Any) -> go.Figure:
    also |= {"coloraxis": _axis(shaded), "clickmode": "event+select"}
    return style.finish(figure, height=HEIGHT, legend=True, bottom=70, **also)
