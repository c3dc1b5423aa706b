"""The part of a training form that says what to learn from: accidents and their years, or daily counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st

from data import schema, series
from data.dataset import Dataset
from data.facts import NEEDS
from data.text import _
from ui import words
from ui.components import cache, forecasting


@dataclass(frozen=True)
class Chosen:
    """Fields of a TrainSpec, and about how many accidents or days they are; `problem` says what does not do."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    rows: int = 0
    problem: str = ""


def accidents(target: str) -> Chosen:
    """Years and last day of the loaded accidents; years in which the target is not known are not offered.

    Raises: DataError where they cannot be read.
    """
    data = cache.dataset()
    st.markdown(_("Learn from: **{data}**").format(data=forecasting.loaded_label()))
    table = NEEDS[target]
    without = [year for year in data.years if table in data.report["years"][str(year)]["absent"]]
    offered = years = [year for year in data.years if year not in without]
    if not offered:
        message = _("No imported year holds the table {table}, which says what is to be predicted: import it.")
        return Chosen(problem=message.format(table=table))
    if len(offered) > 1:
        key = f"train_years_{target}_{data.version}"
        years = st.pills(_("Years"), offered, selection_mode="multi", default=offered, key=key, persist_state="session")
    if without:
        message = _("Not learnt from: {years}, whose table {table}, which says what is to be predicted, is missing.")
        st.caption(message.format(years=words.years(without), table=table))
    if not years:
        return Chosen(problem=_("Choose at least one year to learn from."))
    first, last = _period(data, years)
    until = _until(first, last)
    st.caption(
        _(
            "The last of these accidents, by time, are held out: they score the model, and those just before them tell "
            "when to stop."
        )
    )
    fields = {"data": "processed", "years": sorted(years) if len(years) < len(data.years) else []}
    return Chosen(fields | {"until": _day(until, last)}, _count(data, years, until))


def daily(*, whole: bool, anew: bool) -> Chosen:
    """Which daily counts: of France, of the loaded accidents, by département, or of one département.

    `whole`: whether the design can learn départements; `anew`: whether it begins with nothing learnt.
    Raises: DataError where the accidents cannot be read.
    """
    data = cache.dataset()
    labels = {
        "france": _("Published counts of France, 2005–2024"),
        "loaded": forecasting.loaded_label(),
        "departements": _("France and every département"),
        "departement": _("One département"),
    }
    if not (whole and anew):
        del labels["departements"]
    counts = st.selectbox(
        _("Daily counts to learn from"),
        list(labels),
        key=f"train_counts_{whole and anew}",
        persist_state="session",
        format_func=labels.__getitem__,
        help=_("Counts by département come from the loaded accidents, those of France from the published totals."),
    )
    published = counts == "france" or (counts == "departements" and not data.simulated)
    first, last = _period(data, data.years)
    ends = last
    if published:
        first, ends = _published()
        last = ends if counts == "france" else min(last, ends)
    fields: dict[str, Any] = {"series": "france"} if published else {"data": "processed"}
    if counts in {"departements", "departement"}:
        fields["departements"] = "processed"
        st.caption(_("From: {data}").format(data=forecasting.loaded_label()))
    if counts == "departement":
        fields = {"departements": "processed", "departement": _departement()}
    until = _until(first, last)
    # counts of départements may end before those of France, and both have to end on the same day
    return Chosen(fields | {"until": _day(until, ends)}, (until - first).days + 1)


@st.cache_resource(max_entries=1, show_spinner=False)
def _published() -> tuple[date, date]:
    """First and last day of the published counts of France."""
    days = series.france().index
    return days[0].date(), days[-1].date()


def _departement() -> str:
    return st.selectbox(
        _("Département"),
        list(schema.DEPARTEMENTS),
        key="train_departement",
        persist_state="session",
        format_func=lambda code: f"{words.code('departement', code)} ({code})",
    )


def _until(first: date, last: date) -> date:
    """The last day to learn from; the whole period unless somebody asks for less."""
    if not st.toggle(
        _("Only up to a day"), key="train_part", persist_state="session",
        help=_("Later days stay unseen: models that have learnt up to the same day can be compared on them."),
    ):  # fmt: skip
        st.caption(_("All of {period}.").format(period=words.period(first, last)))
        return last
    chosen = st.date_input(
        _("Last day to learn from"), value=last, min_value=first, max_value=last, format="YYYY-MM-DD",
        key=f"train_until_{first}_{last}", persist_state="session",
    )  # fmt: skip
    return min(max(chosen, first), last) if isinstance(chosen, date) else last


def _day(until: date, last: date) -> str | None:
    return until.isoformat() if until < last else None


def _reports(data: Dataset, years: list[int] | tuple[int, ...]) -> list[Mapping[str, Any]]:
    return [data.report["years"][str(year)] for year in years]


def _period(data: Dataset, years: list[int] | tuple[int, ...]) -> tuple[date, date]:
    """First and last day of some years; a year whose days are not known counts from January to December."""
    reports = dict(zip(years, _reports(data, years), strict=True))
    begins = [date.fromisoformat(report["first_day"] or f"{year}-01-01") for year, report in reports.items()]
    ends = [date.fromisoformat(report["last_day"] or f"{year}-12-31") for year, report in reports.items()]
    return min(begins), max(ends)


def _count(data: Dataset, years: list[int] | tuple[int, ...], until: date) -> int:
    """About how many accidents some years have up to a day, as if every day of a year had as many."""
    found = 0.0
    for year, report in zip(years, _reports(data, years), strict=True):
        first, last = _period(data, (year,))
        share = ((min(until, last) - first).days + 1) / ((last - first).days + 1)
        found += (report["accidents"] or 0) * min(1.0, max(0.0, share))
    return round(found)
