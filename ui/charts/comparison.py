"""How good the models are: one metric with its uncertainty, and where a model goes wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _, number
from models.score_words import Metric
from ui.charts import style
from ui.charts.kept import kept

_LETTER = 7  # pixels of a label's letter, at most


@kept
def metric(
    rows: pd.DataFrame,
    *,
    title: str,
    share: bool,
    baseline: float | None = None,
    span: tuple[float, float] | None = None,
    letters: int = 0,
) -> go.Figure:
    """One metric of several models with 95% intervals, and the baseline as a line.

    `rows`: columns `label`, `kind`, `value`, `low`, `high` (the last two may be missing). `share`: shown in percent.
    For charts that stand below each other: `span`, the values from which to which all of them reach, and `letters`, of
    the longest label of all.
    """
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return style.empty(_("No model has this metric."))
    factor, unit = (100.0, "%") if share else (1.0, "")
    form = Metric(title, share, more_is_better=False).form
    figure = go.Figure()
    for label, kind, value, low, high in rows[["label", "kind", "value", "low", "high"]].fillna(np.nan).to_numpy():
        below, above = (0.0 if pd.isna(edge) else abs(edge - value) for edge in (low, high))
        interval = _("95% interval {low} to {high}").format(low=form(value - below), high=form(value + above))
        figure.add_scatter(
            x=[value * factor],
            y=[label],
            mode="markers",
            marker={"size": 12, "color": style.model_colour(kind)},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [above * factor],
                "arrayminus": [below * factor],
                "thickness": 2,
                "width": 6,
            },
            hovertemplate=f"%{{y}}: {form(value)}<br>{interval}<extra></extra>",
        )
    if baseline is not None:
        figure.add_vline(
            x=baseline * factor, line={"dash": "dash", "color": style.NEUTRAL, "width": 2},
            annotation={"text": _("class frequencies"), "font": {"color": style.NEUTRAL}},
            annotation_position="top left" if baseline > rows["value"].max() else "top right",
        )  # fmt: skip
    style.finish(figure, height=110 + 44 * len(rows), x=f"{title} ({unit})" if unit else title)
    figure.update_layout(margin={"t": 28})
    figure.update_yaxes(autorange="reversed")
    if span is not None:
        room = 0.05 * (span[1] - span[0])
        figure.update_xaxes(range=[(span[0] - room) * factor, (span[1] + room) * factor])
        figure.update_layout(margin={"l": _LETTER * letters})
    return figure


@kept
def confusion(
    counts: np.ndarray, labels: Sequence[str], *, counted: bool = False, predicted: Sequence[str] | None = None
) -> go.Figure:
    """Row-normalised confusion matrix: of the accidents of each true class, the share predicted as each class.

    Shapes: counts (n_classes, n_classes), rows = true class, columns = predicted. `counted`: each cell also says how
    many accidents it is. `predicted`: what the columns are called, where it is not the same as the rows.
    """
    if counts.size == 0 or not counts.any():
        return style.empty(_("This checkpoint holds no confusion matrix."))
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros(counts.shape), where=totals > 0) * 100
    names = [style.wrapped(t, 26) for t in labels]
    taken = names if predicted is None else [style.wrapped(t, 26) for t in predicted]
    figure = go.Figure(
        go.Heatmap(
            z=shares,
            x=taken,
            y=names,
            customdata=counts,
            colorscale=style.READABLE,
            zmin=0,
            zmax=100,
            xgap=2,
            ygap=2,
            showscale=False,  # every cell says its share
            hovertemplate=_("true: {true}").format(true="%{y}")
            + "<br>"
            + _("predicted: {predicted}").format(predicted="%{x}")
            + "<br>"
            + _("{n} accidents, {share} of the class").format(n="%{customdata:,.0f}", share="%{z:.1f}%")
            + "<extra></extra>",
        )
    )
    figure.layout.annotations = [
        # not the trace's own text: it would be black or white by the shade alone, whatever the page's background
        {
            "x": column,
            "y": name,
            "text": number(share / 100, ".0%") + (f"<br>{number(n)}" if counted else ""),
            "showarrow": False,
            "font": {"size": 12},
        }
        for row, cells, name in zip(shares, counts, names, strict=True)
        for share, n, column in zip(row, cells, taken, strict=True)
    ]
    style.finish(
        figure,
        height=(250 if counted else 230) + (48 if counted else 44) * len(labels),
        x=_("Predicted class"),
        y=_("True class"),
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(showgrid=False, tickangle=0 if len(labels) <= 3 else -90)
    return figure
