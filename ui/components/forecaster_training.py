"""Training a forecaster from the Forecasting page: the form, and what is said of a model that is ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from data.errors import AppError
from data.text import _
from models import jobs
from models.jobs import Run
from models.lstm_config import PRESET_HELP, PRESETS
from ui.components import forecasting, notices, settings_form

if TYPE_CHECKING:
    from models.registry import Entry

KIND = "lstm"
_ORDER = ("quick", "recommended", "base")
_SHOWN = ("epochs", "seed")


def form() -> None:
    """Choose a preset, the counts to learn from and the settings; submitting starts a process of its own."""
    # Outside the form, because the values in the form follow it.
    preset = st.segmented_control(_("Preset"), _ORDER, default=_ORDER[0], required=True, key="train_preset")
    st.caption(_(PRESET_HELP[preset]))
    with st.form(f"train-{preset}"):
        labels = {
            "france": _("Published counts of France, 2005–2024"),
            "loaded": forecasting.loaded_label(),
        }
        counts = st.selectbox(
            _("Daily counts to learn from"), list(labels), key="train_counts", format_func=lambda name: labels[name]
        )
        values = settings_form.fields(PRESETS[preset], key=f"train-{preset}", shown=_SHOWN)
        submitted = st.form_submit_button(_("Start training"), type="primary", icon=":material/play_arrow:")
    if submitted:
        _start(preset, counts, values)


def _start(preset: str, counts: str, values: Mapping[str, Any]) -> None:
    from models.train import TrainSpec

    try:
        settings_form.revised(PRESETS[preset], values)
        data = "processed" if counts == "loaded" else None
        before = {run.folder for run in jobs.runs()}
        folder = jobs.start(TrainSpec(kind=KIND, target="daily", preset=preset, settings=dict(values), data=data))
    except (AppError, ValueError) as error:
        notices.problem(AppError(str(error)))
        return
    if folder in before:
        st.toast(_("This very training is under way already."), icon=":material/model_training:")
    st.rerun()  # the badge and the list of runs were drawn before


def ready(run: Run, entries: Sequence[Entry]) -> None:
    """What a finished model scored, beside the first shipped one, and a way to use it."""
    entry = next((e for e in entries if e.folder == run.model_folder), None)
    if entry is None or entry.metadata is None:
        return
    shipped = next((e for e in entries if e.metadata and not forecasting.trained_here(e)), None)
    st.markdown(comparison(entry.metadata, shipped.name if shipped else "", shipped.metadata if shipped else None))
    used = st.session_state.get(forecasting.MODEL) == entry.name
    label = _("The forecast above is by this model") if used else _("Forecast with this model")
    if st.button(
        label, key=f"use-{run.name}", on_click=_use, args=(entry.name,), icon=":material/show_chart:", disabled=used
    ):
        st.rerun()  # the trainings are a fragment: without it the forecast above would stay that of the model before


def comparison(own: Mapping[str, Any], name: str, other: Mapping[str, Any] | None) -> str:
    """One line: the mean absolute error beside seasonal naive and, on the same days, beside another model."""
    scores = own["metrics"]["held_out"]
    naive = scores["baselines"].get("seasonal-naive", {}).get("pooled", {}).get("mae")
    line = _("Mean absolute error on held-out days: **{mae:.1f}** accidents a day").format(mae=scores["pooled"]["mae"])
    if naive is not None:
        line += _("; last week again {mae:.1f}").format(mae=naive)
    if other is None:
        return line + "."
    if not _same_days(own, other):
        return line + _(". {name} was scored on other days, so the two cannot be compared.").format(name=name)
    error = other["metrics"]["held_out"]["pooled"]["mae"]
    return line + _("; {name} {mae:.1f} on the same days.").format(name=name, mae=error)


def _same_days(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(
        one["split"]["held_out"] == other["split"]["held_out"]
        and one["data"].get("fingerprint") == other["data"].get("fingerprint")
    )


def _use(name: str) -> None:
    st.session_state[forecasting.WANTED] = name
