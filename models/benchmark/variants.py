"""Models fitted with other inputs, rows or settings, beside the same model as it is, on the same cuts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.benchmark.answers import blended, rehearsal
from models.benchmark.runs import Result
from models.benchmark.tasks import ALL, REFERENCE
from models.paired import paired
from models.rehearsal import Rehearsal

Fits = Mapping[str, Mapping[str, Mapping[str, Result]]]  # variant -> name of the model -> cut


def variants(fits: Fits, members: Mapping[str, Sequence[str]], prefix: str) -> dict[str, dict[str, Any]]:
    """Of each model with variants of the prefix the "cuts" that all of them have, and "rows"; the best model first.

    `members`: of each model its own name, or of a blend the names of those it is made of; a blend of a variant is made
    of that variant of each, with weights and calibration of its own, and needs two cuts.
    """
    found: dict[str, dict[str, Any]] = {}
    for name, parts in members.items():
        own = [
            variant for variant in fits if variant.startswith(prefix) and all(part in fits[variant] for part in parts)
        ]
        cuts = _shared(fits, [ALL, *own], parts)
        if own and len(cuts) >= min(len(parts), 2):
            found[name] = {"cuts": cuts, "rows": _rows(fits, parts, own, cuts, prefix)}
    return dict(sorted(found.items(), key=lambda pair: pair[1]["rows"][ALL]["log_loss"]))


def beside(scores: Mapping[str, Any], reference: Rehearsal | None, cut: str) -> dict[str, float | None]:
    """By which share the log-loss lies above (or, negative, below) that of the reference on the same cut."""
    if reference is None or cut not in reference.cuts:
        return {"difference": None, "difference_without": None}
    base = reference.on(cut).log_loss
    known, without = (scores[part]["log_loss"] / base - 1 for part in ("scores", "without"))
    return {"difference": known, "difference_without": without}


def mean(values: Sequence[float | None]) -> float | None:
    """That of the known ones, None where there is none."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _shared(fits: Fits, own: Sequence[str], parts: Sequence[str]) -> list[str]:
    """The cuts on which every part was fitted in every variant: only there are all rows about the same accidents."""
    measured = [set(fits.get(variant, {}).get(part, {})) for variant in own for part in parts]
    return sorted(set.intersection(*measured))


def _rows(
    fits: Fits, parts: Sequence[str], own: Sequence[str], cuts: Sequence[str], prefix: str
) -> dict[str, dict[str, Any]]:
    by_cut = fits[ALL].get(REFERENCE, {})
    # calibrated as the variants are: by the same cuts
    reference = rehearsal([by_cut[cut] for cut in cuts]) if all(cut in by_cut for cut in cuts) else None
    results = {v: [[fits[v][part][cut] for cut in cuts] for part in parts] for v in (ALL, *own)}
    answers = {v: rehearsal(found[0]) if len(found) == 1 else blended(found)[0] for v, found in results.items()}
    rows = {variant: _row(answers[variant], results[variant], reference, cuts) for variant in results}
    full = answers[ALL]
    for variant in own:
        pair = {"variant": answers[variant].proba, "full": full.proba}
        cost = paired(pair, full.truth, target=full.target)["variant", "full"]
        rows[variant] |= {"cost": cost.value, "low": cost.low, "high": cost.high}
    return {variant.removeprefix(prefix): row for variant, row in rows.items()}


def _row(
    answers: Rehearsal, results: Sequence[Sequence[Result]], reference: Rehearsal | None, cuts: Sequence[str]
) -> dict[str, Any]:
    """Means over the cuts; the seconds of a blend are those of all its parts."""
    each = [answers.on(cut) for cut in cuts]
    scores = [{"scores": one.score(), "without": one.score(without=True)} for one in each]
    compared = [beside(found, reference, cut) for found, cut in zip(scores, cuts, strict=True)]
    return {
        "log_loss": float(np.mean([found["scores"]["log_loss"] for found in scores])),
        "without": float(np.mean([found["without"]["log_loss"] for found in scores])),
        "train_rows": round(float(np.mean([one.facts["rows"]["train"] for one in results[0]]))),
        "seconds": float(sum(np.mean([one.facts["seconds"] for one in of_part]) for of_part in results)),
        **{key: mean([b[key] for b in compared]) for key in ("difference", "difference_without")},
    }
