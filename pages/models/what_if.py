"""What-if: what the models would say of the described accident if some of its inputs were others."""

import streamlit as st

from data.text import _
from ui.components import what_if, what_if_measures, what_if_scenarios, what_if_state

st.title(_("What-if"))
st.caption(_("Change a few inputs of an accident and read what the models make of it."))

started = what_if.accident()
if started is not None:
    start, values = started
    with st.container(horizontal=True):
        asked = what_if.choose(values)
    if asked is not None:
        views = {
            _("Scenarios"): lambda: what_if_scenarios.show(asked, values),
            _("One input"): lambda: what_if.one_input(asked, values),
            _("Two inputs"): lambda: what_if.two_inputs(asked, values),
            _("What lowers severity"): lambda: what_if_measures.show(asked, values),
        }
        tabs = st.tabs(list(views), key="whatif_view", on_change="rerun", bind="query-params")
        for tab, show in zip(tabs, views.values(), strict=True):
            if tab.open:
                with tab:
                    show()
    what_if_state.write_address(start, what_if_state.scenarios())
