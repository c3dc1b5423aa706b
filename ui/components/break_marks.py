"""What lies between the years shown and cannot be compared, named by letters on the time axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
import streamlit as st

from data import breaks
from data.text import _
from ui import words
from ui.charts.timeline import Mark
from ui.components.exploration import View


def between(view: View, years: Sequence[int], columns: Iterable[str]) -> list[Mark]:
    """One mark for each day between some years on which something changed that bears on some columns.

    What ended again counts only where it lies in one of the years. Simulated years have no mark.
    """
    if view.data.simulated or not years:
        return []
    found = breaks.concerning(range(min(years), max(years) + 1), columns, view.filters)
    found = tuple(item for item in found if item.until is None or item.matters(years))
    days = sorted({item.since for item in found})
    return [
        Mark(letter, day, tuple(breaks.explained(item) for item in found if item.since == day))
        for letter, day in zip("abcdefghijklmnopqrstuvwxyz", days, strict=False)
    ]


def show(marks: Sequence[Mark], title: str) -> None:
    """What the letters stand for; nothing where there is none."""
    if marks:
        with st.expander(title, icon=":material/difference:"):
            st.table(table(marks))


def table(marks: Sequence[Mark]) -> pd.DataFrame:
    """The letter, the day and the sentences of each mark."""
    rows = [
        {_("Mark"): mark.letter, _("From"): words.day(mark.since), _("What changed"): sentence}
        for mark in marks
        for sentence in mark.sentences
    ]
    return pd.DataFrame(rows).set_index(_("Mark"))
