"""Tables as files that spreadsheets open."""

from __future__ import annotations

import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # what makes a spreadsheet calculate with a cell


def safe_csv(frame: pd.DataFrame) -> bytes:
    """A table as CSV in UTF-8, where no text is taken for a formula: an apostrophe stands before one that would be.

    Source: OWASP, CSV Injection.
    """
    return frame.map(no_formula).rename(columns=no_formula).to_csv(index=False).encode("utf-8-sig")


def no_formula(value: object) -> object:
    """A value as it is, a text that a spreadsheet would calculate with an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
