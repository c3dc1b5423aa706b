"""The filters whose accidents agree best with a kind of accidents that no filter describes exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.coded import Coded, Selection, user_bit
from data.filters import USERS, Filters, Value, column_of, values

_GAIN = 0.01  # of F1, without which a filter is not worth another chip
_FIELDS = ("users", "collision", "built_up", "road_class", "light", "hours", "weekdays", "weather", "speed_limit")


@dataclass(frozen=True)
class Nearest:
    """The filters that come nearest to a kind; `kept`: the share of the kind that they keep; `pure`: the share of the
    kind in what they keep."""

    filters: Filters
    kept: float
    pure: float


def nearest(selection: Selection, sample: NDArray[np.intp], own: NDArray[np.bool_]) -> Nearest:
    """The filters whose accidents agree best with a kind: fields are added as long as F1 of the sample grows.

    A field takes the values that are more frequent in the kind than elsewhere; of users the most telling one.
    """
    masks = {}
    for name in _FIELDS:
        chosen = _more_frequent(selection.coded, name, sample, own)
        if chosen:
            masks[name] = chosen, _having(selection.coded, name, chosen, sample)
    kept, score, found = np.ones(len(sample), dtype="bool"), _f1(np.ones(len(sample), dtype="bool"), own), {}
    while masks:
        scores = {name: _f1(kept & mask, own) for name, (_chosen, mask) in masks.items()}
        name = max(scores, key=scores.__getitem__)
        if scores[name] < score + _GAIN:
            break
        chosen, mask = masks.pop(name)
        kept, score, found[name] = kept & mask, scores[name], chosen
    both = float((kept & own).sum())
    filters = Filters.from_dict(dict(selection.filters.active()) | found)
    return Nearest(filters, kept=both / float(own.sum()), pure=both / float(kept.sum()))


def _more_frequent(coded: Coded, name: str, sample: NDArray[np.intp], own: NDArray[np.bool_]) -> tuple[Value, ...]:
    """The values of a field that are more frequent in a kind than in all accidents; of users the most telling one."""
    column = column_of(name)
    if column == "users":
        there = np.stack([coded.users[sample] & user_bit(user) != 0 for user in USERS], axis=1)
        inside, outside = there[own].mean(axis=0), there[~own].mean(axis=0) if (~own).any() else there.mean(axis=0)
        best = int((inside - outside).argmax())
        return (USERS[best],) if inside[best] > outside[best] else ()
    size = len(values(column)) + 1
    codes = coded.codes[column][sample]
    inside, every = (np.bincount(part, minlength=size)[1:] for part in (codes[own], codes))
    more = inside * every.sum() > every * inside.sum()
    return tuple(value for value, is_more in zip(values(column), more, strict=True) if is_more)


def _f1(kept: NDArray[np.bool_], own: NDArray[np.bool_]) -> float:
    return float(2 * (kept & own).sum() / (kept.sum() + own.sum()))


def _having(coded: Coded, name: str, chosen: tuple[Value, ...], sample: NDArray[np.intp]) -> NDArray[np.bool_]:
    column = column_of(name)
    if column == "users":
        bits: NDArray[np.bool_] = coded.users[sample] & sum(user_bit(str(user)) for user in chosen) != 0
        return bits
    codes = [values(column).index(value) + 1 for value in chosen]
    return np.isin(coded.codes[column][sample], codes)
