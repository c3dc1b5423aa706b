"""What a checkpoint says of a classifier: what it is and learnt from, its scores, and what matters to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.features import PLAYERS
from data.splits import Split
from models import evaluation
from models.calibration import reliability
from models.encoder import Encoded
from models.metrics import Scorer
from models.rehearsal import Rehearsal
from models.seen import Seen
from models.settings import as_dict

if TYPE_CHECKING:
    from models.classifier import Classifier

BOOTSTRAP = 200  # draws for the intervals kept with a checkpoint


def of_part(
    model: Classifier, table: pd.DataFrame, truth: np.ndarray, encoded: Encoded, split: Split
) -> dict[str, Any]:
    """Of a model that learnt from a part of the rows; its scores are its own, on the days held out."""
    parts = {"train": split.train, "validation": split.validation, "held_out": split.held_out}
    latest, latest_truth = encoded.take(split.held_out), truth[split.held_out]
    near_event = np.array([i.near_event for i in model.encoder.inputs])
    without = latest.hide(np.broadcast_to(near_event, (len(latest), len(near_event))))
    raw = {"validation": model._proba(encoded.take(split.validation)), "held_out": model._proba(latest)}
    raw["held_out_without_near_event"] = model._proba(without)
    proba = {name: model.calibration.apply(given) for name, given in raw.items()}
    truths = {name: truth[split.validation] if name == "validation" else latest_truth for name in raw}
    learnt = np.concatenate([split.train, split.validation])
    return _itself(model, table.index[learnt]) | {
        "split": {name: _period(table["date"].iloc[part]) for name, part in parts.items()},
        "metrics": {name: _scores(model, proba[name], truths[name]) for name in proba},
        "reliability": {
            name: {stage: reliability(p[name], truths[name]) for stage, p in (("before", raw), ("after", proba))}
            for name in ("validation", "held_out")
        },
        "confusion": Scorer(proba["held_out"], latest_truth).confusion(np.ones(len(latest))).astype(int),
    }


def of_whole(model: Classifier, table: pd.DataFrame, rehearsal: Rehearsal) -> dict[str, Any]:
    """Of a model that learnt from all rows; the scores are those of the rehearsal."""
    return _itself(model, table.index) | {"split": {"train": _period(table["date"])}, **rehearsal.describe(BOOTSTRAP)}


def of_data(table: pd.DataFrame, source: Mapping[str, Any] | None) -> dict[str, Any]:
    """Of the accidents of a training; `source` is what else is known of them."""
    return {**(source or {}), "rows": len(table), "fingerprint": fingerprint(table)}


def fingerprint(table: pd.DataFrame) -> str:
    """What tells one table of accidents from another, in values and in columns."""
    digest = hashlib.sha256(pd.util.hash_pandas_object(table).to_numpy().tobytes())
    digest.update(",".join(map(str, table.columns)).encode())
    return digest.hexdigest()[:16]


def _period(dates: pd.Series) -> dict[str, Any]:
    """The days and the number of some accidents."""
    return {"start": str(dates.min().date()), "end": str(dates.max().date()), "rows": len(dates)}


def _itself(model: Classifier, learnt: pd.Index) -> dict[str, Any]:
    """All but scores; `learnt` are accidents."""
    return {
        "kind": model.kind,
        "target": model.target,
        "preset": model.preset,
        "config": as_dict(model.config),
        "classes": model.classes,
        "encoder": model.encoder.to_dict(),
        "calibration": model.calibration.to_dict(),
        "frequencies": dict(zip(model.classes, model.frequencies, strict=True)),
        "importance": _importance(model),
        "importance_unit": model.unit,
        "seen": Seen.of(learnt).to_dict(),
        "parameters": model.parameters,
        **model.details,
        "curves": model.curves,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "device": model.computes_on,
    }


def _scores(model: Classifier, proba: np.ndarray, truth: np.ndarray) -> dict[str, Any]:
    return evaluation.score(proba, truth, model.frequencies, target=model.target, bootstrap=BOOTSTRAP)


def _importance(model: Classifier) -> dict[str, float]:
    """Mean size of each player's contribution over a sample and all classes, largest first."""
    if model.explanations is None:
        return {}
    of_class = model.explanations.overall.inputs.importance.values()
    sizes = {player: float(np.mean([sizes[player] for sizes in of_class])) for player in PLAYERS}
    return dict(sorted(sizes.items(), key=lambda pair: -pair[1]))
