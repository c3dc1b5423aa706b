"""How a series is cut into days to learn from, days to tune on and days held out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from data.errors import DataError
from data.text import _
from models import forecast_windows as windows
from models.base import Forecast
from models.forecasts import HORIZON, QUANTILES, Paths

_VALIDATION, _HELD_OUT = 364, 182
_EVERY = 7  # days between origins held out


@dataclass(frozen=True)
class Periods:
    """Positions that cut a series: training up to `train`, validation up to `validation`, held out up to `end`."""

    train: int
    validation: int
    end: int


def periods(covid: np.ndarray) -> Periods:
    """A year to tune on and half a year held out, less for a series under four years.

    COVID days count for nothing in the year to tune on, so it reaches further back over them: a model tuned on the few
    usual days between would stop at random.
    """
    n = len(covid)
    held_out, validation = min(_HELD_OUT, n // 8), min(_VALIDATION, n // 4)
    usual = np.flatnonzero(~covid[: n - held_out])
    back = usual[-validation] if len(usual) >= validation else n - held_out - validation
    return Periods(train=int(max(back, n // 2)), validation=n - held_out, end=n)


def held_out(cuts: Periods) -> np.ndarray:
    """The origins (positions in the series) that score a model: each week of the days held out."""
    return np.arange(cuts.validation, cuts.end - HORIZON + 1, _EVERY)


def described(series: pd.Series, cuts: Periods) -> dict[str, Any]:
    """What metadata say of a series: `data`, where it is from and which days, and `split`, the days of each part."""
    days = [day.date().isoformat() for day in series.index]
    parts = {
        "train": (0, cuts.train),
        "validation": (cuts.train, cuts.validation),
        "held_out": (cuts.validation, cuts.end),
    }
    facts: dict[str, Any] = {
        str(key): series.attrs[key] for key in ("source", "simulated", "departement", "note") if key in series.attrs
    }
    data: dict[str, Any] = {
        "source": "",
        "simulated": False,
        **facts,
        "start": days[0],
        "end": days[-1],
        "days": len(days),
        "fingerprint": hashlib.sha256(series.to_csv().encode()).hexdigest()[:16],
    }
    return {"data": data, "split": {name: {"start": days[a], "end": days[b - 1]} for name, (a, b) in parts.items()}}


def kept_paths(series: pd.Series, origins: np.ndarray, paths: Paths) -> dict[str, Any]:
    """Forecasts as metadata keep them, to a tenth of an accident.

    Keys: origins (n days), mean (n, horizon), quantiles (levels, n, horizon).
    """
    return {
        "origins": [day.date().isoformat() for day in series.index[origins]],
        "mean": paths.mean.round(1).tolist(),
        "quantiles": paths.quantiles.round(1).tolist(),
    }


def kept_forecast(kept: Mapping[str, Any], origin: pd.Timestamp) -> Forecast | None:
    """One of the forecasts of `kept_paths`; None where there is none from that day."""
    name = origin.date().isoformat()
    if name not in kept["origins"]:
        return None
    position = kept["origins"].index(name)
    mean = np.array(kept["mean"][position])
    levels = (np.array(level[position]) for level in kept["quantiles"])
    dates = pd.date_range(origin, periods=len(mean))
    return Forecast(dates, mean, dict(zip(QUANTILES, levels, strict=True)))


def samples(series: pd.Series, start: int, stop: int, step: int) -> tuple[torch.Tensor]:
    """Origins whose days may be learnt from. Raises: DataError where all of them are of the COVID period."""
    origins = windows.learnable(series, start, stop, step)
    if not len(origins):
        a, b = series.index[start].date(), series.index[stop - 1].date()
        message = _(
            "Every day from {start} to {end} is of the COVID period, which is not learnt from; use a longer file."
        )
        raise DataError(message.format(start=a, end=b))
    return (torch.as_tensor(origins),)
