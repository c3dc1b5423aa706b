"""What of two sides cannot be compared: days that one lacks, extracts, and what the files changed in between."""

from __future__ import annotations

import streamlit as st

from data import breaks, completeness, summary
from data.filters import column_of
from data.text import _
from ui import words
from ui.components import exploration
from ui.components.compare_choice import Sides

# what every comparison counts
_COUNTED = {"accidents", "killed", "hospitalised", "severity", "injury"}


def say(sides: Sides, shown: tuple[int, ...]) -> None:
    """What of the two sides cannot be compared. `shown`: the years of the sidebar, of which the page has told."""
    years = sides.view.ask(summary.by_year)
    if sides.days is not None:
        first, last = (words.day(f"2000-{md // 100:02d}-{md % 100:02d}").rsplit(" ", 1)[0] for md in sides.days)
        message = _("Compared are only {first} to {last} of each year: the files of some year hold no other days.")
        st.caption(":material/event: " + message.format(first=first, last=last))
    part = [year for year in completeness.extracts(sides.view.data.report) if year in years.index]
    if part:
        message = _("{years} is an extract: its counts cannot be compared with those of whole years.")
        st.warning(message.format(years=words.years(part)), icon=":material/content_cut:")
    if sides.kind == "periods":
        # of the years that the sidebar shows it is said above
        hidden = years.drop(index=list(shown or years.index), errors="ignore")
        for sentence in exploration.missing(hidden):
            st.caption(f":material/help: {sentence}")
        between = breaks.between(int(year) for year in years.index)
        warned([item for item in between if set(item.columns) & (_COUNTED | _asked(sides))])


def meaning(sides: Sides, column: str) -> None:
    """The breaks between two periods in what one column means."""
    if sides.kind == "periods":
        years = [int(year) for year in sides.view.ask(summary.by_year).index]
        said = _COUNTED | _asked(sides)
        warned([item for item in breaks.between(years) if column in item.columns and not said & set(item.columns)])


def hospitalised_differ(sides: Sides) -> bool:
    """Whether the periods lie on both sides of a day from which people hospitalised are recorded in another way."""
    years = [int(year) for year in sides.view.ask(summary.by_year).index]
    found = (item for item in breaks.between(years) if "hospitalised" in item.columns and item.until is None)
    return sides.kind == "periods" and any(found)


def warned(found: list[breaks.Break]) -> None:
    """What changed between the years; more than two of them wait to be opened."""
    label = _("{n} things changed between these years: what cannot be compared").format(n=len(found))
    with st.expander(label, icon=":material/warning:") if len(found) > 2 else st.container():
        for item in found:
            st.caption(f":material/warning: {breaks.explained(item)}")


def _asked(sides: Sides) -> set[str]:
    """The columns that filters restrict, whose breaks change which accidents are compared."""
    found = {column_of(name) for name, _chosen in sides.view.filters.active() if name != "years"}
    found |= set(sides.view.filters.users) if "users" in found else set()
    return found if sides.view.filters.departements else found | {"departement"}
