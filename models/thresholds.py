"""One event looked for by a threshold on its probability: what is flagged, found and missed, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data import schema
from data.errors import DataError
from data.features import Target
from data.statistics import share_interval
from data.text import _

_DRAWN = 200  # points of a curve
_BINS = 10  # of the reliability of an event: as many accidents in each
SERIOUS = "serious"


@dataclass(frozen=True)
class Costs:
    """What it costs to miss the event and to flag an accident without it, in any unit.

    Raises: DataError where a cost is negative or no number, or where both are zero.
    """

    miss: float
    false_alarm: float

    def __post_init__(self) -> None:
        for name, value in (("miss", self.miss), ("false_alarm", self.false_alarm)):
            if not (np.isfinite(value) and value >= 0):
                raise DataError(_("The cost {name} cannot be {value}; it is 0 or more.").format(name=name, value=value))
        if self.miss + self.false_alarm == 0:
            raise DataError(_("One of the costs must be more than 0: otherwise no threshold is better than another."))

    @property
    def threshold(self) -> float:
        """From which probability on flagging costs less than not flagging, where probabilities are as they say.

        Source: Elkan 2001, The foundations of cost-sensitive learning.
        """
        return self.false_alarm / (self.miss + self.false_alarm)


@dataclass(frozen=True)
class Point:
    """What a threshold does: the accidents with the event that it finds and misses, and those without it."""

    threshold: float
    found: int
    missed: int
    false_alarms: int
    left_alone: int

    @property
    def accidents(self) -> int:
        return self.found + self.missed + self.false_alarms + self.left_alone

    @property
    def flagged(self) -> int:
        return self.found + self.false_alarms

    @property
    def flagged_share(self) -> float:
        return self.flagged / self.accidents

    @property
    def recall(self) -> float:
        """Share of the events that are found; NaN without any."""
        events = self.found + self.missed
        return self.found / events if events else float("nan")

    @property
    def precision(self) -> float:
        """Share of the flagged that have the event; NaN where nothing is flagged."""
        return self.found / self.flagged if self.flagged else float("nan")

    @property
    def false_alarm_rate(self) -> float:
        """Share of the accidents without the event that are flagged; NaN without any."""
        others = self.false_alarms + self.left_alone
        return self.false_alarms / others if others else float("nan")

    def cost(self, costs: Costs) -> float:
        """What the misses and false alarms cost, for each accident."""
        return (self.missed * costs.miss + self.false_alarms * costs.false_alarm) / self.accidents


def events(target: Target) -> dict[str, tuple[int, ...]]:
    """What may be looked for, by name: class positions taken together; of severity first killed or hospitalised."""
    each: dict[str, tuple[int, ...]] = {str(code): (place,) for place, code in enumerate(schema.values(target))}
    if target != "severity":
        return each
    killed = {"killed": each.pop("killed")}
    return {SERIOUS: (1, 2), **killed, **each}


class Ranked:
    """Accidents by falling probability of an event, counted once so that any threshold is answered at once.

    Shapes: score (n,) probabilities; event (n,) bool. An accident is flagged where its probability reaches the
    threshold. Raises: DataError where there is no accident.
    """

    def __init__(self, score: np.ndarray, event: np.ndarray) -> None:
        if not len(score):
            raise DataError(_("There is no accident to rank."))
        order = np.argsort(-score, kind="stable")
        falling = score[order]
        self.n, self.events = len(score), int(event.sum())
        self._rising = falling[::-1]
        last = np.flatnonzero(np.append(np.diff(falling) != 0, True))
        # at every place where the threshold may lie: nothing flagged first, then after each distinct probability
        self._levels = np.append(np.inf, falling[last])
        self._flagged = np.append(0, last + 1)
        self._found = np.append(0, np.cumsum(event[order])[last])

    def at(self, threshold: float) -> Point:
        """What a threshold does."""
        flagged = self.n - int(np.searchsorted(self._rising, threshold, side="left"))
        return self._point(threshold, int(np.searchsorted(self._flagged, flagged, side="left")))

    def costs(self, levels: np.ndarray, costs: Costs) -> np.ndarray:
        """What thresholds cost, for each accident. Shape: levels (k,) -> (k,)."""
        flagged = self.n - np.searchsorted(self._rising, levels, side="left")
        found = self._found[np.searchsorted(self._flagged, flagged, side="left")]
        return np.asarray(((self.events - found) * costs.miss + (flagged - found) * costs.false_alarm) / self.n)

    def cheapest(self, costs: Costs) -> Point:
        """The threshold that would have cost least on these very accidents; infinite where it is best to flag none."""
        missed, false_alarms = self.events - self._found, self._flagged - self._found
        place = int(np.argmin(missed * costs.miss + false_alarms * costs.false_alarm))
        return self._point(float(self._levels[place]), place)

    def roc(self) -> tuple[np.ndarray, np.ndarray]:
        """Share of false alarms among accidents without the event, and share of events found, as the threshold falls.

        Shapes: (points,) each, no more than a figure can show; NaN where one side is empty.
        """
        return self._thinned(_share(self._flagged - self._found, self.n - self.events), self._recall())

    def precision_recall(self) -> tuple[np.ndarray, np.ndarray]:
        """Share of events found, and share of the flagged that have it. Shapes: (points,) each."""
        recall, precision = self._recall()[1:], self._found[1:] / self._flagged[1:]
        return self._thinned(recall, precision)

    def gains(self) -> tuple[np.ndarray, np.ndarray]:
        """Share of the accidents flagged, and share of events found. Shapes: (points,) each."""
        return self._thinned(self._flagged / self.n, self._recall())

    def _recall(self) -> np.ndarray:
        return _share(self._found, self.events)

    def _point(self, threshold: float, place: int) -> Point:
        found, flagged = int(self._found[place]), int(self._flagged[place])
        missed, false_alarms = self.events - found, flagged - found
        return Point(threshold, found, missed, false_alarms, self.n - flagged - missed)

    @staticmethod
    def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points of a curve at even steps of either axis, and its ends."""
        if len(x) <= _DRAWN:
            return x, y
        steps = np.linspace(0, 1, _DRAWN // 2)
        by_x = np.searchsorted(x, x[0] + steps * (x[-1] - x[0]))
        by_place = (steps * (len(x) - 1)).astype(int)
        kept = np.unique(np.clip([*by_x, *by_place, 0, len(x) - 1], 0, len(x) - 1))
        return x[kept], y[kept]


@dataclass(frozen=True)
class Reliability:
    """Accidents by stated probability: its mean, the share with the event, and its interval. Shapes: (bins,) each."""

    stated: np.ndarray
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    accidents: np.ndarray


def reliability(score: np.ndarray, event: np.ndarray, bins: int = _BINS) -> Reliability:
    """How often an event happened where its probability was stated so, in bins of as many accidents each.

    Shapes: score (n,) probabilities; event (n,) bool. Equal probabilities stay together.
    """
    edges = np.unique(np.quantile(score, np.linspace(0, 1, bins + 1)))
    at = np.clip(np.searchsorted(edges, score, side="right") - 1, 0, max(0, len(edges) - 2))
    n = np.bincount(at)
    there = n > 0
    found, stated = np.bincount(at, event)[there], np.bincount(at, score)[there]
    low, high = share_interval(found, n[there])
    return Reliability(stated / n[there], found / n[there], low, high, n[there])


def _share(part: np.ndarray, whole: int) -> np.ndarray:
    return part / whole if whole else np.full(len(part), np.nan)
