"""Overview: key figures, the trend, and what data these are."""

import streamlit as st

from data.text import _
from ui.components import cache, overview

st.title(_("Overview"))
data = cache.dataset()
figures = cache.aggregates(data)

overview.source(data, figures.years)
overview.key_figures(figures.years)
overview.trend(figures)

left, right = st.columns(2, gap="large")
with left:
    overview.week(figures)
with right:
    overview.severity(figures)
