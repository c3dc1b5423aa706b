"""What the commands of `python -m models` do that ask classifiers: score them, and predict with them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from data import features, store
from data.errors import DataError
from data.text import _
from models import given, registry, scoreboard
from models.base import CheckpointError, Progress
from models.batch import files
from models.batch.score import Step, score
from models.classifier import Classifier
from models.commands import Shown, print_json, require_new, say
from models.registry import Entry


def _evaluate(options: argparse.Namespace) -> None:
    """Score classifiers on the accidents of a folder."""
    table = _hidden(features.table(store.open_data(options.data).accidents()), options.hide)
    scores, refused = {}, {}
    for name, folder in names(options.checkpoints).items():
        model = classifier(folder)
        try:
            scores[name] = model.score(table, options.bootstrap)
        except DataError as error:
            refused[name] = str(error)
    if not scores:
        raise DataError(" ".join(dict.fromkeys(refused.values())))
    for name, reason in refused.items():
        say(_("{name}: left out. {reason}").format(name=name, reason=reason))
    if options.json:
        return print_json(scores)
    for name, found in scores.items():
        say(_("{name}: {rows:,} accidents").format(name=name, rows=found["rows"]))
        if found["seen_rows"]:
            message = _("  {seen:,} of them were used to train, stop or calibrate it: the scores flatter it.")
            say(message.format(seen=found["seen_rows"]))
        print(scoreboard.text(found))
    return None


def _predict(options: argparse.Namespace) -> None:
    """Write the accidents of a file with the answers of models beside them, as the Batch page does."""
    files.require_form(options.out)
    require_new(options.out)
    entries = _entries(options.checkpoints)
    table, prepared = given.accidents(options.data, lenient=options.lenient)
    shown = Shown()
    scored = score(table, prepared, entries, lambda step: shown(_progress(step)))
    files.keep(scored.frame, options.out)
    summary = scored.summary
    for name, reason in summary["refused"]:
        say(_("{name}: left out. {reason}").format(name=name, reason=reason))
    given.say_problems(table, prepared)
    if options.json:
        return print_json(summary)
    message = _("{scored:,} of {rows:,} rows are scored; all are written to {file}.")
    say(message.format(scored=summary["scored"], rows=summary["rows"], file=options.out))
    return None


def _entries(folders: Sequence[Path]) -> list[Entry]:
    """The checkpoints in folders, called as the pages call them; those that share a name by their whole path.

    Raises: CheckpointError for one that is no classifier, or cannot be used.
    """
    found = []
    for name, folder in names(list(dict.fromkeys(folders))).items():
        entry = registry.at(folder)
        if entry.error is not None:
            raise CheckpointError(entry.error)
        if entry.target not in features.TARGETS:
            raise _forecaster(folder)
        found.append(entry if Path(name) != folder else replace(entry, name=name))
    return found


def _progress(step: Step) -> Progress:
    return Progress(_("rows"), step.done, step.total, step.done / max(1, step.total), note=step.model)


def classifier(folder: Path) -> Classifier:
    """A kept classifier. Raises: CheckpointError, also for a forecaster."""
    model = registry.load(folder)
    if not isinstance(model, Classifier):
        raise _forecaster(folder)
    return model


def _forecaster(folder: Path) -> CheckpointError:
    return CheckpointError(_("{folder} forecasts daily counts; use forecast or backtest.").format(folder=folder))


def names(folders: Sequence[Path]) -> dict[str, Path]:
    """Each folder by its name; those that share one (the models of runs do) by their whole path."""
    names = [folder.resolve().name for folder in folders]
    return {name if names.count(name) == 1 else str(f): f for name, f in zip(names, folders, strict=True)}


def _hidden(table: pd.DataFrame, names: str) -> pd.DataFrame:
    return features.hidden(table, [n.strip() for n in names.split(",") if n.strip()])


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "evaluate": _evaluate,
    "predict": _predict,
}
