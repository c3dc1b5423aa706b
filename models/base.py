"""What every model shares: progress and cancellation, the errors, and the results handed to pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from data.errors import AppError, Cancelled, DataError

__all__ = [
    "AppError",
    "CheckpointError",
    "DataError",
    "EnoughTrained",
    "Explanation",
    "Forecast",
    "NotAdditive",
    "NotFitted",
    "Progress",
    "Report",
    "TrainingCancelled",
    "has_enough",
    "silent",
]


class CheckpointError(AppError):
    """A saved model that cannot be used: the message names the folder, the file and what is wrong with it."""


class NotFitted(AppError):
    """A model asked for an answer before it was trained or loaded."""


class NotAdditive(AppError):
    """An explanation whose parts do not add up to what it explains; it must not be shown."""


class TrainingCancelled(Cancelled):
    """The person asked a training to stop; raised by `Report`, passes through `fit`."""


class EnoughTrained(Exception):
    """The person asked a training to end early with what it has; see `Report`."""


@dataclass(frozen=True)
class Progress:
    """How far a training is.

    `done` of `total` steps (epochs, rounds or trees, named by `unit`); `share` is the fraction of all work done and
    moves within an epoch too. `values` are curve points, given once an epoch or round only: train_loss,
    validation_loss, learning_rate ... An update inside an epoch has none. `may_end`: the fit can end here and keep the
    best so far. `again`: it is told of once more, by a training that goes on where another was interrupted. `note`: in
    words, what it is at beside the steps that are counted.
    """

    unit: str
    done: int
    total: int
    share: float
    values: Mapping[str, float] = field(default_factory=dict)
    may_end: bool = False
    again: bool = False
    note: str = ""


Report = Callable[[Progress], None]
"""What a fit tells of its progress, and hears what the person wants.

It raises TrainingCancelled, which the fit lets pass, or EnoughTrained, where the progress says `may_end` and nowhere
else: the fit that said so catches it and goes on as if its last epoch, round or tree were done. A fit of several phases
is cut short in each of those to come as well, for each hears it of its own report.
"""


def has_enough(report: Report, progress: Progress) -> bool:
    """Tell of a step where the fit can end, and hear whether the person wants it to."""
    try:
        report(replace(progress, may_end=True))
    except EnoughTrained:
        return True
    return False


def speed(rows: int, seconds: float, seen: int) -> dict[str, float]:
    """What is told of a step that learnt from so many rows in so many seconds; `seen` are those of all steps done."""
    return {"seconds": seconds, "rows": seen, "rows_a_second": rows / max(seconds, 1e-9)}


def silent(progress: Progress) -> None:
    """A report for trainings that nobody watches."""


@dataclass(frozen=True)
class Explanation:
    """Why one output: `base` + the sum of `contributions` = `output`, in `unit`.

    The value object of every explanation: of single inputs (keys of `data.features.PLAYERS`), of groups of them (keys
    of `data.features.GROUPS`) and of a forecast (keys of `models.forecast_reasons.PLAYERS`). `game` says what an absent
    input means, which decides whether two explanations may be compared. `steps`: the calibrated probability of the
    class once the input of the key and all before it are told, the strongest first; `start`: that before any is.
    `errors`: standard errors of the contributions, where these come from a sample of a background.
    """

    accident: str
    target_class: str
    base: float
    contributions: Mapping[str, float]
    output: float
    unit: str
    game: str
    start: float | None = None
    steps: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Forecast:
    """Daily counts ahead.

    Shapes: dates (horizon,), mean (horizon,), quantiles level -> (horizon,). Units: accidents a day.
    """

    dates: pd.DatetimeIndex
    mean: np.ndarray
    quantiles: Mapping[float, np.ndarray]
