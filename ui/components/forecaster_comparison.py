"""The forecasters that are compared, by the day ahead and by level, beside simpler methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from data import schema
from data.text import N_, _
from ui import words
from ui.charts import forecast_errors as chart
from ui.components import departement_choice, exploration, forecaster_scores, forecasting, plots
from ui.components.counted_days import FRANCE
from ui.export import safe_csv

if TYPE_CHECKING:
    from models.registry import Entry

_ALL = "all-departements"  # départements, each by itself
MEASURES = {"mae": N_("Mean absolute error"), "mase": N_("MASE"), "coverage_80": N_("Days inside the 80% interval")}
_UNITS = {
    "mae": N_("Mean absolute error (accidents a day)"),
    "mase": N_("MASE"),
    "coverage_80": N_("Days inside the 80% interval (%)"),
}


def show() -> None:
    """Errors by level: of France by the day ahead, of départements over all days; nothing without a forecaster."""
    from models import champions

    entries = champions.compared("daily")
    if not entries:
        return
    st.subheader(_("By level and by the day ahead"))
    with st.container(horizontal=True):
        level = exploration.option(_("Level"), levels(entries), key="forecast_level")
        if level == FRANCE:
            offered = {name: _(label) for name, label in MEASURES.items()}
            measure = exploration.option(_("Measure"), offered, key="forecast_measure")
    if level == FRANCE:
        _by_day_ahead(entries, measure)
    else:
        _by_departement(entries, level)


def levels(entries: Sequence[Entry]) -> dict[str, str]:
    """France, and where any model was scored by département their mean and each of them."""
    scored = {code for entry in entries for code in _of_departements(entry).get("by_departement", {})}
    found = {FRANCE: _("France")}
    if scored:
        found[_ALL] = _("All départements, each by itself")
    return found | {code: departement_choice.label(code) for code in schema.DEPARTEMENTS if code in scored}


def by_day_ahead(entries: Sequence[Entry], measure: str) -> pd.DataFrame:
    """A measure of France by days ahead (index): a column a model, then one a baseline; the same baseline once."""
    models, baselines = {}, {}
    for entry in entries:
        held_out = (entry.metadata or {}).get("metrics", {}).get("held_out", {})
        scores = forecaster_scores.errors({"baselines": {}, **held_out}, measure)
        models[forecasting.model_label(entry)] = scores.pop(chart.MODEL)
        for name in scores:
            label = words.baseline_label(str(name))
            if not any(label == known and scores[name].equals(values) for known, values in baselines.items()):
                baselines[label if label not in baselines else f"{label} ({forecasting.model_label(entry)})"] = scores[
                    name
                ]
    table = pd.DataFrame({**models, **baselines})
    return table.dropna(how="all")


def by_departement(entries: Sequence[Entry], level: str) -> pd.DataFrame:
    """Scores of one département, or of the mean over all of them: a row a model, then a baseline where it is kept."""
    rows: dict[str, dict[str, str]] = {}
    for entry in entries:
        found = _of_departements(entry)
        own = found if level == _ALL else found.get("by_departement", {}).get(level, {})
        inside = own.get("coverage_80")
        rows[forecasting.model_label(entry)] = {
            _("MAE (accidents a day)"): words.score(own.get("mae")),
            _("MASE"): words.score(own.get("mase")),
            _("Coverage of 80%"): "–" if inside is None else words.percent(inside),
        }
        if level == _ALL:
            for name, baseline in found.get("baselines", {}).items():
                empty = dict.fromkeys(rows[forecasting.model_label(entry)], "–")
                rows.setdefault(words.baseline_label(name), empty | {_("MASE"): words.score(baseline.get("mase"))})
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis(_("Model"))
    return table.loc[:, (table != "–").any()]


def _of_departements(entry: Entry) -> Mapping[str, Any]:
    found = (entry.metadata or {}).get("departements") or {}
    scores: Mapping[str, Any] = found.get("metrics", {}).get("held_out", {})
    return scores


def _by_day_ahead(entries: Sequence[Entry], measure: str) -> None:
    scores = by_day_ahead(entries, measure)
    if measure == "coverage_80":
        scores = 100 * scores
    labels = [forecasting.model_label(entry) for entry in entries]
    kinds = {label: str((e.metadata or {}).get("kind")) for label, e in zip(labels, entries, strict=True)}
    figure = chart.of_models(scores, kinds, unit=_(_UNITS[measure]), goal=80 if measure == "coverage_80" else None)
    alt = _("{measure} of each forecaster by days ahead, beside simpler methods").format(measure=_(MEASURES[measure]))
    plots.show(figure, key="forecasters-by-day", alt=alt, png=f"balise-forecasters-{measure}")
    st.caption(
        _(
            "France, forecasts of a period that each model had not seen when it was scored: {periods}. Of so few "
            "forecasts, single points vary by chance."
        ).format(periods="; ".join(dict.fromkeys(filter(None, map(_period, entries)))) or _("not given"))
    )
    _numbers(scores.round(3).rename_axis(_("Days ahead")).reset_index(), "forecasters-by-day")


def _by_departement(entries: Sequence[Entry], level: str) -> None:
    table = by_departement(entries, level)
    st.table(table)
    if level == _ALL:
        said = _("Each département scored by itself, then their mean, so that large ones do not decide.")
    else:
        said = _("Of a département the error over all days ahead is kept, and no other method's.")
    st.caption(said + " " + _("Scored on: {periods}.").format(periods="; ".join(dict.fromkeys(map(_period, entries)))))
    _numbers(table.reset_index(), f"forecasters-{level}")


def _numbers(table: pd.DataFrame, name: str) -> None:
    with st.popover(_("Numbers"), icon=":material/table:", type="tertiary", key=f"{name}-numbers", width="content"):
        st.dataframe(table, hide_index=True, key=f"{name}-table")
        st.download_button(
            _("Download as CSV"),
            data=lambda: safe_csv(table),
            file_name=f"balise-{name}.csv",
            mime="text/csv",
            key=f"{name}-csv",
            on_click="ignore",
            icon=":material/download:",
        )


def _period(entry: Entry) -> str:
    facts = entry.metadata or {}
    period = facts.get("split", {}).get("held_out", {})
    if not period:
        return ""
    message = _("{period} ({n} forecasts)")
    origins = facts.get("metrics", {}).get("held_out", {}).get("origins")
    return message.format(period=words.period(period["start"], period["end"]), n=words.count(origins))
