"""What regressions know of a day to forecast: the calendar, and how the latest weeks and last year's same days were.

Counts enter as logarithms of their ratio to the level, so that one regression serves a busy year and a quiet one. A
count of the COVID period, or from before the series begins, is NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import calendar

WEEK, YEAR = 7, 364  # 364 days ago is the same weekday of last year
LEVEL = 56  # days whose mean is the level
DAYS_NEEDED = LEVEL


@dataclass(frozen=True)
class Rows:
    """Pairs of an origin and a day ahead, origin by origin.

    Shapes: inputs (n, columns), level (n,) in accidents a day.
    """

    inputs: pd.DataFrame
    level: np.ndarray

    def __len__(self) -> int:
        return len(self.level)


def rows(series: pd.Series, origins: np.ndarray, horizon: int) -> Rows:
    """What is known at each origin (n,) of the `horizon` days from it on; no count at or after an origin is read."""
    index = pd.DatetimeIndex(series.index)
    known = calendar.covariates(pd.date_range(index[0], periods=len(index) + horizon))
    steps = np.arange(horizon)
    days = origins[:, None] + steps
    usual = series.where(~calendar.is_covid(index))
    level = _mean_before(series, 1)[origins].clip(0.5)  # half an accident a day: no division by zero
    counts = _Ratios(usual, level)
    ago = _Ratios(usual, np.where(origins >= YEAR, _mean_before(usual, LEVEL)[np.maximum(origins - YEAR, 0)], np.nan))
    back = WEEK * (steps // WEEK + 1)  # days from the day forecast back to the latest same weekday known
    found = {
        "step": steps + 1.0,
        "same_weekday": counts.mean([days - back]),
        "same_weekday_4": counts.mean([days - back - WEEK * n for n in range(4)]),
        "same_weekday_8": counts.mean([days - back - WEEK * n for n in range(8)]),
        "last_week": counts.mean([origins[:, None] - n for n in range(1, 8)]),
        "last_4_weeks": counts.mean([origins[:, None] - n for n in range(1, 29)]),
        "last_year": ago.mean([days - YEAR]),
        "last_year_month": ago.mean([origins[:, None] - YEAR + n for n in range(28)]),
    }
    table = {name: np.broadcast_to(values, days.shape).ravel() for name, values in found.items()}
    inputs = pd.DataFrame(table).astype("float32")
    ahead = known.iloc[days.ravel()].reset_index(drop=True)
    return Rows(pd.concat([inputs, ahead], axis=1), np.repeat(level, horizon))


class _Ratios:
    """Logarithms of mean counts to a level, one for each origin."""

    def __init__(self, series: pd.Series, level: np.ndarray) -> None:
        self.counts = series.to_numpy(dtype=float)
        self.level = level[:, None]

    def mean(self, days: list[np.ndarray]) -> np.ndarray:
        """Of the days at these positions; NaN where one of them is not known."""
        values = [np.where(d >= 0, self.counts[np.maximum(d, 0)], np.nan) for d in days]
        ratio: np.ndarray = np.log((np.mean(values, axis=0) + 0.5) / (self.level + 0.5))
        return ratio


def _mean_before(series: pd.Series, at_least: int) -> np.ndarray:
    """The mean of the days before each position and the end, NaN where fewer are known. Shape: (days + 1,)."""
    mean = series.rolling(LEVEL, min_periods=at_least).mean().to_numpy(dtype=float)
    return np.concatenate([[np.nan], mean])
