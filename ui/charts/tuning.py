"""How a search for better settings goes: each trial, the best so far, and which settings matter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from data.text import _, number
from models.tuning import Trial
from ui.charts import style

_ROOM = 0.12  # of the height between best and worst that is shown, above and below
_OUTLIERS = 0.8  # quantile of the losses above which a trial stands at the upper edge


def best_so_far(trials: Sequence[Trial]) -> go.Figure:
    """The validation loss of each trial and the lowest until then; the first trial is what the search began with.

    Trials that were ended early, or that are far worse than the rest, stand at the upper edge at most.
    """
    whole = [trial for trial in trials if trial.state == "complete" and trial.loss is not None]
    if not whole:
        return style.empty(_("The curve begins when the first trial has ended."), height=120)
    losses = np.array([trial.loss for trial in whole])
    low, high = _range(losses)
    figure = go.Figure()
    ended = [trial for trial in trials if trial.state in {"pruned", "late"} and trial.loss is not None]
    hollow = {"symbol": "circle-open", "color": style.NEUTRAL, "size": 8}
    _dots(figure, ended, high, _("Ended early"), hollow)
    _dots(figure, whole, high, _("Tried to its end"), {"color": style.LOWERS, "size": 8})
    numbers = [trial.number for trial in whole]
    last = trials[-1].number
    best = list(np.minimum.accumulate(losses))
    colour = style.MODEL_COLOURS["xgboost"]
    figure.add_scatter(
        name=_("Lowest so far"), x=[*numbers, last], y=[*best, best[-1]], mode="lines", hoverinfo="skip",
        line={"color": colour, "width": 2.2, "shape": "hv"},
    )  # fmt: skip
    figure.add_scatter(
        name=_("To begin with"), x=[numbers[0], last], y=[losses[0]] * 2, mode="lines", hoverinfo="skip",
        line={"color": style.NEUTRAL, "width": 1.5, "dash": "dash"},
    )  # fmt: skip
    style.finish(figure, height=300, x=_("Trial"), y=_("Validation loss"), legend=True)
    figure.update_yaxes(range=[low, high])
    figure.update_xaxes(tickformat="d", nticks=8, dtick=1 if last <= 10 else None)
    return figure


def importance(shares: Mapping[str, float], labels: Mapping[str, str]) -> go.Figure:
    """The share of each setting in what parts good trials from others, the largest on top.

    `shares`: setting -> share; `labels`: setting -> words.
    """
    if not shares:
        return style.empty(_("Too few trials have ended to say which settings matter."), height=120)
    order = sorted(shares, key=lambda name: shares[name])
    figure = go.Figure(
        go.Bar(
            x=[shares[name] for name in order],
            y=[labels.get(name, name) for name in order],
            orientation="h",
            marker={"color": style.LOWERS},
            text=[number(shares[name], ".0%") for name in order],
            textposition="outside",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    style.finish(figure, height=60 + 32 * len(order))
    figure.update_xaxes(visible=False, range=[0, 1.15 * max(shares.values())])
    return figure


def _range(losses: np.ndarray) -> tuple[float, float]:
    """What the axis shows: from the best past the first and most others."""
    high = max(float(losses[0]), float(np.quantile(losses, _OUTLIERS)))
    low = float(losses.min())
    room = _ROOM * ((high - low) or 0.1 * abs(high) or 1.0)
    return low - room, high + room


def _dots(figure: go.Figure, trials: Sequence[Trial], high: float, name: str, marker: Mapping[str, object]) -> None:
    if trials:
        words = _("Trial {n}: {loss}").format(n="%{x}", loss="%{customdata:.4f}")
        figure.add_scatter(
            name=name, x=[trial.number for trial in trials], y=[min(trial.loss or 0.0, high) for trial in trials],
            customdata=[trial.loss for trial in trials], mode="markers", marker=dict(marker),
            hovertemplate=words + "<extra></extra>", cliponaxis=False,
        )  # fmt: skip
