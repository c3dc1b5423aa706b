"""Which question a page is about: the collision type or the severity."""

from __future__ import annotations

import streamlit as st

from data import features
from data.text import _


def choose(label: str, key: str) -> features.Target:
    """The target chosen on a page, kept over its visits under `key`."""
    return st.segmented_control(
        label,
        list(features.TARGETS),
        format_func=lambda t: _(features.TARGETS[t]),
        default="collision",
        required=True,
        key=key,
        persist_state="session",
    )
