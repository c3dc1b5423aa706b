"""The command line of the models: train, evaluate, predict, forecast, benchmark and the rest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data.errors import AppError
from data.text import _
from models.baselines import BASELINES
from models.forecasts import Learner
from models.registry import KINDS
from models.settings import settings_of
from models.tuning import Budget


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; a fault the product can explain is one sentence and exit code 2."""
    options = _parser().parse_args(arguments)
    from models import (
        classifier_commands,
        commands,
        explain_commands,
        forecaster_commands,
        registry_commands,
        tuning_commands,
    )

    try:
        parts = (
            commands, classifier_commands, explain_commands, forecaster_commands, registry_commands, tuning_commands
        )  # fmt: skip
        do = {name: command for part in parts for name, command in part.COMMANDS.items()}
        do[options.command](options)
    except (AppError, ValueError, OSError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models", description=_("Train, score and use the models."))
    commands = parser.add_subparsers(dest="command", required=True)
    _train(commands)
    _tune(commands)
    _classifier_commands(commands)
    _forecast_commands(commands)
    _registry_commands(commands)
    scores = commands.add_parser("scores", help=_("the kept scores of all shipped models, as Markdown"))
    scores.add_argument("--brief", action="store_true", help=_("the most accurate model of each target alone"))
    scores.add_argument("--write", type=Path, metavar="FILE", help=_("put them between the markers of this file"))
    _benchmark(commands)
    return parser


def _train(commands: argparse._SubParsersAction) -> None:
    train = commands.add_parser("train", help=_("train one model"))
    by_departement = _("CSV date,dep,accidents, folder of official files, or 'processed': learn the départements too")
    _what_to_learn(train, by_departement)
    start = _("go on from this forecaster; --set can change epochs and learning_rate")
    train.add_argument("--from", dest="start_from", metavar="CHECKPOINT", help=start)
    train.add_argument("--freeze-encoder", action="store_true", help=_("with --from: what reads the past stays"))
    train.add_argument("--out", type=Path, required=True, metavar="FOLDER", help=_("a new folder"))
    every = commands.add_parser("train-all", help=_("train every shipped model anew"))
    every.add_argument("--data", required=True, metavar="FOLDER", help=_("folder of official files, or 'processed'"))
    every.add_argument("--series", default="france", metavar="FILE")
    every.add_argument("--departements", metavar="FILE", help=by_departement)
    every.add_argument("--out", type=Path, required=True, metavar="FOLDER", help=_("a folder for the new checkpoints"))


def _tune(commands: argparse._SubParsersAction) -> None:
    tune = commands.add_parser("tune", help=_("search for better settings of one kind of model"))
    _what_to_learn(tune, _("as for train; name a département of them"))
    for item in settings_of(Budget):
        add, words = tune.add_argument, _("{label}, by default {default:g}. {help}")
        add(f"--{item.name}", type=item.type, default=item.default, metavar="N",
            help=words.format(label=_(item.label), help=_(item.help), default=item.default))  # fmt: skip
    tune.add_argument("--json", action="store_true")


def _what_to_learn(command: argparse.ArgumentParser, by_departement: str) -> None:
    """The kind, target, data and settings of a training."""
    command.add_argument("kind", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
    command.add_argument("--target", required=True, choices=["collision", "severity", "daily"])
    source = command.add_mutually_exclusive_group()
    source.add_argument("--data", metavar="FOLDER", help=_("folder of official files, or 'processed'"))
    source.add_argument("--series", metavar="FILE", help=_("CSV date,accidents or date,dep,accidents, or 'france'"))
    command.add_argument("--departements", metavar="FILE", help=by_departement)
    one = _("learn this département of them alone, in the place of France")
    command.add_argument("--departement", metavar="CODE", help=one)
    command.add_argument("--until", metavar="DATE", help=_("last day to use"))
    command.add_argument("--preset", metavar="NAME", help=_("named settings; by default the first of the kind"))
    command.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help=_("change one setting"))
    command.add_argument("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])


def _classifier_commands(commands: argparse._SubParsersAction) -> None:
    evaluate = commands.add_parser("evaluate", help=_("score classifiers on accidents"))
    evaluate.add_argument("checkpoints", nargs="+", type=Path, metavar="CHECKPOINT")
    evaluate.add_argument("--data", required=True, metavar="FOLDER", help=_("folder of official files, or 'processed'"))
    evaluate.add_argument("--hide", default="", metavar="INPUT,...", help=_("inputs to make unknown"))
    evaluate.add_argument("--bootstrap", type=int, default=0, metavar="N", help=_("draws for 95%% intervals"))
    evaluate.add_argument("--json", action="store_true")
    predict = commands.add_parser("predict", help=_("probabilities for a file of accidents"))
    predict.add_argument("checkpoints", nargs="+", type=Path, metavar="CHECKPOINT")
    described = _("CSV, Excel or Parquet file of accidents, one a row, or official files")
    predict.add_argument("--data", required=True, metavar="FILE", help=described)
    predict.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help=_("a new .csv, .xlsx or .parquet file")
    )
    lenient = _("take values that are not understood as unknown; otherwise their rows are not scored")
    predict.add_argument("--lenient", action="store_true", help=lenient)
    predict.add_argument("--json", action="store_true")
    _explain(commands)


def _explain(commands: argparse._SubParsersAction) -> None:
    explain = commands.add_parser("explain", help=_("why models answer as they do"))
    explain.add_argument("checkpoints", nargs="+", type=Path, metavar="CHECKPOINT")
    data = _("of classifiers: a file of accidents, one a row, or official files")
    explain.add_argument("--data", metavar="FILE", help=data)
    days = _("of forecasters: days so far; by default those kept with the model")
    explain.add_argument("--series", metavar="FILE", help=days)
    explain.add_argument("--rows", type=int, default=5, metavar="N", help=_("how many accidents, from the first"))
    likely = _("the class to explain; by default the most likely of each accident")
    explain.add_argument("--class", dest="target_class", metavar="CODE", help=likely)
    groups = _("groups of inputs instead of single ones: the game in which models are compared")
    explain.add_argument("--groups", action="store_true", help=groups)
    compared = _("with --groups: accidents to compare with; by default those that the checkpoint describes")
    explain.add_argument("--background", metavar="FILE", help=compared)
    general = _("look at many accidents and keep with the checkpoint what matters to it in general")
    explain.add_argument("--global", dest="overall", action="store_true", help=general)
    explain.add_argument("--json", action="store_true")


def _forecast_commands(commands: argparse._SubParsersAction) -> None:
    forecast = commands.add_parser("forecast", help=_("accidents a day ahead"))
    forecast.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    forecast.add_argument("--series", metavar="FILE", help=_("days so far; by default those kept with the model"))
    forecast.add_argument("--departements", action="store_true", help=_("each département too"))
    forecast.add_argument("--horizon", type=int, default=28, metavar="DAYS")
    forecast.add_argument("--json", action="store_true")
    backtest = commands.add_parser("backtest", help=_("score a forecaster from many past days"))
    backtest.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    backtest.add_argument("--series", required=True, metavar="FILE")
    backtest.add_argument("--start", required=True, metavar="DATE", help=_("first origin: the first day forecast"))
    backtest.add_argument("--end", required=True, metavar="DATE", help=_("last origin"))
    backtest.add_argument("--every", type=int, required=True, metavar="DAYS")
    backtest.add_argument("--horizon", type=int, default=28, metavar="DAYS")
    backtest.add_argument("--refit", choices=["none", "yearly"], default="none")
    beside = _("what to compare it with; by default all: {names}").format(names=", ".join(BASELINES))
    backtest.add_argument("--baselines", nargs="*", metavar="NAME", help=beside)
    backtest.add_argument("--json", action="store_true")

    places = commands.add_parser("backtest-departements", help=_("score forecasts by département from many past days"))
    places.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    places.add_argument("--departements", type=Path, required=True, metavar="FILE", help=_("CSV date,dep,accidents"))
    places.add_argument("--series", default="france", metavar="FILE", help=_("all of France; by default as published"))
    places.add_argument("--start", required=True, metavar="DATE", help=_("first origin: the first day forecast"))
    places.add_argument("--end", required=True, metavar="DATE", help=_("last origin"))
    places.add_argument("--every", type=int, required=True, metavar="DAYS")
    places.add_argument("--horizon", type=int, default=28, metavar="DAYS")
    unlearnt = [name for name, baseline in BASELINES.items() if not isinstance(baseline, Learner)]
    places.add_argument("--baselines", nargs="+", default=["seasonal-naive"], choices=unlearnt, metavar="NAME")
    places.add_argument("--json", action="store_true")


def _registry_commands(commands: argparse._SubParsersAction) -> None:
    commands.add_parser("list", help=_("every model, with the champion of each target"))
    promote = commands.add_parser("promote", help=_("make a model the one that answers by default"))
    promote.add_argument("name", metavar="NAME", help=_("as `list` prints it"))
    back = commands.add_parser("roll-back", help=_("go back to the champion before"))
    back.add_argument("target", choices=["collision", "severity", "daily"])
    export = commands.add_parser("export", help=_("a model as a zip file"))
    export.add_argument("name", metavar="NAME", help=_("as `list` prints it"))
    export.add_argument("--out", type=Path, required=True, metavar="FILE", help=_("a new zip file"))
    bring = commands.add_parser("import", help=_("add the model of a zip file that `export` made"))
    bring.add_argument("file", type=Path, metavar="FILE")
    check = commands.add_parser("check", help=_("load a model and ask it once"))
    check.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")


def _benchmark(commands: argparse._SubParsersAction) -> None:
    benchmark = commands.add_parser("benchmark", help=_("measure classifiers beside each other on rolling cuts"))
    add, model, targets = benchmark.add_argument, "KIND[:PRESET[:NAME=VALUE,...]]", ["collision", "severity"]
    add("--data", metavar="FOLDER", help=_("folder of official files, or 'processed'; without it nothing is fitted"))
    add("--out", type=Path, required=True, metavar="DIR", help=_("where results are kept"))
    add("--kinds", nargs="+", default=[], metavar=model, help=_("models; by default all kinds"))
    add("--targets", nargs="+", default=targets, choices=targets)
    add("--cuts", type=int, default=3, metavar="N", help=_("hold out each of the last N months"))
    tables = "cuts,ablation,learning,departures"
    add("--tables", default=tables, metavar="NAME,...", help=tables.replace(",", ", "))
    add("--ablate", nargs="+", default=["xgboost"], metavar=model, help=_("models of the ablation"))
    groups = _("groups of inputs the ablation leaves out, or near_event; by default each of them")
    add("--leave-out", nargs="+", default=[], metavar="GROUP", help=groups)
    learn = ["xgboost", "tab-transformer"]
    add("--learn", nargs="+", default=learn, metavar=model, help=_("models of the learning curve"))
    undone = _("TabTransformers whose departures from the paper are undone one by one")
    add("--depart", nargs="+", default=["tab-transformer:quick"], metavar=model, help=undone)
    add("--last", type=int, default=1, metavar="N", help=_("how many of the cuts all tables but the first take"))
    add("--blend", action="append", default=[], metavar="MODEL+MODEL", help=_("models to blend; by default all"))
    add("--bootstrap", type=int, default=200, metavar="N", help=_("draws for 95%% intervals"))
    add("--device", default="auto", choices=["auto", "cpu", "cuda", "mps"])
    add("--again", action="store_true", help=_("fit what is asked for even where its result is there"))
    add("--write", type=Path, metavar="FILE", help=_("put the tables between the markers of this file"))
    add("--ship", type=Path, metavar="FOLDER", help=_("fit models on all accidents too, and keep them here"))
    add("--ship-kinds", nargs="+", default=[], metavar=model, help=_("which; by default those of --kinds"))
    add("--ship-blend", metavar="KIND+KIND", help=_("also keep a blend of these of them"))
    add("--json", action="store_true")


if __name__ == "__main__":
    sys.exit(main())
