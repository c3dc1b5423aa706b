"""How dangerous the roads of each département are: rates that can be compared, and their change, with 95% intervals.

Counts alone show where people live. A rate that rests on fewer than MINIMUM cases is mostly chance.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import breaks, population, schema, statistics, summary
from data.coded import Recorded, Selection
from data.filters import values

Rate = Literal["accidents", "severe", "killed", "lethality"]
Counted = Literal["accidents", "killed"]
MINIMUM = 10
_PEOPLE = 100_000
_ACCIDENTS = 100
# a month still counts as recorded where no accident happened on so many days at its edge
_EDGE = pd.Timedelta(days=3)


def rates(selection: Selection, rate: Rate) -> pd.DataFrame:
    """A rate of each code of `schema.DEPARTEMENTS`: `value`, `low`, `high`, `cases`, and what it is made of:
    `accidents`, `inhabitants`, `years` of record.

    `accidents`, `killed`, `severe` (people killed or hospitalised): cases per 100,000 inhabitants and year of record;
    `lethality`: killed per 100 accidents. People are counted over the years that know them. What cannot be known is
    missing.
    """
    counts = summary.casualties_by(selection, "departement").reindex(list(schema.DEPARTEMENTS))
    counts["accidents"] = counts["accidents"].fillna(0)
    years = years_of_record(selection, injuries=rate != "accidents")
    people = counts[["killed", "hospitalised"] if rate == "severe" else ["killed"]].sum(axis="columns")
    inhabitants = population.inhabitants()
    exposure = counts["known"] / _ACCIDENTS if rate == "lethality" else inhabitants / _PEOPLE * years
    cases = (counts["accidents"] if rate == "accidents" else people.where(years > 0)).where(exposure > 0)
    low, high = statistics.count_interval(cases)
    frame = {"value": cases / exposure, "low": low / exposure, "high": high / exposure, "cases": cases}
    return pd.DataFrame(frame | {"accidents": counts["accidents"], "inhabitants": inhabitants, "years": years})


def years_of_record(selection: Selection, *, injuries: bool) -> pd.Series:
    """How many years the data cover in each département, a part of a year being the recorded share of its days.

    Of months and weekdays that the filters leave out neither the recorded nor the missing days count.
    `injuries`: only years whose injuries are known.
    """
    recorded = pd.DatetimeIndex(summary.by_day(selection).index).year.to_numpy()
    covered = np.zeros(len(schema.DEPARTEMENTS))
    first = np.array([breaks.FIRST_YEARS.get(code, 0) for code in schema.DEPARTEMENTS])
    for year, days in zip(*np.unique(recorded, return_counts=True), strict=True):
        if selection.coded.recorded[int(year)].injuries or not injuries:
            covered[first <= year] += days / _days(selection, (int(year),), range(1, 13))
    return pd.Series(covered, index=list(schema.DEPARTEMENTS))


def longest_record(selection: Selection) -> float:
    """How many years the data cover where they cover most."""
    return float(years_of_record(selection, injuries=False).max())


def change(selection: Selection, counted: Counted, before: Collection[int], after: Collection[int]) -> pd.DataFrame:
    """By how many percent the cases a day changed: `value`, `low`, `high`, `cases`, `cases_before` by département.

    Only months that every year of both periods holds wholly are compared. `selection` must admit these years.
    Missing where a period has no case, or where the injuries of one of its years are not known.
    """
    recorded = selection.coded.recorded
    months = common_months(selection, (*before, *after))
    known = counted == "accidents" or all(recorded[year].injuries for year in (*before, *after))
    found = {
        period: (_cases(selection, counted, years, months), _days(selection, years, months))
        for period, years in (("before", before), ("after", after))
    }
    (earlier, earlier_days), (later, later_days) = found["before"], found["after"]
    ratios = statistics.rate_ratio(later, later_days, earlier, earlier_days)
    shown = dict(zip(("value", "low", "high"), ((ratio - 1) * 100 for ratio in ratios), strict=True))
    frame = pd.DataFrame(shown | {"cases": later, "cases_before": earlier}, index=list(schema.DEPARTEMENTS))
    return frame if known and months else frame * np.nan


def common_months(selection: Selection, years: Collection[int]) -> tuple[int, ...]:
    """The months (1 to 12) that the filters admit and every one of these years holds from the first day to the last."""
    recorded, admitted = selection.coded.recorded, selection.filters.months or range(1, 13)
    return tuple(m for m in admitted if years and all(_holds(recorded[year], year, m) for year in years))


def small(frame: pd.DataFrame) -> pd.Series:
    """Whether a value rests on fewer than MINIMUM cases, in either period."""
    fewest = frame.filter(like="cases").min(axis="columns", skipna=False)
    return frame["value"].notna() & (fewest < MINIMUM)


def _holds(recorded: Recorded, year: int, month: int) -> bool:
    if np.isnat(recorded.first):
        return False
    start = pd.Timestamp(year, month, 1)
    end = start + pd.offsets.MonthEnd()
    return bool(pd.Timestamp(recorded.first) <= start + _EDGE and pd.Timestamp(recorded.last) >= end - _EDGE)


def _cases(
    selection: Selection, counted: Counted, years: Collection[int], months: Collection[int]
) -> NDArray[np.float64]:
    rows = _any(selection, "year", years) & _any(selection, "month", months)
    codes = selection.codes("departement")[rows]
    weights = None if counted == "accidents" else selection.coded.people[counted][selection.rows][rows]
    return np.bincount(codes, weights, minlength=len(schema.DEPARTEMENTS) + 1)[1:].astype("float64")


def _any(selection: Selection, column: str, chosen: Collection[int]) -> NDArray[np.bool_]:
    allowed = np.array([False, *(value in chosen for value in values(column))])
    return allowed[selection.codes(column)]


def _days(selection: Selection, years: Collection[int], months: Collection[int]) -> int:
    """How many days of these years and months the months and weekdays of the filters admit."""
    year, month, weekday = _calendar()
    admitted = np.isin(year, list(years)) & np.isin(month, list(months))
    for column, chosen in ((month, selection.filters.months), (weekday, selection.filters.weekdays)):
        if chosen:
            admitted &= np.isin(column, chosen)
    return int(admitted.sum())


@cache
def _calendar() -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Year, month and weekday (Monday is 1) of every day that the official files may hold."""
    days = pd.date_range(f"{schema.YEARS[0]}-01-01", f"{schema.YEARS[-1]}-12-31")
    return days.year.to_numpy(), days.month.to_numpy(), days.day_of_week.to_numpy() + 1
