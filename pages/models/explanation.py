"""Explanation: why a model gives the described accident its answer, and what matters to it in general."""

import streamlit as st

from data.text import _
from ui.components import accident_form, explanation, notices

st.title(_("Explanation"))
st.caption(_("Why one model gives the described accident its answer."))

values = accident_form.described()
chosen = explanation.choose(values)

if values is None:
    notices.nothing_described()
elif chosen.entry is not None:
    explanation.described_accident(values)
    explanation.show(chosen.entry, chosen.target, values, chosen.target_class)
if chosen.entry is not None:
    explanation.importance(chosen.entry)
notices.broken(chosen.unreadable)
