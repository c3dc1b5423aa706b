"""Where exactly accidents happen: hexagons, points and hot spots on a map that asks nothing of any server but ours."""

from __future__ import annotations

from math import asinh, log2, pi, radians, tan
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data import schema
from data.hexagons import MINIMUM, Box, Hexagons
from data.text import _, number
from ui import words
from ui.charts import style
from ui.charts.kept import kept
from ui.charts.map_areas import CHOSEN, blank

HEIGHT = 620
# what the whole of an area must fit into, in pixels
_WIDTH, _TALL = 520, 460
_DEEPEST = 17.0
_GREY = "rgba(125,136,150,0.35)"
_UNKNOWN = "unknown"


@kept
def hexagons(found: Hexagons, measure: str, grid: str, outlines: str | None) -> go.Figure:
    """Hexagons coloured by `accidents`, or by the `share` with somebody killed or hospitalised.

    Shares of few accidents are greyed. `grid`: where the browser finds the hexagons; `outlines`: borders, if anywhere.
    """
    rows = found.rows
    if rows.empty:
        return style.empty(_("No accident here has a position."))
    share = measure == "share"
    values = rows["share"] * 100 if share else rows["accidents"].astype("float64")
    small = (rows["known"] < MINIMUM) if share else pd.Series(False, index=rows.index)
    title = _("Accidents with somebody killed or hospitalised (%)") if share else _("Accidents")
    figure = go.Figure()
    for name, part in {_("fewer than {n} accidents").format(n=MINIMUM): rows[small], "": rows[~small]}.items():
        if part.empty:
            continue
        figure.add_choroplethmap(
            name=name,
            geojson=grid,
            locations=part["hexagon"].to_numpy(),
            z=np.zeros(len(part)) if name else values[~small].to_numpy(),
            customdata=part["accidents"].to_numpy(),
            hovertext=_serious_words(part),
            hovertemplate=_("accidents: {n}").format(n="%{customdata:,}") + "%{hovertext}<extra></extra>",
            marker={"line": {"width": 0}, "opacity": 0.9},
            showlegend=bool(name),
            **({"colorscale": [[0, _GREY], [1, _GREY]], "showscale": False} if name else {"coloraxis": "coloraxis"}),
        )
    top = values[~small].quantile(0.99) if (~small).any() else 1.0
    return _on_map(figure, found.box, outlines, coloraxis=_axis(title, float(top) or 1.0))


def parts(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The points of each trace, by severity; `rows` as `data.summary.points` gives them."""
    severity = rows["severity"].astype("object").where(rows["severity"].notna(), _UNKNOWN)
    found = {name: rows[severity == name] for name in (_UNKNOWN, *schema.SEVERITY)}
    return {name: part for name, part in found.items() if len(part)}


def points(rows: pd.DataFrame, box: Box, outlines: str | None, *, focus: pd.Series | None = None) -> go.Figure:
    """Accidents as points by severity, the gravest on top; `focus`: a hot spot to look at."""
    if rows.empty:
        return style.empty(_("No accident here has a position."))
    figure = go.Figure()
    size = 10 if focus is not None else 8 if len(rows) < 2_000 else 6 if len(rows) < 10_000 else 4
    for name, part in parts(rows).items():
        unknown = name == _UNKNOWN
        label = _("Severity not known") if unknown else words.code("severity", name)
        figure.add_scattermap(
            name=label,
            lat=part["latitude"].to_numpy(dtype="float32"),
            lon=part["longitude"].to_numpy(dtype="float32"),
            mode="markers",
            marker={"size": size, "opacity": 0.75, "color": style.NEUTRAL if unknown else style.SEVERITY_COLOURS[name]},
            hovertemplate=label + "<extra></extra>",
        )
    figure.update_traces(selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 0.75}})
    if focus is not None:
        figure.add_scattermap(**_ring(focus), hoverinfo="skip", showlegend=False)
        return _on_map(figure, around(focus), outlines)
    return _on_map(figure, box, outlines)


@kept
def hot_spots(rows: pd.DataFrame, box: Box, outlines: str | None) -> go.Figure:
    """Hot spots as circles, larger with more accidents. `rows` as `models.hot_spots.find` gives them."""
    if rows.empty:
        return style.empty(_("No place is that dense: choose a larger radius or fewer accidents."))
    rows = rows.iloc[::-1]  # the fullest on top
    sizes = 8 + 26 * np.sqrt(rows["accidents"] / rows["accidents"].max())
    figure = go.Figure(
        go.Scattermap(
            lat=rows["latitude"].to_numpy(),
            lon=rows["longitude"].to_numpy(),
            mode="markers",
            showlegend=False,
            marker={"size": sizes.to_numpy(), "color": CHOSEN, "opacity": 0.6},
            customdata=rows[["accidents", "reach"]].to_numpy(),
            hovertemplate=_("accidents: {n}, within {reach} m of the middle").format(
                n="%{customdata[0]:,.0f}", reach="%{customdata[1]:,.0f}"
            )
            + "<extra></extra>",
        )
    )
    return _on_map(figure, box, outlines)


def _serious_words(rows: pd.DataFrame) -> list[str]:
    message = "<br>" + _("killed or hospitalised in {share} of them")
    few = "<br>" + _("too few to compare")
    return [
        "" if known == 0 else message.format(share=number(share, ".0%")) + (few if known < MINIMUM else "")
        for known, share in zip(rows["known"], rows["share"], strict=True)
    ]


def _ring(focus: pd.Series) -> dict[str, object]:
    """The circle that holds a hot spot."""
    angles = np.linspace(0, 2 * pi, 49)
    reach = (max(float(focus["reach"]), 25) + 10) / 111_195
    latitude = focus["latitude"] + reach * np.sin(angles)
    longitude = focus["longitude"] + reach * np.cos(angles) / np.cos(radians(focus["latitude"]))
    return {"lat": latitude, "lon": longitude, "mode": "lines", "line": {"color": CHOSEN, "width": 2}}


def around(focus: pd.Series) -> Box:
    """What a map of one hot spot shows."""
    reach = max(float(focus["reach"]) * 3, 300) / 111_195
    wide = reach / np.cos(radians(focus["latitude"]))
    latitude, longitude = float(focus["latitude"]), float(focus["longitude"])
    return latitude - reach, latitude + reach, longitude - wide, longitude + wide


def _on_map(figure: go.Figure, box: Box, outlines: str | None, **also: Any) -> go.Figure:
    south, north, west, east = box
    tall = asinh(tan(radians(north))) - asinh(tan(radians(south)))
    zoom = min(log2(_WIDTH * 360 / (512 * (east - west))), log2(_TALL * 2 * pi / (512 * tall)), _DEEPEST)
    line = {"sourcetype": "geojson", "source": outlines, "type": "line", "color": style.NEUTRAL, "line": {"width": 0.8}}
    also["map"] = {
        "style": blank(),
        "center": {"lat": (south + north) / 2, "lon": (west + east) / 2},
        "zoom": zoom,
        "layers": [line] if outlines else [],
        "uirevision": f"{box}",  # a map that was moved stays so until another area is shown
    }
    also |= {"clickmode": "event+select", "dragmode": "pan"}
    return style.finish(figure, height=HEIGHT, legend=True, bottom=70, **also)


def _axis(title: str, top: float) -> dict[str, object]:
    return {
        "colorscale": style.SEQUENTIAL,
        "cmin": 0,
        "cmax": top,
        "colorbar": {
            "title": {"text": title, "side": "top"},
            "orientation": "h",
            "thickness": 12,
            "outlinewidth": 0,
            "len": 0.9,
            "x": 0.5,
            "y": 0,
            "yanchor": "top",
        },
    }
