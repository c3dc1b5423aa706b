"""The level of a forecast: France, or one département of those that can be forecast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from data import schema
from data.text import _
from ui import words
from ui.components.counted_days import FRANCE, Past

if TYPE_CHECKING:
    from models.lstm_forecasting import LSTMForecaster

LEVEL = "level"


def choose(model: LSTMForecaster, past: Past) -> str:
    """`FRANCE`, or the code of a département whose last days are all counted."""
    if past.departements is None:
        # A widget of its own: the usual one would go on showing a département chosen before.
        st.selectbox(_("Level"), [place(model, past, FRANCE)], key="level_alone", disabled=True, help=past.why)
        return FRANCE
    options = [FRANCE, *_whole(model, past)]
    if st.session_state.get(LEVEL, FRANCE) not in options:
        st.session_state.pop(LEVEL, None)
    return st.selectbox(
        _("Level"),
        options,
        key=LEVEL,
        bind="query-params",
        format_func=label,
        help=_("France, or a département: type its name or its number."),
    )


def label(level: str) -> str:
    """A level by its number and name: 69 Rhône."""
    return _("France") if level == FRANCE else f"{level} {name(level)}"


def name(level: str) -> str:
    """A level by its name."""
    return _("France") if level == FRANCE else words.code("departement", level)


def place(model: LSTMForecaster, past: Past, level: str) -> str:
    """The name of what is forecast: a model of one département forecasts that where others forecast France."""
    alone = learnt_alone(model.metadata["data"]) if past.own and level == FRANCE else None
    return name(alone or level)


def note(model: LSTMForecaster, past: Past, level: str) -> None:
    """Which départements cannot be chosen, and why; and what the model has not learnt of the one that is."""
    if past.departements is None:
        shown = _("Shown is {place} as a whole; no département can be chosen. {why}")
        if learnt_alone(model.metadata["data"]):
            shown = _("Shown is {place} alone; no other département can be chosen. {why}")
        st.warning(shown.format(place=place(model, past, FRANCE), why=past.why), icon=":material/map:")
        return
    possible = set(_whole(model, past))
    columns = [str(code) for code in past.departements.columns]
    gaps = [code for code in columns if code not in possible]
    absent = [code for code in model.metadata["departements"]["places"] if code not in columns]
    if gaps:
        message = _("Left out, because a day of the last {n} is not counted: {places}.")
        st.caption(message.format(n=model.days_needed, places=_listed(gaps)))
    if absent:
        st.caption(_("Left out, because they are not in these counts: {places}.").format(places=_listed(absent)))
    if level != FRANCE and level not in model.metadata["departements"]["places"]:
        message = _("The model has not learnt from {place}: it is forecast like any département of its size.")
        st.caption(message.format(place=name(level)))


def _whole(model: LSTMForecaster, past: Past) -> list[str]:
    """The départements without a missing day among those that a forecast looks back on."""
    # up to France's last day: counts that end before it have missing days too
    days = past.by_departement.reindex(past.france.index[-model.days_needed :])
    return [str(code) for code in days.columns[days.notna().all()]]


def _listed(codes: list[str]) -> str:
    return ", ".join(label(code) for code in codes)


def learnt_alone(data: Mapping[str, Any]) -> str | None:
    """The département a model learnt from alone, by what its metadata say of its data; None for France.

    Models of an earlier version name it at the end of their source only.
    """
    code = str(data.get("departement") or str(data.get("source", "")).rpartition(": ")[2])
    return code if code in schema.DEPARTEMENTS else None
