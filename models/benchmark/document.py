"""The summary of a benchmark as Markdown tables, in two blocks of a document that are measured at different times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data import features
from data.features import TARGETS, Target
from data.text import _
from models import scoreboard, slices
from models.benchmark import costs
from models.benchmark.cells import NONE, interval, number, relative, signed, table
from models.benchmark.tasks import TABLES

_SCORES = ("accuracy", "balanced_accuracy", "macro_f1", "macro_auc", "brier", "ece")
_OF_SEVERITY = ("auc_serious", "auc_killed", "ap_killed", "recall_killed_top10", "quadratic_kappa")


def markdown(found: Mapping[str, Any]) -> str:
    """The tables of models as they are, from what `summary` gives."""
    return "\n\n".join([*_parts(found, "{target}", _as_they_are), costs.speed(found["gpu"])])


def variants(found: Mapping[str, Any]) -> str:
    """The tables of models fitted in other ways, from what `summary` gives."""
    return "\n\n".join(_parts(found, _("{target}, fitted in other ways"), _other_ways))


@dataclass(frozen=True)
class Block:
    """A part of the document between two markers, made of some of the tables that a `Plan` asks for."""

    name: str
    tables: Sequence[str]
    make: Callable[[Mapping[str, Any]], str]

    @property
    def markers(self) -> tuple[str, str]:
        """The lines of the document before and after it."""
        return f"<!-- {self.name}:start -->", f"<!-- {self.name}:end -->"


BLOCKS = (Block("benchmark", TABLES[:1], markdown), Block("variants", TABLES[1:], variants))


def asked(tables: Sequence[str]) -> list[Block]:
    """The blocks that hold some of the tables; what has not been measured anew stays as it was."""
    return [block for block in BLOCKS if set(block.tables) & set(tables)]


def require(document: Path, tables: Sequence[str]) -> None:
    """Refuse a document that has no place for the tables, before hours of training.

    Raises: DataError where it cannot be read or lacks markers.
    """
    for block in asked(tables):
        scoreboard.around(document, *block.markers)


def write(document: Path, tables: Sequence[str], found: Mapping[str, Any]) -> None:
    """Put what `summary` gives into the blocks of the tables.

    Raises: DataError where the document cannot be read or lacks markers.
    """
    for block in asked(tables):
        scoreboard.put(document, block.make(found), *block.markers)


def _parts(
    found: Mapping[str, Any], heading: str, sections: Callable[[Target, Any], list[tuple[str, str]]]
) -> list[str]:
    """Where the numbers are from, then the sections of each target that say something."""
    parts = [_source(found)]
    for target in (target for target in TARGETS if target in found["targets"]):
        texts = [(title, text) for title, text in sections(target, found["targets"][target]) if text]
        if texts:
            parts.append("## " + heading.format(target=_(TARGETS[target])))
        for title, text in texts:
            parts += [*([f"### {title}"] if title else []), text]
    return parts


def _source(found: Mapping[str, Any]) -> str:
    about = found["data"]
    if not found["targets"]:
        return _("Nothing has been measured yet.")
    years = ", ".join(map(str, about["years"]))
    source = _("simulated {years}") if about["simulated"] else "BAAC {years}"
    message = _("Accidents of {start} to {end} ({source}): {rows:,}, fingerprint `{fingerprint}`.")
    text = message.format(source=source.format(years=years), **{k: about[k] for k in _ABOUT})
    if found["outdated"]:
        text += " " + _("{n} results of other data or inputs are left out.").format(n=found["outdated"])
    return text


_ABOUT = ("start", "end", "rows", "fingerprint")


def _as_they_are(target: Target, found: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("", _periods(found["cuts"])),
        (_("All cuts together"), _together(target, found)),
        (_("Each cut"), _each_cut(found["rows"])),
        (_("Differences between models"), _paired(found["paired"])),
        (_("Weights of blends"), _blends(found["blends"])),
        (_("Kinds of accidents"), _slices(found["slices"])),
        (_("Half described"), _half(found["half"])),
        (_("Calibration"), _calibration(found["calibration"])),
        (_("Training"), costs.training(found["training"])),
    ]


def _other_ways(_target: Target, found: Mapping[str, Any]) -> list[tuple[str, str]]:
    sections = {
        _("Inputs left out"): costs.ablation(found["ablation"]),
        _("Fewer accidents to learn from"): costs.learning(found["learning"]),
        _("Departures of the TabTransformer from the paper"): costs.departures(found["departures"]),
    }
    return list(sections.items())


def _periods(cuts: Mapping[str, Any]) -> str:
    head = [_("held out"), _("training"), _("validation"), _("accidents: training, validation, held out")]
    rows = []
    for name, cut in cuts.items():
        days, counts = cut["days"], cut["rows"]
        learnt, checked = (
            _("before {day}").format(day=days["validation"]),
            _("from {day}").format(day=days["validation"]),
        )
        sizes = ", ".join(f"{counts[part]:,}" for part in ("train", "validation", "held_out"))
        rows.append([name, learnt, checked, sizes])
    message = _(
        "The answers about each cut are calibrated by the same model's answers about the other cuts, and blends are "
        "weighted by them. A table of one cut alone is calibrated by its validation period."
    )
    return "\n\n".join([table(head, rows), message])


def _together(target: Target, found: Mapping[str, Any]) -> str:
    """Scores on the accidents of all cuts; the differences are means over the cuts."""
    if not found["rows"]:
        return ""
    names = [*_SCORES, *(_OF_SEVERITY if target == "severity" else ())]
    to_reference = _("to reference")
    head = [_("model"), "log_loss", to_reference, _("log_loss without directions"), to_reference, *names]
    rows = [
        [
            row["label"],
            interval(row["together"], "log_loss"),
            relative(row["difference"]),
            number(row["together_without"]["log_loss"]),
            relative(row["difference_without"]),
            *(number(row["together"][name]) for name in names),
        ]
        for row in found["rows"].values()
    ]
    text = table(head, rows)
    if found["incomplete"]:
        missing = ", ".join(found["incomplete"])
        text += "\n\n" + _("Not measured on every cut yet: {models}.").format(models=missing)
    return text


def _each_cut(rows: Mapping[str, Any]) -> str:
    names = ("accuracy", "macro_f1", "macro_auc", "ece")
    to_reference = _("to reference")
    head = [_("held out"), _("model"), "log_loss", to_reference, _("without directions"), to_reference, *names]
    cuts = next(iter(rows.values()))["cuts"] if rows else {}
    return table(
        head,
        [
            [
                cut,
                row["label"],
                interval(row["cuts"][cut]["scores"], "log_loss"),
                relative(row["cuts"][cut]["difference"]),
                number(row["cuts"][cut]["without"]["log_loss"]),
                relative(row["cuts"][cut]["difference_without"]),
                *(number(row["cuts"][cut]["scores"][name]) for name in names),
            ]
            for cut in cuts
            for row in rows.values()
        ],
    )


def _paired(pairs: Sequence[Mapping[str, Any]]) -> str:
    verdicts = {"first": _("the first is better"), "second": _("the second is better"), "open": _("open")}
    head = [_("first"), _("second"), _("log_loss, first minus second"), _("verdict")]
    rows = [[p["first"], p["second"], signed(p["value"], p["low"], p["high"]), verdicts[p["better"]]] for p in pairs]
    return table(head, rows)


def _blends(blends: Mapping[str, Any]) -> str:
    rows = [
        [blend["label"], cut, ", ".join(f"{label} {weight:.2f}" for label, weight in weights.items())]
        for blend in blends.values()
        for cut, weights in blend["cuts"].items()
    ]
    return table([_("blend"), _("held out"), _("weights")], rows)


def _slices(found: Mapping[str, Any]) -> str:
    if not found:
        return ""
    head = [_("accidents"), _("part"), _("number"), *found["labels"].values()]
    rows = [
        [
            _(slices.DIVISIONS[part["division"]]),
            part["label"],
            f"{part['rows']:,}",
            *(number(part["scores"][name]["log_loss"]) for name in found["labels"]),
        ]
        for part in found["parts"]
    ]
    return table(head, rows)


def _half(models: Sequence[Mapping[str, Any]]) -> str:
    """The mean and the worst log-loss over every choice of as many groups of inputs hidden."""
    if not models:
        return ""
    first = models[0]
    head = [
        _("model"),
        *(
            _("{n} of {groups} hidden").format(n=n, groups=len(first["groups"]) - 1)
            for n in range(len(first["groups"]))
        ),
    ]
    head.append(_("steps of {n} that improve").format(n=first["steps"]))
    rows = [
        [
            model["label"],
            *(_("{mean} (worst {worst})").format(**{k: number(v) for k, v in one.items()}) for one in model["groups"]),
            "; ".join([str(len(model["better"])), *map(_step, model["better"])]),
        ]
        for model in models
    ]
    rows.append([_("class frequencies"), *[number(first["baseline"])] * len(first["groups"]), NONE])
    message = _(
        "Log-loss on a sample of {rows:,} accidents of the latest cuts, with every choice of as many of the {groups} "
        "groups of inputs hidden. A step hides one group more; it improves where the log-loss falls by more than two "
        "standard errors. Each model is calibrated as it was for its cut, by the validation period."
    )
    return "\n\n".join([message.format(rows=first["rows"], groups=len(first["groups"]) - 1), table(head, rows)])


def _step(step: Mapping[str, Any]) -> str:
    names = [_(features.GROUPS[group]) for group in step["hidden"].split("+") if group]
    hidden = ", ".join(names) or _("nothing")
    words = _("{more} after {hidden}: {change:+.4f}")
    return words.format(more=_(features.GROUPS[step["more"]]), hidden=hidden, change=step["change"])


def _calibration(models: Mapping[str, Any]) -> str:
    head = [_("model"), _("ece before"), _("ece after"), _("ece by chance alone")]
    head += [_("log_loss before"), _("log_loss after")]
    rows = []
    for model in models.values():
        before, after = model["before"], model["after"]
        cells = [before["ece"], after["ece"], model["by_chance"], before["log_loss"], after["log_loss"]]
        rows.append([model["label"], *map(number, cells)])
    return table(head, rows)
