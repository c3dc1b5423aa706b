"""Rows of a file with the answers of models beside them, and what the answers come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from data import features, schema
from data.batch.prepare import Prepared
from data.batch.table import Table
from data.errors import AppError, DataError
from data.text import _
from models import registry
from models.classifier import Classifier
from models.registry import Entry

CHUNK = 2_000  # rows between two words on how far it is
_DECIMALS = 7
_MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Step:
    """How far the scoring is: `model` answers now, `done` of `total` answers are there."""

    model: str
    done: int
    total: int


@dataclass(frozen=True)
class Scored:
    """`frame`: every row of the file, its own columns, and the answers; `summary`: what the page shows, as JSON."""

    frame: pd.DataFrame
    summary: dict[str, Any]


def names(entries: Sequence[Entry]) -> dict[str, str]:
    """How models are called in the columns of a result, by their checkpoints' names; no two of a target alike."""
    plain = {e.name: e.title or registry.KINDS[str((e.metadata or {})["kind"])].label for e in entries}
    often = Counter((e.target, plain[e.name]) for e in entries)
    return {
        e.name: plain[e.name] if often[e.target, plain[e.name]] == 1 else f"{plain[e.name]} ({e.name})" for e in entries
    }


def score(table: Table, prepared: Prepared, entries: Sequence[Entry], report: Callable[[Step], None]) -> Scored:
    """The answers of models to the rows that can be scored; a model that cannot be used is left out and named.

    Raises: DataError where no model can be used; what `report` raises.
    """
    given = prepared.rows[prepared.scored]
    total = len(given) * len(entries)
    called, taken = names(entries), set(map(str, table.frame))
    columns: dict[str, pd.Series] = {}
    told: list[dict[str, Any]] = []
    refused: list[tuple[str, str]] = []
    for n, entry in enumerate(entries):
        report(Step(called[entry.name], n * len(given), total))
        try:
            model = registry.load(entry.folder)
        except AppError as error:
            refused.append((called[entry.name], str(error)))
            continue
        if not isinstance(model, Classifier):
            raise DataError(_("{name} is no model of accidents.").format(name=entry.name))
        parts = [given.iloc[:0]]
        for start in range(0, len(given), CHUNK):
            parts.append(model.predict_proba(given.iloc[start : start + CHUNK]))
            report(Step(called[entry.name], n * len(given) + min(len(given), start + CHUNK), total))
        proba = pd.concat(parts[1:]) if parts[1:] else model.predict_proba(given)
        columns |= _columns(model.target, called[entry.name], proba, prepared, taken)
        told.append(_told(entry, called[entry.name], model.target, proba, prepared))
    if not told:
        raise DataError(" ".join(f"{name}: {reason}" for name, reason in refused))
    frame = _result(table, columns, prepared, taken)
    return Scored(frame, _summary(table, prepared, told, refused))


def _own(name: str, taken: set[str]) -> str:
    """A name that no column of the file has."""
    return name if name not in taken else f"{name} (Balise)"


def _columns(
    target: features.Target, model: str, proba: pd.DataFrame, prepared: Prepared, taken: set[str]
) -> dict[str, pd.Series]:
    """The most likely class in words and the probability of each, missing for rows that are not scored."""
    head = f"{_(features.TARGETS[target])} - {model}"
    whole = proba.reindex(prepared.rows.index).round(_DECIMALS)
    likely = pd.Series(None, index=prepared.rows.index, dtype="str")
    if len(proba):
        likely[proba.index] = proba.idxmax(axis="columns").map(lambda code: schema.label(target, code)).astype("str")
    found = {_own(f"{head} - {_('most likely')}", taken): likely}
    return found | {_own(f"{head} - {schema.label(target, str(code))}", taken): whole[code] for code in proba}


def _told(entry: Entry, called: str, target: str, proba: pd.DataFrame, prepared: Prepared) -> dict[str, Any]:
    """What the answers of a model come to: by class, how often it is the most likely and how many are expected."""
    codes = list(map(str, proba.columns))
    likely = proba.to_numpy().argmax(axis=1) if len(proba) else np.empty(0, dtype=int)
    counts = np.bincount(likely, minlength=len(codes))
    told: dict[str, Any] = {
        "name": entry.name,
        "label": called,
        "kind": str((entry.metadata or {})["kind"]),
        "target": target,
        "classes": [
            {"code": code, "most_likely": int(count), "expected": round(float(proba[code].sum()), 3)}
            for code, count in zip(codes, counts, strict=True)
        ],
    }
    known = prepared.outcomes.get(target)
    if known is not None:
        truth = known.codes[prepared.scored]
        told |= {"known": int((truth >= 0).sum()), "agree": int((truth == likely).sum())}
    return told


def _result(table: Table, columns: dict[str, pd.Series], prepared: Prepared, taken: set[str]) -> pd.DataFrame:
    numbers = pd.Series(np.arange(table.first, table.first + len(table.frame)))
    problem = pd.Series(prepared.problem, dtype="str")
    own = {str(name): cells for name, cells in table.frame.items()}
    return pd.DataFrame({_own(_("row"), taken): numbers, **own, **columns, _own(_("problem"), taken): problem})


def _summary(
    table: Table, prepared: Prepared, told: list[dict[str, Any]], refused: list[tuple[str, str]]
) -> dict[str, Any]:
    scored = int(prepared.scored.sum())
    partly = sum(bool(text) for text, good in zip(prepared.problem, prepared.scored, strict=True) if good)
    return {
        "file": table.name,
        "rows": len(table.frame),
        "scored": scored,
        "not_scored": len(table.frame) - scored,
        "with_unknown": partly,
        "models": told,
        "refused": refused,
        "problems": [asdict(problem) for problem in prepared.problems[:_MOST_PROBLEMS]],
        "problems_in_all": len(prepared.problems),
    }
