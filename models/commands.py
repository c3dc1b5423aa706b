"""What the commands of `python -m models` do; each takes the parsed options and prints its answer."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import pandas as pd

from data import features, schema, series, series_files, store
from data.errors import DataError
from data.load import recognise
from data.text import _
from models import checkpoint, registry, scoreboard
from models.base import CheckpointError, Forecast, Progress
from models.classifier import Classifier
from models.settings import changes
from models.train import FRANCE, TrainSpec
from models.train import train as train_model

_LOG_EVERY = 5.0  # seconds


def train(options: argparse.Namespace) -> None:
    """Train one model into a new folder."""
    _require_new(options.out)
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


def train_all(options: argparse.Namespace) -> None:
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


def evaluate(options: argparse.Namespace) -> None:
    """Score classifiers on the accidents of a folder."""
    table = _hidden(features.table(store.open_data(options.data).accidents()), options.hide)
    scores, refused = {}, {}
    for name, folder in _names(options.checkpoints).items():
        model = _classifier(folder)
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


def predict(options: argparse.Namespace) -> None:
    """Write one row of probabilities an accident."""
    _require_new(options.out)
    model = _classifier(options.checkpoint)
    proba = model.predict_proba(_rows(options.data))
    proba.assign(predicted=proba.idxmax(axis=1)).rename_axis("accident").to_csv(options.out)
    say(_("{rows:,} rows written to {file}.").format(rows=len(proba), file=options.out))


def explain(options: argparse.Namespace) -> None:
    """Contributions of each input to the most likely class of the first accidents."""
    if options.rows < 1:
        raise ValueError(_("rows = {value} is not 1 or more").format(value=options.rows))
    model = _classifier(options.checkpoint)
    found = model.explain(_rows(options.data).iloc[: options.rows])
    if options.json:
        rows = [asdict(e) for e in found]
        return print_json({"rows": [{"class": row.pop("target_class"), **row} for row in rows]})
    for e in found:
        print(f"{e.accident}: {e.target_class}, {e.output:+.3f} ({e.unit}) = {e.base:+.3f}")
        for name, value in sorted(e.contributions.items(), key=lambda pair: -abs(pair[1]))[:8]:
            print(f"  {value:+.3f}  {name}")
    return None


def forecast(options: argparse.Namespace) -> None:
    """The days after the series."""
    from models.forecasts import forecast_json

    model = _forecaster(options.checkpoint)
    history = None if options.series is None else _series(options.series)
    if options.departements:
        counts = None if options.series is None else series_files.by_departement(Path(options.series))
        return _print_departements(model.forecast_departements(options.horizon, history, counts), options)
    found = forecast_json(options.checkpoint.name, model.forecast(history, options.horizon))
    if options.json:
        return print_json(found)
    for i, day in enumerate(found["dates"]):
        low, high = found["quantiles"]["0.1"][i], found["quantiles"]["0.9"][i]
        print(
            _("{day}  {mean:6.1f}  80 %: {low:.0f} to {high:.0f}").format(
                day=day, mean=found["mean"][i], low=low, high=high
            )
        )
    return None


def _print_departements(found: Mapping[str, Forecast], options: argparse.Namespace) -> None:
    """France first, then one département a line with its sum of the days ahead."""
    from models.forecasts import forecast_json

    if options.json:
        return print_json({code: forecast_json(options.checkpoint.name, one) for code, one in found.items()})
    first = next(iter(found.values()))
    last = first.dates[-1].date()
    print(_("Accidents from {first} to {last}").format(first=first.dates[0].date(), last=last))
    for code, one in found.items():
        print(f"{code:>9}  {one.mean.sum():8.1f}  {schema.DEPARTEMENTS.get(code, '')}".rstrip())
    return None


def backtest(options: argparse.Namespace) -> None:
    """Rolling-origin scores beside the baselines."""
    from models.backtest import backtest as run

    found = run(
        _forecaster(options.checkpoint),
        _series(options.series),
        options.start,
        options.end,
        options.every,
        options.horizon,
        options.refit,
        baselines=options.baselines,
        checkpoint=options.checkpoint.name,
        report=Shown(),
    )
    if options.json:
        return print_json(found)
    print(scoreboard.forecast_text(found))
    return None


def backtest_departements(options: argparse.Namespace) -> None:
    """Rolling-origin scores by département."""
    from models import departement_scores

    counts = series_files.by_departement(options.departements)
    found = departement_scores.backtest(
        _forecaster(options.checkpoint),
        _series(options.series),
        counts,
        options.start,
        options.end,
        options.every,
        options.horizon,
        baselines=options.baselines,
    )
    if options.json:
        return print_json(found)
    if not found["departements"]:
        raise DataError(_("No département has whole days before and after any of the origins."))
    message = _("{n} origins, mean MASE of {departements} départements: {mase:.3f}; 80 % intervals cover {share:.1%}")
    print(
        message.format(
            n=found["origins"], departements=found["departements"], mase=found["mase"], share=found["coverage_80"]
        )
    )
    for name, values in found["baselines"].items():
        print(f"{name}: {values['mase']:.3f}")
    return None


def benchmark(options: argparse.Namespace) -> None:
    """Models beside each other on rolling cuts; what the folder holds already is not fitted again."""
    from models.benchmark import command

    found = command.benchmark(options, say, Shown())
    if options.json:
        return print_json(found)
    print(command.brief(found))
    return None


def scores(options: argparse.Namespace) -> None:
    """The scores kept with the shipped checkpoints, printed or put into a document."""
    text = scoreboard.markdown([e for e in registry.entries() if e.folder.parent == registry.checkpoints_folder()])
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


def _classifier(folder: Path) -> Classifier:
    model = registry.load(folder)
    if not isinstance(model, Classifier):
        raise CheckpointError(_("{folder} forecasts daily counts; use forecast or backtest.").format(folder=folder))
    return model


def _forecaster(folder: Path) -> Any:
    model = registry.load(folder)
    if isinstance(model, Classifier):
        raise CheckpointError(_("{folder} classifies accidents; use evaluate or predict.").format(folder=folder))
    return model


def _series(name: str) -> pd.Series:
    return series.france() if name == FRANCE else series.read(name)


def _names(folders: Sequence[Path]) -> dict[str, Path]:
    """Each folder by its name; those that share one (the models of runs do) by their whole path."""
    names = [folder.resolve().name for folder in folders]
    return {name if names.count(name) == 1 else str(f): f for name, f in zip(names, folders, strict=True)}


def _rows(name: str) -> pd.DataFrame:
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


def _require_new(path: Path) -> None:
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
