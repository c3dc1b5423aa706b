"""Splits by time and by accident, never by row: what comes later is predicted from what came before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.errors import DataError
from data.text import _


@dataclass(frozen=True)
class Split:
    """Positions of the rows of each period, in order of time; the periods share no day."""

    train: np.ndarray
    validation: np.ndarray
    held_out: np.ndarray


@dataclass(frozen=True)
class Cut:
    """Days that part the periods: `validation` is the first day of validation, the held-out period is [start, end]."""

    validation: pd.Timestamp
    start: pd.Timestamp
    end: pd.Timestamp

    def of(self, dates: pd.Series) -> Split:
        """The rows of each period; those after `end` belong to none.

        Raises: DataError where a date is missing or a period has no row.
        """
        _require_dates(dates)
        order = np.argsort(dates.to_numpy(), kind="stable")
        days = dates.to_numpy()[order]
        validation, start, end = (np.datetime64(day) for day in (self.validation, self.start, self.end))
        split = Split(
            train=order[days < validation],
            validation=order[(days >= validation) & (days < start)],
            held_out=order[(days >= start) & (days <= end)],
        )
        if not (len(split.train) and len(split.validation) and len(split.held_out)):
            message = _("No accident lies before, between or after {validation:%Y-%m-%d} and {start:%Y-%m-%d}.")
            raise DataError(message.format(validation=self.validation, start=self.start))
        return split


def months(dates: pd.Series, n: int = 3, validation_days: int = 21) -> tuple[Cut, ...]:
    """A cut before each of the last n whole months: what came before is learnt, its last days are for validation.

    Raises: DataError where the dates do not reach over n + 1 months.
    """
    _require_dates(dates)
    last = dates.max() + pd.Timedelta(days=1)
    ends = [last.normalize().replace(day=1) - pd.DateOffset(months=i) for i in range(n)]
    cuts = [
        Cut(start - pd.Timedelta(days=validation_days), start, end - pd.Timedelta(days=1))
        for end in reversed(ends)
        for start in [end - pd.DateOffset(months=1)]
    ]
    if dates.min() >= cuts[0].validation:
        raise DataError(_("{n} cuts need more than {n} whole months of accidents; import a longer period.").format(n=n))
    return tuple(cuts)


def by_time(dates: pd.Series, shares: tuple[float, float] = (0.8, 0.1)) -> Split:
    """Cut at day boundaries so that about `shares` of the rows are for training and validation, the rest held out.

    Raises: DataError where a date is missing or there are too few days to make three periods.
    """
    _require_dates(dates)
    per_day = dates.value_counts().sort_index()
    done = per_day.cumsum() / max(len(dates), 1)
    # the day on which a share is reached begins the next period
    cuts = [int(np.searchsorted(done.to_numpy(), edge, side="left")) for edge in (shares[0], sum(shares))]
    if not 0 < cuts[0] < cuts[1] < len(per_day):
        message = _("{days} days of accidents are too few to train, validate and hold out; import a longer period.")
        raise DataError(message.format(days=len(per_day)))
    first, second = (per_day.index[c] for c in cuts)
    order = np.argsort(dates.to_numpy(), kind="stable")
    days = dates.to_numpy()[order]
    return Split(
        train=order[days < first],
        validation=order[(days >= first) & (days < second)],
        held_out=order[days >= second],
    )


def _require_dates(dates: pd.Series) -> None:
    if dates.isna().any():
        raise DataError(
            _("{count} accidents have no date; they cannot be split by time.").format(count=int(dates.isna().sum()))
        )
