"""Why a model answered: one accident's contributions, and what matters over all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import pandas as pd
import plotly.graph_objects as go

from data.text import _, number
from ui.charts import style
from ui.charts.kept import kept

_LINE, _GAP, _BAR = 16, 13, 22  # pixels: a line of a label, the room between labels, a bar


@kept
def waterfall(
    parts: pd.DataFrame,
    *,
    base: float,
    output: float,
    unit: str,
    ends: tuple[str, str] | None = None,
    axis: str | None = None,
    spec: str = ".3f",
) -> go.Figure:
    """From the base to the output, one step a contribution.

    `parts`: columns `label` and `contribution` (in `unit`), already in the order of drawing, top to bottom. `ends`
    names the first and the last bar; `axis` is the title in the place of that of a class; `spec` formats the numbers.
    """
    if parts.empty:
        return style.empty(_("This model gives no reasons for its answer."))
    first, last = ends or (_("Start: before any input"), _("Result: this accident"))
    rows = _rows([first, *parts["label"], last], 30)
    steps = [base, *parts["contribution"], output]
    texts = [number(base, spec), *(number(v, f"+{spec}") for v in parts["contribution"]), number(output, spec)]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=rows.places,
            width=_BAR,
            x=steps,
            measure=["absolute", *["relative"] * len(parts), "total"],
            text=texts,
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": style.RAISES}},
            decreasing={"marker": {"color": style.LOWERS}},
            totals={"marker": {"color": style.NEUTRAL}},
            connector={"line": {"color": style.NEUTRAL, "width": 1, "dash": "dot"}},
            hovertext=rows.labels,
            hovertemplate="%{hovertext}: %{text}<extra></extra>",
        )
    )
    style.finish(figure, height=80 + rows.height, x=_axis(unit) if axis is None else style.wrapped(axis, 34))
    rows.put(figure)
    figure.update_layout(margin={"r": 52})  # on a phone the numbers need more than their share of the axis
    figure.update_xaxes(range=_span(base, parts["contribution"].tolist(), output))
    if spec.endswith("%"):
        figure.update_xaxes(tickformat=".0%" if max(base, output) > 0.1 else ".1%")
    return figure


@kept
def beside(parts: pd.DataFrame, errors: pd.DataFrame, colours: Mapping[str, str]) -> go.Figure:
    """The same parts of several models beside each other, in percentage points, with standard errors.

    `parts` and `errors`: index = what contributes in words, one column a model. `colours` by model.
    """
    if parts.empty:
        return style.empty(_("No model gives reasons for its answer."))
    bar = max(9, min(_BAR, 80 // len(parts.columns)))
    pitch = bar * len(parts.columns) + _GAP
    labels = [style.wrapped(str(name), 18) for name in parts.index]
    figure = go.Figure()
    for at, model in enumerate(parts.columns):
        places = [row * pitch + at * bar + bar / 2 + _GAP / 2 for row in range(len(parts))]
        error = {"type": "data", "array": 100 * errors[model], "thickness": 1, "width": 2, "color": style.NEUTRAL}
        figure.add_bar(
            x=100 * parts[model],
            y=places,
            width=bar * 0.86,
            orientation="h",
            name=str(model),
            marker={"color": colours.get(str(model), style.NEUTRAL)},
            error_x=error,
            customdata=[f"{100 * e:.1f}" for e in errors[model]],
            hovertext=list(parts.index),
            hovertemplate="%{hovertext}, %{fullData.name}: %{x:+.1f} ± %{customdata}<extra></extra>",
        )
    height = pitch * len(parts)
    style.finish(figure, height=120 + height, x=_("Contribution (percentage points)"), legend=True)
    middles = [row * pitch + pitch / 2 for row in range(len(parts))]
    figure.update_yaxes(tickvals=middles, ticktext=labels, range=[height, 0], showgrid=False, zeroline=False)
    figure.update_xaxes(zeroline=True, zerolinecolor=style.NEUTRAL)
    return figure


@kept
def importance(values: pd.Series, *, unit: str) -> go.Figure:
    """Mean absolute contribution of each input. `values`: index = input in words, largest first, in `unit`."""
    if values.empty:
        return style.empty(_("This checkpoint holds no importance of its inputs."))
    rows = _rows([str(n) for n in values.index], 30)
    figure = go.Figure(
        go.Bar(
            x=values.to_numpy(),
            y=rows.places,
            width=_BAR,
            orientation="h",
            marker={"color": style.LOWERS},
            text=[number(v, ".3g") for v in values],
            textposition="outside",
            cliponaxis=False,
            hovertext=rows.labels,
            hovertemplate="%{hovertext}: %{x:.3g}<extra></extra>",
        )
    )
    style.finish(figure, height=80 + rows.height, x=_("Mean size of the contribution ({unit})").format(unit=unit))
    rows.put(figure)
    figure.update_xaxes(range=[0, float(values.max()) * 1.18])
    return figure


@dataclass(frozen=True)
class _Rows:
    """Rows of bars from top to bottom, each as high as the lines of its label need. Units: pixels."""

    labels: list[str]
    places: list[float]
    height: float

    def put(self, figure: go.Figure) -> None:
        figure.update_yaxes(
            tickvals=self.places, ticktext=self.labels, range=[self.height, 0], showgrid=False, zeroline=False
        )


def _rows(labels: Sequence[str], width: int) -> _Rows:
    wrapped = [style.wrapped(t, width) for t in labels]
    heights = [_LINE * (1 + t.count("<br>")) + _GAP for t in wrapped]
    ends = list(accumulate(heights))
    return _Rows(wrapped, [end - height / 2 for end, height in zip(ends, heights, strict=True)], ends[-1])


def _axis(unit: str) -> str:
    return style.wrapped(_("Output for this class ({unit})").format(unit=unit), 34)  # as wide as a narrow plot


def _span(base: float, contributions: Sequence[float], output: float) -> list[float]:
    reached = [0.0, base, output]
    level = base
    for step in contributions:
        level += step
        reached.append(level)
    low, high = min(reached), max(reached)
    room = (high - low) * 0.18 or 1.0
    return [low - (room if low < 0 else 0), high + room]
