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


def by_time(dates: pd.Series, shares: tuple[float, float] = (0.8, 0.1)) -> Split:
    """Cut at day boundaries so that about `shares` of the rows are for training and validation, the rest held out.

    Raises: DataError where a date is missing or there are too few days to make three periods.
    """
    if dates.isna().any():
        raise DataError(
            _("{count} accidents have no date; they cannot be split by time.").format(count=int(dates.isna().sum()))
        )
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
