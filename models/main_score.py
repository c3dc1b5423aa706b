"""The one number by which trained models of a target are ranked, beside what knowing nothing gives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.unseen import unseen

NAIVE = "seasonal-naive"


@dataclass(frozen=True)
class MainScore:
    """A score on what the model had not seen; less is better.

    `name`: "log_loss" for classifiers, "mae" (accidents a day) for forecasters. `baseline`: the same of the class
    frequencies or of last week's counts, None where it was not measured.
    """

    name: str
    value: float
    baseline: float | None

    @property
    def gain(self) -> float | None:
        """By which share of the baseline the score is lower; negative where it is higher."""
        return 1 - self.value / self.baseline if self.baseline else None


def main_score(metadata: Mapping[str, Any]) -> MainScore | None:
    """The main score kept with a checkpoint, None where there is none."""
    if metadata.get("target") == "daily":
        held_out = metadata.get("metrics", {}).get("held_out", {})
        return _score("mae", held_out.get("pooled", {}), held_out.get("baselines", {}).get(NAIVE, {}).get("pooled", {}))
    found = unseen(metadata)
    return None if found is None else _score("log_loss", found.scores, found.scores.get("baseline", {}))


def _score(name: str, scores: Mapping[str, Any], baseline: Mapping[str, Any]) -> MainScore | None:
    value, naive = scores.get(name), baseline.get(name)
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return MainScore(name, float(value), float(naive) if isinstance(naive, (int, float)) else None)
