"""What is in the data: key figures, when accidents happen, how serious they are."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from data import coded, completeness
from data.dataset import Dataset
from data.text import _
from ui import words
from ui.charts import overview
from ui.components import cache, import_report, plots


def source(data: Dataset, years: pd.DataFrame) -> None:
    """What data these are, over which period, and what they cannot say."""
    kind = (
        _("Simulated accidents in the layout of the official files")
        if data.simulated
        else _("Injury accidents recorded by the police (BAAC, published by ONISR)")
    )
    st.caption(f"{kind}, {period(years)}.")
    for sentence in (*missing(years), *import_report.extracts(data.report["years"])):
        st.caption(f":material/help: {sentence}")


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
    cut = years[years["last"].dt.strftime("%m-%d") < "12-25"]
    for year, row in cut.iterrows():
        message = _("{year} ends on {day}: it is not a whole year.")
        found.append(message.format(year=year, day=words.day(row["last"].date())))
    return found


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


def trend(data: Dataset, aggregates: cache.Aggregates) -> None:
    """Accidents a month, and the years as a table."""
    st.header(_("Month by month"))
    part = completeness.extracts(data.report)
    months = comparable(aggregates.months, part)
    plots.show(
        overview.monthly(months),
        key="trend",
        alt=_("Accidents a month, stacked by severity"),
    )
    if len(months) < len(aggregates.months):
        message = _("Not drawn: {years}. An extract would look like a fall in accidents.")
        st.caption(message.format(years=words.years(part)))
    with st.expander(_("Year by year, as a table")):
        st.table(year_table(aggregates.years, part))


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


def week(aggregates: cache.Aggregates) -> None:
    """When in the week accidents happen."""
    st.header(_("Weekday and hour"))
    plots.show(overview.week(aggregates.week), key="week", alt=_("Accidents by weekday and hour"))
    if aggregates.week.to_numpy().any():
        st.caption(peak(aggregates.week))


def peak(counts: pd.DataFrame) -> str:
    """The busiest hour of the week in words. `counts`: as by `summary.by_weekday_and_hour`."""
    busiest = counts.max(axis="columns")
    weekday = busiest.idxmax()
    hour = counts.loc[weekday].idxmax()
    message = _("Most accidents: {weekday}, {hour}:00–{hour}:59 ({share} of all).")
    share = words.percent(busiest.max() / counts.to_numpy().sum())
    return message.format(weekday=words.code("weekday", weekday), hour=hour, share=share)


def severity(aggregates: cache.Aggregates) -> None:
    """How serious accidents are, by one chosen condition."""
    st.header(_("How serious"))
    column = st.selectbox(
        _("Severity by"),
        cache.SEVERITY_COLUMNS,
        format_func=lambda c: _("Collision type") if c == "collision" else words.input_label(c),
        key="severity_by",
        persist_state="session",
    )
    plots.show(
        overview.severity_shares(aggregates.severity[column], column),
        key="severity",
        alt=_("Share of accidents with light injuries only, with somebody hospitalised and with somebody killed"),
    )
