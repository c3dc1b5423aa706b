"""Trends: whether it is getting better, and in which seasons, hours and days it is not."""

import streamlit as st

from data.text import _
from ui.components import exploration, trends

view, followed = trends.begin(exploration.begin(_("Trends")))

trends.better(view, followed)
trends.over_time(view, followed)
trends.seasons(view, followed)

with st.container(horizontal=True, gap="medium"):
    with st.container():
        trends.week(view, followed)
    with st.container(width=500):
        trends.special_days(view, followed)
