"""What the commands of `python -m models` do that train and measure, and how all of them speak."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from data.errors import DataError
from data.text import _
from models import checkpoint, registry, scoreboard
from models.base import Progress
from models.settings import changes
from models.train import TrainSpec
from models.train import train as train_model

_LOG_EVERY = 5.0  # seconds


def _train(options: argparse.Namespace) -> None:
    """Train one model into a new folder."""
    require_new(options.out)
    _require_place(options.out.parent)
    spec = replace(spec_of(options), start_from=options.start_from, freeze_encoder=options.freeze_encoder)
    _train_into(spec, options.out)


def spec_of(options: argparse.Namespace) -> TrainSpec:
    """The training that the command line describes."""
    return TrainSpec(
        kind=options.kind,
        target=options.target,
        preset=options.preset,
        settings=changes(options.kind, registry.KINDS[options.kind].presets, options.set),
        data=options.data,
        series=options.series,
        departements=options.departements,
        departement=options.departement,
        until=options.until,
        device=options.device,
    )


def _train_all(options: argparse.Namespace) -> None:
    """Train every shipped model; those already in the folder are left as they are."""
    _require_place(options.out)
    for kind in (kind for kind in registry.KINDS.values() if kind.shipped):
        for target in kind.targets:
            daily = target == "daily"
            folder = options.out / f"{target}-{kind.name}"
            if folder.exists():
                say(_("{folder} is there already.").format(folder=folder))
                continue
            spec = (
                TrainSpec(kind.name, target, series=options.series, departements=options.departements)
                if daily
                else TrainSpec(kind.name, target, data=options.data)
            )
            _train_into(spec, folder)


def _benchmark(options: argparse.Namespace) -> None:
    """Models beside each other on rolling cuts; what the folder holds already is not fitted again."""
    from models.benchmark import command

    found = command.benchmark(options, say, Shown())
    if options.json:
        return print_json(found)
    print(command.brief(found))
    return None


def _scores(options: argparse.Namespace) -> None:
    """The scores kept with the shipped checkpoints, printed or put into a document."""
    shipped = [e for e in registry.entries() if e.folder.parent == registry.checkpoints_folder()]
    text = scoreboard.brief(shipped) if options.brief else scoreboard.markdown(shipped)
    if options.write is None:
        print(text)
    else:
        scoreboard.put(options.write, text)


def _train_into(spec: TrainSpec, folder: Path) -> None:
    say(_("Training {folder} ...").format(folder=folder))
    model = train_model(spec, Shown())
    model.save(folder)
    data = model.metadata["data"]
    parameters = model.metadata["parameters"]
    size = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6
    message = _("{folder}: {source}, {seconds:.0f} s, {size:.1f} MB")
    say(message.format(folder=folder, source=data["source"], seconds=model.metadata["seconds"], size=size))
    if parameters:
        say(_("{parameters:,} parameters").format(parameters=parameters))
    if "transfer" in model.metadata:
        from models.forecast_transfer import words

        say(words(model.metadata["transfer"]))


def require_new(path: Path) -> None:
    if path.exists():
        raise DataError(_("{path} exists already; choose another name.").format(path=path))


def _require_place(folder: Path) -> None:
    """Make the folder that models are kept in: better told before minutes of training than after them.

    Raises: DataError where nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise DataError(_("{folder} cannot be written: {error}").format(folder=folder, error=error)) from error


class Shown:
    """Shows how far a training is: one line that is written over, or, in a log, a line every few seconds."""

    def __init__(self) -> None:
        self._spoke = 0.0

    def __call__(self, progress: Progress) -> None:
        seconds, live = time.monotonic(), sys.stderr.isatty()
        last = progress.done == progress.total
        if not last and (not progress.values or seconds - self._spoke < (0.1 if live else _LOG_EVERY)):
            return
        self._spoke = seconds
        values = "  ".join(f"{name} {value:.4g}" for name, value in progress.values.items())
        end = "" if live and not last else "\n"
        start = "\r" if live else ""
        print(
            f"{start}{progress.unit} {progress.done}/{progress.total}  {values}", end=end, file=sys.stderr, flush=True
        )


def say(text: str) -> None:
    print(text, file=sys.stderr)


def print_json(found: Any) -> None:
    print(json.dumps(checkpoint.plain(found), ensure_ascii=False, allow_nan=False))


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "train": _train,
    "train-all": _train_all,
    "benchmark": _benchmark,
    "scores": _scores,
}
