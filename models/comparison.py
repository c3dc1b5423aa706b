"""Several classifiers on the same accidents: which accidents, what each model answers, and where they differ."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from data import features
from data.dataset import Source
from data.errors import DataError
from data.features import Target
from data.text import _
from models import evaluation, paired, slices
from models.classifier import Classifier
from models.metrics import LESS_IS_BETTER, Scorer
from models.seen import Seen

MOST = 10_000  # accidents compared at once
DRAWS = 200  # of the bootstrap, the same for all models
FEW_KILLED = 10  # accidents with somebody killed, below which scores about them are mostly chance
_KILLED = 2  # the position of the class
_OF_KILLED = ("auc_killed", "ap_killed", "recall_killed_top10")
_CHUNK = 1000  # rows between two words on how far it is
Which = Literal["unseen", "all"]
Report = Callable[[float], None]


@dataclass(frozen=True)
class Asked:
    """Which accidents: those that no chosen model has learnt from ("unseen") or "all", of a period, so many, drawn so.

    Raises: DataError for a number that is not possible.
    """

    target: Target
    which: Which = "unseen"
    start: date | None = None
    end: date | None = None
    size: int = MOST
    seed: int = 0

    def __post_init__(self) -> None:
        if self.target not in features.TARGETS or self.which not in ("unseen", "all"):
            raise DataError(_("{value} is not possible here.").format(value=f"{self.target}, {self.which}"))
        if not 1 <= self.size <= MOST:
            message = _("{n} accidents cannot be compared at once; it is 1 to {most}.")
            raise DataError(message.format(n=self.size, most=MOST))
        if not 0 <= self.seed < 2**32:
            raise DataError(_("The seed cannot be {seed}; it is 0 or more.").format(seed=self.seed))


@dataclass(frozen=True, eq=False)
class Sample:
    """The accidents that models are compared on.

    `table`: as by `data.features.table`; `truth`: class positions. `known`: how many of the period have a known target;
    `pool`: how many of them were left to draw from.
    """

    table: pd.DataFrame
    truth: np.ndarray
    known: int
    pool: int
    key: str = field(repr=False)

    def __len__(self) -> int:
        return len(self.truth)


@dataclass(frozen=True, eq=False)
class Answered:
    """What one model says of a sample, and how good that is.

    `scores`: as by `evaluation.score`, with intervals; `drawn`: those of each bootstrap draw (draws, metrics);
    `seen`: how many of the accidents it has learnt from.
    """

    scorer: Scorer
    scores: Mapping[str, Any]
    drawn: np.ndarray
    seen: int

    @property
    def proba(self) -> np.ndarray:
        return self.scorer.proba


def sample(data: Source, asked: Asked, seen: Sequence[Seen]) -> Sample:
    """The accidents that are asked for; an empty sample where there is none.

    Raises: DataError where the data cannot be read.
    """
    known = _known(data, asked)
    pool = known
    if asked.which == "unseen":
        learnt = np.zeros(len(known), dtype=bool)
        for one in seen:
            learnt |= one.contains(known)
        pool = known[~learnt]
    random = np.random.default_rng(asked.seed)
    chosen = pool[np.sort(random.permutation(len(pool))[: asked.size])]
    accidents = data.accidents()
    table = features.table(accidents[accidents["accident"].isin(chosen)])
    truth = table[asked.target].cat.codes.to_numpy().astype(np.int64)
    digest = hashlib.sha256(f"{data.version} {asked.target} {' '.join(chosen)}".encode()).hexdigest()
    return Sample(table, truth, len(known), len(pool), digest)


def _known(data: Source, asked: Asked) -> pd.Index:
    """The numbers of all accidents of the period whose target is known, in the order of the data."""
    frame = data.accidents(["accident", "date", asked.target])
    kept = frame[asked.target].notna()
    if asked.start is not None:
        kept &= frame["date"] >= pd.Timestamp(asked.start)
    if asked.end is not None:
        kept &= frame["date"] < pd.Timestamp(asked.end) + pd.Timedelta(days=1)
    return pd.Index(frame.loc[kept, "accident"].astype("str"))


def answered(model: Classifier, of: Sample, report: Report = lambda share: None) -> Answered:
    """What a model answers to a sample, with the scores that `python -m models evaluate --bootstrap` gives.

    `report` is told which share of the work is done.
    Raises: DataError where the sample is empty or has an impossible value.
    """
    parts = []
    for start in range(0, len(of), _CHUNK):
        parts.append(model.predict_proba(of.table.iloc[start : start + _CHUNK]).to_numpy())
        report(0.7 * min(1.0, (start + _CHUNK) / len(of)))
    proba = np.concatenate(parts) if parts else np.empty((0, len(model.classes)))
    scores = evaluation.score(proba, of.truth, model.frequencies, target=model.target)
    scorer, metrics = Scorer(proba, of.truth), evaluation.metrics_of(model.target)
    drawn = evaluation.drawn(scorer, metrics, DRAWS, report=lambda done: report(0.7 + 0.3 * done / DRAWS))
    scores["intervals"] = evaluation.intervals(list(metrics), drawn)
    return Answered(scorer, scores, drawn, model.seen.count(of.table.index))


def differences(first: Answered, others: Mapping[str, Answered], target: Target) -> dict[str, list[paired.Difference]]:
    """Each model's scores minus those of the first, all metrics, with paired intervals; "first" is the first model."""
    names = list(evaluation.metrics_of(target))
    return {
        other: [
            paired.difference(name, found.scores[name] - first.scores[name], found.drawn[:, at] - first.drawn[:, at])
            for at, name in enumerate(names)
        ]
        for other, found in others.items()
    }


def better(difference: paired.Difference) -> bool | None:
    """Whether a model is better than the one it is compared with; None where the interval leaves it open."""
    return None if difference.better == "open" else difference.better == "first"


def best(answers: Mapping[str, Answered], metric: str) -> str | None:
    """The model with the best value of a metric; None where there is no choice or no value."""
    values = {name: found.scores[metric] for name, found in answers.items() if np.isfinite(found.scores[metric])}
    if len(values) < 2:
        return None
    return (min if metric in LESS_IS_BETTER else max)(values, key=values.__getitem__)


def by_part(
    answers: Mapping[str, Answered],
    of: Sample,
    target: Target,
    metric: str,
    report: Report = lambda share: None,
) -> pd.DataFrame:
    """One score of each model on kinds of accidents, with intervals.

    Columns: division, value (its code), part (in words), model, score, low, high (NaN where it does not tell), n,
    killed (accidents with somebody killed, of severity), few (whether too few to say much).
    """
    formula = evaluation.metrics_of(target)[metric]
    parts = slices.parts(slices.more(of.table), least=1)
    rows = []
    for done, part in enumerate(parts):
        truth = of.truth[part.mask]
        n, killed = len(truth), int((truth == _KILLED).sum()) if target == "severity" else None
        few = n < slices.LEAST or (metric in _OF_KILLED and (killed or 0) < FEW_KILLED)
        facts = {
            "division": part.division,
            "value": part.value,
            "part": part.label,
            "n": n,
            "killed": killed,
            "few": few,
        }
        for model, found in answers.items():
            scorer = Scorer(found.proba[part.mask], truth)
            drawn = evaluation.drawn(scorer, {metric: formula}, DRAWS)
            low, high = evaluation.intervals([metric], drawn).get(metric, [float("nan")] * 2)
            rows.append({**facts, "model": model, "score": formula(scorer, np.ones(n)), "low": low, "high": high})
        report((done + 1) / len(parts))
    columns = ["division", "value", "part", "n", "killed", "few", "model", "score", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def disagreements(answers: Mapping[str, Answered], *, classes_differ: bool, most: int) -> pd.DataFrame:
    """Where the models disagree most: row positions, the widest first.

    Columns: `row` of the sample, `spread` (largest difference of a class's probabilities) and the `position` of that
    class. `classes_differ`: only where the models find different classes most likely. Empty for a single model.
    """
    if len(answers) < 2:
        return pd.DataFrame({"row": [], "spread": [], "position": []})
    stacked = np.stack([found.proba for found in answers.values()])
    ranges = stacked.max(axis=0) - stacked.min(axis=0)
    spread, position = ranges.max(axis=1), ranges.argmax(axis=1)
    likely = stacked.argmax(axis=2)
    rows = np.flatnonzero((likely != likely[0]).any(axis=0)) if classes_differ else np.arange(len(spread))
    rows = rows[np.argsort(-spread[rows], kind="stable")][:most]
    return pd.DataFrame({"row": rows, "spread": spread[rows], "position": position[rows]})
