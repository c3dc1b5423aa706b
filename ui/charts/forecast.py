"""Daily counts as they were, and as they are expected with their uncertainty."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data import calendar
from data.text import _
from models.base import Forecast
from ui import words
from ui.charts import style
from ui.charts.kept import kept

# Lowest and highest quantile of each interval, the widest first so that the narrower lies on top of it.
INTERVALS = {95: (0.025, 0.975), 80: (0.1, 0.9), 50: (0.25, 0.75)}
USUAL = (95, 80)
_COUNTS = style.LOWERS
_AHEAD = style.model_colour("lstm")
_SHADES = {95: "rgba(181,103,154,0.20)", 80: "rgba(181,103,154,0.34)", 50: "rgba(181,103,154,0.45)"}
_NOISY = 400  # days; from here on the single days hide the course of the year
_SMOOTH = 28
_FEW = 20  # accidents a day
# Colour and dash of each baseline; dashes keep them apart without colours too.
BASELINES = {
    "seasonal-naive": (style.NEUTRAL, "dot"),
    "eight-week-mean": ("#b58900", "dash"),
    "last-year": ("#99964c", "dashdot"),
    "ets": ("#d55e00", "longdash"),
    "regression": ("#009e73", "dot"),
    "lightgbm": ("#8c3cdc", "dash"),
}


@kept
def forecast(
    history: pd.Series,
    ahead: Forecast,
    *,
    name: str,
    place: str = "",
    intervals: Collection[int] = USUAL,
    beside: Mapping[str, Forecast] | None = None,
    came: pd.Series | None = None,
) -> go.Figure:
    """The last days counted, then the days ahead with their intervals; public holidays are marked.

    `history`: accidents a day, daily DatetimeIndex, already cut to what is shown. `name`: of the model. `place`: what
    is counted. `intervals`: in percent, of `INTERVALS`. `beside`: forecasts of baselines by name. `came`: what was
    counted on the days ahead.
    """
    if history.empty and not len(ahead.dates):
        return style.empty(_("There is no daily count to show."))
    figure = go.Figure()
    _bands(figure, ahead, intervals)
    _past(figure, history)
    for baseline, other in (beside or {}).items():
        _beside(figure, baseline, other)
    _ahead(figure, ahead, name, intervals)
    if came is not None:
        _came(figure, came)
    _holidays(figure, history, ahead)
    if not history.empty:
        edge = history.index[-1] + pd.Timedelta(hours=12)
        figure.add_vline(x=edge, line={"dash": "dot", "color": style.NEUTRAL, "width": 1.5})
    style.finish(
        figure,
        height=440,
        y=_("Accidents a day, {place}").format(place=place) if place else _("Accidents a day"),
        legend=True,
    )
    figure.update_layout(hovermode="closest", hoverdistance=30)
    days = history.index.append(ahead.dates)
    room = pd.Timedelta(days=0.01 * len(days))
    figure.update_xaxes(**style.dates(), range=[days[0] - room, days[-1] + room])
    figure.update_yaxes(rangemode="tozero")
    return figure


def digits(ahead: Forecast) -> int:
    """Decimals to tell expectations with: whole accidents say nothing of a place that has two a day."""
    return 1 if len(ahead.mean) and ahead.mean.max() < _FEW else 0


def day_name(day: pd.Timestamp) -> str:
    """A day with its weekday, and that it is a public holiday where it is one."""
    text = f"{words.code('weekday', day.isoweekday())} {words.day(day)}"
    return text + (_(", public holiday") if calendar.is_public_holiday(pd.DatetimeIndex([day]))[0] else "")


def edges(ahead: Forecast, percent: int) -> tuple[np.ndarray, np.ndarray] | None:
    """The lower and upper end of an interval of `INTERVALS`, or None where the model does not give it."""
    low, high = INTERVALS[percent]
    known = {round(level, 4): values for level, values in ahead.quantiles.items()}
    return (known[low], known[high]) if low in known and high in known else None


def _intervals(ahead: Forecast, day: int, shown: Collection[int]) -> str:
    text = ""
    for percent in sorted(shown):
        if (found := edges(ahead, percent)) is not None:
            low, high = (values[day] for values in found)
            line = _("{percent}% interval: {low:.0f} to {high:.0f}").format(percent=percent, low=low, high=high)
            text += f"<br>{line}"
    return text


def _ahead(figure: go.Figure, ahead: Forecast, name: str, intervals: Collection[int]) -> None:
    hover = [[day_name(d), _intervals(ahead, i, intervals)] for i, d in enumerate(ahead.dates)]
    figure.add_scatter(
        name=_("Forecast of {model}").format(model=name),
        x=ahead.dates,
        y=ahead.mean,
        mode="lines+markers",
        line={"color": _AHEAD, "width": 2.5},
        marker={"size": 5},
        customdata=np.array(hover, dtype=object),
        hovertemplate="%{customdata[0]}<br>"
        + _("expected: {n} accidents").format(n=f"%{{y:.{digits(ahead)}f}}")
        + "%{customdata[1]}<extra></extra>",
    )


def _beside(figure: go.Figure, baseline: str, ahead: Forecast) -> None:
    label = words.baseline_label(baseline)
    colour, dash = BASELINES.get(baseline, (style.NEUTRAL, "dot"))
    figure.add_scatter(
        name=label,
        x=ahead.dates,
        y=ahead.mean,
        mode="lines",
        line={"color": colour, "width": 2.2, "dash": dash},
        customdata=np.array([day_name(d) for d in ahead.dates], dtype=object),
        hovertemplate="%{customdata}<br>" + f"{label}: %{{y:.{digits(ahead)}f}}<extra></extra>",
    )


def _came(figure: go.Figure, came: pd.Series) -> None:
    figure.add_scatter(
        name=_("Counted afterwards"),
        x=came.index,
        y=came.to_numpy(),
        mode="lines+markers",
        line={"color": _COUNTS, "width": 1.8},
        marker={"size": 6, "symbol": "circle-open"},
        customdata=np.array([day_name(d) for d in came.index], dtype=object),
        hovertemplate="%{customdata}<br>" + _("counted: {n} accidents").format(n="%{y:.0f}") + "<extra></extra>",
    )


def _bands(figure: go.Figure, ahead: Forecast, intervals: Collection[int]) -> None:
    for percent in sorted(intervals, reverse=True):
        found = edges(ahead, percent)
        if found is None:
            continue
        low, high = found
        figure.add_scatter(
            name=_("{percent}% interval").format(percent=percent),
            x=np.concatenate([ahead.dates.to_numpy(), ahead.dates.to_numpy()[::-1]]),
            y=np.concatenate([high, low[::-1]]),
            mode="lines",
            fill="toself",
            fillcolor=_SHADES[percent],
            line={"width": 0},
            hoverinfo="skip",
        )


def _past(figure: go.Figure, history: pd.Series) -> None:
    if history.empty:
        return
    noisy = len(history) > _NOISY
    days = np.array([day_name(d) for d in history.index], dtype=object) if not noisy else None
    figure.add_scatter(
        name=_("Counted"),
        x=history.index,
        y=history.to_numpy(),
        mode="lines",
        line={"color": _COUNTS, "width": 1 if noisy else 1.8},
        opacity=0.4 if noisy else 1,
        customdata=days,
        hovertemplate=("%{x|%d %b %Y}" if noisy else "%{customdata}")
        + "<br>"
        + _("counted: {n} accidents").format(n="%{y:.0f}")
        + "<extra></extra>",
    )
    if noisy:
        mean = history.rolling(_SMOOTH, center=True, min_periods=_SMOOTH // 2).mean()
        figure.add_scatter(
            name=_("Mean of {n} days").format(n=_SMOOTH),
            x=mean.index,
            y=mean.to_numpy(),
            mode="lines",
            line={"color": _COUNTS, "width": 2.5},
            hoverinfo="skip",
        )


def _holidays(figure: go.Figure, history: pd.Series, ahead: Forecast) -> None:
    """A diamond on each public holiday; over many years they would only be clutter."""
    if len(history) > _NOISY:
        return
    values = pd.concat([history, pd.Series(ahead.mean, index=ahead.dates)])
    values = values[calendar.is_public_holiday(pd.DatetimeIndex(values.index))]
    if values.empty:
        return
    figure.add_scatter(
        name=_("Public holiday"),
        x=values.index,
        y=values.to_numpy(),
        mode="markers",
        marker={"symbol": "diamond", "size": 9, "color": style.SEVERITY_COLOURS["light"]},
        customdata=np.array([day_name(d) for d in values.index], dtype=object),
        hovertemplate="%{customdata}<br>" + _("{n} accidents").format(n="%{y:.0f}") + "<extra></extra>",
    )
