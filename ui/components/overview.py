"""What is in the data: key figures, when accidents happen, how serious they are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import coded, completeness, summary
from data.text import _
from ui import words
from ui.charts import overview
from ui.components import plots
from ui.components.exploration import View

SEVERITY_COLUMNS = ("light", "weather", "built_up", "road_class", "junction", "collision")


def key_figures(years: pd.DataFrame) -> None:
    """Accidents and people by injury, over the years in which they are known."""
    known = years[years["killed"].notna()]
    totals = {name: known[name].sum() if len(known) else None for name in coded.CASUALTIES}
    names = {
        "killed": _("Killed"),
        "hospitalised": _("Hospitalised"),
        "slightly_injured": _("Slightly injured"),
    }
    part = _("{years} only").format(years=words.years([int(y) for y in known.index]))
    note = {"delta": part, "delta_color": "off", "delta_arrow": "off"} if 0 < len(known) < len(years) else {}
    lethality = None if totals["killed"] is None else totals["killed"] / known["accidents"].sum() * 100
    with st.container(horizontal=True):
        st.metric(_("Accidents"), words.count(years["accidents"].sum()), border=True, height="stretch")
        for name, label in names.items():
            st.metric(label, words.count(totals[name]), border=True, height="stretch", **note)
        st.metric(
            _("Killed per 100 accidents"),
            words.count(None) if lethality is None else f"{lethality:.1f}",
            border=True,
            height="stretch",
            **note,
            help=_("People killed within 30 days per 100 injury accidents, over the years with a people table."),
        )


def trend(view: View) -> None:
    """Accidents a month, and the years as a table."""
    st.header(_("Month by month"))
    part = completeness.extracts(view.data.report)
    every = view.ask(summary.by_month)
    months = comparable(every, part)
    plots.show(
        overview.monthly(months),
        key="trend",
        alt=_("Accidents a month, stacked by severity"),
    )
    if len(months) < len(every):
        message = _("Not drawn: {years}. An extract would look like a fall in accidents.")
        st.caption(message.format(years=words.years(part)))
    with st.expander(_("Year by year, as a table")):
        st.table(year_table(view.ask(summary.by_year), part))


def comparable(months: pd.DataFrame, extracts: list[int]) -> pd.DataFrame:
    """The months without those of extracts, which would look like a drop; where there is nothing else, all months."""
    whole = months[~pd.DatetimeIndex(months.index).year.isin(extracts)]
    return months if whole.empty else whole


def year_table(years: pd.DataFrame, extracts: list[int]) -> pd.DataFrame:
    """Figures of each year in words; what is not known says so, and so do extracts."""
    columns = {
        "accidents": _("Accidents"),
        "killed": _("Killed"),
        "hospitalised": _("Hospitalised"),
        "slightly_injured": _("Slightly injured"),
    }
    shown = pd.DataFrame({label: years[name].map(words.count) for name, label in columns.items()})
    shown.index = pd.Index([_("{year} (extract)").format(year=y) if y in extracts else str(y) for y in years.index])
    shown.index.name = _("Year")
    return shown


def week(view: View) -> None:
    """When in the week accidents happen."""
    st.header(_("Weekday and hour"))
    counts = view.ask(summary.by_weekday_and_hour)
    plots.show(overview.week(counts), key="week", alt=_("Accidents by weekday and hour"))
    if counts.to_numpy().any():
        st.caption(peak(counts))


def peak(counts: pd.DataFrame) -> str:
    """The busiest hour of the week in words. `counts`: as by `summary.by_weekday_and_hour`."""
    busiest = counts.max(axis="columns")
    weekday = busiest.idxmax()
    hour = counts.loc[weekday].idxmax()
    message = _("Most accidents: {weekday}, {hour}:00–{hour}:59 ({share} of all).")
    share = words.percent(busiest.max() / counts.to_numpy().sum())
    return message.format(weekday=words.code("weekday", weekday), hour=hour, share=share)


def severity(view: View) -> None:
    """How serious accidents are, by one chosen condition."""
    st.header(_("How serious"))
    column = st.selectbox(
        _("Severity by"),
        SEVERITY_COLUMNS,
        format_func=lambda c: _("Collision type") if c == "collision" else words.input_label(c),
        key="severity_by",
        persist_state="session",
    )
    plots.show(
        overview.severity_shares(view.ask(summary.severity_by, column), column),
        key="severity",
        alt=_("Share of accidents with light injuries only, with somebody hospitalised and with somebody killed"),
    )
