"""The summary of a benchmark as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from data import features
from data.errors import DataError
from data.features import TARGETS, Target
from data.text import _
from models import slices
from models.benchmark.tasks import ALL

START, END = "<!-- benchmark:start -->", "<!-- benchmark:end -->"
_SCORES = ("accuracy", "balanced_accuracy", "macro_f1", "macro_auc", "brier", "ece")
_OF_SEVERITY = ("auc_serious", "auc_killed", "ap_killed", "recall_killed_top10", "quadratic_kappa")
_NONE = "–"


def markdown(found: Mapping[str, Any]) -> str:
    """The document's tables, from what `summary` gives."""
    parts = [_source(found)]
    for target in TARGETS:
        if target in found["targets"]:
            parts += _target(target, found["targets"][target])
    return "\n\n".join([part for part in parts if part] + [_speed(found["gpu"])])


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


def _target(target: Target, found: Mapping[str, Any]) -> list[str]:
    sections = [
        ("", _periods(found["cuts"])),
        (_("All cuts together"), _together(target, found)),
        (_("Each cut"), _each_cut(found["rows"])),
        (_("Differences between models"), _paired(found["paired"])),
        (_("Weights of blends"), _blends(found["blends"])),
        (_("Inputs left out"), _ablation(found["ablation"])),
        (_("Fewer accidents to learn from"), _learning(found["learning"])),
        (_("Kinds of accidents"), _slices(found["slices"])),
        (_("Half described"), _half(found["half"])),
        (_("Calibration"), _calibration(found["calibration"])),
        (_("Training"), _training(found["training"])),
    ]
    texts = [f"## {_(TARGETS[target])}"]
    for title, text in sections:
        texts += [*([f"### {title}"] if title and text else []), *([text] if text else [])]
    return texts


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
    return "\n\n".join([_table(head, rows), message])


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
            _interval(row["together"], "log_loss"),
            _relative(row["difference"]),
            _number(row["together_without"]["log_loss"]),
            _relative(row["difference_without"]),
            *(_number(row["together"][name]) for name in names),
        ]
        for row in found["rows"].values()
    ]
    text = _table(head, rows)
    if found["incomplete"]:
        missing = ", ".join(found["incomplete"])
        text += "\n\n" + _("Not measured on every cut yet: {models}.").format(models=missing)
    return text


def _each_cut(rows: Mapping[str, Any]) -> str:
    names = ("accuracy", "macro_f1", "macro_auc", "ece")
    to_reference = _("to reference")
    head = [_("held out"), _("model"), "log_loss", to_reference, _("without directions"), to_reference, *names]
    cuts = next(iter(rows.values()))["cuts"] if rows else {}
    return _table(
        head,
        [
            [
                cut,
                row["label"],
                _interval(row["cuts"][cut]["scores"], "log_loss"),
                _relative(row["cuts"][cut]["difference"]),
                _number(row["cuts"][cut]["without"]["log_loss"]),
                _relative(row["cuts"][cut]["difference_without"]),
                *(_number(row["cuts"][cut]["scores"][name]) for name in names),
            ]
            for cut in cuts
            for row in rows.values()
        ],
    )


def _paired(pairs: Sequence[Mapping[str, Any]]) -> str:
    verdicts = {"first": _("the first is better"), "second": _("the second is better"), "open": _("open")}
    head = [_("first"), _("second"), _("log_loss, first minus second"), _("verdict")]
    rows = [[p["first"], p["second"], _signed(p["value"], p["low"], p["high"]), verdicts[p["better"]]] for p in pairs]
    return _table(head, rows)


def _blends(blends: Mapping[str, Any]) -> str:
    rows = [
        [blend["label"], cut, ", ".join(f"{label} {weight:.2f}" for label, weight in weights.items())]
        for blend in blends.values()
        for cut, weights in blend["cuts"].items()
    ]
    return _table([_("blend"), _("held out"), _("weights")], rows)


def _ablation(models: Mapping[str, Any]) -> str:
    head = [_("model"), _("left out"), "log_loss", _("to reference"), _("costs"), _("log_loss without directions")]
    names: dict[str, str] = {ALL: _("nothing"), "near_event": _("directions of travel")}
    names |= {group: _(words) for group, words in features.GROUPS.items()}
    rows = [
        [
            model["label"],
            names.get(name, name),
            _number(row["log_loss"]),
            _relative(row["difference"]),
            _signed(row["cost"], row["low"], row["high"]) if "cost" in row else _NONE,
            _number(row["without"]),
        ]
        for model in models.values()
        for name, row in sorted(model["rows"].items(), key=lambda pair: pair[1].get("cost", float("-inf")))
    ]
    return _with_cuts(_table(head, rows), models)


def _learning(models: Mapping[str, Any]) -> str:
    head = [_("model"), _("share of the training rows"), _("accidents"), "log_loss", _("to reference"), _("seconds")]
    rows = [
        [
            model["label"],
            f"{1.0 if share == ALL else float(share):.0%}",
            f"{row['train_rows']:,}",
            _number(row["log_loss"]),
            _relative(row["difference"]),
            f"{row['seconds']:.0f}",
        ]
        for model in models.values()
        for share, row in sorted(model["rows"].items(), key=lambda pair: pair[1]["train_rows"])
    ]
    return _with_cuts(_table(head, rows), models)


def _with_cuts(text: str, models: Mapping[str, Any]) -> str:
    """A table that says on which cuts it was measured."""
    cuts = sorted({cut for model in models.values() for cut in model["cuts"]})
    return text and _("Held out: {cuts}.").format(cuts=", ".join(cuts)) + "\n\n" + text


def _slices(found: Mapping[str, Any]) -> str:
    if not found:
        return ""
    head = [_("accidents"), _("part"), _("number"), *found["labels"].values()]
    rows = [
        [
            _(slices.DIVISIONS[part["division"]]),
            part["label"],
            f"{part['rows']:,}",
            *(_number(part["scores"][name]["log_loss"]) for name in found["labels"]),
        ]
        for part in found["parts"]
    ]
    return _table(head, rows)


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
            *(_("{mean} (worst {worst})").format(**{k: _number(v) for k, v in one.items()}) for one in model["groups"]),
            "; ".join([str(len(model["better"])), *map(_step, model["better"])]),
        ]
        for model in models
    ]
    rows.append([_("class frequencies"), *[_number(first["baseline"])] * len(first["groups"]), _NONE])
    message = _(
        "Log-loss on a sample of {rows:,} accidents of the cuts, with every choice of as many of the {groups} groups "
        "of inputs hidden. A step hides one group more; it improves where the log-loss falls by more than two standard "
        "errors. Each model is calibrated as it was for its cut, by the validation period."
    )
    return "\n\n".join([message.format(rows=first["rows"], groups=len(first["groups"]) - 1), _table(head, rows)])


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
        rows.append([model["label"], *map(_number, cells)])
    return _table(head, rows)


def _training(rows: Sequence[Mapping[str, Any]]) -> str:
    head = [_("model"), _("weights"), _("accidents"), _("seconds"), _("device")]
    return _table(
        head,
        [
            [
                row["label"],
                f"{row['parameters']:,}" if row["parameters"] else _NONE,
                f"{row['rows']:,.0f}",
                f"{row['seconds']:.0f}",
                _("{device}, {cores} cores").format(device=row["device"], cores=row["cores"]),
            ]
            for row in rows
        ],
    )


def _speed(figures: Mapping[str, Any] | None) -> str:
    """Training and throughput on a GPU beside the CPU; 'not measured' where nothing says otherwise.

    `figures`, kept as gpu.json: "cpu" and "gpu" name the machines; each of "rows" has model, what, and a number or null
    for cpu and gpu.
    Raises: DataError where the figures lack something.
    """
    unknown = _("not measured")
    head = [_("model"), _("what"), "CPU", "GPU"]
    if figures is None:
        rows = [[_NONE, what, unknown, unknown] for what in (_("training, seconds"), _("batches, rows a second"))]
        return "\n\n".join([f"## {_('On a GPU')}", _table(head, rows)])
    try:
        devices = _("CPU: {cpu}. GPU: {gpu}.").format(cpu=figures["cpu"], gpu=figures["gpu"])
        rows = [
            [row["model"], row["what"], *(_figure(row[device]) for device in ("cpu", "gpu"))] for row in figures["rows"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        message = _("The figures of the GPU lack something or hold it in another form: {error}.")
        raise DataError(message.format(error=repr(error))) from error
    return "\n\n".join([f"## {_('On a GPU')}", devices, _table(head, rows)])


def _figure(value: float | None) -> str:
    if value is None:
        return _("not measured")
    return f"{value:,.0f}" if value >= 100 else f"{value:.4g}"


def _table(head: Iterable[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; nothing where it would have no row."""
    if not rows:
        return ""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in (list(head), *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _number(value: float | None) -> str:
    return _NONE if value is None or math.isnan(value) else f"{value:.4f}"


def _interval(scores: Mapping[str, Any], name: str) -> str:
    low_high = scores["intervals"].get(name)
    value = _number(scores[name])
    return value if low_high is None else f"{value} [{_number(low_high[0])}, {_number(low_high[1])}]"


def _relative(value: float | None) -> str:
    return _NONE if value is None else f"{value:+.1%}"


def _signed(value: float, low: float, high: float) -> str:
    return f"{value:+.4f} [{low:+.4f}, {high:+.4f}]"
