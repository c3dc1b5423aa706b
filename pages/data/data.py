"""Data: what is loaded, how to get more, what the import changed."""

import streamlit as st

from data.errors import AppError
from data.text import _
from ui.components import cache, data_limits, import_report, intake_form, notices

st.title(_("Data"))
try:
    data = cache.dataset()
except AppError as error:
    notices.problem(error)
    intake_form.section()
else:
    import_report.loaded(data)
    intake_form.section()
    import_report.years(data)
    data_limits.unknown_cells(data)
    data_limits.not_comparable(data)
    import_report.changes(data)
