"""How every figure is put on a page."""

from __future__ import annotations

import streamlit as st

from ui.charts import style


def show(figure: style.Figure, *, key: str, alt: str, png: str | None = None) -> None:
    """Draw a figure in the colours of the person's theme; `alt` says in words what it shows.

    `png` names the picture, without its ending, where the person may keep one.
    """
    theme = st.context.theme.type
    if theme is not None:  # until the browser has told it, the text keeps Streamlit's grey
        style.legible(figure, theme)
    config = style.CONFIG
    if png is not None:
        figure.update_layout(paper_bgcolor=st.get_option(f"theme.{theme or 'light'}.backgroundColor"))
        config = {**style.CONFIG, **style.picture(png)}
    st.plotly_chart(figure, key=key, config=config, alt=alt)
