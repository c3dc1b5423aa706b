"""Balise: explore, predict and forecast road accidents in France. The frame round every page."""

from __future__ import annotations

import contextlib
from pathlib import Path

import streamlit as st

from data.errors import AppError
from data.text import _
from ui.components import access, batch_monitor, cache, intake_monitor, job_monitor, language, notices

ASSETS = Path(__file__).parent / "ui" / "assets"

# Before the navigation: without an icon of its own the browser would fetch that of the page from a font server.
st.set_page_config(page_icon=str(ASSETS / "balise.svg"), layout="wide", initial_sidebar_state=240)
st.logo(str(ASSETS / "wordmark.svg"), size="large", icon_image=str(ASSETS / "balise.svg"))
st.html(ASSETS / "balise.css")

language.begin()
# Scripts stand one folder below pages/: directly in it, a deep link would run them without this frame.
page = st.navigation(
    {
        _("Explore"): [
            st.Page(
                "pages/explore/overview.py",
                title=_("Overview"),
                icon=":material/monitoring:",
                url_path="overview",
                default=True,
            ),
            st.Page(
                "pages/explore/trends.py",
                title=_("Trends"),
                icon=":material/show_chart:",
                url_path="trends",
            ),
            st.Page("pages/explore/map.py", title=_("Map"), icon=":material/map:", url_path="map"),
            st.Page(
                "pages/explore/conditions.py",
                title=_("Conditions"),
                icon=":material/rainy:",
                url_path="conditions",
            ),
            st.Page(
                "pages/explore/compare.py",
                title=_("Compare"),
                icon=":material/compare_arrows:",
                url_path="compare",
            ),
            st.Page(
                "pages/explore/profiles.py",
                title=_("Profiles"),
                icon=":material/category:",
                url_path="profiles",
            ),
        ],
        _("Models"): [
            st.Page(
                "pages/models/prediction.py",
                title=_("Prediction"),
                icon=":material/online_prediction:",
                url_path="prediction",
            ),
            st.Page(
                "pages/models/what_if.py",
                title=_("What-if"),
                icon=":material/alt_route:",
                url_path="what-if",
            ),
            st.Page(
                "pages/models/batch.py",
                title=_("Batch"),
                icon=":material/table_view:",
                url_path="batch",
            ),
            st.Page(
                "pages/models/explanation.py",
                title=_("Explanation"),
                icon=":material/waterfall_chart:",
                url_path="explanation",
            ),
            st.Page(
                "pages/models/comparison.py",
                title=_("Comparison"),
                icon=":material/leaderboard:",
                url_path="comparison",
            ),
            st.Page(
                "pages/models/training.py",
                title=_("Training"),
                icon=":material/model_training:",
                url_path="training",
            ),
            st.Page(
                "pages/models/runs.py",
                title=_("Runs"),
                icon=":material/table_chart:",
                url_path="runs",
            ),
            st.Page(
                "pages/models/model.py",
                title=_("Model"),
                icon=":material/deployed_code:",
                url_path="model",
            ),
        ],
        _("Forecast"): [
            st.Page(
                "pages/forecast/forecasting.py",
                title=_("Forecasting"),
                icon=":material/trending_up:",
                url_path="forecasting",
            ),
        ],
        _("Data"): [
            st.Page("pages/data/data.py", title=_("Data"), icon=":material/database:", url_path="data"),
        ],
    },
    expanded=True,  # no page behind a button
    position="sidebar" if access.admitted() else "hidden",
)

st.set_page_config(page_title=f"{page.title} · Balise")  # tabs and the history tell pages apart

if not access.admitted():
    access.gate()
    st.stop()

with st.sidebar:
    language.switch()
    access.badge()
    job_monitor.running_badge()
    batch_monitor.running_badge()
    intake_monitor.running_badge()

with contextlib.suppress(AppError):  # the pages that show data say what is wrong with them
    if cache.simulated():
        notices.simulated_data()
try:
    page.run()
except AppError as error:
    notices.problem(error)
cache.settle_once()
