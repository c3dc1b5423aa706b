"""Comparison: how good every model is on accidents and days it has not seen, beside the baselines."""

import streamlit as st

from data import features
from data.text import _
from ui.components import (
    comparison,
    comparison_choice,
    comparison_same,
    exploration,
    forecaster_comparison,
    forecaster_scores,
    report_button,
)

st.title(_("Comparison"))
scores = comparison_choice.scores()
targets = {target: _(label) for target, label in features.TARGETS.items()}
target = exploration.option(_("Target"), targets, key=comparison_choice.TARGET, short=True)

if scores == "kept":
    st.caption(_("Scores kept with each checkpoint when it was trained, beside what knowing nothing would give."))
    comparison.classifiers(target)
    st.header(_("Daily counts"))
    forecaster_scores.show()
    forecaster_comparison.show()
    report_button.comparison(target)
else:
    st.caption(_("Any of the models on the same accidents of the loaded data, asked now."))
    comparison_same.show(target)
