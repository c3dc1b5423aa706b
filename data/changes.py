"""What changed since the same days of the year before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from data import statistics, trends
from data.coded import CASUALTIES, Selection
from data.trends import MEASURES, Measure

FEWEST_FREE = 3  # degrees of freedom, below which months cannot tell how much they vary

# what the key figures count, each with its rate
FIGURES: dict[str, Measure] = {
    "accidents": MEASURES["accidents_per_day"],
    **{name: Measure(name, "known_days") for name in CASUALTIES},
    "lethality": MEASURES["lethality"],
}


@dataclass(frozen=True)
class Change:
    """What changed on the days from `first` to `last` of a year that the files of the year before hold too.

    `table`: one row for each of FIGURES. `now`, `before`: how many, or killed per 100 accidents; `ratio` of their rates
    with `low` and `high` (95%). Missing where it is not known.
    """

    first: pd.Timestamp
    last: pd.Timestamp
    table: pd.DataFrame


def since_year_before(selection: Selection, year: int) -> Change | None:
    """What changed from the same days of the year before; None where the files hold no such day of both.

    The selection must admit both years. 29 February is left out. What months vary about the change beyond chance widens
    its interval (quasi-likelihood), as it does for the yearly change of Trends. Source: McCullagh and Nelder 1989.
    """
    days = trends.daily(selection)
    index = trends.dates(days)
    of_year = index.month * 100 + index.day
    both = of_year.isin(of_year[index.year == year]) & of_year.isin(of_year[index.year == year - 1])
    now, before = days[both & (index.year == year)], days[both & (index.year == year - 1)]
    if now.empty:
        return None
    months, months_before = (days.groupby(trends.dates(days).month).sum() for days in (now, before))
    table = pd.DataFrame([_row(months, months_before, name) for name in FIGURES], index=list(FIGURES))
    return Change(trends.dates(now)[0], trends.dates(now)[-1], table)


def _row(now: pd.DataFrame, before: pd.DataFrame, name: str) -> dict[str, float]:
    """One row of the table of a change, from sums of months."""
    measure = FIGURES[name]
    sums = pd.DataFrame([now.sum(), before.sum()])
    sums = sums[sums[measure.exposed] > 0].reindex(range(2))
    events, exposure = sums[measure.events], sums[measure.exposed]
    # people hurt in one accident come together: they are as uncertain as fewer that come alone
    together = (trends.squares(sums, measure) / events).fillna(1.0)
    pairs = zip(events / together, exposure / together, strict=True)
    ratio, low, high = (float(number) for number in statistics.rate_ratio(*(n for pair in pairs for n in pair)))
    if np.isfinite(ratio):
        wider = _wider(now, before, measure, ratio, float(trends.squares(sums, measure).sum() / events.sum()))
        low, high = (ratio * (end / ratio) ** wider for end in (low, high))
    value = events * measure.per / exposure if name == "lethality" else events
    return {"now": value[0], "before": value[1], "ratio": ratio, "low": low, "high": high}


def _wider(now: pd.DataFrame, before: pd.DataFrame, measure: Measure, ratio: float, together: float) -> float:
    """How many times as wide an interval is for how much the months vary about the ratio, on a logarithmic scale.

    `together`: how many events come at once, which the interval allows for already.
    """
    events = now[measure.events] + before[measure.events]
    expected = ratio * now[measure.exposed]
    part = expected / (expected + before[measure.exposed])  # of them, if it is steady
    chance = (events * part * (1 - part) * together).where(lambda squares: squares > 0)
    free = int(chance.notna().sum()) - 1
    if free < FEWEST_FREE:
        return 1.0
    spread = float(((now[measure.events] - events * part) ** 2 / chance).sum() / free)
    return float(stdtrit(free, 0.975) / statistics.Z * np.sqrt(max(1.0, spread)))
