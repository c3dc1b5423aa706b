"""What the calendar does to a forecaster's expectations: special days beside ordinary ones in the same forecasts.

Switching a single input off would ask the model about Fridays that look back on Mondays. Instead it forecasts days that
were counted, and what it expects of a kind of day is compared with what it expects, in the same 28 days, of ordinary
days of the same weekday; a weekday is compared with the mean of its week. The same ratio of the counts stands beside.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data import calendar
from data.errors import DataError
from data.school import ZONES
from data.text import _
from models.forecasts import HORIZON, Forecaster, checked

WEEKDAYS = tuple(f"weekday_{n}" for n in range(1, 8))
# Each special day counts as the first of these that it is.
SPECIAL = ("public_holiday", "bridge", "eve", "day_after", "christmas_week", "clock_forward", "clock_back")
SEASONS = ("school_holidays", "august")
FEWEST = 10  # days: of fewer nothing is said
_WEEK = 7
_DRAWS = 1000


def estimate(forecaster: Forecaster, series: pd.Series) -> pd.DataFrame:
    """By how much each kind of day multiplies the accidents of a day, as the forecaster expects it and as counted.

    Every day is forecast once, from the days before it alone, in forecasts of 28 days; those that touch the COVID
    period are left out, and so is a kind with fewer than `FEWEST` days.

    Index: names of `WEEKDAYS`, `SPECIAL` and `SEASONS`, in this order. Columns: expected and counted (ratios), low and
    high (95% bootstrap interval of counted, drawing whole forecasts), days. attrs: first and last day forecast.

    Raises: DataError where the series is too short for one forecast.
    """
    series = checked(series, forecaster.days_needed + HORIZON)
    index = pd.DatetimeIndex(series.index)
    origins = np.arange(forecaster.days_needed, len(series) - HORIZON + 1, HORIZON)
    origins = origins[~calendar.is_covid(index)[origins[:, None] + np.arange(HORIZON)].any(axis=1)]
    if not len(origins):
        raise DataError(_("No 28 days outside the COVID period can be forecast from the days before them."))
    positions = origins[:, None] + np.arange(HORIZON)
    expected = forecaster.paths(series, origins, HORIZON).mean
    counted = series.to_numpy(dtype=float)[positions]
    draws = np.random.default_rng(0).multinomial(len(origins), np.full(len(origins), 1 / len(origins)), size=_DRAWS)
    rows = {}
    for name, (special, ordinary) in _compared(index, positions).items():
        usual = _usual(special, ordinary)
        kept = special & usual.any(axis=2)
        days = int(kept.sum())
        if days < FEWEST:
            continue
        above, below = _sums(counted, kept, usual)
        mine = np.divide(*(part.sum() for part in _sums(expected, kept, usual)))
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = np.nanquantile((draws @ above) / (draws @ below), [0.025, 0.975])
            rows[name] = (float(mine), float(above.sum() / below.sum()), float(low), float(high), days)
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["expected", "counted", "low", "high", "days"])
    found.attrs = {"first": index[positions[0, 0]], "last": index[positions[-1, -1]]}
    return found


def _compared(index: pd.DatetimeIndex, positions: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """By kind: which days are of it, and for each day the days it may be compared with.

    Shapes: (n, 28) and (n, 28, 28).
    """
    known = calendar.covariates(index)
    of = {name: known[name].to_numpy(dtype=bool)[positions] for name in known.columns if not name.startswith("year_")}
    special, taken = {}, np.zeros(positions.shape, dtype=bool)
    for name in SPECIAL:
        special[name] = of[name] & ~taken
        taken |= of[name]
    zones = np.stack([of[f"school_{zone.lower()}"] for zone in ZONES])
    steps = np.arange(HORIZON)
    same_weekday = steps[:, None] % _WEEK == steps % _WEEK
    same_week = steps[:, None] // _WEEK == steps // _WEEK
    # only weeks without any special day: else Mondays would look quiet because Easter Monday is one
    whole = ~np.repeat(taken.reshape(-1, HORIZON // _WEEK, _WEEK).any(axis=2), _WEEK, axis=1)

    def beside(days: np.ndarray, pairs: np.ndarray) -> np.ndarray:
        both: np.ndarray = days[:, None, :] & pairs
        return both

    return {
        **{name: (of[name] & whole, beside(whole, same_week)) for name in WEEKDAYS},
        **{name: (days, beside(~taken, same_weekday)) for name, days in special.items()},
        "school_holidays": (zones.all(axis=0) & ~taken, beside(~zones.any(axis=0) & ~taken, same_weekday)),
        "august": (of["august"] & ~taken, beside(~of["august"] & ~taken, same_weekday)),
    }


def _usual(special: np.ndarray, ordinary: np.ndarray) -> np.ndarray:
    """Weights (n, 28, 28) of the days whose mean each special day is compared with; zero of all others."""
    number = ordinary.sum(axis=2, keepdims=True)
    weights: np.ndarray = np.where(special[:, :, None], ordinary / np.maximum(number, 1), 0.0)
    return weights


def _sums(values: np.ndarray, kept: np.ndarray, usual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each forecast (n,): the sum over the special days, and that of what is usual in their place."""
    ordinary: np.ndarray = np.einsum("nij,nj->n", usual, values)
    return (values * kept).sum(axis=1), ordinary
