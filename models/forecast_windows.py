"""From daily series to what the forecasting networks read: the days before an origin, and what is known after it.

An origin is the position of the first day forecast. Nothing at or after an origin's position is ever read from the
counts, except as target. A place is one series: France alone, or a column of a table by département.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from data import calendar

YEAR = 364  # the same weekday of last year
LEVEL = 56  # days whose mean is last year's level
_WEEK, _MONTH = 7, 28
_ENOUGH = 21  # usual days known of last year's level, or it is not known
_LOWEST = (
    0.1  # accidents a day: no division by zero, and one accident of a small place is not a hundred times its level
)


@dataclass(frozen=True)
class Days:
    """Series of the same days and the calendar of these and of some days more, as tensors on one device.

    Shapes: counts (places, days), usual (places, days) 1 where a count is known and of no COVID day, calendar
    (days + ahead, covariates).
    """

    counts: Tensor
    usual: Tensor
    calendar: Tensor


@dataclass(frozen=True)
class Window:
    """What the encoder-decoder reads of n origins.

    Shapes: past (n, window, past features), ahead (n, horizon, ahead features), level (n, 1) in accidents a day.
    """

    past: Tensor
    ahead: Tensor
    level: Tensor


def n_features() -> tuple[int, int]:
    """Width of `Window.past` and of `Window.ahead`."""
    covariates = calendar.covariates(pd.DatetimeIndex(["2024-01-01"])).shape[1]
    return covariates + 2, covariates + 4


def days(series: pd.Series | pd.DataFrame, ahead: int, device: torch.device) -> Days:
    """The tensors of a series, or of the columns of a table, `ahead` days of calendar beyond the end included."""
    index = pd.DatetimeIndex(series.index)
    whole = pd.date_range(index[0], periods=len(index) + ahead)
    counts = np.atleast_2d(series.to_numpy(dtype="float32").T)
    return Days(
        counts=torch.tensor(np.nan_to_num(counts), device=device),
        usual=torch.tensor((~np.isnan(counts) & ~calendar.is_covid(index)).astype("float32"), device=device),
        calendar=torch.tensor(calendar.covariates(whole).to_numpy(dtype="float32"), device=device),
    )


def window(source: Days, origins: Tensor, length: int, horizon: int, places: Tensor | None = None) -> Window:
    """Everything known at each origin (n,) of each place (n,), by default the first, for its next `horizon` days.

    Counts are divided by the level, the mean of the window: twenty years fell from 240 to 150 accidents a day, and a
    network that sees ratios serves both ends.
    """
    back = origins[:, None] + torch.arange(-length, 0, device=origins.device)
    forth = origins[:, None] + torch.arange(horizon, device=origins.device)
    place = _column(origins, places)
    counts = source.counts[place, back]
    level = counts.mean(dim=1, keepdim=True).clamp(min=_LOWEST)
    # COVID days in the window are flagged, and weigh in its level like any other: measured on the origins of June to
    # October 2021, whose windows hold such days, the flag changed the mean absolute error by less than 0.1 of 15, so
    # windows with them need not be thrown away.
    past = torch.cat(
        [(counts / level - 1)[..., None], 1 - source.usual[place, back][..., None], source.calendar[back]], dim=-1
    )
    weekday = _same_weekday(source.counts, origins, horizon, place)
    last_year, known, rise = _last_year(source, origins, horizon, weekday, place)
    ahead = torch.cat(
        [
            (weekday / level - 1)[..., None],
            (last_year / level - 1)[..., None],
            known[..., None],
            rise[..., None],
            source.calendar[forth],
        ],
        dim=-1,
    )
    return Window(past=past, ahead=ahead, level=level)


def targets(source: Days, origins: Tensor, horizon: int, places: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Counts of the days forecast, and 1 where they may be learnt from (0: COVID). Shapes: (n, horizon) each."""
    forth = origins[:, None] + torch.arange(horizon, device=origins.device)
    place = _column(origins, places)
    return source.counts[place, forth], source.usual[place, forth]


def yearly(source: Days, origins: Tensor, places: Tensor) -> Tensor:
    """Mean of the usual days of the year before each origin, as far as they are known. Shape: (n, 1)."""
    return _usual_mean(source, origins, YEAR, places[:, None])[0].clamp(min=_LOWEST)


def learnable(series: pd.Series | pd.DataFrame, start: int, stop: int, horizon: int) -> np.ndarray:
    """Origins from `start` whose days all lie before `stop`, less those with nothing but COVID days."""
    origins = np.arange(start, stop - horizon + 1)
    usual = np.concatenate([[0], np.cumsum(~calendar.is_covid(pd.DatetimeIndex(series.index)))])
    return origins[usual[origins + horizon] > usual[origins]]


def learnable_places(counts: pd.DataFrame, stop: int, length: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """Origins and places (columns) whose days all lie before `stop`, have no gap and are not all COVID days."""
    unknown = np.concatenate([np.zeros((1, counts.shape[1]), dtype=int), counts.isna().to_numpy().cumsum(axis=0)])
    origins = learnable(counts, length, stop, horizon)
    whole = unknown[origins + horizon] == unknown[origins - length]
    rows, places = np.nonzero(whole)
    return origins[rows], places


def _column(origins: Tensor, places: Tensor | None) -> Tensor:
    return (torch.zeros_like(origins) if places is None else places)[:, None]


def _same_weekday(counts: Tensor, origins: Tensor, horizon: int, place: Tensor) -> Tensor:
    """Mean of the last four same weekdays before each origin. Shape: (n, horizon)."""
    month = counts[place, origins[:, None] + torch.arange(-_MONTH, 0, device=origins.device)]
    week = month.view(-1, _MONTH // _WEEK, _WEEK).mean(dim=1)
    return week[:, torch.arange(horizon, device=origins.device) % _WEEK]


def _last_year(
    source: Days, origins: Tensor, horizon: int, weekday: Tensor, place: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The count 364 days before each day, 1 where it is known and usual, and its ratio to last year's level, less 1.

    Where the series does not reach so far back, or that day fell in the COVID period or a gap, the mean of the last
    four same weekdays stands in, with 0 and 0. Last year's level is the mean of the eight weeks before the day that was
    the origin then: it tells a season from a change between the years.
    """
    before = origins[:, None] + torch.arange(horizon, device=origins.device) - YEAR
    there = (before >= 0) * source.usual[place, before.clamp(min=0)]
    last_year = source.counts[place, before.clamp(min=0)]
    level, known = _usual_mean(source, origins - YEAR, LEVEL, place)
    rise = (last_year / level.clamp(min=_LOWEST) - 1) * there * (known >= _ENOUGH)
    return torch.where(there > 0, last_year, weekday), there, rise


def _usual_mean(source: Days, origins: Tensor, length: int, place: Tensor) -> tuple[Tensor, Tensor]:
    """The mean of the usual known days among `length` before each origin, and how many. Shape: (n, 1) each."""
    back = origins[:, None] + torch.arange(-length, 0, device=origins.device)
    known = source.usual[place, back.clamp(min=0)] * (back >= 0)
    n = known.sum(dim=1, keepdim=True)
    return (source.counts[place, back.clamp(min=0)] * known).sum(dim=1, keepdim=True) / n.clamp(min=1), n
