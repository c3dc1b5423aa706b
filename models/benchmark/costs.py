"""Tables of what things cost: inputs left out, fewer accidents, a design changed, the training, another device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data import features
from data.errors import DataError
from data.text import _
from models.benchmark.cells import NONE, number, relative, signed, table
from models.benchmark.tasks import ALL, DEPARTURE, departure
from models.tab_transformer_config import DEPARTURES


def ablation(models: Mapping[str, Any]) -> str:
    head = [_("model"), _("left out"), "log_loss", _("to reference"), _("costs"), _("log_loss without directions")]
    names: dict[str, str] = {ALL: _("nothing"), "near_event": _("directions of travel")}
    names |= {group: _(words) for group, words in features.GROUPS.items()}
    rows = [
        [
            model["label"],
            names.get(name, name),
            number(row["log_loss"]),
            relative(row["difference"]),
            signed(row["cost"], row["low"], row["high"]) if "cost" in row else NONE,
            number(row["without"]),
        ]
        for model in models.values()
        for name, row in sorted(model["rows"].items(), key=lambda pair: pair[1].get("cost", float("-inf")))
    ]
    return _with_cuts(table(head, rows), models)


def learning(models: Mapping[str, Any]) -> str:
    head = [_("model"), _("share of the training rows"), _("accidents"), "log_loss", _("to reference"), _("seconds")]
    rows = [
        [
            model["label"],
            f"{1.0 if share == ALL else float(share):.0%}",
            f"{row['train_rows']:,}",
            number(row["log_loss"]),
            relative(row["difference"]),
            f"{row['seconds']:.0f}",
        ]
        for model in models.values()
        for share, row in sorted(model["rows"].items(), key=lambda pair: pair[1]["train_rows"])
    ]
    return _with_cuts(table(head, rows), models)


def departures(models: Mapping[str, Any]) -> str:
    """A TabTransformer with its choices undone one by one; above zero, what was changed back was worth its while."""
    words = {departure(changed).removeprefix(DEPARTURE): _(label) for label, changed in DEPARTURES.items()}
    names = {ALL: _("nothing"), **words}
    order = list(names)
    head = [_("model"), _("changed"), _("settings"), "log_loss", _("difference"), _("log_loss without directions")]
    rows = [
        [
            model["label"],
            names[change],
            NONE if change == ALL else f"`{change}`",
            number(row["log_loss"]),
            signed(row["cost"], row["low"], row["high"]) if "cost" in row else NONE,
            number(row["without"]),
            f"{row['seconds']:.0f}",
        ]
        for model in models.values()
        # what is declared no more, is no departure any more
        for change, row in sorted(
            ((change, row) for change, row in model["rows"].items() if change in names),
            key=lambda pair: order.index(pair[0]),
        )
    ]
    return _with_cuts(table([*head, _("seconds")], rows), models)


def _with_cuts(text: str, models: Mapping[str, Any]) -> str:
    """A table that says on which cuts it was measured; where they differ, of each model."""
    cuts = {model["label"]: ", ".join(model["cuts"]) for model in models.values()}
    if len(set(cuts.values())) > 1:
        said = "; ".join(_("{model}: {cuts}").format(model=label, cuts=of) for label, of in cuts.items())
    else:
        said = next(iter(cuts.values()), "")
    return text and _("Held out: {cuts}.").format(cuts=said) + "\n\n" + text


def training(rows: Sequence[Mapping[str, Any]]) -> str:
    head = [_("model"), _("weights"), _("accidents"), _("seconds"), _("device")]
    return table(
        head,
        [
            [
                row["label"],
                f"{row['parameters']:,}" if row["parameters"] else NONE,
                f"{row['rows']:,.0f}",
                f"{row['seconds']:.0f}",
                _("{device}, {cores} cores").format(device=row["device"], cores=row["cores"]),
            ]
            for row in rows
        ],
    )


def speed(figures: Mapping[str, Any] | None) -> str:
    """Training and throughput on a GPU beside the CPU; 'not measured' where nothing says otherwise.

    `figures`, kept as gpu.json: "cpu" and "gpu" name the machines; each of "rows" has model, what, and a number for
    cpu and gpu. What was not measured is null.
    Raises: DataError where the figures lack something.
    """
    unknown = _("not measured")
    head = [_("model"), _("what"), "CPU", "GPU"]
    if figures is None:
        rows = [[NONE, what, unknown, unknown] for what in (_("training, seconds"), _("batches, rows a second"))]
        return "\n\n".join([f"## {_('On a GPU')}", table(head, rows)])
    try:
        devices = _("CPU: {cpu}. GPU: {gpu}.").format(
            **{device: figures[device] or unknown for device in ("cpu", "gpu")}
        )
        rows = [
            [row["model"], _(row["what"]), *(_figure(row[device]) for device in ("cpu", "gpu"))]
            for row in figures["rows"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        message = _("The figures of the GPU lack something or hold it in another form: {error}.")
        raise DataError(message.format(error=repr(error))) from error
    return "\n\n".join([f"## {_('On a GPU')}", devices, table(head, rows)])


def _figure(value: float | None) -> str:
    if value is None:
        return _("not measured")
    return f"{value:,.0f}" if value >= 100 else f"{value:.4g}"
