"""Where each model is better or worse: one score by kind of accident."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from data.text import _, language
from models import comparison, slices
from models.score_words import METRICS
from ui import words
from ui.charts import comparison_curves as chart
from ui.components import exploration
from ui.components.comparison_answers import Compared, once


def show(compared: Compared) -> None:
    """The score, and a figure for each way to divide the accidents."""
    offered = {name: _(METRICS[name].label) for name in METRICS if name in compared.answers[compared.lead].scores}
    metric = exploration.option(_("Score"), offered, key=f"part_score_{compared.target}")
    place = st.empty()

    def make() -> pd.DataFrame:
        message = _("The accidents are scored by kind …")
        return comparison.by_part(
            compared.answers,
            compared.sample,
            compared.target,
            metric,
            lambda share: place.progress(share, message),
        )

    found = once(("parts", compared.key, metric, language()), make)
    place.empty()
    hint = _("More is better.") if METRICS[metric].more_is_better else _("Less is better.")
    st.caption(
        hint
        + " "
        + _(
            "With 95% intervals. Grey and hollow: fewer than {n} accidents, or fewer than {killed} with somebody "
            "killed where the score is about them, so that it is mostly chance. Kinds of accidents are not equally "
            "hard: compare the models within one, not one with another."
        ).format(n=slices.LEAST, killed=comparison.FEW_KILLED)
    )
    for division, label in {**slices.DIVISIONS, **slices.MORE}.items():
        rows = found[found["division"] == division]
        if len(rows):
            _division(compared, rows, division, _(label), metric)
        else:
            st.caption(_("{division}: not known of these accidents.").format(division=_(label)))


def _division(compared: Compared, rows: pd.DataFrame, division: str, label: str, metric: str) -> None:
    st.subheader(label)
    drawn = rows.assign(part=[_named(row) for row in rows.itertuples()])
    note = None
    if division == "departement":
        note = _("The {n} départements with most of these accidents.").format(n=slices.DEPARTEMENTS)
    exploration.panel(
        compared.view,
        chart.parts(drawn, compared.colours, title=_(METRICS[metric].label), share=METRICS[metric].share),
        table(rows, metric),
        key=f"comparison-parts-{division}",
        alt=_("{score} of each model by: {division}").format(score=_(METRICS[metric].label), division=label),
        note=note,
        source=compared.source,
    )


def _named(row: object) -> str:
    n = words.count(getattr(row, "n", None))
    return _("{part} (n = {n})").format(part=getattr(row, "part", ""), n=n)


def table(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The numbers behind a figure, in words."""

    def form(value: float) -> str:
        return "–" if math.isnan(value) else METRICS[metric].form(value)

    found = pd.DataFrame(
        {
            _("Kind of accident"): rows["part"],
            _("Model"): rows["model"],
            _(METRICS[metric].label): rows["score"].map(form),
            _("Interval from"): rows["low"].map(form),
            _("Interval to"): rows["high"].map(form),
            _("Number of accidents"): rows["n"],
        }
    )
    if rows["killed"].notna().all():
        found[_("With somebody killed")] = rows["killed"]
    found[_("Too few to say much")] = [_("yes") if few else "" for few in rows["few"]]
    return found
