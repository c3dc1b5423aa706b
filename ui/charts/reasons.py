"""Why a model answered: one accident's contributions, and what matters over all of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui.charts import style


def waterfall(parts: pd.DataFrame, *, base: float, output: float, unit: str) -> go.Figure:
    """From the base to the output, one step a contribution.

    `parts`: columns `label` and `contribution` (in `unit`), already in the order of drawing, top to bottom.
    """
    if parts.empty:
        return style.empty(_("This model gives no reasons for its answer."))
    labels = [_("Start: before any input"), *parts["label"], _("Result: this accident")]
    steps = [base, *parts["contribution"], output]
    texts = [_amount(base, False), *(_amount(v, True) for v in parts["contribution"]), _amount(output, False)]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            y=_unique([style.wrapped(t, 42) for t in labels]),
            x=steps,
            measure=["absolute", *["relative"] * len(parts), "total"],
            text=texts,
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": style.RAISES}},
            decreasing={"marker": {"color": style.LOWERS}},
            totals={"marker": {"color": style.NEUTRAL}},
            connector={"line": {"color": style.NEUTRAL, "width": 1, "dash": "dot"}},
            hovertemplate="%{y}: %{text}<extra></extra>",
        )
    )
    style.finish(figure, height=110 + 30 * len(steps), x=_axis(unit))
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(range=_span(base, parts["contribution"].tolist(), output))
    return figure


def importance(values: pd.Series, *, unit: str) -> go.Figure:
    """Mean absolute contribution of each input. `values`: index = input in words, largest first, in `unit`."""
    if values.empty:
        return style.empty(_("This checkpoint holds no importance of its inputs."))
    figure = go.Figure(
        go.Bar(
            x=values.to_numpy(),
            y=[style.wrapped(str(n), 36) for n in values.index],
            orientation="h",
            marker={"color": style.LOWERS},
            text=[f"{v:.3g}" for v in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.3g}<extra></extra>",
        )
    )
    style.finish(figure, height=80 + 26 * len(values), x=_("Mean size of the contribution ({unit})").format(unit=unit))
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(range=[0, float(values.max()) * 1.18])
    return figure


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


def _unique(labels: Sequence[str]) -> list[str]:
    """Labels as axis categories: a repeated one would fall on its twin, so it gets invisible spaces."""
    seen: dict[str, int] = {}
    result = []
    for text in labels:
        seen[text] = seen.get(text, 0) + 1
        result.append(text + "\u200b" * (seen[text] - 1))
    return result
