"""How every figure is put on a page."""

from __future__ import annotations

import streamlit as st

from ui.charts import style


def show(figure: style.Figure, *, key: str, alt: str) -> None:
    """Draw a figure in the colours of the person's theme; `alt` says in words what it shows."""
    theme = st.context.theme.type
    if theme is not None:  # until the browser has told it, the text keeps Streamlit's grey
        style.legible(figure, theme)
    st.plotly_chart(figure, key=key, config=style.CONFIG, alt=alt)
