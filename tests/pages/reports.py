"""Reports of a page: its download buttons as they were given to Streamlit, and what a click makes."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pytest
import streamlit as st


@dataclass
class Clicks:
    """The last download buttons of a page by their keys."""

    buttons: dict[str, dict[str, Any]]

    def text(self, key: str) -> str:
        """The HTML of a report, or the words of its PDF."""
        from pypdf import PdfReader

        made = self.buttons[key]["data"]()
        assert isinstance(made, bytes)
        assert len(made) < 2_000_000
        if key.endswith("html"):
            return made.decode("utf-8")
        assert made.startswith(b"%PDF")
        return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages).split())


def watch(patch: pytest.MonkeyPatch) -> Clicks:
    """Keep what each download button is given, and let Streamlit draw it."""
    kept: dict[str, dict[str, Any]] = {}
    original = st.delta_generator.DeltaGenerator.download_button

    def button(place: Any, label: str, *args: Any, **given: Any) -> Any:
        kept[str(given.get("key"))] = {"label": label, **given}
        return original(place, label, *args, **given)

    patch.setattr(st.delta_generator.DeltaGenerator, "download_button", button)
    patch.setattr(st, "download_button", lambda label, **given: button(st._main, label, **given))
    return Clicks(kept)
