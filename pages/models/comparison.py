"""Comparison: how good every model is on accidents and days it has not seen, beside the baselines."""

import streamlit as st

from data.text import _
from ui.components import comparison, forecaster_scores, report_button, target_choice

st.title(_("Comparison"))
st.caption(_("Scores kept with each checkpoint when it was trained, beside what knowing nothing would give."))

target = target_choice.choose(_("Target"), key="compare_target")
comparison.classifiers(target)

st.header(_("Daily counts"))
forecaster_scores.show()
report_button.comparison(target)
