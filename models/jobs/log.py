"""Every training and every shipped model as one table: what was asked, how it went and what came of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from data.errors import AppError
from data.runs.run import EVENTS, Event, file_state
from data.text import _, language
from models import card, registry
from models.champions import target_label
from models.diagnosis import Point
from models.jobs.launch import runs
from models.jobs.run import Run
from models.main_score import main_score
from models.registry import KINDS, Entry
from models.score_words import METRICS, score
from models.settings import as_dict
from models.unseen import unseen

SHIPPED, IMPORTED = "shipped", "imported"  # what stands in place of the status of a model that was not trained here
_DRAWN = 40  # points of a sparkline: as many as its pixels tell apart
COLUMNS = (
    "name", "title", "notes", "started", "target", "kind", "preset", "status", "seconds", "steps", "best", "last",
    "score", "measure", "days", "gain", "curve",
)  # fmt: skip
_FORECAST_METRICS = ("mae", "mase", "rmsse", "crps", "coverage_50", "coverage_80", "coverage_95")

Sections = dict[str, dict[str, str]]


def table() -> pd.DataFrame:
    """One row a training, newest first, then imported and shipped models.

    Columns: name, title, notes (what people wrote), started (local time), target, kind, preset, status (of `jobs`, or
    SHIPPED, IMPORTED), seconds, steps (epochs, rounds or trees), best, last (validation loss), score (log-loss, or
    accidents a day, on what the model had not seen: less is better), measure (which of them, as `MainScore.name`), days
    (first and last that were scored; scores of other days are no better or worse), gain (share of the baseline's score
    that is won), curve (validation loss, at most 40 points). What is not known is missing; texts are empty then.
    """
    return _rows(_Shown(language(), runs(), registry.entries())).copy(deep=False)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What a table is made of. A run that has ended is the same object each time (`runs`), as its metadata are."""

    language: str
    runs: list[Run]
    entries: list[Entry]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Shown) or len(self.runs) != len(other.runs):
            return False
        same = all(one is another for one, another in zip(self.runs, other.runs, strict=True))
        return same and self.language == other.language and self.entries == other.entries

    def __hash__(self) -> int:
        return hash((self.language, len(self.runs)))


@lru_cache(maxsize=2)  # a language each: the page is looked at again and again
def _rows(shown: _Shown) -> pd.DataFrame:
    entries = {entry.name: entry for entry in shown.entries}
    trained = [_of_run(run, entries.pop(run.name, None)) for run in shown.runs]
    others = [_of_model(entry) for entry in sorted(entries.values(), key=lambda e: not e.own)]
    found = pd.DataFrame([*trained, *others], columns=list(COLUMNS))
    numbers = ["seconds", "steps", "best", "last", "score", "gain"]
    return found.astype(dict.fromkeys(numbers, float)).astype({"started": "datetime64[us]"})


def points(metadata: Mapping[str, Any]) -> list[Point]:
    """The curve kept with a model, or those of a blend's members one after the other, each from step 1."""
    members = (metadata.get("members") or {}).values()
    curves = [metadata.get("curves") or [], *(member.get("curves") or [] for member in members)]
    return [{"step": number, **point} for curve in curves for number, point in enumerate(curve, start=1)]


def scored_on(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """The days that the main score of a model comes from: start and end (ISO); empty where they were not kept."""
    if metadata.get("target") == "daily":
        return dict(metadata.get("split", {}).get("held_out", {}))
    found = unseen(metadata)
    return found.period if found else {}


def asked_the_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the scores of two models can be compared: of one target, on the same days of the same data."""
    same_data = one["data"].get("fingerprint") == other["data"].get("fingerprint")
    return bool(one["target"] == other["target"] and same_data and scored_on(one) == scored_on(other))


def days(metadata: Mapping[str, Any]) -> str:
    """The days of the main score as a text, which is empty where they are not known."""
    period = scored_on(metadata)
    return f"{period['start']} – {period['end']}" if {"start", "end"} <= set(period) else ""


def reached(run: Run) -> Event:
    """What tells how many steps (`done` of `total`, in `unit`) were learnt, as the curve shows them.

    A forecaster learns anew from all days after that: the events of that part count nothing. One of which a person has
    had enough says that all steps are done.
    """
    return dict(_reached(run.folder, file_state(run.folder / EVENTS)))


@lru_cache(maxsize=1024)
def _reached(folder: Path, state: tuple[int, int]) -> Event:
    run = Run(folder)
    last = run.progress
    learnt = next((event for event in reversed(run.events) if event.get("values")), None)
    if learnt is None:
        return last
    begins_another = [learnt.get(fact) for fact in ("unit", "total")] != [last.get(fact) for fact in ("unit", "total")]
    return last if begins_another and not last.get("note") else learnt


def comparable(names: Collection[str]) -> list[tuple[str, str, str]]:
    """The kinds, targets and days scored of which some models differ in their settings, those with most models first.

    Scores of other days say nothing about settings.
    """
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for entry in registry.entries():
        if entry.name in names and entry.metadata is not None and main_score(entry.metadata) is not None:
            kind, target = str(entry.metadata["kind"]), str(entry.metadata["target"])
            groups.setdefault((kind, target, days(entry.metadata)), []).append(entry.metadata["config"])
    varied = {group: len(found) for group, found in groups.items() if any(config != found[0] for config in found)}
    return sorted(varied, key=lambda group: -varied[group])


def settings(kind: str, target: str, scored: str) -> pd.DataFrame:
    """The settings and the score of every model of a kind and target that was scored on these days (of `days`).

    Columns: `score`, then one a setting; index: name.
    """
    rows = {}
    for entry in registry.entries(target):
        score = main_score(entry.metadata or {})
        if entry.metadata is None or score is None or entry.metadata["kind"] != kind:
            continue
        if days(entry.metadata) == scored:
            rows[entry.name] = {"score": score.value, **entry.metadata["config"]}
    return pd.DataFrame.from_dict(rows, orient="index")


def differences(one: str, other: str) -> pd.DataFrame:
    """What is known of two trainings or models, side by side, in words.

    Columns: part, what, one, other, same (bool); "–" where one of them has no such thing.
    """
    first, second = _sections(one), _sections(other)
    rows = []
    for part in dict.fromkeys([*first, *second]):
        left, right = first.get(part, {}), second.get(part, {})
        for what in dict.fromkeys([*left, *right]):
            a, b = left.get(what, "–"), right.get(what, "–")
            rows.append((part, what, a, b, a == b))
    return pd.DataFrame(rows, columns=["part", "what", "one", "other", "same"])


def _of_run(run: Run, entry: Entry | None) -> dict[str, Any]:
    metadata = entry.metadata if entry else None
    whole = points(metadata) if metadata else []
    curve = _validation(whole) if metadata else _from_events(run.folder, file_state(run.folder / EVENTS))
    steps = whole[-1]["step"] if whole else reached(run).get("done")
    started = datetime.fromtimestamp(run.created) if run.created else None
    asked = {name: str(run.spec.get(name) or "") for name in ("target", "kind", "preset")}
    if metadata and not asked["preset"]:
        asked["preset"] = str(metadata.get("preset") or "")
    row = {"name": run.name, "started": started, "status": run.status, **asked}
    seconds = run.elapsed if run.created else None
    found = row | _measured(entry, curve) | {"seconds": seconds, "steps": steps}
    return found | {"title": _("Tuning")} if run.tuning else found


def _of_model(entry: Entry) -> dict[str, Any]:
    facts = entry.metadata or {}
    curve = points(facts)
    row = {
        "name": entry.name,
        "started": _moment(str(facts.get("created") or "")),
        "target": str(facts.get("target", "")),
        "kind": str(facts.get("kind", "")),
        "preset": str(facts.get("preset") or ""),
        "status": (IMPORTED if entry.own else SHIPPED) if entry.metadata else "damaged",
        "seconds": facts.get("seconds"),
        "steps": curve[-1]["step"] if curve else None,
    }
    return row | _measured(entry, _validation(curve))


def _moment(created: str) -> datetime | None:
    """The local time of an ISO moment, as the started trainings have it."""
    try:
        return datetime.fromisoformat(created).astimezone().replace(tzinfo=None)
    except ValueError:
        return None


def _measured(entry: Entry | None, curve: Sequence[float]) -> dict[str, Any]:
    """What came of a training: losses, score, and what people wrote of the model."""
    score = main_score(entry.metadata or {}) if entry else None
    finite = [value for value in curve if math.isfinite(value)]
    return {
        "title": entry.title if entry else "",
        "notes": entry.notes if entry else "",
        "best": min(finite, default=None),
        "last": curve[-1] if curve else None,
        "score": score.value if score else None,
        "measure": score.name if score else "",
        "days": days(entry.metadata or {}) if entry and score else "",
        "gain": score.gain if score else None,
        "curve": finite[:: math.ceil(len(finite) / _DRAWN)] if finite else None,
    }


def _validation(curve: Sequence[Point]) -> tuple[float, ...]:
    """The validation losses of the last training of a curve: of a blend, those of its last member."""
    found: list[float] = []
    for point in curve:
        if point["step"] == 1:
            found = []
        if "validation_loss" in point:
            value = point["validation_loss"]
            found.append(math.nan if value is None else float(value))
    return tuple(found)


@lru_cache(maxsize=1024)
def _from_events(folder: Path, state: tuple[int, int]) -> tuple[float, ...]:
    """The validation losses of a training without a model; its events are read again only when there are new ones."""
    return _validation(Run(folder).curve)


def _sections(name: str) -> Sections:
    """What is known of a training or model by its name: part -> name of a fact -> words."""
    entry = next((e for e in registry.entries() if e.name == name), None)
    if entry is not None and entry.metadata is not None and entry.metadata["kind"] in KINDS:
        facts = {s.title: dict(s.facts) for s in card.sections(entry) if s.facts is not None}
        return {**facts, _("How it went"): _course(entry.metadata), _("Scores"): _scores(entry.metadata)}
    run = next((r for r in runs() if r.name == name), None)
    return {} if run is None else _asked(run.spec)


def _course(metadata: Mapping[str, Any]) -> dict[str, str]:
    """How many steps were learnt, and who ended it."""
    curve = points(metadata)
    ended = _("by a person, early") if metadata.get("stopped_early") else _("by itself")
    return {_("Steps learnt"): str(curve[-1]["step"]) if curve else "–", _("Ended"): ended}


def _asked(spec: Mapping[str, Any]) -> Sections:
    """What a training without a model was to be."""
    kind, target = KINDS.get(str(spec.get("kind"))), str(spec.get("target"))
    if kind is None or target not in kind.targets:
        return {}
    try:
        preset, config = kind.settings(spec.get("preset"), spec.get("settings"))
    except (AppError, ValueError, TypeError):  # written by hand, or by another version
        return {}
    whole = card.settings({"kind": kind.name, "preset": preset, "config": as_dict(config)})
    return {
        _("What it is"): {_("Kind"): kind.label, _("Answers"): target_label(target)},
        _("Data"): {_("Source"): str(spec.get("data") or spec.get("series") or "–")},
        _("Settings"): whole,
    }


def _scores(metadata: Mapping[str, Any]) -> dict[str, str]:
    """The scores and, before them, the days that they come from."""
    on = {_("Scored on"): days(metadata) or "–"}
    if metadata["target"] == "daily":
        pooled = metadata.get("metrics", {}).get("held_out", {}).get("pooled", {})
        named = {name: name.upper().replace("_", " ") for name in _FORECAST_METRICS if name in pooled}
        return on | {label: score(pooled[name]) for name, label in named.items()}
    found = unseen(metadata)
    scores = found.scores if found else {}
    return on | {_(metric.label): metric.form(scores[name]) for name, metric in METRICS.items() if name in scores}
