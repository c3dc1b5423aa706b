"""Comparison: how good every model is on accidents and days it has not seen, beside the baselines."""

import streamlit as st

from data.text import _
from ui.components import comparison, forecaster_scores, target_choice

st.title(_("Comparison"))
st.caption(_("Scores kept with each checkpoint when it was trained, beside what knowing nothing would give."))

comparison.classifiers(target_choice.choose(_("Target"), key="compare_target"))

st.header(_("Daily counts"))
forecaster_scores.show()
