"""Runs: every training and every model in one table, to find, compare and tidy up."""

import streamlit as st

from data.text import _
from ui.components import run_log

st.title(_("Runs"))
st.caption(_("What was trained here, and the models that came with the product: how it went, and how good they are."))

run_log.show()
