"""How good the forecasters of daily counts are, beside simpler methods: over all days, and by day ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from data.text import N_, _
from models import chance
from ui import words
from ui.charts import forecast_errors as chart
from ui.components import departement_choice, forecast_answers, forecasting, notices, plots
from ui.components.counted_days import FRANCE

if TYPE_CHECKING:
    from models.registry import Entry

_MEASURES = {"mae": N_("Mean absolute error"), "mase": N_("MASE")}
_UNITS = {"mae": N_("Mean absolute error (accidents a day)"), "mase": N_("MASE")}


def show() -> None:
    """Scores of the forecasting models of daily counts beside the seasonal-naive forecast."""
    from models import champions, registry

    entries = registry.entries("daily")
    usable = champions.compared("daily")
    notices.broken(e for e in entries if e.metadata is None)
    if not usable:
        st.info(
            _("There is no trained forecaster yet. Train one on the Training page."), icon=":material/model_training:"
        )
        return
    st.table(table(usable))
    st.caption(
        _(
            "Over all forecasts of 28 days in a period that the model had not seen when it was scored. MAE: by how "
            "many accidents a day the forecast was off on average. MASE: the same error divided by how much the same "
            "weekdays of two weeks differ in the training data. Coverage: share of days inside the 80% interval, at "
            "best near 80%."
        )
    )


def by_day_ahead(choice: forecasting.Choice) -> None:
    """The errors kept with a model by the day ahead, beside the baselines; of départements those of each."""
    if choice.level != FRANCE:
        _by_departement(choice)
        st.caption(_("By day ahead, errors are kept of France as a whole:"))
    held_out = choice.model.metadata["metrics"]["held_out"]
    measure = st.segmented_control(
        _("Measure"), list(_MEASURES), default="mae", required=True, key="measure", bind="query-params",
        format_func=lambda name: _(_MEASURES[name]),
    )  # fmt: skip
    measure = measure or "mae"  # an address may hold no value
    scores = errors(held_out, measure)
    labels = {chart.MODEL: choice.model_name} | {name: words.baseline_label(name) for name in held_out["baselines"]}
    plots.show(
        chart.by_day_ahead(scores, labels=labels, unit=_(_UNITS[measure])),
        key="errors-by-day-ahead",
        alt=_("{measure} of the forecasts of France by days ahead, beside simpler methods").format(
            measure=_(_MEASURES[measure])
        ),
        png=f"errors-{choice.entry.name}-{measure}",
    )
    period = choice.model.metadata["split"]["held_out"]
    st.caption(
        _(
            "Mean over {n} forecasts of France in {period}, which the model had not seen when it was scored; lower is "
            "better. Of {n} forecasts, single points vary by chance. MASE: the error divided by how much the same "
            "weekdays of two weeks differ. Source: {source}."
        ).format(
            n=held_out["origins"],
            period=words.period(period["start"], period["end"]),
            source=choice.model.metadata["data"].get("source") or _("not stated"),
        )
    )
    with st.expander(_("The errors as a table"), icon=":material/table:"):
        rows = scores.rename(columns=labels).map(words.score).rename_axis(_("Days ahead"))
        st.table(rows.T.rename_axis(_("Method")), alt=_("Errors by days ahead"))


def errors(held_out: Mapping[str, Any], measure: str) -> pd.DataFrame:
    """A measure by days ahead (index) of the model and its baselines (columns), and what was kept of it."""
    kept = {chart.MODEL: held_out, **held_out["baselines"]}
    columns = {
        name: {int(ahead): scores.get(measure) for ahead, scores in found.get("by_horizon", {}).items()}
        for name, found in kept.items()
    }
    return pd.DataFrame(columns, dtype="float64").sort_index()


def _by_departement(choice: forecasting.Choice) -> None:
    scores = choice.model.metadata["departements"]["metrics"]["held_out"]
    own = scores["by_departement"].get(choice.level)
    if own is None:
        st.markdown(_("{place} was not scored.").format(place=departement_choice.name(choice.level)))
        return
    values = sorted(one["mase"] for one in scores["by_departement"].values())
    better = sum(value > own["mase"] for value in values)
    st.markdown(
        _("{place}: MASE **{mase}**, lower than in {better} of {others} other départements.").format(
            place=departement_choice.name(choice.level),
            mase=words.score(own["mase"]),
            better=better,
            others=len(values) - 1,
        )
    )
    if (held_out := forecast_answers.held_out_of(choice)) is not None:
        mean, _again = held_out
        floor = _(
            "Its error is {mae} accidents a day. Of {mean} a day, as were counted there on these days, chance alone "
            "gives about {floor}, however good a forecast is: an error near that can hardly be lowered."
        )
        told = {"mae": own["mae"], "mean": mean, "floor": chance.expected_miss(mean)}
        st.markdown(floor.format(**{name: words.score(value) for name, value in told.items()}))


def table(entries: Sequence[Entry]) -> pd.DataFrame:
    """A row for each forecaster, then one for each baseline; the same baseline on the same days is told once."""
    rows: list[dict[str, str]] = []
    baselines: list[dict[str, str]] = []
    for entry in entries:
        metadata: dict[str, Any] = entry.metadata or {}
        scores = metadata.get("metrics", {}).get("held_out", {})
        period = metadata.get("split", {}).get("held_out", {})
        shared = {
            _("Scored on"): words.period(period["start"], period["end"]) if period else _("not given"),
            _("Forecasts"): words.count(scores.get("origins")),
        }
        rows.append({_("Model"): forecasting.model_label(entry), **_pooled(scores.get("pooled", {})), **shared})
        for name, baseline in scores.get("baselines", {}).items():
            row = {_("Model"): words.baseline_label(name), **_pooled(baseline.get("pooled", {})), **shared}
            if row not in baselines:
                baselines.append(row)
    return pd.DataFrame([*rows, *baselines]).set_index(_("Model"))


def _pooled(scores: dict[str, float]) -> dict[str, str]:
    coverage = scores.get("coverage_80")
    return {
        _("MAE (accidents a day)"): words.score(scores.get("mae")),
        _("MASE"): words.score(scores.get("mase")),
        _("Coverage of 80%"): "–" if coverage is None else words.percent(coverage),
    }
