"""What the exploration pages share: the filters above them, and a figure with its words, its numbers and its source."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Concatenate, ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from data import summary
from data.coded import Selection
from data.dataset import Dataset
from data.filters import Filters
from data.text import _
from ui import words
from ui.charts import style
from ui.components import cache, filter_form, import_report, plots
from ui.export import safe_csv

_TABLE = 500  # pixels: as wide as a page of 800 has room for
Details = ParamSpec("Details")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class View:
    """The data of a page and the filters above it."""

    data: Dataset
    filters: Filters

    def ask(
        self, question: Callable[Concatenate[Selection, Details], Answer], *details: Details.args, **_: Details.kwargs
    ) -> Answer:
        """What a function of the selection gives, computed once for these data and filters; never to be changed."""
        return cache.answer(self.data, self.filters, question, *details)

    def where(self, **changes: tuple[Hashable, ...]) -> View:
        """The same view with other values of some filters.

        Raises: DataError for a value that is not possible.
        """
        return replace(self, filters=replace(self.filters, **changes))  # type: ignore[arg-type]

    @property
    def accidents(self) -> int:
        """How many accidents the filters leave."""
        return cache.count(self.data, self.filters)


def begin(title: str) -> View:
    """The head of an exploration page: its title, filters and what data these are.

    Where no accident is left the page ends here, saying which filter is the reason.
    Raises: DataError where the data cannot be read.
    """
    st.title(title)
    data = cache.dataset()
    view = View(data, filter_form.choose(data, title))
    filter_form.chips(view.filters, view.accidents, View(data, Filters()).accidents)
    if not view.accidents:
        filter_form.nothing_left(view.filters, cache.without_each(data, view.filters))
        st.stop()
    source(view)
    return view


def option(label: str, words: Mapping[str, str], *, key: str, short: bool = False, help: str | None = None) -> str:
    """One of a page's own settings: a code of `words`, the first where none is chosen; kept in the address as `key`.

    `short`: all words fit beside each other, so that all are seen.
    """
    asked, written = st.query_params.get(key), f"{key}_address"
    if asked in words and asked != st.session_state.get(written):
        st.session_state[key] = asked
    elif st.session_state.get(key) not in words:
        st.session_state[key] = next(iter(words))
    kept = {"key": key, "format_func": words.get, "persist_state": "session", "help": help}
    chosen = str(
        st.segmented_control(label, list(words), required=True, **kept)
        if short
        else st.selectbox(label, list(words), **kept)
    )
    st.session_state[written] = chosen
    if chosen != next(iter(words)):
        st.query_params[key] = chosen
    elif key in st.query_params:
        del st.query_params[key]
    return chosen


def source(view: View) -> None:
    """What data these are, over which period, and what they cannot say."""
    years = view.ask(summary.by_year)
    st.caption(f"{origin(view)}, {period(years)}.")
    for sentence in (*missing(years), *import_report.extracts(view.data.report["years"])):
        st.caption(f":material/help: {sentence}")


def origin(view: View) -> str:
    """Where the accidents come from, in words."""
    if view.data.simulated:
        return _("Simulated accidents in the layout of the official files")
    return _("Injury accidents recorded by the police (BAAC, published by ONISR)")


def panel(
    view: View,
    figure: style.Figure,
    table: pd.DataFrame,
    *,
    key: str,
    alt: str,
    note: str | None = None,
    source: str | None = None,
    on_click: Callable[[], None] | None = None,
    movable: bool = False,
) -> None:
    """A figure with its caption, and its numbers as a table and as CSV.

    `table`: what the figure shows, with columns and cells in words. `alt` says in words what is drawn; `note` is said
    below it, before the source, which `source` says where it is not all of the view. `on_click`, `movable`: as for
    `plots.show`.
    """
    plots.show(figure, key=key, alt=alt, png=f"balise-{key}", on_click=on_click, movable=movable)
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        said = f"{note} " if note else ""
        if source is None:
            source = _("Source: {origin}, {period}.").format(origin=origin(view), period=_period(view))
        st.caption(f"{said}{source}")
        with st.popover(_("Numbers"), icon=":material/table:", type="tertiary", key=f"{key}_numbers", width="content"):
            st.dataframe(table, hide_index=True, width=_TABLE, key=f"{key}_table")
            st.download_button(
                _("Download as CSV"),
                data=lambda: safe_csv(table),
                file_name=f"balise-{key}.csv",
                mime="text/csv",
                key=f"{key}_csv",
                on_click="ignore",
                icon=":material/download:",
            )


def _period(view: View) -> str:
    return period(view.ask(summary.by_year))


def period(years: pd.DataFrame) -> str:
    """From which day to which the data are, or their years where no accident is dated."""
    first, last = years["first"].min(), years["last"].max()
    if pd.isna(first):
        return words.years([int(y) for y in years.index])
    return words.period(first.date(), last.date())


def missing(years: pd.DataFrame) -> list[str]:
    """What the imported years cannot tell, one sentence each."""
    undated = [int(y) for y in years.index[years["last"].isna()]]
    without = [int(y) for y in years.index[years["killed"].isna()]]
    found = []
    if undated:
        message = _(
            "When and where is not known for {years}: the table caracteristiques of these years is not imported. "
            "The figures by month, weekday and hour leave these years out."
        )
        found.append(message.format(years=words.years(undated)))
    if without:
        message = _(
            "Injuries are not known for {years}: the people table (usagers) of these years is not imported. "
            "The figures of injuries leave these years out."
        )
        found.append(message.format(years=words.years(without)))
    last_days = years["last"].dropna().dt.date
    return [*found, *import_report.ends_early(dict(last_days.items()))]
