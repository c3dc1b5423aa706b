"""How a measure goes on over time, whether that is more than chance, and when in the year and the week it is high."""

from __future__ import annotations

import streamlit as st

from data import completeness, summary, trends
from data.text import _
from models import trends as models
from ui import words
from ui.charts import timeline
from ui.charts import trends as charts
from ui.components import break_marks, exploration, trend_words
from ui.components.exploration import View
from ui.components.trend_words import Followed

_COLUMNS = {"accidents": ("accidents",), "killed": ("accidents", "killed")}  # whose breaks bear on which events


def begin(view: View) -> tuple[View, Followed]:
    """The measure to follow, and the view without years that are only extracts, which would look like a fall."""
    code = exploration.option(_("Measure"), trend_words.measures(), key="follow", short=True)
    return without_extracts(view), Followed(code, trend_words.measures()[code])


def without_extracts(view: View) -> View:
    """The view without the years of which there is only an extract, where others are left."""
    extracts = completeness.extracts(view.data.report)
    years = [int(year) for year in view.ask(summary.by_year).index]
    kept = tuple(year for year in years if year not in extracts)
    return view.where(years=kept) if kept and len(kept) < len(years) else view


def better(view: View, followed: Followed) -> None:
    """Whether the measure falls or rises from year to year, and whether that is more than chance."""
    st.header(_("Is it getting better?"))
    with st.spinner(_("Comparing the years …")):
        change = view.ask(models.yearly_change, followed.measure)
    if change is None:
        st.info(trend_words.not_comparable(view, followed), icon=":material/calendar_month:")
        return
    st.markdown(trend_words.in_words(change, followed))
    st.caption(trend_words.how_compared(change, followed))
    marks = _marks(view, followed, [change.first, change.last])
    if marks:
        st.warning(trend_words.warning(marks, change), icon=":material/difference:")


def over_time(view: View, followed: Followed) -> None:
    """The measure by year or month, or its moving average, with the COVID period and the breaks marked."""
    st.header(_("Over time"))
    steps = {"month": _("Month"), "year": _("Year")}
    steps |= {days: _("Mean of {n} days").format(n=days) for days in ("7", "28", "365")}
    step = exploration.option(_("Step"), steps, key="step", short=True)
    days = view.ask(trends.daily)
    if not days[followed.measure.exposed].any():
        st.info(trend_words.unknown(followed), icon=":material/help:")
        return
    if step in ("month", "year"):
        table = trends.by_step(days, step, followed.measure)  # type: ignore[arg-type]
        label = trend_words.stepped(followed, step)
        table = table.asfreq("MS" if step == "month" else "YS")
        numbers = table
    else:
        table = view.ask(trends.moving, int(step), followed.measure)
        label = _("{rate}, mean of {n} days").format(rate=followed.rate, n=step)
        numbers = table[table.index.is_month_end]
    if table["value"].isna().all():
        st.info(_("The files hold no {n} days without a gap: choose a shorter mean.").format(n=step))
        return
    marks = _marks(view, followed, days.index.year.tolist())
    part = trend_words.cut_years(days) if step == "year" and not followed.measure.is_rate else []
    exploration.panel(
        view,
        charts.over_time(table, label=label, colour=followed.colour, marks=marks, dots=step == "year", part=part),
        trend_words.interval_table(numbers, label, lambda day: trend_words.dated(day, step)),
        key="over_time",
        alt=_("{measure} over time, with its 95% interval").format(measure=label),
        note=trend_words.step_note(step, part),
    )
    break_marks.show(marks, _("What changed at the marks"))


def seasons(view: View, followed: Followed) -> None:
    """In which months and on which weekdays the rate is above or below that of the year."""
    st.header(_("Season"))
    days = trends.typical(view.ask(trends.daily), followed.measure)
    label = _("{rate}, as a multiple of the year's mean").format(rate=followed.rate)
    note = trend_words.season_note(days)
    with st.container(horizontal=True, gap="medium"):
        for by, title in (("month", _("Month")), ("weekday", _("Weekday"))):
            table = trends.season(days, by, followed.measure)  # type: ignore[arg-type]
            labels = [words.code(by, n) for n in table.index]
            with st.container(width=440 if by == "weekday" else "stretch"):
                exploration.panel(
                    view,
                    charts.ratios(table, labels, label=label, colour=followed.colour),
                    trend_words.ratio_table(table.assign(days=table["events"]), labels, title, _("Counted")),
                    key=f"season_{by}",
                    alt=_("{rate} by {part}, as a multiple of that of the year").format(
                        rate=followed.rate, part=title.lower()
                    ),
                    note=note,
                )
    parts = st.expander(
        _("Trend and season taken apart"), key="season_parts", on_change="rerun", icon=":material/stacked_line_chart:"
    )
    if parts.open:
        with parts:
            decomposition(view, followed)


def decomposition(view: View, followed: Followed) -> None:
    """The rate of each month as trend, season and rest."""
    with st.spinner(_("Taking the months apart …")):
        table = view.ask(models.decomposed, followed.measure)
    if table is None:
        st.caption(_("This needs two years of months without a gap."))
        return
    names = {"value": _("As counted"), "trend": _("Trend"), "season": _("Season"), "rest": _("Rest")}
    numbers = table.rename(columns=names).map(trend_words.figure)
    numbers.insert(0, _("Month"), [trend_words.dated(day, "month") for day in table.index])
    exploration.panel(
        view,
        charts.parts(table, label=followed.rate, colour=followed.colour),
        numbers,
        key="season_taken_apart",
        alt=_("{rate} of each month as the sum of a trend, a season and a rest").format(rate=followed.rate),
        note=_(
            "Each month is the sum of the three (STL; the season is the same in all years, and months far from the "
            "others, as in the COVID period, weigh little). The trend is no forecast."
        ),
    )


def week(view: View, followed: Followed) -> None:
    """The measure by weekday and hour."""
    st.header(_("Weekday and hour"))
    table = trends.rated(view.ask(trends.week), followed.measure).reindex(trends.HOURS_OF_WEEK)
    note = None
    if followed.code == "lethality":
        table = table.where(table["exposure"] >= trends.FEWEST_ACCIDENTS)
        note = _("Hours of the week with fewer than {n} accidents are blank.").format(n=trends.FEWEST_ACCIDENTS)
    elif followed.measure.is_rate:
        note = _("For an hour of one such weekday.")
    exploration.panel(
        view,
        charts.week(table, label=followed.label),
        trend_words.interval_table(table, followed.label, trend_words.hour_of_week),
        key="week_hours",
        alt=_("{measure} by weekday and hour").format(measure=followed.label),
        note=note,
    )


def special_days(view: View, followed: Followed) -> None:
    """Public holidays, days beside them and school holidays, against ordinary days."""
    st.header(_("Holidays"))
    table = view.ask(trends.holidays, followed.measure)
    labels = [trend_words.kinds_of_day()[name] for name in table.index]
    exploration.panel(
        view,
        charts.ratios(
            table.rename(columns={"ratio": "value"}),
            labels,
            label=_("{rate}, as a multiple of ordinary days").format(rate=followed.rate),
            colour=followed.colour,
        ),
        trend_words.ratio_table(table.rename(columns={"ratio": "value"}), labels, _("Kind of day"), _("Days")),
        key="holidays",
        alt=_("{rate} on special days, as a multiple of that of ordinary days").format(rate=followed.rate),
        note=_(
            "Beside ordinary days of the same weekday, month and year, so a month without any, as August, is left out; "
            "each day counts as the first kind that it is; kinds with fewer than {n} days and the COVID period are "
            "left out. Bars: 95% intervals, as wide as ordinary days make them. Differences between days are no "
            "causes: on holidays other people go other ways."
        ).format(n=trends.FEWEST_DAYS),
    )


def _marks(view: View, followed: Followed, years: list[int]) -> list[timeline.Mark]:
    return break_marks.between(view, years, _COLUMNS[followed.measure.events])
