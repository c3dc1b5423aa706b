"""Two sides of a comparison: their figures beside each other, how many times as large, by what and through what."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _, number
from ui.charts import style
from ui.charts.kept import kept

# apart from each other with every usual form of colour-blindness, and from the colours of severity
COLOURS = ("#0072b2", "#d55e00")
PARTS = {"by_share": "#009e73", "by_rate": "#b5679a", "total": style.LOWERS}
_A_ROW = 3
_BETWEEN, _BELOW = 0.1, 0.36  # shares of the width and of the height that lie between charts


@kept
def beside(table: pd.DataFrame, names: tuple[str, str]) -> go.Figure:
    """Both sides of each measure as two bars with their 95% intervals, each measure on a scale of its own.

    `table`: index = the measures in words; columns `a`, `b` and their `_low` and `_high`, in the unit of the words.
    """
    if table.empty:
        return style.empty(_("Nothing is known of both sides."))
    across = min(_A_ROW, len(table))
    rows = -(-len(table) // across)
    bars = [
        _bar(str(label), row, side, name, colour, place)
        for place, (label, row) in enumerate(table.iterrows())
        for side, name, colour in zip("ab", names, COLOURS, strict=True)
    ]
    layout = style.layout(height=70 + 210 * rows, legend=True)
    layout["margin"]["t"] = 84
    layout["legend"] |= {"yanchor": "top", "yref": "container"}
    titles = [style.wrapped(str(label), 20) for label in table.index]
    return go.Figure(bars, layout | {"bargap": 0.35} | _cells(titles, rows, across))


def _cells(titles: list[str], rows: int, across: int) -> dict[str, object]:
    """Axes and titles of charts in a grid: written at once, as Plotly takes five times as long to change them."""
    below = _BELOW / rows
    wide, high = (1 - _BETWEEN * (across - 1)) / across, (1 - below * (rows - 1)) / rows
    found: dict[str, object] = {}
    notes = []
    for place, title in enumerate(titles):
        left, top = place % across * (wide + _BETWEEN), 1 - place // across * (high + below)
        number = str(place + 1) if place else ""
        x, y = {"domain": [left, left + wide], "anchor": f"y{number}"}, {"domain": [max(0.0, top - high), top]}
        found[f"xaxis{number}"] = style.AXIS | x | {"showticklabels": False}
        found[f"yaxis{number}"] = style.AXIS | y | {"anchor": f"x{number}", "rangemode": "tozero", "nticks": 4}
        middle = {"x": left + wide / 2, "y": top, "xref": "paper", "yref": "paper"}
        notes.append(middle | {"text": title, "yanchor": "bottom", "showarrow": False, "font": {"size": 13}})
    return found | {"annotations": notes}


@kept
def ratios(table: pd.DataFrame, names: tuple[str, str]) -> go.Figure:
    """How many times as large each measure is on the first side, with its interval; 1 is drawn as no difference.

    `table`: index = the measures in words; columns `ratio`, `ratio_low`, `ratio_high`, `clear` (more than chance).
    """
    table = table.dropna(subset=["ratio"])
    if table.empty:
        return style.empty(_("No measure has cases on both sides."))
    figure = go.Figure()
    clearly = {"color": COLOURS[0], "size": 11, "symbol": "circle"}
    unclear = {"color": style.NEUTRAL, "size": 11, "symbol": "circle-open"}
    for clear, label, marker in ((True, _("More than chance"), clearly), (False, _("May be chance"), unclear)):
        part = table[table["clear"] == clear]
        figure.add_scatter(
            name=label,
            x=part["ratio"].to_numpy(),
            y=[style.wrapped(str(label), 30) for label in part.index],
            mode="markers",
            marker=marker,
            error_x={
                "type": "data",
                "array": (part["ratio_high"] - part["ratio"]).to_numpy(),
                "arrayminus": (part["ratio"] - part["ratio_low"]).to_numpy(),
            },
            customdata=part[["ratio_low", "ratio_high"]].to_numpy(),
            hovertemplate="%{y}<br>%{x:.2f} (%{customdata[0]:.2f}–%{customdata[1]:.2f})<extra></extra>",
        )
    figure.add_vline(x=1, line={"color": style.NEUTRAL, "width": 1, "dash": "dot"})
    title = _("{a} as a multiple of {b} (logarithmic scale)").format(a=names[0], b=names[1])
    style.finish(figure, height=112 + 38 * len(table), x=style.wrapped(title, 40), legend=True)
    figure.update_xaxes(type="log", **_log_ticks(table))
    figure.update_yaxes(
        categoryorder="array", categoryarray=[style.wrapped(str(label), 30) for label in table.index][::-1]
    )
    return figure


@kept
def contributions(table: pd.DataFrame, parts: Mapping[str, str], unit: str) -> go.Figure:
    """What each value of a condition adds to a difference, as bars to the left (less) and right (more).

    `table`: index = the values in words; a column for each of `parts` (column -> words), in `unit`; where there are
    `low` and `high` they are the interval of the only part.
    """
    if table.empty:
        return style.empty(_("Nothing is known of both sides."))
    figure = go.Figure()
    labels = [style.wrapped(str(label), 28) for label in table.index]
    for name, label in parts.items():
        there = "low" in table and len(parts) == 1
        figure.add_bar(
            name=label,
            y=labels,
            x=table[name].to_numpy(),
            orientation="h",
            marker={"color": PARTS[name]},
            error_x={
                "type": "data",
                "array": (table["high"] - table[name]).to_numpy(),
                "arrayminus": (table[name] - table["low"]).to_numpy(),
                "color": style.NEUTRAL,
            }
            if there
            else None,
            hovertemplate="%{y}<br>" + label + ": %{x:+,.3~g}<extra></extra>",
        )
    figure.update_layout(barmode="relative" if len(parts) > 1 else "overlay", bargap=0.3)
    style.finish(figure, height=112 + 32 * len(table), x=style.wrapped(unit, 38), legend=len(parts) > 1)
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(zeroline=True, zerolinewidth=1, zerolinecolor=style.NEUTRAL)
    return figure


@kept
def overlaid(a: pd.DataFrame, b: pd.DataFrame, names: tuple[str, str], *, x: str, y: str, ordered: bool) -> go.Figure:
    """A profile of both sides, as lines where the values have an order in time and as bars where not.

    `a`, `b`: index = the same values in words; columns `value`, `low`, `high`.
    """
    if a.empty or not (a["value"].notna().any() or b["value"].notna().any()):
        return style.empty(_("Nothing is known of both sides."))
    figure = go.Figure()
    for side, name, colour, symbol in zip((a, b), names, COLOURS, ("circle", "diamond"), strict=True):
        labels = [style.wrapped(str(label), 26) for label in side.index]
        error = {
            "type": "data",
            "array": (side["high"] - side["value"]).to_numpy(),
            "arrayminus": (side["value"] - side["low"]).to_numpy(),
            "thickness": 1,
        }
        hover = "%{customdata}<br>" + name + ": %{" + ("y" if ordered else "x") + ":.3~g}<extra></extra>"
        values, said = side["value"].to_numpy(), np.array([str(label) for label in side.index])
        if ordered:
            figure.add_scatter(
                x=labels,
                y=values,
                name=name,
                mode="lines+markers",
                line={"color": colour, "dash": "solid" if symbol == "circle" else "dash"},
                marker={"symbol": symbol},
                error_y=error,
                customdata=said,
                hovertemplate=hover,
            )
        else:
            figure.add_bar(
                y=labels,
                x=values,
                name=name,
                orientation="h",
                marker={"color": colour},
                error_x=error | {"color": style.NEUTRAL},
                customdata=said,
                hovertemplate=hover,
            )
    figure.update_layout(barmode="group", bargap=0.25)
    if ordered:
        style.finish(figure, height=360, x=x, y=y, legend=True)
        figure.update_yaxes(rangemode="tozero")
    else:
        style.finish(figure, height=100 + 46 * len(a), x=y, legend=True)
        figure.update_yaxes(autorange="reversed")
    return figure


def _bar(label: str, row: pd.Series, side: str, name: str, colour: str, place: int) -> go.Bar:
    value, low, high = row[side], row[f"{side}_low"], row[f"{side}_high"]
    return go.Bar(
        x=[side],  # names of years would be read as numbers
        y=[value],
        name=name,
        legendgroup=side,
        showlegend=not place,
        xaxis=f"x{place + 1}",
        yaxis=f"y{place + 1}",
        marker={"color": colour},
        error_y={"type": "data", "array": [high - value], "arrayminus": [value - low], "color": style.NEUTRAL},
        hovertemplate=f"{label}<br>{name}: {_number(value)} ({_number(low)}–{_number(high)})<extra></extra>",
    )


def _number(value: float) -> str:
    return number(value, ",.0f" if abs(value) >= 100 else ".3g")


def _log_ticks(table: pd.DataFrame) -> dict[str, object]:
    """Ticks at plain multiples, and a range that holds every interval and 1."""
    low, high = min(table["ratio_low"].min(), 0.9), max(table["ratio_high"].max(), 1.1)
    near, far = (0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25), (0.1, 0.2, 0.5, 0.75, 1, 1.5, 2, 5, 10)
    steps = near if high / low < 1.5 else far
    ticks = [step for step in steps if low <= step <= high]
    margin = 0.04 * np.log10(high / low)
    return {
        "tickangle": 0,
        "tickvals": ticks,
        "ticktext": [f"× {step:g}" for step in ticks],
        "range": [np.log10(low) - margin, np.log10(high) + margin],
    }
