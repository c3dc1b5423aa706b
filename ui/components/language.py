"""The language of a session: what the person chose, in the address as ?lang=fr, or else what the browser asks for."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data import text
from data.text import LANGUAGE, Language, _

PARAMETER = "lang"
_KEPT, _CHOSEN = "language", "language_chosen"
_NAMES: dict[Language, str] = {"en": "English", "fr": "Français"}  # each in its own language


def begin() -> None:
    """Decide in which language this run speaks. Before anything that has words."""
    asked = st.query_params.get(PARAMETER)
    if asked in text.LANGUAGES:
        st.session_state[_KEPT], st.session_state[_CHOSEN] = asked, True
    elif _KEPT not in st.session_state:
        st.session_state[_KEPT] = text.supported(st.context.locale or "")
    if st.session_state.get(_CHOSEN) and asked != st.session_state[_KEPT]:
        st.query_params[PARAMETER] = st.session_state[_KEPT]  # a link to another page drops it
    LANGUAGE.set(st.session_state[_KEPT])


def switch() -> None:
    """A switch between the languages, each named in itself."""
    st.segmented_control(
        _("Language"),
        text.LANGUAGES,
        format_func=_NAMES.__getitem__,
        default=st.session_state[_KEPT],
        required=True,
        key="language_switch",
        on_change=_choose,
        label_visibility="collapsed",
    )


def _choose() -> None:
    chosen = st.session_state["language_switch"]
    if chosen in text.LANGUAGES:
        st.session_state[_KEPT] = st.query_params[PARAMETER] = chosen
        st.session_state[_CHOSEN] = True


def _of_session() -> Language | None:
    """The language of the session for which this thread works; None where it works for none."""
    return st.session_state.get(_KEPT) if get_script_run_ctx(suppress_warning=True) else None


text.ask_for_language(_of_session)
