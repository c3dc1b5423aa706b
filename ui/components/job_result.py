"""What a finished training is worth beside the model that came with the product, and where to use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from data.text import _
from models import champions, checkpoint, forecast_transfer, registry
from models.base import CheckpointError
from models.jobs import Run, log
from models.main_score import MainScore, main_score
from models.registry import KINDS, Entry
from ui import words
from ui.components import comparison_choice, forecasting, notices

_PREDICTION = "pages/models/prediction.py"
_EXPLANATION = "pages/models/explanation.py"
_COMPARISON = "pages/models/comparison.py"
_FORECASTING = "pages/forecast/forecasting.py"
_MODEL = "pages/models/model.py"


def show(run: Run) -> None:
    """Scores of a finished model, and the pages that use it."""
    entries = registry.entries(str(run.spec.get("target")))
    own = next((e for e in entries if e.folder == run.model_folder), None)
    if own is None:
        return
    if own.metadata is None:
        notices.broken([own])
        return
    st.markdown(scores(own.metadata, _shipped(entries, own)))
    if "transfer" in own.metadata:
        st.markdown(forecast_transfer.words(own.metadata["transfer"]))
    if own.metadata["target"] == "daily":
        if st.button(_("Forecast with this model"), key=f"use-{run.name}", icon=":material/show_chart:"):
            st.session_state[forecasting.WANTED] = own.name
            st.switch_page(_FORECASTING)
        _about(own)
        return
    shown = any(e.name == own.name for e in champions.compared(str(own.target)))
    with st.container(horizontal=True, key="training-use"):
        if shown:
            st.page_link(_PREDICTION, label=_("Predict with it"), icon=":material/online_prediction:")
        st.page_link(_EXPLANATION, label=_("Explain its answers"), icon=":material/waterfall_chart:")
        if shown:
            st.page_link(
                _COMPARISON, label=_("Compare the models"), icon=":material/leaderboard:",
                query_params=comparison_choice.address(own.metadata["target"]),
            )  # fmt: skip
        _about(own)
    if not shown:
        st.caption(_("Prediction and Comparison do not show it, for others were chosen; its Model page adds it."))


def ended_by_hand(run: Run) -> str:
    """That a person ended the training before its time, and after how much; empty where nobody did."""
    try:
        metadata = checkpoint.read(run.model_folder) if run.model_folder else {}
    except CheckpointError:
        return ""  # `show` says what is wrong with it
    if not metadata.get("stopped_early"):
        return ""
    last = log.reached(run)
    message = _("It was ended by hand after {done} of {total} steps, and the best until then is kept.")
    return message.format(done=last.get("done", 0), total=last.get("total", 0))


def _about(own: Entry) -> None:
    st.page_link(
        _MODEL, label=_("Name it, or make it the champion"), icon=":material/deployed_code:",
        query_params={"model": own.name},
    )  # fmt: skip


def _shipped(entries: list[Entry], own: Entry) -> Entry | None:
    """The shipped model to stand beside: of the same kind, else the first."""
    shipped = [e for e in entries if not e.own and e.metadata and e.folder != own.folder]
    kind = (own.metadata or {}).get("kind")
    return next((e for e in shipped if (e.metadata or {}).get("kind") == kind), next(iter(shipped), None))


def scores(own: Mapping[str, Any], shipped: Entry | None) -> str:
    """The main score of a model beside knowing nothing and, where both were asked the same, beside a shipped one."""
    score = main_score(own)
    if score is None:
        return _("This model holds no scores.")
    parts = [_sentence(own, score)]
    metadata = shipped.metadata if shipped else None
    other = main_score(metadata) if metadata else None
    if shipped is None or metadata is None or other is None:
        return " ".join(parts)
    name = f"{KINDS[metadata['kind']].label} (`{shipped.name}`)" if metadata["kind"] in KINDS else f"`{shipped.name}`"
    if log.asked_the_same(own, metadata):
        message = _("The shipped {name} had {value} on the same days.")
    else:
        message = _("The shipped {name} had {value} on other accidents ({on}), so the two cannot be compared directly.")
    parts.append(message.format(name=name, value=words.score(other.value), on=_scored_on(metadata)))
    return " ".join(parts)


def _sentence(own: Mapping[str, Any], score: MainScore) -> str:
    on = _scored_on(own)
    if score.name == "mae":
        message = _("Mean error on days held out ({on}): **{value}** accidents a day; last week again: {naive}.")
    else:
        message = _("Log-loss on accidents held out ({on}): **{value}**; always the class frequencies: {naive}.")
    return message.format(on=on, value=words.score(score.value), naive=words.score(score.baseline))


def _scored_on(metadata: Mapping[str, Any]) -> str:
    period = log.scored_on(metadata)
    return words.period(period["start"], period["end"]) if period else _("days not given")
