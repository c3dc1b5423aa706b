"""Kinds of accidents that scores are given for apart: where a model is better or worse than its mean says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data import schema
from data.features import Target
from data.text import N_, _
from models.evaluation import metrics_of
from models.metrics import Scorer

DIVISIONS = {
    "built_up": N_("Built-up area"),
    "time": N_("Day or night"),
    "pedestrians": N_("Pedestrians"),
    "departement": N_("Département"),
}
MORE = {"two_wheels": N_("Mopeds and motorcycles"), "road_class": N_("Road class")}
DEPARTEMENTS = 8  # how many, those with most accidents
LEAST = 100  # accidents of a part whose scores say anything
_LABELS = {
    "day": N_("Day"),
    "dusk": N_("Dusk or dawn"),
    "night": N_("Night"),
    "with": N_("With pedestrians"),
    "without": N_("Without pedestrians"),
    "riders": N_("With mopeds or motorcycles"),
    "no_riders": N_("Without mopeds and motorcycles"),
}
_TIMES = {"1": "day", "2": "dusk", "3": "night", "4": "night", "5": "night"}


@dataclass(frozen=True)
class Part:
    """Some of the accidents. Shape: mask (n,) bool."""

    division: str
    value: str
    mask: np.ndarray

    @property
    def label(self) -> str:
        """The part in words."""
        if self.division == "departement":
            return f"{self.value} {schema.label('departement', self.value)}"
        return _(_LABELS[self.value]) if self.value in _LABELS else schema.label(self.division, self.value)


def of(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """For each division the part of every accident, '' where it is not known. Shape: (n,) text each."""
    pedestrians = table["pedestrians"].to_numpy()
    counted = np.where(pedestrians > 0, "with", "without")
    return {
        "built_up": _text(table["built_up"]),
        "time": _text(table["light"].astype("object").map(_TIMES)),
        "pedestrians": np.where(np.isnan(pedestrians), "", counted),
        "departement": _text(table["departement"]),
    }


def more(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """`of`, with further divisions."""
    riders = table[["mopeds", "motorcycles"]].sum(axis="columns", min_count=2).to_numpy()
    counted = np.where(riders > 0, "riders", "no_riders")
    return {
        **of(table),
        "two_wheels": np.where(np.isnan(riders), "", counted),
        "road_class": _text(table["road_class"]),
    }


def parts(where: Mapping[str, np.ndarray], least: int = LEAST) -> list[Part]:
    """The parts of each division that have at least `least` accidents, and no more than a few départements."""
    found = []
    for division in (*DIVISIONS, *MORE):
        if division not in where:
            continue
        values, counts = np.unique(where[division], return_counts=True)
        known = [(int(n), str(v)) for v, n in zip(values, counts, strict=True) if v and n >= least]
        if division == "departement":
            known = sorted(known, reverse=True)[:DEPARTEMENTS]
        found += [Part(division, value, where[division] == value) for _n, value in known]
    return found


def score(scorer: Scorer, part: Part, target: Target) -> dict[str, float]:
    """All scores of a target on one part, and its "rows"."""
    weights = part.mask.astype(float)
    return {"rows": int(part.mask.sum()), **{name: m(scorer, weights) for name, m in metrics_of(target).items()}}


def _text(cells: pd.Series) -> np.ndarray:
    return cells.astype("object").where(cells.notna(), "").to_numpy().astype(str)
