"""Figures that need no script, drawn by matplotlib, which is imported when the first is wanted.

Each function takes what its counterpart in `ui.charts` takes, and gives a figure that `svg` writes down. Colours are
those of the pages. Words of people are never taken for formulas.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.text import _, number
from models.base import Forecast
from ui import words
from ui.charts import forecast as chart
from ui.charts import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH = 7.2  # inches
_SIZE = 8.5  # points of words
_TEXT, _GRID, _PALE = style.TEXT["light"], "#e3e7eb", "#7d8896"
_HATCHES = ("", "////", "....", "xxxx", "----", "++++", "||||")  # of the models of one kind
_DASHES = {"dot": ":", "dash": "--", "dashdot": "-.", "longdash": (0, (8, 3))}
_ALPHA = {95: 0.20, 80: 0.34, 50: 0.45}
_SHADE = "#3b7fc0"
_SETTINGS = {
    "svg.fonttype": "none",  # words stay words
    "svg.hashsalt": "balise",
    "text.parse_math": False,
    "font.family": ["DejaVu Sans"],
    "font.size": _SIZE,
    "text.color": _TEXT,
    "axes.labelcolor": _TEXT,
    "xtick.color": _TEXT,
    "ytick.color": _TEXT,
    "axes.edgecolor": _PALE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.5,
}
_LOCK = Lock()  # the settings of matplotlib are those of the whole process


def svg(draw: Callable[[], Any]) -> str:
    """The drawing that `draw`, a call of a function of this module, gives."""
    import matplotlib

    file = io.StringIO()
    with _LOCK, matplotlib.rc_context(_SETTINGS):
        draw().savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return file.getvalue()


def fonts() -> tuple[Path, Path]:
    """The files of DejaVu Sans, regular and bold, which come with matplotlib and may be embedded."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf"


def probabilities(
    shares: pd.DataFrame, colours: Mapping[str, str], frequencies: Mapping[str, float] | None = None
) -> Figure:
    """Probability of each class as one bar a model, with a mark above them at the frequency of the class."""
    models, bar, gap = list(shares.columns), 0.12, 0.2  # inches
    row = bar * len(models) + gap
    figure, axes = _axes(0.75 + row * len(shares))
    drawn = Counter[str]()
    for i, label in enumerate(models):
        colour = colours.get(label, style.NEUTRAL)
        hatch = _HATCHES[drawn[colour] % len(_HATCHES)]
        drawn[colour] += 1
        places = np.arange(len(shares)) * row + gap + (i + 0.5) * bar
        values = shares[label].to_numpy(dtype=float)
        look = {"color": "white", "edgecolor": colour} if hatch else {"color": colour}
        axes.barh(places, values * 100, bar * 0.88, label=label, hatch=hatch or None, **look)
        for place, value in zip(places, values, strict=True):
            axes.text(value * 100 + 0.4, place, words.percent(value), va="center", fontsize=_SIZE - 2)
    tops = [float(shares.max().max())]
    if frequencies:
        known = [frequencies.get(str(name), 0.0) for name in shares.index]
        tops.append(max(known))
        axes.scatter(
            np.array(known) * 100, np.arange(len(shares)) * row + gap * 0.7, marker="v", s=22, color=_PALE,
            label=_("Frequency of the class"),
        )  # fmt: skip
    axes.set_xlim(0, max(tops) * 112)
    axes.set_yticks(np.arange(len(shares)) * row + gap + bar * len(models) / 2, _broken(shares.index, 24))
    axes.set_ylim(row * len(shares) + gap / 2, 0)
    axes.set_xlabel(_("Probability (%)"))
    _finish(axes, rows=True, legend=True)
    return figure


def reasons(parts: pd.DataFrame, *, base: float, output: float, unit: str) -> Figure:
    """From the base to the output, one step a contribution (columns `label` and `contribution`, in `unit`)."""
    labels = [_("Start: before any input"), *parts["label"], _("Result: this accident")]
    steps = parts["contribution"].to_numpy(dtype=float)
    level = base + np.concatenate([[0.0], np.cumsum(steps)])
    starts, sizes = [0.0, *level[:-1], 0.0], [base, *steps, output]
    colours = [style.NEUTRAL, *(style.RAISES if s > 0 else style.LOWERS for s in steps), style.NEUTRAL]
    names = _broken(labels, 44)
    lines = sum(1 + name.count("\n") for name in names)
    figure, axes = _axes(0.7 + 0.13 * lines + 0.12 * len(names))
    axes.barh(range(len(labels)), sizes, 0.7, left=starts, color=colours)
    low, high = min(0.0, output, *level), max(0.0, output, *level)
    room = (high - low) * 0.16 or 1.0
    for i, (start, size) in enumerate(zip(starts, sizes, strict=True)):
        text = number(size, "+.3f" if 0 < i < len(labels) - 1 else ".3f")
        left = size < 0
        axes.text(
            start + size, i, f"{text} " if left else f" {text}",
            ha="right" if left else "left", va="center", fontsize=_SIZE - 1,
        )  # fmt: skip
    axes.axvline(0, color=_PALE, linewidth=0.8)
    axes.set_xlim(low - (room if low < 0 else 0), high + room)
    axes.set_yticks(range(len(labels)), names)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlabel(_("Output for this class ({unit})").format(unit=unit))
    _finish(axes, rows=True)
    return figure


def scores(rows: pd.DataFrame, *, title: str, share: bool, baseline: float | None = None) -> Figure:
    """One metric of several models with 95% intervals (`label`, `kind`, `value`, `low`, `high`), and the baseline."""
    factor = 100.0 if share else 1.0
    figure, axes = _axes(0.9 + 0.3 * len(rows))
    for i, (label, kind, value, low, high) in enumerate(rows[["label", "kind", "value", "low", "high"]].to_numpy()):
        ends = [[0.0 if pd.isna(low) else (value - low) * factor], [0.0 if pd.isna(high) else (high - value) * factor]]
        colour = style.model_colour(kind)
        axes.errorbar(value * factor, i, xerr=np.maximum(ends, 0), fmt="o", color=colour, capsize=4, label=label)
    if baseline is not None:
        axes.axvline(baseline * factor, color=_PALE, linestyle="--")
        axes.annotate(
            _("class frequencies"), (baseline * factor, 1), xycoords=("data", "axes fraction"), xytext=(-4, 2),
            textcoords="offset points", ha="right", va="bottom", color="#4a5663",
        )  # fmt: skip
    axes.set_yticks(range(len(rows)), _broken(rows["label"], 40))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlabel(f"{title} (%)" if share else title)
    _finish(axes, rows=True)
    return figure


def confusion(counts: np.ndarray, labels: Sequence[str]) -> Figure:
    """Of the accidents of each true class (rows), the share predicted as each class (columns)."""
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0)
    n = len(labels)
    figure, axes = _axes(1.5 + 0.42 * n)
    edges = np.arange(n + 1) - 0.5
    colours = np.ones((n, n, 4))
    colours[..., :3] = np.array([0x3B, 0x7F, 0xC0]) / 255
    colours[..., 3] = 0.04 + 0.56 * shares
    axes.pcolormesh(edges, edges, colours, edgecolors="white", linewidth=1.5)
    for row in range(n):
        for column in range(n):
            axes.text(column, row, number(shares[row, column], ".0%"), ha="center", va="center")
    axes.set_xticks(range(n), _broken(labels, max(12, 72 // n)), fontsize=_SIZE - 1.5)
    axes.set_yticks(range(n), _broken(labels, 26))
    axes.invert_yaxis()
    axes.set_xlabel(_("Predicted class"))
    axes.set_ylabel(_("True class"))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def forecast(
    history: pd.Series,
    ahead: Forecast,
    *,
    name: str,
    place: str,
    intervals: Collection[int],
    beside: Mapping[str, Forecast],
) -> Figure:
    """The last days counted, then the days ahead with their intervals, and baselines beside them."""
    figure, axes = _axes(3.4)
    colour = style.model_colour("lstm")
    axes.plot(history.index, history.to_numpy(), color=_SHADE, linewidth=1.2, label=_("Counted"))
    for percent in sorted(intervals, reverse=True):
        if (found := chart.edges(ahead, percent)) is not None:
            axes.fill_between(
                ahead.dates, *found, color=colour, alpha=_ALPHA[percent], linewidth=0,
                label=_("{percent}% interval").format(percent=percent),
            )  # fmt: skip
    for baseline, other in beside.items():
        shade, dash = chart.BASELINES.get(baseline, (style.NEUTRAL, "dot"))
        label = words.baseline_label(baseline)
        axes.plot(other.dates, other.mean, color=shade, linestyle=_DASHES[dash], linewidth=1.4, label=label)
    label = _("Forecast of {model}").format(model=name)
    axes.plot(ahead.dates, ahead.mean, "o-", color=colour, linewidth=1.6, markersize=2.5, label=label)
    if len(history):
        edge = history.index[-1] + pd.Timedelta(hours=12)
        axes.axvline(edge, color=_PALE, linestyle=":", linewidth=1.2)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(_("Accidents a day, {place}").format(place=place))
    _days(axes, history.index.append(ahead.dates))
    _finish(axes, rows=False, legend=True)
    return figure


def errors(scores: pd.DataFrame, *, labels: Mapping[str, str], unit: str) -> Figure:
    """Errors by days ahead (index): the model in its colour, simpler methods (columns) beside it."""
    figure, axes = _axes(2.6)
    for name in scores.columns:
        shade, dash = chart.BASELINES.get(name, (style.model_colour("lstm"), ""))
        own = name not in chart.BASELINES
        axes.plot(
            scores.index, scores[name], color=shade, linestyle="-" if own else _DASHES[dash], marker="o", markersize=4,
            linewidth=2 if own else 1.4, label=labels.get(name, name),
        )  # fmt: skip
    axes.set_ylim(bottom=0)
    axes.set_xticks(list(scores.index))
    axes.set_xlabel(_("Days ahead"))
    axes.set_ylabel(_broken([unit], 30)[0])
    _finish(axes, rows=False, legend=True)
    return figure


def _axes(height: float) -> tuple[Figure, Axes]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def _finish(axes: Axes, *, rows: bool, legend: bool = False) -> None:
    """Grid behind the data across the scale, and the legend above the plot; `rows`: names stand at the left."""
    axes.set_axisbelow(True)
    axes.grid(axis="x" if rows else "y", color=_GRID, linewidth=0.8)
    scale = axes.xaxis if rows else axes.yaxis
    scale.set_major_formatter(lambda value, _place: number(value, ",g"))
    if rows:
        axes.tick_params(axis="y", length=0)
    if legend:
        from matplotlib.container import Container

        drawn = zip(*axes.get_legend_handles_labels(), strict=True)
        marks, names = zip(*sorted(drawn, key=lambda pair: not isinstance(pair[0], Container)), strict=True)
        columns = max(1, min(len(names), 105 // (max(map(len, names)) + 6)))
        axes.figure.legend(
            marks, names, loc="outside upper left", ncols=columns, frameon=False, fontsize=_SIZE - 0.5
        )  # fmt: skip


def _days(axes: Axes, days: pd.DatetimeIndex) -> None:
    """Dates as ISO days, or months where there are many."""
    step = max(1, len(days) // 7)
    shown = days[::-1][::step][::-1]
    axes.set_xticks(list(shown), [f"{day:%Y-%m-%d}" for day in shown])
    axes.set_xlim(days[0], days[-1] + pd.Timedelta(days=max(1, len(days) // 60)))


def _broken(labels: Collection[Any], width: int) -> list[str]:
    """Labels in lines of at most so many letters."""
    return [style.wrapped(str(label), width).replace("<br>", "\n") for label in labels]
