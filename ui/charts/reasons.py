"""Why a model answered: one accident's contributions, and what matters over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui.charts import style

_LINE, _GAP, _BAR = 16, 13, 22  # pixels: a line of a label, the room between labels, a bar


def waterfall(parts: pd.DataFrame, *, base: float, output: float, unit: str) -> go.Figure:
    """From the base to the output, one step a contribution.

    `parts`: columns `label` and `contribution` (in `unit`), already in the order of drawing, top to bottom.
    """
    if parts.empty:
        return style.empty(_("This model gives no reasons for its answer."))
    rows = _rows([_("Start: before any input"), *parts["label"], _("Result: this accident")], 42)
    steps = [base, *parts["contribution"], output]
    texts = [_amount(base, False), *(_amount(v, True) for v in parts["contribution"]), _amount(output, False)]
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
    style.finish(figure, height=80 + rows.height, x=_axis(unit))
    rows.put(figure)
    figure.update_xaxes(range=_span(base, parts["contribution"].tolist(), output))
    return figure


def importance(values: pd.Series, *, unit: str) -> go.Figure:
    """Mean absolute contribution of each input. `values`: index = input in words, largest first, in `unit`."""
    if values.empty:
        return style.empty(_("This checkpoint holds no importance of its inputs."))
    rows = _rows([str(n) for n in values.index], 36)
    figure = go.Figure(
        go.Bar(
            x=values.to_numpy(),
            y=rows.places,
            width=_BAR,
            orientation="h",
            marker={"color": style.LOWERS},
            text=[f"{v:.3g}" for v in values],
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


def _amount(value: float, signed: bool) -> str:
    return f"{value:+.3f}" if signed else f"{value:.3f}"


def _span(base: float, contributions: Sequence[float], output: float) -> list[float]:
    reached = [0.0, base, output]
    level = base
    for step in contributions:
        level += step
        reached.append(level)
    low, high = min(reached), max(reached)
    room = (high - low) * 0.18 or 1.0
    return [low - (room if low < 0 else 0), high + room]
