"""Curves of the chosen models for one event: what a falling threshold finds, costs, and whether probabilities hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from data.features import Target
from data.text import _, language
from models import thresholds
from models.thresholds import Costs, Point, Ranked
from ui import words
from ui.charts import comparison_curves as chart
from ui.components import exploration
from ui.components.comparison_answers import Compared, once

PER = 1000  # accidents whose cost is told


def axes() -> dict[str, tuple[str, str]]:
    """The curves by name, each with the words of its axes."""
    found = _("Found (% of accidents with the event)")
    return {
        "roc": (_("False alarms (% of accidents without the event)"), found),
        "precision_recall": (found, _("Right (% of the flagged)")),
        "gains": (_("Flagged (% of all accidents)"), found),
    }


def event_label(target: Target, event: str) -> str:
    """An event in words."""
    if event == thresholds.SERIOUS:
        return _("Somebody killed or hospitalised")
    return words.class_label(target, event)


def rankings(compared: Compared, event: str) -> Mapping[str, Ranked]:
    """For each model the accidents by falling probability of the event."""

    def make() -> dict[str, Ranked]:
        scores, happened = _scores(compared, event)
        return {model: Ranked(score, happened) for model, score in scores.items()}

    return once(("ranked", compared.key, event), make)


def _scores(compared: Compared, event: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What each model gives the event, and whether it happened. Shapes: (n,)."""
    places = list(thresholds.events(compared.target)[event])
    scores = {model: found.proba[:, places].sum(axis=1) for model, found in compared.answers.items()}
    return scores, np.isin(compared.sample.truth, places)


def curve(compared: Compared, name: str, ranked: Mapping[str, Ranked], points: Mapping[str, Point], event: str) -> None:
    """One curve of each model, with its numbers; `name` is one of `axes`."""
    x, y = axes()[name]
    drawn = {model: getattr(one, name)() for model, one in ranked.items()}
    colours = compared.colours
    lines = [
        chart.Line(model, colours[model], 100 * xs, 100 * ys, _at(name, points[model]))
        for model, (xs, ys) in drawn.items()
    ]
    titles = {"roc": _("ROC"), "precision_recall": _("Precision and recall"), "gains": _("Gains")}
    st.markdown(f"**{titles[name]}**")
    share = 100 * next(iter(ranked.values())).events / len(compared.sample)
    chance = {
        "roc": ((0, 100), (0, 100)),
        "precision_recall": ((0, 100), (share, share)),
        "gains": ((0, 100), (0, 100)),
    }
    exploration.panel(
        compared.view,
        chart.curves(lines, x=x, y=y, chance=chance[name]),
        once(("numbers", name, compared.key, event, language()), lambda: _numbers(lines, x, y)),
        key=f"comparison-{name}",
        alt=_("{title} of each model for: {event}; dots mark the threshold").format(title=titles[name], event=event),
        source=compared.source,
    )


def _at(name: str, point: Point) -> tuple[float, float]:
    x, y = {
        "roc": (point.false_alarm_rate, point.recall),
        "precision_recall": (point.recall, point.precision),
        "gains": (point.flagged_share, point.recall),
    }[name]
    return 100 * x, 100 * y


def cost(
    compared: Compared,
    ranked: Mapping[str, Ranked],
    points: Mapping[str, Point],
    event: str,
    threshold: float,
    costs: Costs,
) -> None:
    """What each threshold costs, for each model."""
    levels = np.linspace(0, 1, 101)
    colours = compared.colours
    lines = [
        chart.Line(
            model,
            colours[model],
            100 * levels,
            PER * one.costs(levels, costs),
            (100 * threshold, PER * points[model].cost(costs)),
        )
        for model, one in ranked.items()
    ]
    st.markdown(f"**{_('Cost')}**")
    x, y = _("Threshold (% probability)"), _("Expected cost of {n} accidents").format(n=words.count(PER))
    exploration.panel(
        compared.view,
        chart.costs(lines, threshold=100 * threshold, y=y),
        once(("numbers", costs, compared.key, event, language()), lambda: _numbers(lines, x, y)),
        key="comparison-cost",
        alt=_("Expected cost of each model by threshold for: {event}").format(event=event),
        source=compared.source,
    )


def _numbers(lines: list[chart.Line], x: str, y: str) -> pd.DataFrame:
    parts = [pd.DataFrame({_("Model"): line.label, x: line.x.round(2), y: line.y.round(2)}) for line in lines]
    return pd.concat(parts)


def reliability(compared: Compared, event: str, label: str) -> None:
    """How often the event happened where a model gave it a probability."""
    rows = once(("reliability", compared.key, event), lambda: reliability_rows(compared, event))
    st.subheader(_("Whether probabilities are as they say"))
    names = {
        "model": _("Model"),
        "stated": _("Probability stated (%)"),
        "observed": _("Accidents with the event (%)"),
        "low": _("Interval from"),
        "high": _("Interval to"),
        "accidents": _("Accidents"),
    }
    exploration.panel(
        compared.view,
        chart.reliability(rows, compared.colours),
        rows.round(2).rename(columns=names),
        key="comparison-reliability",
        alt=_("How often it happened where a model gave it a probability, for: {event}").format(event=label),
        note=_(
            "Each point is a tenth of the accidents, by probability stated, with a 95% interval of the share observed."
        ),
        source=compared.source,
    )


def reliability_rows(compared: Compared, event: str) -> pd.DataFrame:
    """Stated probabilities and observed shares of each model, in percent."""
    scores, happened = _scores(compared, event)
    parts = []
    for model, score in scores.items():
        found = thresholds.reliability(score, happened)
        percents = {name: 100 * getattr(found, name) for name in ("stated", "observed", "low", "high")}
        parts.append(pd.DataFrame({"model": model, **percents, "accidents": found.accidents}))
    return pd.concat(parts, ignore_index=True)
