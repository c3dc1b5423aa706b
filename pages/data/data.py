"""Data: what is loaded, what the import changed, how to get the official files."""

import streamlit as st

from data.text import _
from ui.components import cache, import_report

st.title(_("Data"))
data = cache.dataset()

import_report.loaded(data)
import_report.years(data)
import_report.rules(data)
import_report.how_to_get()
