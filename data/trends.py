"""How accidents go on over time: counts of each day, and from them rates of any period with 95% intervals.

All accidents are counted once, by day; everything else is made of these few thousand rows. Intervals are those of
counting alone, where not said otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import calendar, statistics
from data.coded import CASUALTIES, DAY_ZERO, Selection
from data.school import ZONES
from data.statistics import Numbers

Step = Literal["year", "month"]
FEWEST_ACCIDENTS = 50  # in an hour of the week, below which its lethality is not shown
FEWEST_DAYS = 5  # of a kind of day, below which nothing is said of it
# each day counts as the first of these that it is
KINDS_OF_DAY = ("public_holiday", "bridge", "eve", "day_after", "christmas_week", "all_zones", "some_zones")
HOURS_OF_WEEK = pd.MultiIndex.from_product([range(1, 8), range(24)], names=["weekday", "hour"])
# the files of a whole year begin before the one day and end after the other, as month * 100 + day
_FIRST, _LAST = 107, 1225


@dataclass(frozen=True)
class Measure:
    """What is followed over time: `events`, a column of `daily`, as their number or as so many a unit of `exposure`.

    `exposed`: the column of the exposure; for a number, of the days on which it is known.
    """

    events: str
    exposed: str
    is_rate: bool = True
    per: int = 1

    @property
    def rate(self) -> Measure:
        """The measure itself, or the rate a day of a number."""
        return Measure(self.events, self.exposed, True, self.per)


MEASURES: dict[str, Measure] = {
    "accidents": Measure("accidents", "days", is_rate=False),
    "accidents_per_day": Measure("accidents", "days"),
    "killed": Measure("killed", "known_days", is_rate=False),
    "killed_per_day": Measure("killed", "known_days"),
    "lethality": Measure("killed", "known", per=100),
}


@lru_cache(maxsize=4)
def daily(selection: Selection) -> pd.DataFrame:
    """One row for each day that the files of the admitted years cover.

    `accidents`; `known`, those whose injuries are known; people by injury, and `killed_squares` and so on, the sum of
    the squares of how many were in each accident; `days` and `known_days`, 1 where the filters admit the day (and
    injuries of its year are known), else 0. Numbers are zero where nothing is known: `known_days` says so.

    Kept for the questions of one page, which share it: never to be changed.
    """
    covered = _covered(selection)
    at = (dates(covered).to_numpy().astype("datetime64[D]") - DAY_ZERO).astype("int64") + 1
    place = selection.coded.day[selection.rows] + np.int16(1)  # 0 is an unknown day
    sums = _sums(selection, place, int(at.max(initial=0)) + 1)
    return covered.assign(**{name: of_day[at] for name, of_day in sums.items()})


def week(selection: Selection) -> pd.DataFrame:
    """One row for each hour of the week, index HOURS_OF_WEEK, with the columns of `daily`; of people only those killed.

    `days` and `known_days`: how many of these weekdays the files cover and the filters admit. Accidents of unknown date
    or hour are left out.
    """
    days = _covered(selection)
    covered = days.groupby(dates(days).day_of_week + 1).sum().reindex(range(1, 8), fill_value=0)
    place = selection.codes("weekday") * np.int16(25) + selection.codes("hour")
    sums = _sums(selection, place, 8 * 25, people=("killed",))
    counts = {name: of_hour.reshape(8, 25)[1:, 1:].ravel() for name, of_hour in sums.items()}
    exposure = {str(name): np.repeat(covered[name].to_numpy(), 24) for name in covered}
    return pd.DataFrame({**counts, **exposure}, index=HOURS_OF_WEEK)


def by_step(days: pd.DataFrame, step: Step, measure: Measure) -> pd.DataFrame:
    """The measure in each year or month, index = its first day, with the columns of `rated`."""
    return rated(summed(days, step), measure)


def summed(days: pd.DataFrame, step: Step) -> pd.DataFrame:
    """The sums of each year or month, index = its first day."""
    return days.groupby(dates(days).to_period(step[0].upper()).to_timestamp()).sum()


def rated(counts: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """`value`, `low`, `high`, `events` and `exposure` of some sums of days; rows without exposure are left out."""
    counts = counts[counts[measure.exposed] > 0]
    events, exposure = counts[measure.events].to_numpy("float64"), counts[measure.exposed].to_numpy("float64")
    low, high = _interval(events, squares(counts, measure))
    below = exposure / measure.per if measure.is_rate else np.ones(len(counts))
    found = {"value": events / below, "low": low / below, "high": high / below, "events": events, "exposure": exposure}
    return pd.DataFrame(found, index=counts.index)


def squares(counts: pd.DataFrame, measure: Measure) -> Numbers:
    """The sum of the squares of how many events came at once: accidents come alone, people in one accident do not."""
    name = f"{measure.events}_squares"
    return counts[name if name in counts else measure.events].to_numpy("float64")


def moving(selection: Selection, window: int, measure: Measure) -> pd.DataFrame:
    """The measure's rate over the `window` days up to each day, with the columns of `rated`.

    Missing where one of these days is not in the files or where none can know it.
    """
    days = _knowing(daily(selection), measure)
    every = pd.date_range(days.index.min(), days.index.max()) if len(days) else days.index
    sums = days.reindex(every).rolling(window, min_periods=window).sum().dropna().round()
    return rated(sums, measure.rate).reindex(every)


def typical(days: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """The days of whole years that the COVID period does not touch; of all years where there is none such.

    Years that cannot know the measure are left out.
    """
    days = _knowing(days, measure)
    index = dates(days)
    touched = index[calendar.is_covid(index)].year
    kept = index.year.isin([year for year in whole_years(days) if year not in touched])
    return days[kept] if kept.any() else days


def whole_years(days: pd.DataFrame) -> list[int]:
    """The years whose first and last days are there but for a week."""
    index = dates(days)
    ends = (index.month * 100 + index.day).to_series().groupby(index.year.to_numpy()).agg(["min", "max"])
    return [int(year) for year in ends.index[(ends["min"] <= _FIRST) & (ends["max"] >= _LAST)]]


def season(days: pd.DataFrame, by: Literal["month", "weekday"], measure: Measure) -> pd.DataFrame:
    """How many times as high the rate is in each month or on each weekday as in the whole of the same years.

    Index: 1 to 12, or 1 (Monday) to 7. Columns of `rated`; the exposure is how many events the rate of each year would
    make expect.
    """
    index = dates(days)
    part = index.month if by == "month" else index.day_of_week + 1
    year = days.groupby(index.year)[[measure.events, measure.exposed]].transform("sum")
    expected = days[measure.exposed] * year[measure.events] / year[measure.exposed].where(year[measure.exposed] > 0)
    return rated(days.assign(expected=expected.fillna(0.0)).groupby(part).sum(), Measure(measure.events, "expected"))


def holidays(selection: Selection, measure: Measure) -> pd.DataFrame:
    """How many times as high the rate is on special days as on ordinary ones of the same weekday, month and year.

    Index: those of KINDS_OF_DAY of which at least FEWEST_DAYS have ordinary ones beside them. Columns: ratio, low, high
    (95%), days. The COVID period is left out. Days differ by more than chance alone makes them, for one by their
    weather: by how much is estimated from the ordinary days, and widens the intervals.

    Raises: DataError where the calendar that was downloaded cannot be used.
    """
    days = daily(selection)
    days = days[(days[measure.exposed] > 0) & ~calendar.is_covid(dates(days))]
    index = dates(days)
    place = (index.year * 12 + index.month) * 7 + index.day_of_week
    table = pd.DataFrame({"n": days[measure.events], "of": days[measure.exposed]}).set_index(place)
    kind = kinds_of_day(index)
    usual = table[kind == ""].groupby(level=0).sum()
    usual["rate"] = usual["n"] / usual["of"]
    table = table.join(usual, rsuffix="_usual")
    spread, rows = _spread(table[kind == ""], len(usual)), {}
    for name in KINDS_OF_DAY:
        special = table[(kind == name) & table["rate"].notna().to_numpy()]
        expected, counted = (special["of"] * special["rate"]).sum(), special["n"].sum()
        if len(special) >= FEWEST_DAYS and counted and expected:
            of_stratum = special.groupby(level=0).agg({"of": "sum", "of_usual": "first", "n_usual": "first"})
            uncertain = ((of_stratum["of"] / of_stratum["of_usual"]) ** 2 * of_stratum["n_usual"]).sum() / expected**2
            error = np.sqrt(spread * (1 / counted + uncertain))
            rows[name] = (*statistics.around(counted / expected, error), len(special))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["ratio", "low", "high", "days"])


def kinds_of_day(index: pd.DatetimeIndex) -> np.ndarray:
    """Of which of KINDS_OF_DAY each day is; "" for an ordinary one.

    Raises: DataError where the calendar that was downloaded cannot be used.
    """
    one = pd.Timedelta(days=1)
    zones = np.sum([calendar.is_school_holiday(index, zone) for zone in ZONES], axis=0)
    of = {
        "public_holiday": calendar.is_public_holiday(index),
        "bridge": calendar.is_bridge(index),
        "eve": calendar.is_public_holiday(index + one),
        "day_after": calendar.is_public_holiday(index - one),
        "christmas_week": (index.month == 12) & (index.day >= 24),  # 1 January is a public holiday
        "all_zones": zones == len(ZONES),
        "some_zones": zones > 0,
    }
    return np.select([of[name] for name in KINDS_OF_DAY], list(KINDS_OF_DAY), default="")


def _knowing(days: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """The days of the years that know the measure."""
    return days[dates(days).year.isin(dates(days[days[measure.exposed] > 0]).year)]


def dates(days: pd.DataFrame) -> pd.DatetimeIndex:
    """The index of a table of days or months."""
    return pd.DatetimeIndex(days.index)


def _covered(selection: Selection) -> pd.DataFrame:
    """The columns `days` and `known_days` of `daily`, without counting an accident."""
    filters = selection.filters
    held = {y: year for y, year in selection.coded.recorded.items() if not np.isnat(year.first)}
    if filters.years:
        held = {y: year for y, year in held.items() if y in filters.years}
    spans = [np.arange(year.first, year.last + 1) for year in held.values()]
    index = pd.DatetimeIndex(np.concatenate(spans).astype("datetime64[s]") if spans else [])
    admitted = np.ones(len(index), dtype="bool")
    for chosen, part in ((filters.months, index.month), (filters.weekdays, index.day_of_week + 1)):
        if chosen:
            admitted &= part.isin(chosen)
    with_people = admitted & index.year.isin([y for y, year in held.items() if year.injuries])
    return pd.DataFrame({"days": admitted * 1.0, "known_days": with_people * 1.0}, index=index)


def _sums(
    selection: Selection, place: NDArray[np.int16], size: int, people: tuple[str, ...] = CASUALTIES
) -> dict[str, Numbers]:
    """What the selected accidents of each place (0 to `size` - 1) add up to: the counted columns of `daily`."""
    coded, rows = selection.coded, selection.rows
    sums = {"accidents": np.bincount(place, minlength=size).astype("float64")}
    sums["known"] = sums["accidents"] - np.bincount(place[~coded.injuries_known[rows]], minlength=size)
    for name in people:
        hurt = coded.people[name][rows]
        some = np.flatnonzero(hurt)
        where, number = place[some], hurt[some].astype("float64")
        sums[name] = np.bincount(where, weights=number, minlength=size)
        sums[f"{name}_squares"] = np.bincount(where, weights=number**2, minlength=size)
    return sums


def _interval(events: Numbers, squared: Numbers) -> tuple[Numbers, Numbers]:
    """Between which means the true one of a count lies whose events come several at once.

    `squared`: as by `squares`.
    Source: Fay and Feuer 1997, for weighted sums of Poisson counts.
    """
    at_once = np.where(events > 0, squared / np.maximum(events, 1), 1.0)
    low, high = statistics.count_interval(events / at_once)
    return low * at_once, high * at_once


def _spread(ordinary: pd.DataFrame, strata: int) -> float:
    """How many times as much the days of a stratum vary as chance alone would make them; 1 at least (Pearson)."""
    expected = ordinary["of"] * ordinary["rate"]
    free = int((expected > 0).sum()) - strata
    if free <= 0:
        return 1.0
    return max(1.0, float(((ordinary["n"] - expected) ** 2 / expected.where(expected > 0)).sum() / free))
