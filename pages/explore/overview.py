"""Overview: key figures, the trend, and what data these are."""

import streamlit as st

from data import summary
from data.text import _
from ui.components import exploration, overview

view = exploration.begin(_("Overview"))

overview.key_figures(view.ask(summary.by_year))
overview.trend(view)

with st.container(horizontal=True, gap="medium"):
    with st.container():
        overview.week(view)
    with st.container(width=500):
        overview.severity(view)
