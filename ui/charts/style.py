"""One look for all figures: colours, margins and the figure shown when there is nothing to draw.

Every colour reaches 3:1 on the light and on the dark background and stays apart from its neighbours with the usual
forms of colour-blindness. Backgrounds are transparent; text and grid take the page's theme.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Literal

import plotly.graph_objects as go
from plotly.io import templates

from data.text import NARROW, _, language

Figure = go.Figure
Theme = Literal["light", "dark"]

SEVERITY_COLOURS = {"light": "#b58900", "hospitalised": "#d1495b", "killed": "#8e4ec6"}
MODEL_COLOURS = {
    "tab-transformer": "#0072b2",
    "random-forest": "#009e73",
    "xgboost": "#d55e00",
    "lstm": "#b5679a",
    "feed-forward": "#8c3cdc",
    "logistic": "#a05028",
    "blend": "#99964c",
}
AXIS = {"automargin": True, "fixedrange": True}
_TITLE, _UPRIGHT, _NAME = 24, 34, 40  # letters of a line
NEUTRAL = "#7d8896"
RAISES = "#d1495b"
LOWERS = "#3b7fc0"
# Light and dark themes both show the low end as nearly nothing.
SEQUENTIAL = [[0.0, "rgba(59,127,192,0.06)"], [0.5, "rgba(59,127,192,0.5)"], [1.0, "rgba(31,95,153,1)"]]
# The same, light enough that the theme's text is read on every shade.
READABLE = [[0.0, "rgba(59,127,192,0.04)"], [1.0, "rgba(59,127,192,0.6)"]]
# Words and numbers of figures: 12:1 and more on the background, 4.5:1 and more on every shade of READABLE.
TEXT = {"light": "#26303c", "dark": "#d5dce4"}
# What `st.plotly_chart` is given: no link, no logo, no tool bar over the data.
CONFIG = {"displayModeBar": False, "displaylogo": False, "showTips": False, "scrollZoom": False}
_TEMPLATES: list[dict[str, Any]] = []  # the one that figures are sent with
_MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
           "novembre", "décembre")  # fmt: skip
_MONTHS_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_DAYS = ("dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi")
# Plotly comes with English alone; what it needs to write dates in French, as a figure's configuration may hold it.
_FRENCH = {
    "locale": "fr",
    "locales": {
        "fr": {
            "format": {
                "days": _DAYS, "shortDays": [day[:3] for day in _DAYS],
                "months": _MONTHS, "shortMonths": _MONTHS_SHORT,
                "date": "%d/%m/%Y", "decimal": ",", "thousands": NARROW,
            }
        }
    },
}  # fmt: skip


def config() -> dict[str, Any]:
    """What `st.plotly_chart` is given, in the person's language."""
    return {**CONFIG, **_FRENCH} if language() == "fr" else dict(CONFIG)


def dates() -> dict[str, Any]:
    """An axis of dates; in French the day stands before the month."""
    if language() == "en":
        return {"type": "date"}
    return {"type": "date", "tickformatstops": [{"dtickrange": [86_400_000, "M1"], "value": "%-d %b\n%Y"}]}


def picture(name: str) -> dict[str, object]:
    """What to add to `CONFIG` for a button that keeps the figure as a PNG of this name, large enough to print."""
    return {
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": name, "scale": 2},
    }


def model_colour(kind: str) -> str:
    """The colour of a kind of model, the same on every page."""
    return MODEL_COLOURS.get(kind, NEUTRAL)


def finish(
    figure: go.Figure,
    *,
    height: int,
    x: str = "",
    y: str = "",
    legend: bool = False,
    left: int | None = None,
    bottom: int = 8,
    **also: Any,
) -> go.Figure:
    """Axis titles, height and margins; the legend lies above the plot and never over data.

    `also`: other parts of the layout, each as a whole.
    """
    given = layout(height=height, legend=legend, left=left)
    given["margin"]["b"] = bottom
    whole = figure.layout
    for name, part in (given | also).items():  # one by one: Plotly's own updates take three times as long
        whole[name] = part
    for name, title in (("xaxis", x), ("yaxis", y)):
        wanted = {"title": title or None, **AXIS}
        for axis in _axes(whole, name):
            for key, value in wanted.items():
                axis[key] = value
    return figure


def _axes(whole: go.Layout, name: str) -> Iterator[Any]:
    """The axes of a figure in one direction: that which every figure has, and those of its further parts."""
    yield whole[name]
    for number in itertools.count(2):
        if f"{name}{number}" not in whole:
            return
        yield whole[f"{name}{number}"]


def layout(*, height: int, legend: bool = False, left: int | None = None) -> dict[str, Any]:
    """What `finish` gives every figure but its axes, for figures that are written at once."""
    return {
        "height": height,
        "margin": {"l": 8 if left is None else left, "r": 8, "t": 36 if legend else 12, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": legend,
        "legend": {
            "orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "xanchor": "left", "traceorder": "normal",
        },
        "separators": ".," if language() == "en" else f",{NARROW}",
        "dragmode": False,
        "hoverlabel": {"align": "left"},
    }  # fmt: skip


class Drawn(go.Figure):
    """A figure that is written already: Streamlit takes it as it is, where it looks at every part of a plain one."""

    def __init__(self, written: dict[str, Any]) -> None:
        object.__setattr__(self, "_written", written)  # Plotly would have it be a part of a figure

    def to_dict(self) -> dict[str, Any]:
        """As `go.Figure.to_dict`, without a copy."""
        written: dict[str, Any] = self.__dict__["_written"]
        return written


def drawn(figure: go.Figure, theme: Theme | None, *, background: str | None = None) -> Drawn:
    """A figure in the colours of a theme, whose words find room on a phone, ready to be sent.

    To change it again takes Plotly longer than to build it. Without a theme the text keeps its
    colour; `background` is that of its picture.
    """
    written = figure.to_dict()
    written["layout"].setdefault("template", _template())
    _fitting(written)
    if theme is not None:
        _themed(written["layout"], theme)
        for trace in written["data"]:
            if trace["type"] == "heatmap":
                _bar_coloured(trace, {"color": TEXT[theme]})
    if background is not None:
        written["layout"]["paper_bgcolor"] = background
    return Drawn(written)


def _template() -> dict[str, Any]:
    """What figures look like in Streamlit, by which its browser part knows them.

    Plotly would copy and verify it within each figure, which takes half as long as all the rest of one.
    """
    name = templates.default
    if name is not None:
        _TEMPLATES[:] = [go.Figure(layout={"template": name}).to_dict()["layout"]["template"]]
        templates.default = None
    return _TEMPLATES[0] if _TEMPLATES else {}


def legible(figure: go.Figure, theme: Theme) -> go.Figure:
    """Text in the colour of a theme, because the served default is a grey too pale to read on white.

    For figures that are kept; those that are sent at once are `drawn` so.
    """
    layout = figure.layout.to_plotly_json()  # changed as a whole: part by part it takes Plotly four times as long
    _themed(layout, theme)
    figure.layout = layout
    bar: dict[str, Any] = {}
    _bar_coloured(bar, {"color": TEXT[theme]})
    return figure.update_traces(bar, selector={"type": "heatmap"})


def _themed(layout: dict[str, Any], theme: Theme) -> None:
    colour = {"color": TEXT[theme]}
    _coloured(layout, "font", colour)
    _coloured(layout.setdefault("legend", {}), "font", colour)
    for name, part in layout.items():
        if name.startswith(("xaxis", "yaxis")):
            _coloured(part, "tickfont", colour)
            _coloured(part.setdefault("title", {}), "font", colour)
        if name.startswith("coloraxis"):
            _bar_coloured(part, colour)
    for note in layout.get("annotations", []):
        _coloured(note, "font", colour)


def _coloured(part: dict[str, Any], font: str, colour: dict[str, str]) -> None:
    part[font] = part.get(font, {}) | colour


def _bar_coloured(part: dict[str, Any], colour: dict[str, str]) -> None:
    bar = part.setdefault("colorbar", {})
    _coloured(bar, "tickfont", colour)
    _coloured(bar.setdefault("title", {}), "font", colour)


def _fitting(written: dict[str, Any]) -> None:
    """Long titles of axes and colour bars, and long names in the legend, in lines that a phone has room for."""
    for name, part in written["layout"].items():
        if name.startswith(("xaxis", "yaxis")):
            _broken(part, longest=_TITLE if name.startswith("xaxis") else _UPRIGHT)
        if name.startswith("coloraxis"):
            _broken(part.get("colorbar", {}))
    for trace in written["data"]:
        if len(trace.get("name") or "") > _NAME:
            trace["name"] = wrapped(trace["name"], _NAME)


def _broken(part: dict[str, Any], longest: int = _TITLE) -> None:
    title = part.get("title", {})
    words = (title.get("text") or "").replace("<br>", " ").replace(" (%)", "\N{NO-BREAK SPACE}(%)")
    if len(words) > longest:
        title["text"] = wrapped(words, _TITLE)


def empty(message: str | None = None, *, height: int = 160) -> go.Figure:
    """A figure without data that says so."""
    figure = go.Figure()
    text = _("Nothing to show.") if message is None else message
    figure.add_annotation(text=wrapped(text, 70), showarrow=False, x=0.5, y=0.5, xref="paper", yref="paper")
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False)
    return finish(figure, height=height)


def wrapped(text: str, width: int) -> str:
    """Text broken into lines of at most `width` characters for a figure's label; a no-break space holds."""
    lines: list[str] = [""]
    for word in text.split(" "):
        candidate = f"{lines[-1]} {word}".strip()
        if len(candidate) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = candidate
    return "<br>".join(lines)
