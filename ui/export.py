"""Tables as files that spreadsheets open."""

from __future__ import annotations

import pandas as pd

from data.spreadsheets import no_formula

__all__ = ["no_formula", "safe_csv"]


def safe_csv(frame: pd.DataFrame) -> bytes:
    """A table as CSV in UTF-8, where no text is taken for a formula: an apostrophe stands before one that would be."""
    return frame.map(no_formula).rename(columns=no_formula).to_csv(index=False).encode("utf-8-sig")
