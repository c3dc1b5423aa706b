"""The one place that says from which accidents the scores kept with a checkpoint come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data.text import N_, _

_WORDS = {
    "held_out": N_("held out {period}, never used in training"),
    "cuts": N_("months predicted before they were learnt, by models of the same settings: {period}"),
}


@dataclass(frozen=True)
class Unseen:
    """Scores on accidents that a model had not seen when it answered.

    `name`: "held_out" where the model itself has never learnt from them; "cuts" where it has since: they are the scores
    of models of the same settings that learnt from what came before each month. `without`: with the inputs unknown that
    come close to an account of the event. `period`: start, end (ISO days) and rows.
    """

    name: str
    scores: Mapping[str, Any]
    without: Mapping[str, Any]
    period: Mapping[str, Any]

    def in_words(self, period: str) -> str:
        """What was scored, with the period in words."""
        return _(_WORDS[self.name]).format(period=period)


def unseen(metadata: Mapping[str, Any]) -> Unseen | None:
    """The scores kept with a classifier, None where there are none."""
    metrics = metadata.get("metrics", {})
    name = next((name for name in _WORDS if name in metrics), None)
    if name is None:
        return None
    without = metrics.get(f"{name}_without_near_event", {})
    return Unseen(name, metrics[name], without, _period(metadata, name))


def _period(metadata: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    if name == "held_out":
        period: Mapping[str, Any] = metadata.get("split", {}).get(name, {})
        return period
    months = [cut["held_out"] for cut in metadata["cuts"].values()]
    return {
        "start": min(month["start"] for month in months),
        "end": max(month["end"] for month in months),
        "rows": sum(month["rows"] for month in months),
    }
