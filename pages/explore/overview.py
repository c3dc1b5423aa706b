"""Overview: key figures, the trend, and what data these are."""

import streamlit as st

from data.text import _
from ui.components import cache, overview

st.title(_("Overview"))
data = cache.dataset()
figures = cache.aggregates(data)

overview.source(data, figures.years)
overview.key_figures(figures.years)
overview.trend(data, figures)

with st.container(horizontal=True, gap="medium"):
    with st.container():
        overview.week(figures)
    with st.container(width=500):
        overview.severity(figures)
