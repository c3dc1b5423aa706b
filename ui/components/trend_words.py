"""What the Trends page says: its measure, its sentences, and the numbers behind its figures in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from data import calendar, trends
from data.text import _, number
from models import trends as models
from ui import words
from ui.charts import style, timeline
from ui.components.exploration import View


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


def in_words(change: models.YearlyChange, followed: Followed) -> str:
    """The yearly change as a sentence, and whether chance alone could explain it."""
    interval = _("95% interval {low} to {high}").format(low=signed(change.low), high=signed(change.high))
    years = _("a year from {first} to {last}").format(first=change.first, last=change.last)
    if not change.beyond_chance:
        message = _("**{what}: {change} {years}** ({interval}). Chance alone could explain this.")
    elif change.ratio < 1:
        message = _("**{what}: {change} {years}** ({interval}). This fall is more than chance.")
    else:
        message = _("**{what}: {change} {years}** ({interval}). This rise is more than chance.")
    return message.format(what=followed.rate, change=signed(change.ratio), years=years, interval=interval)


def how_compared(change: models.YearlyChange, followed: Followed) -> str:
    """What the yearly change rests on."""
    message = _(
        "Compared: {n} months that are there in more than one year, each with the same month of the others, with "
        "{events} {what} in all; the COVID period is left out. A steady change from year to year is assumed."
    )
    said = message.format(n=change.months, events=words.count(change.events), what=_events(followed))
    if change.spread < 1.05:
        return f"{said} {_('The months vary no more about it than chance alone makes them.')}"
    varied = _(
        "The months vary {spread} times as much about it as chance alone would make them, which widens the interval."
    )
    return f"{said} {varied.format(spread=number(change.spread, '.1f'))}"


def not_comparable(view: View, followed: Followed) -> str:
    """Why no yearly change is told, and what to do."""
    if not view.ask(trends.daily)[followed.measure.exposed].any():
        return unknown(followed)
    message = _(
        "A change from year to year needs at least two years that hold the same months outside the COVID period, with "
        "{n} {what} in all and not all of them in one year: choose more years, remove filters, or import further years "
        "on the Data page."
    )
    return message.format(n=models.FEWEST_EVENTS, what=_events(followed))


def _events(followed: Followed) -> str:
    return _("people killed") if followed.measure.events == "killed" else _("accidents")


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


def stepped(followed: Followed, step: str) -> str:
    """The words for the measure in each year or month."""
    if followed.measure.is_rate:
        return followed.label
    message = _("{measure} a year") if step == "year" else _("{measure} a month")
    return message.format(measure=followed.label)


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
            _("Ratio"): [f"× {number(v, '.2f')}" for v in table["value"]],
            _("95% interval"): _intervals(table, lambda v: number(v, ".2f")),
            counted: [words.count(n) for n in table["days"]],
        }
    )


def figure(value: float) -> str:
    """A value with the digits that count."""
    return words.number(round(value, 3)) if value < 1000 else words.count(value)


def signed(ratio: float) -> str:
    """A ratio as a change: -3.1%, +0.4%."""
    change = round((ratio - 1) * 100, 1)
    return number(change / 100, "+.1%") if change else number(0, ".1%")


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


def season_note(days: pd.DataFrame) -> str:
    years = sorted(set(days.index.year.tolist()))
    if calendar.is_covid(days.index).any():
        message = _("Of {years}, which the COVID period touches: × 1 is the mean of these years.")
    elif set(years) - set(trends.whole_years(days)):
        message = _("Of {years}, where no year is whole: × 1 is the mean of the months that are there.")
    else:
        message = _("Of {years}, whole years outside the COVID period: × 1 is the mean of the year.")
    chance = _("Bars: 95% intervals of counting alone; the weather of a year adds to them.")
    return f"{message.format(years=words.years(years))} {chance}"


def cut_years(days: pd.DataFrame) -> list[int]:
    """The years that the files do not hold whole."""
    return sorted(set(days.index.year.tolist()) - set(trends.whole_years(days)))


def step_note(step: str, part: list[int]) -> str:
    """What is drawn around the values, and which years are no whole ones."""
    if step != "year":
        return _("Shaded: 95% interval of counting alone.")
    bars = _("Bars: 95% interval of counting alone.")
    open_dots = _("Open dots, only a part of the year: {years}.").format(years=words.years(part))
    return f"{bars} {open_dots}" if part else bars
