"""Two sets of accidents beside each other: their figures, what differs by more than chance, and what drives it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import breaks, population, schema, statistics, summary
from data.coded import DAY_ZERO, Selection, user_bit
from data.filters import USERS, values

# first and last day of the year, as month * 100 + day of the month
Days = tuple[int, int]
Outcome = Literal["killed", "severe"]

COUNTS = ("accidents", "killed", "hospitalised")
RATES = tuple(f"{name}_rate" for name in COUNTS)
MEASURES = (*COUNTS, "lethality", "severe", *RATES)
FEWEST = 20  # cases of either side below which nothing is said about chance
INHABITANTS = 100_000
YEAR = 365.25
_Z = 1.959963984540054
# a year whose first and last accident lie at most a week inside is whole
_WHOLE: Days = (101, 1231)
_FIRST, _LAST = 107, 1225


@dataclass(frozen=True)
class Figures:
    """What is counted on one side.

    `count`: for each of COUNTS how many, NaN where some year does not know. `squares`: the same, of their squares in
    each accident: what several killed in one accident add to chance. `known`: accidents whose injuries are known, in
    which `killed` people were killed; `rated`: those of known severity, of which `severe` have somebody killed or
    hospitalised. `days`: on how many days of the files.
    """

    count: dict[str, float]
    squares: dict[str, float]
    known: int
    killed: float
    killed_squares: float
    rated: int
    severe: int
    days: int


def common_days(years: pd.DataFrame) -> Days | None:
    """The days of the year that the files of each of some years cover; None where all of these years are whole.

    `years`: as by `summary.by_year`. A year without dates restricts nothing.
    """
    firsts, lasts = (_month_day(years[name].dropna()) for name in ("first", "last"))
    first, last = int(firsts.max(initial=_WHOLE[0])), int(lasts.min(initial=_WHOLE[1]))
    span = first if first > _FIRST else _WHOLE[0], last if last < _LAST else _WHOLE[1]
    return None if span == _WHOLE else span


def within(selection: Selection, days: Days | None) -> Selection:
    """The accidents of a selection on some days of the year; one without a date is on none of them."""
    if days is None:
        return selection
    last_day = np.datetime64(f"{schema.YEARS[-1]}-12-31", "D")
    of_day = _month_day(pd.Series(pd.date_range(pd.Timestamp(DAY_ZERO), pd.Timestamp(last_day))))
    inside = np.append((of_day >= days[0]) & (of_day <= days[1]), False)  # the last for -1, not dated
    rows = np.arange(len(selection.coded.day))[selection.rows]
    return replace(selection, rows=rows[inside[selection.coded.day[rows]]])


def figures(selection: Selection, days: Days | None = None) -> Figures:
    """What is counted of one side, on some days of the year only."""
    part = within(selection, days)
    coded, rows = part.coded, part.rows
    known, severity = coded.injuries_known[rows], part.codes("severity")
    years = summary.by_year(selection)
    whole = bool(len(years)) and not years["killed"].isna().any()
    count, squares = {"accidents": float(len(part))}, {"accidents": float(len(part))}
    for name in COUNTS[1:]:
        people = coded.people[name][rows].astype("int64")
        count[name] = float(people.sum()) if whole else np.nan
        squares[name] = float((people**2).sum()) if whole else np.nan
    killed = coded.people["killed"][rows][known].astype("int64")
    return Figures(
        count=count,
        squares=squares,
        known=int(known.sum()),
        killed=float(killed.sum()),
        killed_squares=float((killed**2).sum()),
        rated=int((severity > 0).sum()),
        severe=int((severity > 1).sum()),
        days=_covered(selection, years, days),
    )


def against(a: Figures, b: Figures, *, sizes: bool = True, lived: tuple[float, float] | None = None) -> pd.DataFrame:
    """The measures of two sides, one row each, in the order of MEASURES.

    `sizes`: whether the counts themselves are to be compared, per day; not so for areas of different size.
    `lived`: of each side, as by `person_years`, without which no rate is given.
    Columns: `a`, `b` and `difference` (a - b), `ratio` (a / b), each with `_low` and `_high` of its 95% interval,
    and `cases`, the smaller number of cases of the two. Counts are of people or accidents, `lethality` and `severe`
    shares of accidents, rates per INHABITANTS and year. Source: an interval of people counts the squares of those of
    each accident (a compound Poisson process), as people of one accident do not die by chance of one another.
    """
    rows = {}
    for name in COUNTS:
        one, other = ((side.count[name], side.squares[name]) for side in (a, b))
        rows[name] = _rates(one, other, (1.0, 1.0)) | _compared_sizes(one, other, (a.days, b.days), sizes)
        if lived is not None and all(lived):
            rows[f"{name}_rate"] = _rates(one, other, (lived[0] / INHABITANTS, lived[1] / INHABITANTS))
    rows["lethality"] = _rates(_deaths(a), _deaths(b), (a.known or np.nan, b.known or np.nan))
    rows["severe"] = _shares(a, b)
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.loc[[name for name in MEASURES if name in rows]]


def person_years(selection: Selection, days: Days | None = None) -> float:
    """How many years the inhabitants of the filtered départements lived in what the files cover of their years.

    A part of a year counts by its share of the year's days; of weekdays that the filters leave out neither the recorded
    nor the missing days count. A département counts from the first year whose files have it. NaN where the number of
    inhabitants of one is not known.
    """
    years = summary.by_year(selection)
    recorded = _recorded_days(selection, days)
    covered = recorded.year.value_counts().astype("float64")
    for year in covered.index:
        whole = pd.date_range(f"{year}-01-01", f"{year}-12-31")
        weekdays = selection.filters.weekdays
        covered[year] /= (whole.day_of_week + 1).isin(weekdays).sum() if weekdays else len(whole)
    if days is None and not (selection.filters.months or selection.filters.weekdays):
        covered = pd.concat([covered, pd.Series(1.0, index=years.index[years["first"].isna()])])
    people = population.inhabitants()[list(selection.filters.departements)]
    first = np.array([breaks.FIRST_YEARS.get(code, 0) for code in people.index])
    numbers = people.to_numpy()
    return float(sum(share * numbers[first <= year].sum() for year, share in covered.items()))


def cases_by(selection: Selection, column: str, outcome: Outcome, days: Days | None = None) -> pd.DataFrame:
    """For each value of a coded column, or of `users`, that occurs: what can be said of the accidents that have it.

    Columns: `accidents`; `whole`, those of which the outcome is known; `part`, the people killed in them (`killed`), or
    those with somebody killed or hospitalised (`severe`). Unknown values are the row `summary.UNKNOWN`; an accident
    counts for every kind of user that is involved.
    """
    selection = within(selection, days)
    coded, rows = selection.coded, selection.rows
    if outcome == "killed":
        told, part = coded.injuries_known[rows], coded.people["killed"][rows]
    else:
        told, part = selection.codes("severity") > 0, (selection.codes("severity") > 1).astype("int16")
    if column == "users":
        users = coded.users[rows]
        of = [users & user_bit(name) != 0 for name in USERS]
        found = [(int(m.sum()), int((m & told).sum()), float(part[m & told].sum())) for m in of]
        table = pd.DataFrame(found, index=list(USERS), columns=["accidents", "whole", "part"])
    else:
        codes, size = selection.codes(column), len(values(column)) + 1
        counts = {
            "accidents": np.bincount(codes, minlength=size),
            "whole": np.bincount(codes[told], minlength=size),
            "part": np.bincount(codes[told], weights=part[told].astype("float64"), minlength=size),
        }
        table = pd.DataFrame(counts, index=[summary.UNKNOWN, *values(column)])
        table = table.loc[[*values(column), summary.UNKNOWN]]
    return table[table["accidents"] > 0]


def decomposed(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """What each value of a condition adds to the difference of two shares; the parts add up to the whole difference.

    `a`, `b`: as by `cases_by`. Columns: `share_a`, `share_b` of the accidents; `rate_a`, `rate_b`; `by_share`, what
    comes from its being more or less frequent, measured from the mean of both sides so that more of what is harmless
    counts as less; `by_rate`, what comes from its being more or less serious; `total`. A value that one side lacks
    differs in its share alone. Empty where a side has no case. Source: Kitagawa 1955, Components of a difference
    between two rates.
    """
    index = a.index.union(b.index, sort=False)
    n, k = (pd.DataFrame({"a": a[c], "b": b[c]}).reindex(index).fillna(0.0) for c in ("whole", "part"))
    if not n.sum().all():
        return pd.DataFrame(columns=["share_a", "share_b", "rate_a", "rate_b", "by_share", "by_rate", "total"])
    share, rate = n / n.sum(), k / n.where(n > 0)
    filled = rate.bfill(axis="columns").ffill(axis="columns").fillna(0.0)
    middle = (k.sum() / n.sum()).mean()
    by_share = (share["a"] - share["b"]) * (filled.mean(axis="columns") - middle)
    by_rate = (filled["a"] - filled["b"]) * share.mean(axis="columns")
    parts = {"by_share": by_share, "by_rate": by_rate, "total": by_share + by_rate}
    return pd.DataFrame(
        {"share_a": share["a"], "share_b": share["b"], "rate_a": rate["a"], "rate_b": rate["b"]} | parts
    )


def changed(a: pd.DataFrame, b: pd.DataFrame, exposure: tuple[float, float] = (1.0, 1.0)) -> pd.DataFrame:
    """What each value of a condition adds to the difference in accidents, per unit of exposure.

    `a`, `b`: as by `cases_by`. Columns: `a`, `b`, and `total` (a - b) with `low` and `high` of its 95% interval.
    """
    index = a.index.union(b.index, sort=False)
    n = pd.DataFrame({"a": a["accidents"], "b": b["accidents"]}).reindex(index).fillna(0.0)
    each = pd.DataFrame({"a": n["a"] / exposure[0], "b": n["b"] / exposure[1]})
    total = each["a"] - each["b"]
    half = _Z * np.sqrt(n["a"] / exposure[0] ** 2 + n["b"] / exposure[1] ** 2)
    return each.assign(total=total, low=total - half, high=total + half)


def verdict(row: pd.Series) -> Literal["unknown", "few", "chance", "more", "less"]:
    """Whether the a of a row of `against` is more or less than its b by more than chance."""
    if pd.isna(row["ratio"]):
        return "few" if row["cases"] < FEWEST and not pd.isna(row["difference_low"]) else "unknown"
    if row["cases"] < FEWEST:
        return "few"
    if row["ratio_low"] > 1:
        return "more"
    return "less" if row["ratio_high"] < 1 else "chance"


def _rates(a: tuple[float, float], b: tuple[float, float], exposure: tuple[float, float]) -> dict[str, float]:
    """Two sums per exposure, each a sum and the sum of the squares of what it is made of."""
    found: dict[str, float] = {"cases": min(a[0], b[0])}
    spread = 0.0
    for name, (total, squares), size in (("a", a, exposure[0]), ("b", b, exposure[1])):
        cases = _effective(total, squares)
        each = total / cases if cases else 1.0
        low, high = (float(bound) for bound in statistics.count_interval(cases))
        found |= {name: total / size, f"{name}_low": low * each / size, f"{name}_high": high * each / size}
        spread += squares / size**2
    half = _Z * np.sqrt(spread)
    difference = found["a"] - found["b"]
    found |= {"difference": difference, "difference_low": difference - half, "difference_high": difference + half}
    return found | _ratio(_effective(*a), _effective(*b), (found["a"], found["b"]))


def _effective(total: float, squares: float) -> float:
    """How many independent cases have the same relative error."""
    return total**2 / squares if squares else total


def _ratio(cases_a: float, cases_b: float, means: tuple[float, float]) -> dict[str, float]:
    """The ratio of two means that rest on so many independent cases."""
    exposure = [c / m if m else 1.0 for c, m in zip((cases_a, cases_b), means, strict=True)]
    found = statistics.rate_ratio(cases_a, exposure[0], cases_b, exposure[1])
    return dict(zip(("ratio", "ratio_low", "ratio_high"), map(float, found), strict=True))


def _compared_sizes(
    a: tuple[float, float], b: tuple[float, float], days: tuple[int, int], sizes: bool
) -> dict[str, float]:
    """How counts compare, by day: nothing for areas, no plain difference for periods of different length."""
    nothing = dict.fromkeys(("difference", "difference_low", "difference_high"), np.nan)
    if not sizes or not all(days):
        return nothing | dict.fromkeys(("ratio", "ratio_low", "ratio_high"), np.nan)
    by_day = _rates(a, b, (float(days[0]), float(days[1])))
    ratio = {name: by_day[name] for name in ("ratio", "ratio_low", "ratio_high")}
    return ratio | ({} if abs(days[0] - days[1]) <= 1 else nothing)  # 29 February is no other length


def _deaths(side: Figures) -> tuple[float, float]:
    """People killed, and the sum of the squares of what each accident kills beyond the mean: the mean's uncertainty."""
    if not side.known:
        return np.nan, np.nan
    return side.killed, side.killed_squares - side.killed**2 / side.known


def _shares(a: Figures, b: Figures) -> dict[str, float]:
    """The shares of accidents with somebody killed or hospitalised."""
    found: dict[str, float] = {"cases": min(a.severe, b.severe)}
    for name, side in (("a", a), ("b", b)):
        low, high = (float(bound) for bound in statistics.share_interval(side.severe, side.rated))
        share = side.severe / side.rated if side.rated else np.nan
        found |= {name: share, f"{name}_low": low, f"{name}_high": high}
    # Newcombe 1998, from the intervals of either share
    difference = found["a"] - found["b"]
    below = np.hypot(found["a"] - found["a_low"], found["b_high"] - found["b"])
    above = np.hypot(found["a_high"] - found["a"], found["b"] - found["b_low"])
    ratio = map(float, statistics.relative_risk(a.severe, a.rated, b.severe, b.rated))
    found |= {"difference": difference, "difference_low": difference - below, "difference_high": difference + above}
    return found | dict(zip(("ratio", "ratio_low", "ratio_high"), ratio, strict=True))


def _covered(selection: Selection, years: pd.DataFrame, days: Days | None) -> int:
    """How many days the files of a selection cover; years without dates count as whole ones where no day is chosen."""
    dated = _recorded_days(selection, days)
    if days is not None:
        return len(dated)
    chosen = selection.filters
    undated = [] if chosen.months or chosen.weekdays else [int(y) for y in years.index[years["first"].isna()]]
    return len(dated) + sum(366 if y % 4 == 0 else 365 for y in undated)


def _recorded_days(selection: Selection, days: Days | None) -> pd.DatetimeIndex:
    found = pd.DatetimeIndex(summary.by_day(selection).index)
    if days is None:
        return found
    of_year = _month_day(pd.Series(found))
    return found[(of_year >= days[0]) & (of_year <= days[1])]


def _month_day(days: pd.Series) -> NDArray[np.int64]:
    found: NDArray[np.int64] = (days.dt.month * 100 + days.dt.day).to_numpy(dtype="int64")
    return found
