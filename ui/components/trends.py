"""How a measure goes on over time, whether that is more than chance, and when in the year and the week it is high."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from data import completeness, summary, trends
from data.school import ZONES
from data.text import _
from models import trends as models
from ui import words
from ui.charts import style, timeline
from ui.charts import trends as charts
from ui.components import break_marks, exploration
from ui.components.exploration import View

_COLUMNS = {"accidents": ("accidents",), "killed": ("accidents", "killed")}  # whose breaks bear on which events


@dataclass(frozen=True)
class Followed:
    """The measure a person follows: its code, its words and what is drawn in which colour."""

    code: str
    label: str

    @property
    def measure(self) -> trends.Measure:
        return trends.MEASURES[self.code]

    @property
    def rate(self) -> str:
        """The words for its rate."""
        return measures()[{"accidents": "accidents_per_day", "killed": "killed_per_day"}.get(self.code, self.code)]

    @property
    def colour(self) -> str:
        return style.SEVERITY_COLOURS["killed"] if self.measure.events == "killed" else style.LOWERS


def measures() -> dict[str, str]:
    """What can be followed, in words."""
    return {
        "accidents": _("Accidents"),
        "accidents_per_day": _("Accidents per day"),
        "killed": _("Killed"),
        "killed_per_day": _("Killed per day"),
        "lethality": _("Killed per 100 accidents"),
    }


def begin(view: View) -> tuple[View, Followed]:
    """The measure to follow, and the view without years that are only extracts, which would look like a fall."""
    code = exploration.option(_("Measure"), measures(), key="follow", short=True)
    return without_extracts(view), Followed(code, measures()[code])


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
        st.info(not_comparable(view, followed), icon=":material/calendar_month:")
        return
    st.markdown(in_words(change, followed))
    message = _(
        "Compared: {n} months that are there in more than one year, each with the same month of the others, with "
        "{events} {what} in all; the COVID period is left out. A steady change from year to year is assumed. The "
        "months vary {spread} times as much about it as chance alone would make them, which widens the interval."
    )
    what = _("people killed") if followed.measure.events == "killed" else _("accidents")
    spread = f"{change.spread:.1f}"
    st.caption(message.format(n=change.months, events=words.count(change.events), what=what, spread=spread))
    marks = _marks(view, followed, [change.first, change.last])
    if marks:
        st.warning(warning(marks, change), icon=":material/difference:")


def in_words(change: models.YearlyChange, followed: Followed) -> str:
    """The yearly change as a sentence, and whether chance alone could explain it."""
    interval = _("95% interval {low} to {high}").format(low=signed(change.low), high=signed(change.high))
    years = _("a year from {first} to {last}").format(first=change.first, last=change.last)
    if not change.beyond_chance:
        message = _("**{what}: {change} {years}** ({interval}). Chance alone could explain this.")
    elif change.ratio < 1:
        message = _("**{what}: {change} {years}** ({interval}). They fall, by more than chance.")
    else:
        message = _("**{what}: {change} {years}** ({interval}). They rise, by more than chance.")
    return message.format(what=followed.rate, change=signed(change.ratio), years=years, interval=interval)


def not_comparable(view: View, followed: Followed) -> str:
    """Why no yearly change is told, and what to do."""
    if not view.ask(trends.daily)[followed.measure.exposed].any():
        return unknown(followed)
    message = _(
        "A change from year to year needs at least two years that hold the same months outside the COVID period, with "
        "{n} {what} in all: choose more years, remove filters, or import further years on the Data page."
    )
    what = _("people killed") if followed.measure.events == "killed" else _("accidents")
    return message.format(n=models.FEWEST_EVENTS, what=what)


def unknown(followed: Followed) -> str:
    """Why there is nothing to draw."""
    if followed.measure.events == "killed":
        return _("Injuries are not known for these years: no people table (usagers) is imported for them.")
    return _("No accident is dated: no table caracteristiques is imported for these years.")


def warning(marks: list[timeline.Mark], change: models.YearlyChange) -> str:
    """What else than safety may have changed the numbers between two years."""
    title = _("Something else changed between {first} and {last}, which may be a part of this:")
    lines = [f"- {sentence}" for mark in marks for sentence in mark.sentences]
    return "\n".join([title.format(first=change.first, last=change.last), *lines])


def over_time(view: View, followed: Followed) -> None:
    """The measure by year or month, or its moving average, with the COVID period and the breaks marked."""
    st.header(_("Over time"))
    steps = {"month": _("Month"), "year": _("Year")}
    steps |= {days: _("Mean of {n} days").format(n=days) for days in ("7", "28", "365")}
    step = exploration.option(_("Step"), steps, key="step", short=True)
    days = view.ask(trends.daily)
    if not days[followed.measure.exposed].any():
        st.info(unknown(followed), icon=":material/help:")
        return
    if step in ("month", "year"):
        table = trends.by_step(days, step, followed.measure)  # type: ignore[arg-type]
        label = stepped(followed, step)
        table = table.asfreq("MS" if step == "month" else "YS")
        numbers = table
    else:
        table = view.ask(trends.moving, int(step), followed.measure)
        label = _("{rate}, mean of {n} days").format(rate=followed.rate, n=step)
        numbers = table[table.index.is_month_end]
    marks = _marks(view, followed, days.index.year.tolist())
    exploration.panel(
        view,
        charts.over_time(table, label=label, colour=followed.colour, marks=marks, dots=step == "year"),
        interval_table(numbers, label, lambda day: dated(day, step)),
        key="over_time",
        alt=_("{measure} over time, with its 95% interval").format(measure=label),
        note=_note(step, days, followed),
    )
    break_marks.show(marks, _("What changed at the marks"))


def stepped(followed: Followed, step: str) -> str:
    """The words for the measure in each year or month."""
    if followed.measure.is_rate:
        return followed.label
    message = _("{measure} a year") if step == "year" else _("{measure} a month")
    return message.format(measure=followed.label)


def seasons(view: View, followed: Followed) -> None:
    """In which months and on which weekdays the rate is above or below that of the year."""
    st.header(_("Season"))
    days = trends.typical(view.ask(trends.daily), followed.measure)
    label = _("{rate}, as a multiple of the year's mean").format(rate=followed.rate)
    note = _season_note(days)
    with st.container(horizontal=True, gap="medium"):
        for by, title in (("month", _("Month")), ("weekday", _("Weekday"))):
            table = trends.season(days, by, followed.measure)  # type: ignore[arg-type]
            labels = [words.code(by, n) for n in table.index]
            with st.container(width=440 if by == "weekday" else "stretch"):
                exploration.panel(
                    view,
                    charts.ratios(table, labels, label=label, colour=followed.colour),
                    ratio_table(table.assign(days=table["events"]), labels, title, _("Counted")),
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
    numbers = table.rename(columns=names).map(figure)
    numbers.insert(0, _("Month"), [dated(day, "month") for day in table.index])
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
        interval_table(table, followed.label, hour_of_week),
        key="week_hours",
        alt=_("{measure} by weekday and hour").format(measure=followed.label),
        note=note,
    )


def special_days(view: View, followed: Followed) -> None:
    """Public holidays, days beside them and school holidays, against ordinary days."""
    st.header(_("Holidays"))
    table = view.ask(trends.holidays, followed.measure)
    labels = [kinds_of_day()[name] for name in table.index]
    exploration.panel(
        view,
        charts.ratios(
            table.rename(columns={"ratio": "value"}),
            labels,
            label=_("{rate}, as a multiple of ordinary days").format(rate=followed.rate),
            colour=followed.colour,
        ),
        ratio_table(table.rename(columns={"ratio": "value"}), labels, _("Kind of day"), _("Days")),
        key="holidays",
        alt=_("{rate} on special days, as a multiple of that of ordinary days").format(rate=followed.rate),
        note=_(
            "Beside ordinary days of the same weekday, month and year, so a month without any, as August, is left out; "
            "each day counts as the first kind that it is; kinds with fewer than {n} days and the COVID period are "
            "left out. The zones of school holidays are {zones}. Differences between days are no causes: on holidays "
            "other people go other ways."
        ).format(n=trends.FEWEST_DAYS, zones=", ".join(ZONES)),
    )


def kinds_of_day() -> dict[str, str]:
    """The words for the kinds of days."""
    return {
        "public_holiday": _("Public holiday"),
        "bridge": _("Bridge day"),
        "eve": _("Day before a holiday"),
        "day_after": _("Day after a holiday"),
        "christmas_week": _("27 to 30 December"),
        "all_zones": _("School holidays, all zones"),
        "some_zones": _("School holidays, some zones"),
    }


def interval_table(table: pd.DataFrame, label: str, name: Callable[..., str]) -> pd.DataFrame:
    """Values with their intervals, cells in words; rows that are not known are left out. `name`: words for an index."""
    known = table.dropna(subset=["value"])
    return pd.DataFrame(
        {
            _("When"): [name(at) for at in known.index],
            label: [figure(v) for v in known["value"]],
            _("95% interval"): _intervals(known, figure),
            _("Counted"): [words.count(n) for n in known["events"]],
            _("Of days or accidents"): [words.count(n) for n in known["exposure"]],
        }
    )


def ratio_table(table: pd.DataFrame, labels: list[str], title: str, counted: str) -> pd.DataFrame:
    """Ratios with their intervals, cells in words."""
    return pd.DataFrame(
        {
            title: labels,
            _("Ratio"): [f"× {v:.2f}" for v in table["value"]],
            _("95% interval"): _intervals(table, lambda v: f"{v:.2f}"),
            counted: [words.count(n) for n in table["days"]],
        }
    )


def figure(value: float) -> str:
    """A value with the digits that count."""
    return words.number(round(value, 3)) if value < 1000 else words.count(value)


def signed(ratio: float) -> str:
    """A ratio as a change: -3.1%, +0.4%."""
    change = round((ratio - 1) * 100, 1)
    return f"{change:+.1f}%" if change else "0.0%"


def dated(day: pd.Timestamp, step: str) -> str:
    """A year, a month or a day in words."""
    if step == "year":
        return str(day.year)
    return f"{words.code('month', day.month)} {day.year}" if step == "month" else words.day(day.date())


def hour_of_week(at: tuple[int, int]) -> str:
    """Monday 8:00–8:59."""
    weekday, hour = at
    return f"{words.code('weekday', weekday)} {hour}:00–{hour}:59"


def _intervals(table: pd.DataFrame, written: Callable[[float], str]) -> list[str]:
    pairs = zip(table["low"], table["high"], strict=True)
    return [_("{low} to {high}").format(low=written(low), high=written(high)) for low, high in pairs]


def _marks(view: View, followed: Followed, years: list[int]) -> list[timeline.Mark]:
    return break_marks.between(view, years, _COLUMNS[followed.measure.events])


def _season_note(days: pd.DataFrame) -> str:
    years = sorted(set(days.index.year.tolist()))
    if set(years) - set(trends.whole_years(days)):
        message = _("Of {years}, where no year is whole: × 1 is the mean of the months that are there.")
    else:
        message = _("Of {years}, whole years outside the COVID period: × 1 is the mean of the year.")
    return message.format(years=words.years(years))


def _note(step: str, days: pd.DataFrame, followed: Followed) -> str:
    said = [
        _("Shaded: 95% interval of counting alone.") if step != "year" else _("Bars: 95% interval of counting alone.")
    ]
    if step == "year" and not followed.measure.is_rate:
        year = days.index.year
        cut = sorted({int(y) for y in year} - set(trends.whole_years(days)))
        if cut:
            said.append(_("Not whole: {years}.").format(years=words.years(cut)))
    return " ".join(said)
