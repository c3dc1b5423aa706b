"""What is in the data: key figures and what changed, when accidents happen and how serious they are."""

from __future__ import annotations

from calendar import isleap

import pandas as pd
import streamlit as st

from data import changes, coded, completeness, schema, statistics, summary, trends
from data.changes import Change
from data.coded import Selection
from data.conditions import FEW_CASES
from data.text import _, number
from ui import words
from ui.charts import overview
from ui.components import break_marks, exploration
from ui.components.exploration import View
from ui.components.trend_words import signed
from ui.components.trends import without_extracts

SEVERITY_COLUMNS = ("light", "weather", "built_up", "road_class", "junction", "collision")
_CARD = 201  # pixels: five stand beside each other at 1440, two at 800
# since when people of these injuries are told from each other in another way
_INJURIES_REDRAWN = {"hospitalised": 2018, "slightly_injured": 2018}


def figures() -> dict[str, str]:
    """What the key figures say, in words."""
    return {
        "accidents": _("Accidents"),
        "killed": _("Killed"),
        "hospitalised": _("Hospitalised"),
        "slightly_injured": _("Slightly injured"),
        "lethality": _("Killed per 100 accidents"),
    }


def key_figures(view: View) -> None:
    """Accidents and people by injury, what changed in the last year, and the course of the months."""
    years = view.ask(summary.by_year)
    change, reasons = since_year_before(view)
    months = without_extracts(view).ask(by_month)
    known = years[years["killed"].notna()]
    with st.container(horizontal=True, gap="xsmall"):
        for name, label in figures().items():
            of = years if name == "accidents" else known
            with st.container(border=True, width=_CARD, height="stretch", key=f"figure_{name}"):
                st.metric(label, total(of, name), **difference(change, name) or only(of, years))
                course(months, name, label)
    about = _("Lines: month by month, numbers per day. Killed: within 30 days of the accident.")
    st.caption(f"{compared(change)} {about}" if change is not None else about)
    for reason in reasons:
        st.caption(f":material/help: {reason}")
    if change is not None:
        with st.expander(_("Changes with their intervals"), icon=":material/table:"):
            st.table(change_table(change))


def total(years: pd.DataFrame, name: str) -> str:
    """A key figure over some years in words; not known where there is none."""
    if years.empty:
        return words.count(None)
    if name != "lethality":
        return words.count(years[name].sum())
    accidents = years["known"].sum()
    return number(years["killed"].sum() / accidents * 100, ".1f") if accidents else words.count(None)


def only(known: pd.DataFrame, years: pd.DataFrame) -> dict[str, str]:
    """In place of a change: that a figure is of some of the years alone."""
    if not 0 < len(known) < len(years):
        return {}
    said = _("{years} only").format(years=words.years([int(y) for y in known.index]))
    return {"delta": said, "delta_color": "off", "delta_arrow": "off"}


def difference(change: Change | None, name: str) -> dict[str, str]:
    """The change of a figure for `st.metric`, grey where chance alone could explain it; empty where it is not known."""
    if change is None or pd.isna(change.table.loc[name, "ratio"]):
        return {}
    row = change.table.loc[name]
    beyond = row["low"] > 1 or row["high"] < 1
    return {"delta": signed(row["ratio"]), "delta_color": "inverse" if beyond else "off"}


def by_month(selection: Selection) -> pd.DataFrame:
    """Sums of the days of each month, index = its first day."""
    return trends.summed(trends.daily(selection), "month")


def course(months: pd.DataFrame, name: str, label: str) -> None:
    """The rate of each month as a line; nothing where there are too few to draw one."""
    measure = changes.FIGURES[name]
    known = months[months[measure.exposed] > 0]
    if len(known) > 1:
        rates = (known[measure.events] / known[measure.exposed]).asfreq("MS")
        st.image(overview.sparkline(rates), alt=_("{figure}, month by month").format(figure=label))


def since_year_before(view: View) -> tuple[Change | None, list[str]]:
    """What changed in the last year that is shown, and in words why nothing or not everything can be compared."""
    extracts = completeness.extracts(view.data.report)
    years = view.ask(summary.by_year)
    dated = [int(y) for y in years.index[years["last"].notna()] if y not in extracts]
    if not dated:
        return None, [_("Nothing is compared with the year before: no whole year is dated.")]
    year = max(dated)
    if year - 1 not in view.data.years or year - 1 in extracts:
        message = _("Nothing is compared with the year before {year}: the accidents of {before} are not imported.")
        return None, [message.format(year=year, before=year - 1)]
    change = view.where(years=(year - 1, year)).ask(changes.since_year_before, year)
    if change is None:
        message = _("{year} and {before} share no day that could be compared.")
        return None, [message.format(year=year, before=year - 1)]
    return _comparable(view, change)


def _comparable(view: View, change: Change) -> tuple[Change, list[str]]:
    """The change without what is counted in another way than in the year before, and why."""
    year, table = change.last.year, change.table
    reasons = []
    if not view.data.simulated:
        redrawn = [name for name, since in _INJURIES_REDRAWN.items() if since == year]
        table = table.drop(index=redrawn).reindex(table.index)
        marks = break_marks.between(view, [year - 1, year], ("accidents", *coded.CASUALTIES))
        reasons = [sentence for mark in marks for sentence in mark.sentences]
    unknown = [y for y, column in ((year - 1, "before"), (year, "now")) if pd.isna(change.table.loc["killed", column])]
    if unknown:
        message = _("People are not compared: injuries are not known for {years}.")
        reasons.append(message.format(years=words.years(unknown)))
    return Change(change.first, change.last, table), reasons


def compared(change: Change) -> str:
    """What the changes compare, in words."""
    message = _(
        "Changes: accidents and people per day, {period}, against the same days of {before}{without}; in grey where "
        "chance, or months that vary more than by chance, could explain them."
    )
    before = change.last.year - 1
    leap = isleap(change.last.year) or isleap(before)
    return message.format(
        period=words.period(change.first.date(), change.last.date()),
        before=before,
        without=_(" (29 February left out)") if leap else "",
    )


def change_table(change: Change) -> pd.DataFrame:
    """Figures of both years, change and interval, cells in words."""
    rows = []
    for name, label in figures().items():
        row = change.table.loc[name]
        written = (lambda value: number(value, ".2f")) if name == "lethality" else words.count
        known = not pd.isna(row["ratio"])
        interval = _("{low} to {high}").format(low=signed(row["low"]), high=signed(row["high"])) if known else "–"
        rows.append(
            {
                _("Same days"): label,
                str(change.last.year - 1): words.count(None) if pd.isna(row["before"]) else written(row["before"]),
                str(change.last.year): words.count(None) if pd.isna(row["now"]) else written(row["now"]),
                _("Change"): signed(row["ratio"]) if known else _("not comparable"),
                _("95% interval"): interval,
            }
        )
    return pd.DataFrame(rows).set_index(_("Same days"))


def trend(view: View) -> None:
    """Accidents a month with what cannot be compared, and the years as a table."""
    st.header(_("Month by month"))
    part = completeness.extracts(view.data.report)
    every = view.ask(summary.by_month)
    months = comparable(every, part)
    years = pd.DatetimeIndex(months.index).year.tolist()
    marks = break_marks.between(view, years, ("accidents", "severity"))
    note = None
    if len(months) < len(every):
        message = _("Not drawn: {years}. An extract would look like a fall in accidents.")
        note = message.format(years=words.years(part))
    exploration.panel(
        view,
        overview.monthly(months, marks),
        month_table(months),
        key="trend",
        alt=_("Accidents a month, stacked by severity"),
        note=note,
    )
    break_marks.show(marks, _("What changed at the marks"))
    with st.expander(_("Year by year, as a table"), icon=":material/table:"):
        st.table(year_table(view.ask(summary.by_year), part))


def month_table(months: pd.DataFrame) -> pd.DataFrame:
    """Accidents of each month by severity, cells in words."""
    names = {**{code: words.code("severity", code) for code in schema.SEVERITY}, summary.UNKNOWN: _("Not known")}
    table = months.rename(columns=names)
    table.insert(0, _("Month"), [f"{words.code('month', day.month)} {day.year}" for day in months.index])
    return table


def comparable(months: pd.DataFrame, extracts: list[int]) -> pd.DataFrame:
    """The months without those of extracts, which would look like a drop; where there is nothing else, all months."""
    whole = months[~pd.DatetimeIndex(months.index).year.isin(extracts)]
    return months if whole.empty else whole


def year_table(years: pd.DataFrame, extracts: list[int]) -> pd.DataFrame:
    """Figures of each year in words; what is not known says so, and so do extracts."""
    shown = pd.DataFrame({label: years[name].map(words.count) for name, label in figures().items() if name in years})
    lethality = years["killed"] * 100 / years["known"].where(years["known"] > 0)
    shown[figures()["lethality"]] = [words.count(None) if pd.isna(v) else number(v, ".1f") for v in lethality]
    shown.index = pd.Index([_("{year} (extract)").format(year=y) if y in extracts else str(y) for y in years.index])
    shown.index.name = _("Year")
    return shown


def week(view: View) -> None:
    """When in the week accidents happen."""
    st.header(_("Weekday and hour"))
    counts = view.ask(summary.by_weekday_and_hour)
    table = counts.rename(index=lambda day: words.code("weekday", day), columns=lambda hour: f"{hour}:00")
    exploration.panel(
        view,
        overview.week(counts),
        table.rename_axis(_("Weekday")).reset_index(),
        key="week",
        alt=_("Accidents by weekday and hour"),
        note=peak(counts) if counts.to_numpy().any() else None,
    )


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
    names = {c: _("Collision type") if c == "collision" else words.input_label(c) for c in SEVERITY_COLUMNS}
    column = exploration.option(_("Severity by"), names, key="severity_by")
    counts = view.ask(summary.severity_by, column)
    few = few_killed(counts, column)
    exploration.panel(
        view,
        overview.severity_shares(counts, column),
        severity_table(counts, column, names[column]),
        key="severity",
        alt=_("Share of accidents with light injuries only, with somebody hospitalised and with somebody killed"),
        note=few,
    )


def few_killed(counts: pd.DataFrame, column: str) -> str | None:
    """Which values have too few accidents with somebody killed for their share to mean much; None where none has."""
    killed = counts[list(schema.SEVERITY)[-1]]
    few = [words.code(column, code) for code in counts.index[killed < FEW_CASES]]
    message = _(
        "Fewer than {n} accidents with somebody killed, so that their share may well be chance: {values}. "
        "Intervals are under Numbers."
    )
    return message.format(n=FEW_CASES, values=", ".join(few)) if few else None


def severity_table(counts: pd.DataFrame, column: str, label: str) -> pd.DataFrame:
    """Accidents of each value by severity, and the share with somebody killed with its interval, in words."""
    all_of, killed = counts.sum(axis="columns"), counts[list(schema.SEVERITY)[-1]]
    low, high = statistics.share_interval(killed, all_of)
    table = counts.rename(index=lambda code: words.code(column, code))
    table = table.rename(columns=lambda code: words.code("severity", code)).rename_axis(label).reset_index()
    table[_("Share with somebody killed")] = [words.percent(share) for share in killed / all_of]
    interval = _("{low} to {high}")
    table[_("95% interval")] = [
        interval.format(low=words.percent(float(a)), high=words.percent(float(b)))
        for a, b in zip(low, high, strict=True)
    ]
    return table
