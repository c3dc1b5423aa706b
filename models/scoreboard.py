"""Scores in words: tables for the terminal and for documents, made from what is kept with the checkpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from data.errors import DataError
from data.features import TARGETS, Target
from data.text import _
from models.registry import KINDS, Entry
from models.unseen import Unseen, unseen

START, END = "<!-- scores:start -->", "<!-- scores:end -->"
_SHOWN = ("log_loss", "accuracy", "macro_f1", "macro_auc", "ece", "auc_serious", "auc_killed", "ap_killed")
_BRIEF = ("log_loss", "accuracy")
_FORECAST = ("mae", "mase", "rmsse", "pinball", "coverage_80")
_BACKTEST = ("mae", "mase", "rmsse", "pinball", "crps", "coverage_50", "coverage_80", "coverage_95")


def text(found: Mapping[str, Any]) -> str:
    """One line a metric: the value, its interval where there is one, and the baseline's."""
    lines = []
    for name, base in found["baseline"].items():
        low_high = found["intervals"].get(name)
        interval = f" [{low_high[0]:.4f}, {low_high[1]:.4f}]" if low_high else ""
        lines.append(
            f"  {name:<20}{found[name]:.4f}{interval}   " + _("class frequencies {value:.4f}").format(value=base)
        )
    return "\n".join(lines)


def forecast_text(found: Mapping[str, Any]) -> str:
    """Pooled scores of a backtest beside its baselines, how certain each difference is, and what there is to note."""
    baselines, blend = found["baselines"], found.get("blend")
    rows = {found["checkpoint"]: found["pooled"], **{name: b["pooled"] for name, b in baselines.items()}}
    rows |= {_("blend"): blend["pooled"]} if blend else {}
    lines = [_("{count} origins").format(count=found["origins"]), _line("", [*_BACKTEST, _("p")])]
    for name, values in rows.items():
        p = baselines.get(name, {}).get("diebold_mariano", {}).get("p")
        lines.append(
            _line(name, [*(_number(values.get(m)) for m in _BACKTEST), _number(p) if name in baselines else ""])
        )
    if blend:
        lines.append(_("The blend is the mean of {members}.").format(members=", ".join(blend["members"])))
    for name, reason in found.get("left_out", {}).items():
        lines.append(_("{name}: left out. {reason}").format(name=name, reason=reason))
    return "\n".join([*lines, *([found["note"]] if "note" in found else [])])


def markdown(entries: Sequence[Entry]) -> str:
    """The scores of every readable checkpoint on accidents it had not seen, as Markdown tables, by target.

    Only models scored on the same accidents share a table: other numbers cannot be compared.
    """
    facts = [e.metadata for e in entries if e.metadata is not None]
    parts = []
    for target in TARGETS:
        of_target = [fact for fact in facts if fact["target"] == target and unseen(fact) is not None]
        for same in _grouped(of_target):
            parts.append(_classifiers(target, same))
    parts += [_forecaster(fact) for fact in facts if fact["target"] == "daily"]
    return "\n\n".join(parts)


def brief(entries: Sequence[Entry]) -> str:
    """The most accurate readable checkpoint of each target on what it had not seen, as one Markdown table."""
    facts = [e.metadata for e in entries if e.metadata is not None]
    columns = [_("target"), _("most accurate model"), _("on what it had not seen"), _("knowing nothing")]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for target in TARGETS:
        scored = [(one.scores, f) for f in facts if f["target"] == target and (one := unseen(f)) is not None]
        if scored:
            scores, fact = min(scored, key=lambda item: float(item[0]["log_loss"]))
            cells = ", ".join(f"{name} {_interval(scores, name)}" for name in _BRIEF)
            base = ", ".join(f"{name} {_number(scores['baseline'].get(name))}" for name in _BRIEF)
            lines.append(f"| {_(TARGETS[target])} | {KINDS[fact['kind']].label} | {cells} | {base} |")
    daily = [fact for fact in facts if fact["target"] == "daily"]
    if daily:
        fact = min(daily, key=lambda item: float(item["metrics"]["held_out"]["pooled"]["mae"]))
        found = fact["metrics"]["held_out"]
        both = (found["pooled"], found["baselines"]["seasonal-naive"]["pooled"])
        cells, base = (f"mae {_number(of['mae'])}" for of in both)
        words = _("Accidents a day, 28 days ahead")
        lines.append(f"| {words} | {KINDS[fact['kind']].label} | {cells} | {base} (seasonal-naive) |")
    return "\n".join(lines)


def put(document: Path, text: str, start: str = START, end: str = END) -> None:
    """Replace what stands between the markers of a document.

    Raises: DataError where the markers are not there.
    """
    before, after = around(document, start, end)
    document.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


def around(document: Path, start: str, end: str) -> tuple[str, str]:
    """What stands before and after the markers of a document.

    Raises: DataError where they are not there.
    """
    try:
        whole = document.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise DataError(_("{file} cannot be read: {error}").format(file=document, error=error)) from error
    if start not in whole or end not in whole:
        raise DataError(_("{file} lacks the markers {start} and {end}.").format(file=document, start=start, end=end))
    before, rest = whole.split(start, 1)
    return before, rest.split(end, 1)[1]


def _grouped(facts: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for fact in facts:
        same = (fact["data"].get("fingerprint"), fact["split"], fact.get("cuts"))
        groups.setdefault(repr(same), []).append(fact)
    return list(groups.values())


def _classifiers(target: Target, facts: Sequence[Mapping[str, Any]]) -> str:
    found = {id(fact): one for fact in facts if (one := unseen(fact)) is not None}
    first, validation = found[id(facts[0])], facts[0]["split"].get("validation")
    names = [m for m in _SHOWN if any(m in one.scores for one in found.values())]
    columns = [*names, _("log_loss without directions"), *([_("log_loss, validation")] if validation else [])]
    title = _title(target, facts[0], first, validation)
    lines = [title, "", "| " + " | ".join([_("model"), *columns]) + " |", "|" + "---|" * (len(columns) + 1)]
    for fact in facts:
        one = found[id(fact)]
        cells = [_interval(one.scores, name) for name in names]
        others = [one.without, *([fact["metrics"]["validation"]] if validation else [])]
        cells += [f"{scores['log_loss']:.3f}" for scores in others]
        lines.append(f"| {KINDS[fact['kind']].label} | " + " | ".join(cells) + " |")
    others = [first.without, *([facts[0]["metrics"]["validation"]] if validation else [])]
    cells = [_number(first.scores["baseline"].get(name)) for name in names]
    cells += [f"{scores['baseline']['log_loss']:.3f}" for scores in others]
    return "\n".join([*lines, f"| {_('class frequencies')} | " + " | ".join(cells) + " |"])


def _title(target: Target, fact: Mapping[str, Any], scored: Unseen, validation: Mapping[str, Any] | None) -> str:
    period = _("{start} to {end} ({rows:,} accidents)").format(**scored.period)
    words = [scored.in_words(period)]
    if validation:
        words.append(_("validation {start} to {end}").format(**validation))
    if scored.name == "cuts":
        words.append(_("learnt from since: {start} to {end} ({rows:,} accidents)").format(**fact["split"]["train"]))
    return f"**{_(TARGETS[target])}**, {fact['data']['source']}: {'; '.join(words)}."


def _forecaster(fact: Mapping[str, Any]) -> str:
    found, period = fact["metrics"]["held_out"], fact["split"]["held_out"]
    heading = _("**Accidents a day**, {source}: held out {start} to {end}, {origins} origins, 28 days ahead.")
    title = heading.format(source=fact["data"]["source"], origins=found["origins"], **period)
    if fact["learnt_until"] > period["start"]:
        title += " " + _("Learnt from since: {start} to {end}.").format(**fact["data"])
    lines = [title, "", f"| {_('model')} | " + " | ".join(_FORECAST) + " |", "|" + "---|" * (len(_FORECAST) + 1)]
    rows = {KINDS[fact["kind"]].label: found["pooled"], **{n: b["pooled"] for n, b in found["baselines"].items()}}
    lines += [
        f"| {name} | " + " | ".join(_number(values[m]) for m in _FORECAST) + " |" for name, values in rows.items()
    ]
    return "\n".join(lines)


def _interval(found: Mapping[str, Any], name: str) -> str:
    if name not in found["intervals"]:
        return _number(found.get(name))  # a model scored before the metric was known does not have it
    low, high = found["intervals"][name]
    return f"{_number(found[name])} [{_number(low)}, {_number(high)}]"


def _line(name: str, cells: Sequence[str]) -> str:
    return f"{name:<24}" + "".join(f"{cell:>13}" for cell in cells)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
