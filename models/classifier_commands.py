"""What the commands of `python -m models` do that ask classifiers: score them, and predict with them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from data import features, store
from data.errors import DataError
from data.load import recognise
from data.text import _
from models import registry, scoreboard
from models.base import CheckpointError
from models.classifier import Classifier
from models.commands import print_json, require_new, say


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
    """Write one row of probabilities an accident."""
    require_new(options.out)
    model = classifier(options.checkpoint)
    proba = model.predict_proba(rows_of(options.data))
    proba.assign(predicted=proba.idxmax(axis=1)).rename_axis("accident").to_csv(options.out)
    say(_("{rows:,} rows written to {file}.").format(rows=len(proba), file=options.out))


def classifier(folder: Path) -> Classifier:
    """A kept classifier. Raises: CheckpointError, also for a forecaster."""
    model = registry.load(folder)
    if not isinstance(model, Classifier):
        raise CheckpointError(_("{folder} forecasts daily counts; use forecast or backtest.").format(folder=folder))
    return model


def names(folders: Sequence[Path]) -> dict[str, Path]:
    """Each folder by its name; those that share one (the models of runs do) by their whole path."""
    names = [folder.resolve().name for folder in folders]
    return {name if names.count(name) == 1 else str(f): f for name, f in zip(names, folders, strict=True)}


def rows_of(name: str) -> pd.DataFrame:
    """Inputs from official files, or from a CSV file whose columns are inputs; absent inputs are unknown."""
    path = Path(name)
    if name == "processed" or not path.is_file() or recognise(path) is not None:
        return features.table(store.open_data(name).accidents())
    frame = _described(path)
    index = pd.Index(frame["accident"] if "accident" in frame else frame.index.astype("str"), name="accident")
    return features.checked(frame.reindex(columns=list(features.BY_NAME)).set_axis(index))


def _described(path: Path) -> pd.DataFrame:
    """The cells of a CSV file of described accidents, as text; columns that are no input are named, and not used.

    Raises: DataError naming the file and what is wrong with it.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            separator = ";" if ";" in file.readline() else ","
        frame = pd.read_csv(path, dtype="str", sep=separator, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise DataError(_("{path} cannot be read as a CSV file: {error}").format(path=path, error=error)) from error
    if not isinstance(frame.index, pd.RangeIndex):  # pandas takes the cells too many for names of rows
        message = _("{path}: the rows have more cells than the first line names columns.")
        raise DataError(message.format(path=path))
    unused = [str(column) for column in frame if column not in features.BY_NAME and column != "accident"]
    if not set(frame) & set(features.BY_NAME):
        message = _("{file} has none of the inputs ({names}) as a column.")
        raise DataError(message.format(file=path, names=", ".join(features.BY_NAME)))
    if unused:
        say(_("Not used, no input of the models: {names}.").format(names=", ".join(unused)))
    return frame


def _hidden(table: pd.DataFrame, names: str) -> pd.DataFrame:
    return features.hidden(table, [n.strip() for n in names.split(",") if n.strip()])


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "evaluate": _evaluate,
    "predict": _predict,
}
