"""What `run.py` serves: the app, told before its first visitor that it declares its pages itself.

Streamlit takes a folder `pages` beside the script for its old page discovery until `st.navigation` has run once, and so
answers the first deep link to a new server with "Page not found".
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

PagesManager.uses_pages_directory = False

app = st.App(Path(__file__).resolve().parents[2] / "app.py")
