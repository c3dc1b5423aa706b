"""Inside one model: the values of an input on a plane, and which tokens look at which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from data.text import _
from ui.charts import style

_LABELLED = 40  # points whose labels stand beside them; of more, only a short mark


def embedding(points: pd.DataFrame) -> go.Figure:
    """The values of an input, where near ones are alike to the model.

    `points`: columns `x`, `y`, `label`, and `mark`, which stands in place of the label where there are many.
    """
    if points.empty:
        return style.empty()
    many = len(points) > _LABELLED
    texts = points["mark"] if many else [style.wrapped(label, 22) for label in points["label"]]
    figure = go.Figure(
        go.Scatter(
            x=points["x"], y=points["y"], text=list(texts), customdata=points["label"],
            mode="text" if many else "markers+text", textposition="middle center" if many else _sides(points),
            marker={"size": 9, "color": style.LOWERS}, textfont={"size": 11 if many else 12}, cliponaxis=False,
            hovertemplate="%{customdata}<extra></extra>",
        )
    )  # fmt: skip
    style.finish(figure, height=560, x=_("First direction"), y=_("Second direction"))
    figure.update_xaxes(showticklabels=False, zeroline=False)
    figure.update_yaxes(showticklabels=False, zeroline=False, scaleanchor="x")  # what is as far apart looks so
    return figure


def _sides(points: pd.DataFrame) -> list[str]:
    """Where each label stands: on the side of its point that is turned from the nearest other one."""
    places = points[["x", "y"]].to_numpy()
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    nearest = places[apart.argmin(axis=1)]
    return ["bottom center" if above else "top center" for above in nearest[:, 1] > places[:, 1]]


def attention(weights: np.ndarray, labels: Sequence[str]) -> go.Figure:
    """The share of each token's look that falls on each other one; columns bear the numbers that rows begin with.

    Shapes: weights (n, n), rows look at columns and add up to 1.
    """
    if not len(labels):
        return style.empty()
    hover = _("{row} looks at {column}: {share}").format(row="%{y}", column="%{customdata}", share="%{z:.1f}%")
    numbers = [str(i) for i in range(1, len(labels) + 1)]
    figure = go.Figure(
        go.Heatmap(
            z=weights * 100, x=numbers, y=[f"{label} · {i}" for i, label in zip(numbers, labels, strict=True)],
            customdata=[list(labels)] * len(labels), colorscale=style.SEQUENTIAL, zmin=0,
            colorbar={"title": {"text": "%"}, "thickness": 12}, hovertemplate=hover + "<extra></extra>",
        )
    )  # fmt: skip
    style.finish(
        figure, height=110 + 20 * len(labels), x=_("What is looked at (numbers of the rows)"), y=_("What looks")
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, dtick=1)
    figure.update_xaxes(showgrid=False, type="category", tickangle=-90, tickfont={"size": 10})
    return figure
