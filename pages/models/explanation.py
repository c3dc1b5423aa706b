"""Explanation: why a model gives the described accident its answer, and what matters to it in general."""

import streamlit as st

from data.text import _
from ui.components import accident_form, cache, explanation, notices

st.title(_("Explanation"))
st.caption(_("Why one model gives the described accident its answer."))

target = explanation.choose_target()
entry = explanation.choose_model(target)
values = accident_form.described()

if entry is not None:
    if values is None:
        notices.nothing_described()
    else:
        explanation.described_accident(values)
        shares = cache.probabilities(entry, values)
        explanation.show(entry, target, values, explanation.choose_class(target, shares))
    explanation.importance(entry)
