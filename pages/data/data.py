"""Data: what is loaded, how to get more, what the import changed."""

import streamlit as st

from data.text import _
from ui.components import cache, data_limits, import_report, intake_form

st.title(_("Data"))
data = cache.dataset()

import_report.loaded(data)
intake_form.section(() if data.simulated else data.years)
import_report.years(data)
data_limits.unknown_cells(data)
data_limits.not_comparable(data)
import_report.changes(data)
