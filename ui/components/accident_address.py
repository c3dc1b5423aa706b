"""The described accident in the address of the Prediction page: copied, it shows the same to others."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from data import features, link, record
from data.errors import DataError
from data.text import _
from ui.components import accident_form, cache, notices, past_accident
from ui.components.past_accident import ACCIDENT

_KNOWN = "accident_addresses"  # those that this session wrote or has taken over
_STEPS_BACK = 20


def take_over() -> None:
    """Describe what a new address asks for, before the form is drawn, and say what in it is not possible.

    An accident of the loaded data alone is described as recorded; beside inputs it only tells what really happened. An
    address that this session wrote is older than its fields, where one run follows another before the browser has
    changed it: the fields then keep what they have.
    """
    asked = st.query_params.to_dict()
    own = _own(asked)
    if not own or own in st.session_state.get(_KNOWN, []):
        return
    _remember(own)
    values, problems = link.described(asked)
    found = None
    if ACCIDENT in own:
        try:
            found = record.past(cache.dataset(), own[ACCIDENT])
        except DataError as error:
            problems.append(str(error))
    if link.is_described(asked) or found is not None:
        accident_form.fill(values if found is None or link.is_described(asked) else found.values)
        st.session_state[accident_form.ASKED] = True
    if found is not None:
        past_accident.remember(found)
    for problem in problems:
        st.warning(notices.literal(problem), icon=":material/link_off:")


def write(values: Mapping[str, object]) -> None:
    """Put the described accident into the address; other parameters stay."""
    wanted = link.parameters(values)
    found = past_accident.current()
    if wanted and found is not None:
        wanted[ACCIDENT] = found.accident
    asked = st.query_params.to_dict()
    if _own(asked) != wanted:
        others = {name: text for name, text in asked.items() if name not in _own(asked)}
        st.query_params.from_dict({**others, **wanted})
    _remember(wanted)
    if wanted:
        st.caption(
            _(":material/link: The address of this page holds this description: copy it to show others the same.")
        )


def expect(accident: str) -> None:
    """Let a link to an accident be followed again, though this session has taken it over before."""
    known = st.session_state.get(_KNOWN, [])
    st.session_state[_KNOWN] = [own for own in known if own != {ACCIDENT: accident}]


def _own(asked: Mapping[str, str]) -> dict[str, str]:
    """The parameters of an address that are about the described accident."""
    return {name: text for name, text in asked.items() if name in (*features.BY_NAME, link.NONE, ACCIDENT)}


def _remember(own: dict[str, str]) -> None:
    known = st.session_state.get(_KNOWN, [])
    if own not in known:
        st.session_state[_KNOWN] = [*known, own][-_STEPS_BACK:]
