"""An accident of the loaded data as the start of a description: what is known of it, and what really happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from data import features, record
from data.record import Past
from data.text import _
from ui import words
from ui.components import accident_form, cache, notices

if TYPE_CHECKING:
    from models.registry import Entry

ACCIDENT = "accident"  # in an address
MAP_PAGE = "pages/explore/map.py"
_NAMED = 6  # differences that are named


def random_button() -> None:
    """Starts from an accident drawn at random from the loaded data; drawn before the form.

    Raises: DataError where the data cannot be read.
    """
    label = _("A random simulated accident") if cache.simulated() else _("A random real accident")
    if st.button(label, key="example_random", icon=":material/casino:"):
        start(record.drawn(cache.dataset(), np.random.default_rng()))


def start(accident: str) -> None:
    """Describe an accident of the loaded data and ask about it; before the form is drawn.

    Raises: DataError where there is no such accident, or the data cannot be read.
    """
    _describe(record.past(cache.dataset(), accident))


def _describe(found: Past) -> None:
    accident_form.fill(found.values)
    st.session_state[accident_form.ASKED] = True
    remember(found)


def remember(found: Past) -> None:
    """Show what came of an accident beside the answers, until another description is begun."""
    st.session_state[accident_form.BEGUN_WITH] = found


def current() -> Past | None:
    """The accident that the description began with, as long as nobody began another."""
    found: Past | None = st.session_state.get(accident_form.BEGUN_WITH)
    return found


def said(values: Mapping[str, object]) -> None:
    """Which accident the description began with, and what was changed since."""
    found = current()
    if found is None:
        return
    about = _("Simulated accident {number}") if cache.simulated() else _("Recorded accident {number}")
    when = "" if found.date is None else f", {words.day(found.date.date())}"
    changed = changes(found, values)
    with st.container(border=True):
        st.markdown(f":material/history: **{about.format(number=found.accident)}**{when}")
        if changed:
            names = ", ".join(changed[:_NAMED]) + (_(" and more") if len(changed) > _NAMED else "")
            st.caption(_("Changed since: {inputs}. What happened then may not fit it.").format(inputs=names))
        with st.container(horizontal=True, gap="small"):
            if changed:
                st.button(_("As recorded"), key="past_again", icon=":material/undo:", type="tertiary",
                          on_click=_describe, args=(found,))  # fmt: skip
            st.page_link(
                MAP_PAGE, label=_("Its record"), icon=":material/description:", query_params={ACCIDENT: found.accident}
            )


def outcome(target: features.Target, entry: Entry | None, shares: pd.Series | None) -> None:
    """What really happened in the accident that the description began with, beside a model's answer.

    `shares`: class in words -> probability.
    """
    found = current()
    if found is None:
        return
    real = found.outcomes[target]
    if real is None:
        st.caption(_("What happened in the recorded accident is not known: the table that says it is not imported."))
        return
    name = words.class_label(target, real)
    happened = _("What was simulated: **{name}**.") if cache.simulated() else _("What really happened: **{name}**.")
    sentence = happened.format(name=name)
    if shares is not None and name in shares:
        place = int((shares > shares[name]).sum()) + 1
        message = _("The champion gives it {share}, number {place} of {n} classes.")
        if place == 1:
            message = _("The champion gives it {share}, more than any other class.")
        sentence += " " + message.format(share=words.percent(shares[name]), place=place, n=len(shares))
    st.markdown(f":material/flag: {sentence}")
    if entry is not None and _learnt_from(entry, found.accident):
        st.caption(
            _("The model learnt from this very accident: that its answer fits says little about how good it is.")
        )


def changes(found: Past, values: Mapping[str, object]) -> list[str]:
    """The inputs, in words, whose values are not those of the record."""
    names = [i.name for i in features.INPUTS if found.values.get(i.name) != values.get(i.name)]
    return list(dict.fromkeys(words.input_label(features.BY_NAME[name].player) for name in names))


def page_link(accident: str) -> None:
    """The way from a record to the Prediction page."""
    st.page_link(
        notices.PREDICTION_PAGE,
        label=_("Predict this accident"),
        icon=":material/online_prediction:",
        query_params={ACCIDENT: accident},
    )


def _learnt_from(entry: Entry, accident: str) -> bool:
    from models.seen import Seen

    return Seen.from_dict((entry.metadata or {})["seen"]).count(pd.Index([accident])) > 0
