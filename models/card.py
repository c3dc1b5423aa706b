"""What there is to know of one model before it is trusted: a page's text, and the file that travels with it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import features
from data.schema import label
from data.text import _, number, percent
from models.champions import target_label
from models.registry import KINDS, Entry
from models.score_words import METRICS, baseline_label, duration, score
from models.settings import in_words, settings_of
from models.unseen import unseen

_NEAR_EVENT = ("log_loss", "accuracy")
_ANSWERS = 5  # measured for the time of one
_RARE = 0.1  # share of a class that is seldom the most likely one


@dataclass(frozen=True)
class Section:
    """One part of a card: facts by their names, a table (its first row the names of its columns), or sentences."""

    title: str
    facts: Mapping[str, str] | None = None
    table: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()
    code: str = ""


def sections(entry: Entry, latency: float | None = None) -> list[Section]:
    """The card of a readable checkpoint; `latency` are seconds an answer took, where that was measured."""
    facts = dict(entry.metadata or {})
    return [
        Section(_("What it is"), _itself(facts)),
        Section(_("Data"), _data(facts)),
        _scores(facts),
        Section(_("Limits"), lines=tuple(limits(facts))),
        Section(_("Size and speed"), _costs(entry.folder, facts, latency)),
        Section(_("Settings"), settings(facts)),
        Section(_("Made with"), {name: str(version) for name, version in facts.get("versions", {}).items()}),
        Section(_("How to load it"), code=_loading(facts)),
    ]


def name_of(entry: Entry) -> str:
    """What a model is called: the name it was given, or what it is in words."""
    return entry.title or " · ".join(described(entry))


def described(entry: Entry) -> list[str]:
    """A model in words: its kind, its target, and where it comes from; its folder's name where it cannot be read."""
    facts = entry.metadata or {}
    if facts.get("kind") not in KINDS or "target" not in facts:
        return [entry.name]
    return [KINDS[facts["kind"]].label, target_label(facts["target"]), origin(entry)]


def origin(entry: Entry) -> str:
    """Where a readable model comes from: the product, or a training with its preset and its end to the second."""
    facts = entry.metadata or {}
    if not entry.own:
        return _("comes with Balise")
    made = f"{str(facts.get('created', '–'))[:19].replace('T', ' ')} UTC"
    return " · ".join([in_words(str(facts["preset"])), made]) if facts.get("preset") else made


def outdated(entry: Entry) -> bool:
    """Whether a readable forecaster was trained by an earlier version and cannot be loaded, told without loading it."""
    facts = entry.metadata or {}
    return facts.get("target") == "daily" and "held_out_forecasts" not in facts


def markdown(entry: Entry, latency: float | None = None) -> str:
    """The card as a Markdown document."""
    parts = [f"# {name_of(entry)}"]
    if entry.notes:
        parts.append(entry.notes)
    for section in sections(entry, latency):
        parts.append(f"## {section.title}")
        if section.facts is not None:
            parts.append("\n".join(f"- {name}: {value}" for name, value in section.facts.items()))
        if section.table:
            head, *rows = section.table
            lines = [head, ("---",) * len(head), *rows]
            parts.append("\n".join("| " + " | ".join(cells) + " |" for cells in lines))
        if section.lines:
            parts.append("\n".join(f"- {line}" for line in section.lines))
        if section.code:
            parts.append(f"```python\n{section.code}\n```")
    return "\n\n".join(parts) + "\n"


def limits(facts: Mapping[str, Any]) -> list[str]:
    """What the model cannot do or was not tried on, in sentences."""
    data, found = facts.get("data", {}), []
    if facts.get("stopped_early"):
        found.append(_("A person ended its training early: with more steps it might have become better."))
    if data.get("simulated"):
        found.append(_("It learnt from simulated accidents: its answers say nothing about real roads."))
    if facts.get("target") == "daily":
        return [*found, *_forecast_limits(facts)]
    found.append(
        _("It knows only accidents with an injury that the police recorded: it says nothing about the risk of one.")
    )
    years = data.get("years") or []
    if years:
        period = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        found.append(
            _("It learnt from {period}; how well it does on other years was not measured.").format(period=period)
        )
    one = unseen(facts)
    if one is not None and one.name == "cuts":
        found.append(
            _("Its scores are those of models of the same settings before each month; it has learnt from these since.")
        )
    rare = [c for c, share in facts.get("frequencies", {}).items() if share < _RARE]
    if rare:
        names = ", ".join(label(facts["target"], c) for c in rare)
        found.append(
            _("Rare classes are seldom its most likely answer, and their shares less sure: {names}.").format(
                names=names
            )
        )
    found.append(_("It finds what goes together in the records, not what causes what."))
    return found


def _forecast_limits(facts: Mapping[str, Any]) -> list[str]:
    period = facts.get("split", {}).get("held_out", {})
    found = [
        _("It knows the past counts and the calendar: neither weather nor strikes, works or new rules."),
        _("It forecasts at most 28 days, from the last day it is given."),
    ]
    if period:
        message = _("It was scored on {start} to {end} alone; a year with another course may go worse.")
        found.append(message.format(**period))
    return found


def settings(facts: Mapping[str, Any]) -> dict[str, str]:
    """The settings by the names that the training form gives them."""
    known = {s.name: s for s in settings_of(next(iter(KINDS[facts["kind"]].presets.values())))}
    given = {}
    for name, value in facts.get("config", {}).items():
        one = known.get(name)
        given[_(one.label) if one else name] = in_words(value) if one and one.choices else _plain(value)
    return {_("Preset"): in_words(str(facts.get("preset", "–"))), **given}


def latency(model: Any) -> float:
    """Seconds that one answer of a loaded model takes on this machine: the median of a few, after a first."""
    forecasts = hasattr(model, "forecast")
    accident = features.row({})
    taken = []
    for _round in range(_ANSWERS + 1):
        start = time.perf_counter()
        if forecasts:
            model.forecast()
        else:
            model.predict_proba(accident)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken[1:])


def size(folder: Path) -> int:
    """Bytes of a checkpoint."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _itself(facts: Mapping[str, Any]) -> dict[str, str]:
    kind, members = KINDS[facts["kind"]], facts.get("members", {})
    found = {
        _("Kind"): kind.label,
        _("Good for"): _(kind.good_for),
        _("Answers"): target_label(facts["target"]),
        _("Made"): f"{str(facts.get('created', '–'))[:16].replace('T', ' ')} UTC",
        _("Computed on"): str(facts.get("device", "–")).upper(),
    }
    if members:
        shares = (f"{KINDS[name].label} {number(one['weight'], '.2f')}" for name, one in members.items())
        found[_("Made of, with weights")] = ", ".join(shares)
        found[_("About the weights")] = _("They multiply the members' log-probabilities, so they need not add up to 1.")
    return found


def _data(facts: Mapping[str, Any]) -> dict[str, str]:
    data, split = facts.get("data", {}), facts.get("split", {})
    found = {
        _("Source"): str(data.get("source", "–")),
        _("Simulated"): _("yes") if data.get("simulated") else _("no"),
    }
    if data.get("note"):
        found[_("Note")] = str(data["note"])
    before, anew = _("Scored on, before it was learnt"), _learnt_anew(facts)
    scored = before if anew else _("Scored on, never learnt from")
    names = {"train": _("Learnt from"), "validation": _("Tuned on"), "held_out": scored}
    found |= {names[part]: _period(split[part]) for part in names if part in split}
    if anew:
        found[_("Then learnt anew from")] = _("all days to {until}").format(until=facts["learnt_until"])
    one = unseen(facts)
    if one is not None and one.name == "cuts":
        found[before] = _period(one.period)
    if "departements" in facts:
        found[_("Départements learnt too")] = str(len(facts["departements"]["places"]))
    return found | {_("Fingerprint of the data"): str(data.get("fingerprint", "–"))}


def _learnt_anew(facts: Mapping[str, Any]) -> bool:
    """Whether a forecaster has learnt from the days that scored it since."""
    held_out = facts.get("split", {}).get("held_out", {})
    return bool(held_out) and str(facts.get("learnt_until", "")) >= held_out["start"]


def _scores(facts: Mapping[str, Any]) -> Section:
    title = _("Scores on what it had not seen")
    table = _forecast_scores(facts) if facts["target"] == "daily" else _class_scores(facts)
    if not table:
        return Section(title, lines=(_("None are kept with it."),))
    mase = _("MASE: the mean error divided by how much the same weekdays of two weeks differ; below 1 is better.")
    return Section(title, table=table, lines=(mase,) if facts["target"] == "daily" else ())


def _class_scores(facts: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Each metric with its interval, beside that of always answering with the class frequencies."""
    one = unseen(facts)
    if one is None:
        return ()
    head = (_("Score"), _("Better is"), _("Value"), _("95% interval"), _("Class frequencies alone"))
    rows = [_score(name, one.scores, "{metric}") for name in METRICS if name in one.scores]
    rows += [
        _score(name, one.without, _("{metric}, directions unknown")) for name in _NEAR_EVENT if name in one.without
    ]
    return (head, *rows)


def scored_by(entry: Entry) -> list[str]:
    """The metrics that the scores of a classifier's card are of."""
    one = unseen(entry.metadata or {})
    return [] if one is None else [name for name in METRICS if name in one.scores]


def _score(name: str, scores: Mapping[str, Any], words: str) -> tuple[str, ...]:
    metric = METRICS[name]
    low_high = scores.get("intervals", {}).get(name)
    interval = " – ".join(metric.form(edge) for edge in low_high) if low_high else "–"
    better = _("more") if metric.more_is_better else _("less")
    base = metric.form(scores.get("baseline", {}).get(name))
    return words.format(metric=_(metric.label)), better, metric.form(scores[name]), interval, base


def _forecast_scores(facts: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    found = facts.get("metrics", {}).get("held_out", {})
    if not found.get("pooled"):
        return ()
    head = (_("Forecast"), _("Mean error (accidents a day)"), _("MASE"), _("Days inside the 80% interval"))
    rows = {_("This model"): found["pooled"]}
    rows |= {baseline_label(name): one["pooled"] for name, one in found.get("baselines", {}).items()}

    def cells(p: Mapping[str, float | None]) -> tuple[str, ...]:
        inside = p.get("coverage_80")
        return score(p.get("mae")), score(p.get("mase")), "–" if inside is None else percent(inside)

    return (head, *((name, *cells(p)) for name, p in rows.items()))


def _costs(folder: Path, facts: Mapping[str, Any], latency: float | None) -> dict[str, str]:
    found = {_("On disk"): _("{n:.1f} MB").format(n=size(folder) / 1e6)}
    if facts.get("parameters"):
        found[_("Weights")] = number(facts["parameters"])
    took = duration(facts.get("seconds", 0))
    blended = _("{time} for the blend itself, without the training of its members").format(time=took)
    found[_("Training")] = blended if facts.get("members") else took
    if latency is not None:
        found[_("One answer on this machine")] = _("{n:.1f} ms").format(n=latency * 1e3)
    return found


def _period(part: Mapping[str, Any]) -> str:
    days = f"{part['start']} – {part['end']}"
    return days if "rows" not in part else _("{days}, {n:,} accidents").format(days=days, n=part["rows"])


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return number(value) if isinstance(value, int) else number(value, "g") if isinstance(value, float) else str(value)


def _loading(facts: Mapping[str, Any]) -> str:
    """A few lines of Python that load the model and ask it."""
    load = "from pathlib import Path\n\nfrom models import registry\n\nmodel = registry.load(Path('FOLDER'))\n"
    if facts["target"] == "daily":
        return load + "forecast = model.forecast(horizon=28)"
    return load.replace("from models", "from data import features\nfrom models") + (
        "model.predict_proba(features.row({'hour': '18', 'light': '5'}))"
    )
