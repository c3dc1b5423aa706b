"""What several models think of one accident."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui import words
from ui.charts import style


def bars(shares: pd.DataFrame, colours: Mapping[str, str], frequencies: Mapping[str, float] | None = None) -> go.Figure:
    """Probability of each class as one bar a model, with the class frequencies as a mark across the bars.

    `shares`: index = class in words, one column a model (label), fractions. `frequencies`: class in words -> fraction.
    """
    if shares.empty:
        return style.empty(_("No model has answered yet."))
    names = [style.wrapped(str(c), 24) for c in shares.index]
    figure = go.Figure()
    for label in shares.columns:
        figure.add_bar(
            name=label,
            y=names,
            x=shares[label].to_numpy() * 100,
            orientation="h",
            marker={"color": colours.get(label, style.NEUTRAL)},
            text=[words.percent(v) for v in shares[label]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}<br>" + label + ": %{x:.1f}%<extra></extra>",
        )
    if frequencies:
        figure.add_trace(_reference(shares.index.tolist(), names, frequencies, len(shares.columns)))
    figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.06)
    top = max(float(shares.max().max()), max(frequencies.values(), default=0) if frequencies else 0)
    height = 90 + len(shares) * (16 + 19 * max(1, len(shares.columns)))
    style.finish(figure, height=height, x=_("Probability (%)"), legend=True)
    figure.update_xaxes(range=[0, min(112, top * 100 * 1.14 + 3)])
    figure.update_yaxes(autorange="reversed")
    return figure


def _reference(
    classes: Sequence[str], names: Sequence[str], frequencies: Mapping[str, float], n_models: int
) -> go.Scatter:
    """A dash per class at its frequency, as tall as the class's bars."""
    shares = [frequencies.get(c, 0.0) * 100 for c in classes]
    return go.Scatter(
        name=_("Frequency of the class"),
        x=shares,
        y=list(names),
        mode="markers",
        marker={"symbol": "line-ns-open", "size": 10 + 9 * n_models, "line": {"width": 2}, "color": style.NEUTRAL},
        hovertemplate="%{y}<br>" + _("frequency in the training data: {x}").format(x="%{x:.1f}%") + "<extra></extra>",
    )
