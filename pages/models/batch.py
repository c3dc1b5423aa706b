"""Batch: a whole file of accidents scored by any of the models, with what could not be used of it."""

import streamlit as st

from data.text import _
from ui.components import batch_form, batch_monitor

st.title(_("Batch"))
st.caption(_("Score a file of accidents: every row gets the probabilities of the models you choose, in a new file."))

batch_form.show()
batch_monitor.show()
