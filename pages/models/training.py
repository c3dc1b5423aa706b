"""Training: choose a model and what it learns from, watch it learn, stop it, keep it; or search for its settings."""

import streamlit as st

from data.text import _
from ui.components import job_monitor, training_form, tuning_form, tuning_view

st.title(_("Training"))
st.caption(
    _("Train any of the models on this machine. A training goes on when you leave the page, close the tab or log off.")
)

tune = tuning_view.wanted()
# On a narrow window what is trained goes below the form.
parts = st.container(horizontal=True, gap="large")
with parts.container(width=400):
    if tune:
        tuning_form.form()
    else:
        training_form.form()
with parts.container(width="stretch"):
    if tune:
        tuning_view.show()
    else:
        job_monitor.show()
