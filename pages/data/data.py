"""Data: what is loaded, what the import changed, how to get the official files."""

import streamlit as st

from data.text import _
from ui.components import cache, data_limits, import_report

st.title(_("Data"))
data = cache.dataset()

import_report.loaded(data)
import_report.years(data)
data_limits.unknown_cells(data)
data_limits.not_comparable(data)
import_report.changes(data)
import_report.how_to_get()
