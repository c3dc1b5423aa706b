"""Overview: key figures and what changed, the trend, the week and how serious accidents are."""

import streamlit as st

from data.text import _
from ui.components import exploration, overview

view = exploration.begin(_("Overview"))

overview.key_figures(view)
overview.trend(view)

with st.container(horizontal=True, gap="medium"):
    with st.container():
        overview.week(view)
    with st.container(width=500):
        overview.severity(view)
