"""Explanation: why a model gives the described accident its answer, and what matters to it in general."""

import streamlit as st

from data.text import _
from ui.components import accident_form, cache, explanation, notices

st.title(_("Explanation"))
st.caption(_("Why one model gives the described accident its answer."))

left, middle, right = st.columns(3)
with left:
    target = explanation.choose_target()
usable, unreadable = explanation.candidates(target)
with middle:
    entry = explanation.choose_model(target, usable)
values = accident_form.described()

if entry is not None:
    if values is None:
        notices.nothing_described()
    else:
        shares = cache.probabilities(entry, values)
        with right:
            target_class = explanation.choose_class(target, shares)
        explanation.described_accident(values)
        explanation.show(entry, target, values, target_class)
    explanation.importance(entry)
notices.broken(unreadable)
