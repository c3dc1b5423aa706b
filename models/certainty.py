"""How certain an answer is, and how much of that each group of inputs gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data import features

NOTHING, WHOLE = "nothing", "whole"  # beside the groups


@dataclass(frozen=True)
class Certainty:
    """The most likely class, its probability, and how many equally likely classes would leave as much open.

    `classes` is the exponential of the entropy: 1 is certain, the number of classes knows nothing.
    """

    name: str
    share: float
    classes: float


def of(shares: Mapping[str, float]) -> Certainty:
    """Of the probabilities of all classes."""
    values = np.array(list(shares.values()), dtype=float)
    some = values[values > 0]
    name = max(shares, key=shares.__getitem__)
    return Certainty(name, float(shares[name]), float(np.exp(-(some * np.log(some)).sum())))


def variants(
    values: Mapping[str, object], taken_away: Mapping[str, Mapping[str, object]]
) -> dict[str, dict[str, object]]:
    """A description as it is, without each group of which something is known, with each that was taken away, and empty.

    `taken_away`: group -> what was known of it.
    """
    known = {name: value for name, value in values.items() if value is not None}
    found: dict[str, dict[str, object]] = {WHOLE: known}
    for group in features.GROUPS:
        names = {i.name for i in features.INPUTS if i.group == group}
        rest = {name: value for name, value in known.items() if name not in names}
        if len(rest) < len(known):
            found[group] = rest
        elif taken_away.get(group):
            found[group] = {**known, **taken_away[group]}
    return {**found, NOTHING: {}}
