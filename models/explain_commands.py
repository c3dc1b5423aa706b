"""What `python -m models explain` does: reasons of single answers, by input or by group, and what matters overall."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.errors import DataError
from data.text import _
from models import background, checkpoint, grouped_game, registry
from models.base import Explanation
from models.classifier import Classifier
from models.classifier_commands import names
from models.commands import print_json, say
from models.explanations import Kept, add, look
from models.forecaster_commands import series_of
from models.given import rows_of
from models.overall import Effort

if TYPE_CHECKING:
    from models.lstm_forecasting import LSTMForecaster

_SHOWN = 8  # contributions printed


def _explain(options: argparse.Namespace) -> None:
    """Why each model answers as it does: accidents for classifiers, the days ahead for forecasters."""
    if options.rows < 1:
        raise ValueError(_("rows = {value} is not 1 or more").format(value=options.rows))
    found = {}
    table: pd.DataFrame | None = None
    for name, folder in names(options.checkpoints).items():
        model = registry.load(folder)
        if not isinstance(model, Classifier):
            found[name] = _forecast(model, options)
            continue
        if options.data is None:
            raise DataError(_("Name the accidents to explain: --data FILE."))
        table = rows_of(options.data) if table is None else table
        found[name] = _overall(folder, model, table) if options.overall else _rows(model, table, options)
    if options.json:
        print_json(next(iter(found.values())) if len(found) == 1 else found)
        return
    for name, of_model in found.items():
        if len(found) > 1:
            print(f"# {name}")
        _print(of_model)


def _rows(model: Classifier, table: pd.DataFrame, options: argparse.Namespace) -> dict[str, Any]:
    rows = table.iloc[: options.rows]
    if not options.groups:
        return {"rows": [_plain(e) for e in model.explain(rows, options.target_class)]}
    compared, origin = _background(model, table, options)
    explained = grouped_game.explain(model, rows, compared, options.target_class)
    about = {"background": {"origin": origin, "rows": len(compared)}}
    return {"rows": [_plain(e) for e in explained]} | about


def _background(model: Classifier, table: pd.DataFrame, options: argparse.Namespace) -> tuple[pd.DataFrame, str]:
    """Accidents to compare with: those named, else those that the checkpoint describes, else those explained."""
    if options.background is not None:
        return background.sample(rows_of(options.background)), "data"
    if model.explanations is not None:
        return model.explanations.marginals.draw(model.encoder.places), "marginals"
    return background.sample(table), "data"


def _overall(folder: Path, model: Classifier, table: pd.DataFrame) -> dict[str, Any]:
    """Look at accidents, and keep with the checkpoint what matters over many of them."""
    effort = Effort.at_leisure(model.importance_rows)
    say(_("{folder}: explaining {n} accidents ...").format(folder=folder, n=min(effort.rows, len(table))))
    kept = look(model, table, effort)
    add(folder, kept)
    size = (folder / checkpoint.EXPLANATIONS).stat().st_size
    say(_("{file}: {size:,} bytes").format(file=folder / checkpoint.EXPLANATIONS, size=size))
    return _overall_dict(kept)


def _overall_dict(kept: Kept) -> dict[str, Any]:
    found = kept.overall
    views = {"inputs": found.inputs, "groups": found.groups}
    return {
        "start": found.start,
        "end": found.end,
        **{name: {"rows": view.rows, "importance": view.importance} for name, view in views.items()},
    }


def _forecast(model: LSTMForecaster, options: argparse.Namespace) -> dict[str, Any]:
    """The days after a series, by default after the model's own."""
    from models import forecast_reasons

    if options.overall:
        raise DataError(_("Forecasters keep no general view; leave out --global."))
    history = None if options.series is None else series_of(options.series)
    found = forecast_reasons.explain(model, history)
    days = [_plain(found.of(day)) for day in range(len(found.dates))]
    compared = [str(day.date()) for day in found.background]
    return {"mean": _plain(found.of()), "days": days, "background": {"origin": "earlier", "first_days": compared}}


def _plain(found: Explanation) -> dict[str, Any]:
    plain = asdict(found)
    plain["class"] = plain.pop("target_class")
    return {key: value for key, value in plain.items() if value is not None and value != {}}


def _print(found: Mapping[str, Any]) -> None:
    for one in [found["mean"]] if "mean" in found else found.get("rows", []):
        print(f"{one['accident']}: {one['class']}, {one['output']:+.3f} ({one['unit']}) = {one['base']:+.3f}")
        told = one.get("steps", {})
        for name, value in sorted(one["contributions"].items(), key=lambda pair: -abs(pair[1]))[:_SHOWN]:
            after = f"  -> {told[name]:.1%}" if name in told else ""
            print(f"  {value:+.3f}  {name}{after}")
        print(f"  {one['game']}")
    for view in ("inputs", "groups"):
        for target_class, sizes in found.get(view, {}).get("importance", {}).items():
            first = sorted(sizes.items(), key=lambda pair: -pair[1])[:_SHOWN]
            print(f"{view}, {target_class}: " + ", ".join(f"{name} {size:.3g}" for name, size in first))


COMMANDS: dict[str, Callable[[argparse.Namespace], None]] = {"explain": _explain}
