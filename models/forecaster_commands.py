"""What the commands of `python -m models` do that ask forecasters: the days ahead, and scores from past days."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from data import schema, series, series_files
from data.errors import DataError
from data.text import _
from models import registry, scoreboard
from models.base import CheckpointError, Forecast
from models.classifier import Classifier
from models.commands import Shown, print_json
from models.train import FRANCE


def _forecast(options: argparse.Namespace) -> None:
    """The days after the series."""
    from models.forecasts import forecast_json

    model = _forecaster(options.checkpoint)
    history = None if options.series is None else series_of(options.series)
    if options.departements:
        counts = None if options.series is None else series_files.by_departement(Path(options.series))
        return _print_departements(model.forecast_departements(options.horizon, history, counts), options)
    found = forecast_json(options.checkpoint.name, model.forecast(history, options.horizon))
    if options.json:
        return print_json(found)
    for i, day in enumerate(found["dates"]):
        low, high = found["quantiles"]["0.1"][i], found["quantiles"]["0.9"][i]
        print(
            _("{day}  {mean:6.1f}  80%: {low:.0f} to {high:.0f}").format(
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


def _backtest(options: argparse.Namespace) -> None:
    """Rolling-origin scores beside the baselines."""
    from models.backtest import backtest as run

    found = run(
        _forecaster(options.checkpoint),
        series_of(options.series),
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


def _backtest_departements(options: argparse.Namespace) -> None:
    """Rolling-origin scores by département."""
    from models import departement_scores

    counts = series_files.by_departement(options.departements)
    found = departement_scores.backtest(
        _forecaster(options.checkpoint),
        series_of(options.series),
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
    message = _("{n} origins, mean MASE of {departements} départements: {mase:.3f}; 80% intervals cover {share:.1%}")
    print(
        message.format(
            n=found["origins"], departements=found["departements"], mase=found["mase"], share=found["coverage_80"]
        )
    )
    for name, values in found["baselines"].items():
        print(f"{name}: {values['mase']:.3f}")
    return None


def _forecaster(folder: Path) -> Any:
    model = registry.load(folder)
    if isinstance(model, Classifier):
        raise CheckpointError(_("{folder} classifies accidents; use evaluate or predict.").format(folder=folder))
    return model


def series_of(name: str) -> pd.Series:
    """Daily counts of a CSV file, or the published ones of France. Raises: DataError where they cannot be read."""
    return series.france() if name == FRANCE else series.read(name)


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {
    "forecast": _forecast,
    "backtest": _backtest,
    "backtest-departements": _backtest_departements,
}
