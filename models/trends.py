"""Whether accidents become fewer from year to year, and what season and trend they are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from data import calendar, trends
from data.changes import FEWEST_FREE
from data.coded import Selection
from data.trends import Measure

FEWEST_EVENTS = 30  # below which nothing is said of a change
_YEAR = 12  # months


@dataclass(frozen=True)
class YearlyChange:
    """By how much a rate is multiplied from one year to the next, as a steady change, with its 95% interval.

    `first`, `last`: the years between which; `months`: how many months were compared, with `events` in all. `spread`:
    how many times as much the months vary about the change as chance alone would make them, 1 at least.
    """

    ratio: float
    low: float
    high: float
    first: int
    last: int
    months: int
    events: int
    spread: float

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval holds no year without a change."""
        return self.low > 1 or self.high < 1


def yearly_change(selection: Selection, measure: Measure) -> YearlyChange | None:
    """The steady yearly change of a measure's rate; None where the same months of several years tell none.

    A Poisson regression of the events of each month on the year, with a level for each month of the year: only the
    same months are compared, so a part of a year takes part with what it has. The COVID period is left out. What months
    vary beyond chance widens the interval (quasi-likelihood). Source: McCullagh and Nelder 1989, chapter 6.
    """
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    months = _comparable(trends.daily(selection), measure)
    of_year = trends.dates(months).month
    levels = (of_year.to_numpy()[:, None] == of_year.unique().to_numpy()).astype("float64")
    free = len(months) - levels.shape[1] - 1
    events = months[measure.events].sum()
    if free < FEWEST_FREE or events < FEWEST_EVENTS or _all_at_an_end(months, measure):
        return None
    years = trends.dates(months).year.to_numpy()
    inputs = np.column_stack([years - years.mean(), levels])
    offset = np.log(months[measure.exposed].to_numpy())
    fitted = GLM(months[measure.events].to_numpy(), inputs, family=Poisson(), offset=offset).fit()
    spread = max(1.0, float(fitted.pearson_chi2 / free))
    half = stdtrit(free, 0.975) * fitted.bse[0] * np.sqrt(spread)
    ratio, low, high = (float(np.exp(fitted.params[0] + side)) for side in (0, -half, half))
    return YearlyChange(ratio, low, high, int(years.min()), int(years.max()), len(months), int(events), spread)


def decomposed(selection: Selection, measure: Measure) -> pd.DataFrame | None:
    """The rate of each month (`value`) as the sum of its `trend`, its `season` and the `rest`.

    Of the longest run of months without a gap; None where it is shorter than two years. The season is the same in all
    years, since in a few it could not be told from the rest; months far from both, as in the COVID period, weigh
    little. Source: Cleveland et al. 1990, STL.
    """
    from statsmodels.tsa.seasonal import STL

    rates = trends.by_step(trends.daily(selection), "month", measure.rate)["value"]
    index = pd.DatetimeIndex(rates.index)
    run = pd.Series((np.diff(index.year * _YEAR + index.month, prepend=-1) != 1).cumsum(), index=index)
    rates = rates[run == run.value_counts().idxmax()] if len(run) else rates
    if len(rates) < 2 * _YEAR:
        return None
    same = 10 * len(rates) + 1  # a smoother so much longer than the series is flat
    found = STL(rates.to_numpy(), period=_YEAR, seasonal=same, seasonal_deg=0, robust=True).fit()
    parts = {"value": rates.to_numpy(), "trend": found.trend, "season": found.seasonal, "rest": found.resid}
    return pd.DataFrame(parts, index=rates.index)


def _all_at_an_end(months: pd.DataFrame, measure: Measure) -> bool:
    """Whether all events fall into the last of the same months of the years, or all into the first.

    No finite change from year to year leads from nothing to something.
    """
    years = pd.Series(trends.dates(months).year, index=months.index)
    of_year = years.groupby(trends.dates(months).month)
    some = months[measure.events] > 0
    return bool((years == of_year.transform("max"))[some].all() or (years == of_year.transform("min"))[some].all())


def _comparable(days: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Sums of each month whose month of the year is there in another year too, with some event in one of them."""
    days = days[~calendar.is_covid(trends.dates(days))]
    months = days.groupby(trends.dates(days).to_period("M").to_timestamp()).sum()
    months = months[months[measure.exposed] > 0]
    of_year = months.groupby(trends.dates(months).month)[measure.events]
    return months[(of_year.transform("size") > 1) & (of_year.transform("sum") > 0)]
