"""How every figure is put on a page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.charts import style


def show(
    figure: style.Figure,
    *,
    key: str,
    alt: str,
    png: str | None = None,
    on_click: Callable[[], None] | None = None,
    movable: bool = False,
) -> None:
    """Draw a figure in the colours of the person's theme; `alt` says in words what it shows.

    `png` names the picture, without its ending, where the person may keep one. `on_click` is called once somebody chose
    a point, which then stands in the session's state under `key`. `movable`: the wheel zooms, for maps.
    """
    theme = st.context.theme.type  # until the browser has told it, the text keeps Streamlit's grey
    config, background = style.config(), None
    if png is not None:
        background = st.get_option(f"theme.{theme or 'light'}.backgroundColor")
        config |= style.picture(png)
    config["scrollZoom"] = movable
    drawn = style.drawn(figure, theme, background=background)
    st.plotly_chart(drawn, key=key, config=config, alt=alt, on_select=on_click or "ignore", selection_mode="points")
