"""What fits before several cuts told about a model, each about the days after its cut, which it had not learnt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.calibration import by_part, cross_fits


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """Answers that nothing calibrated, with the truth beside them.

    Shapes: truth and cuts (n,), the cut of each accident by name; raw, raw_without (given without near-event inputs)
    and frequencies (n, classes), those of the rows that each answer was learnt from.
    `periods`: of each cut the days and accidents of "train", "validation" and "held_out"; `lengths`: after how many
    rounds or epochs each fit was best.
    """

    raw: np.ndarray
    raw_without: np.ndarray
    truth: np.ndarray
    frequencies: np.ndarray
    cuts: np.ndarray
    periods: Mapping[str, Any]
    lengths: Sequence[int]

    def calibrated(self) -> tuple[np.ndarray, np.ndarray]:
        """`raw` and `raw_without` of each cut, calibrated by what the answers about the other cuts tell."""
        fits = cross_fits(self.raw, self.truth, self.cuts)
        return by_part(fits, self.raw, self.cuts), by_part(fits, self.raw_without, self.cuts)
