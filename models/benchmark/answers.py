"""The answers of one model about the accidents held out of one or several cuts, and blends made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from data.text import _
from models import calibration
from models.benchmark import half
from models.benchmark.runs import Result
from models.blending import blend, fit_weights
from models.calibration import Calibration, cross_fits
from models.metrics import ECE_BINS
from models.rehearsal import Rehearsal

_SIMULATIONS = 200


def rehearsal(results: Sequence[Result]) -> Rehearsal:
    """What the fits of one model before several cuts told.

    A cut that stands alone is calibrated by its own validation period, several by the answers about the others.
    """
    arrays = [one.arrays for one in results]

    def joined(name: str) -> np.ndarray:
        # kept in single precision; means of thousands of logarithms are to be exact
        return np.concatenate([a[name].astype(np.float64) for a in arrays])

    raw, truth = joined("raw"), np.concatenate([a["truth"] for a in arrays])
    cuts = np.repeat([one.cut for one in results], [len(a["truth"]) for a in arrays])
    own = {one.cut: Calibration.from_dict(one.facts["calibration"], raw.shape[1]) for one in results}
    asked = [one.facts["hidden"] for one in results if "hidden" in one.facts]
    return Rehearsal(
        target=results[0].facts["of"]["target"],
        raw=raw,
        raw_without=joined("raw_without"),
        truth=truth,
        frequencies=np.concatenate([np.broadcast_to(a["frequencies"], a["raw"].shape) for a in arrays]),
        cuts=cuts,
        fits=own if len(results) == 1 else cross_fits(raw, truth, cuts),
        periods={one.cut: one.facts["periods"] for one in results},
        lengths=[one.facts["length"] for one in results if one.facts["length"] is not None],
        half=half.together(asked) if asked else None,
    )


def calibrated(told: Rehearsal) -> dict[str, Any]:
    """Calibration error and log-loss before and after calibration.

    "by_chance": the error that a perfectly calibrated model would show on as many accidents.
    """
    return {**told.reliability(), "by_chance": chance_error(told.proba)}


def chance_error(proba: np.ndarray, seed: int = 0) -> float:
    """Mean calibration error where the probabilities are the truth: what is left is the luck of the draw."""
    random = np.random.default_rng(seed)
    confidence = proba.max(axis=1)
    bins = np.minimum((confidence * ECE_BINS).astype(int), ECE_BINS - 1)
    errors = [
        np.abs(np.bincount(bins, confidence - (random.random(len(proba)) < confidence))).sum() / len(proba)
        for _simulation in range(_SIMULATIONS)
    ]
    return float(np.mean(errors))


def blended(members: Sequence[Sequence[Result]]) -> tuple[Rehearsal, dict[str, np.ndarray]]:
    """What a blend told about two cuts or more, and its weights of each.

    Whatever is learnt for a cut, weights and calibration, is learnt from the answers about the other cuts.
    Raises: ValueError where the members answered about other accidents.
    """
    for same in zip(*members, strict=True):
        if any(not np.array_equal(one.arrays["accidents"], same[0].arrays["accidents"]) for one in same):
            raise ValueError(_("models of a blend answered about other accidents"))
    told = [rehearsal(results) for results in members]
    truth, cuts = told[0].truth, told[0].cuts
    raw, without = np.empty(told[0].raw.shape), np.empty(told[0].raw.shape)
    weights, fits = {}, {}
    for cut in told[0].periods:
        own, others = cuts == cut, cuts != cut
        weights[cut] = fit_weights([one.raw[others] for one in told], truth[others])
        made = blend([one.raw for one in told], weights[cut])
        fits[cut] = calibration.fit(made[others], truth[others], cuts[others])
        raw[own], without[own] = made[own], blend([one.raw_without[own] for one in told], weights[cut])
    return replace(told[0], raw=raw, raw_without=without, fits=fits, lengths=(), half=None), weights


def class_frequencies(like: Rehearsal) -> Rehearsal:
    """The baseline that answers every accident with the shares of the training rows."""
    return replace(like, raw=like.frequencies, raw_without=like.frequencies, fits={})
