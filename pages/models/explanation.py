"""Explanation: why a model gives the described accident its answer, beside other models and in general."""

from collections.abc import Callable

import streamlit as st

from data.errors import AppError
from data.text import _
from ui.components import accident_form, explanation, explanation_beside, explanation_general, notices

st.title(_("Explanation"))
st.caption(_("Why models give the described accident their answers, and what matters to them in general."))

values = accident_form.described()
chosen = explanation.choose(values)
entry, target, target_class = chosen.entry, chosen.target, chosen.target_class


def this_accident() -> None:
    """The reasons of the chosen model."""
    if values is not None and entry is not None:
        explanation.show(entry, target, values, target_class)
    else:
        notices.nothing_described()


def beside() -> None:
    """The reasons of all models by one rule."""
    if values is not None:
        explanation_beside.show(target, values, target_class)
    else:
        notices.nothing_described()


def in_general() -> None:
    """What matters to the chosen model over many accidents."""
    if entry is not None:
        explanation_general.show(entry, target, target_class)


def explained(show: Callable[[], None]) -> None:
    """A part of the page; where it cannot be shown, it says why and the others stay."""
    try:
        show()
    except AppError as error:
        notices.problem(error)


if values is not None and entry is not None:
    explanation.described_accident(values)
if entry is not None:
    views = {_("This accident"): this_accident, _("Models side by side"): beside, _("In general"): in_general}
    # only the open tab is computed; its name stands in the address
    tabs = st.tabs(list(views), key="explain_view", on_change="rerun", bind="query-params")
    for tab, show in zip(tabs, views.values(), strict=True):
        if tab.open:
            with tab:
                explained(show)
    st.page_link(
        "pages/forecast/forecasting.py",
        label=_("Reasons of a forecast of accidents a day"),
        icon=":material/trending_up:",
        query_params={"look": _("Reasons")},
    )
notices.broken(chosen.unreadable)
