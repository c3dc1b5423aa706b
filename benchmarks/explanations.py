"""How long explanations take: python -m benchmarks.explanations [--data FOLDER] [--json]

On this machine, of every shipped model, on accidents of the folder or simulated ones. A time is the median of some
runs, each of another accident: by single input (the model's own method), by group (exactly, against 100 accidents), and
the forecaster's. The last lines are the groups of all models of a target after each other, as the page shows them.
On a busy machine the processor's time tells more than the clock.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from data import accidents, demo, features, store
from models import background, forecast_reasons, grouped_game, registry
from models.classifier import Classifier

_RUNS = 7


def median(name: str, action: Callable[[int], object], runs: int = _RUNS) -> dict[str, float]:
    """Milliseconds of the middle run, after one that does not count: by the clock, and of the processor's time."""
    action(0)
    taken, used = [], []
    for run in range(1, runs + 1):
        start, spent = time.perf_counter(), time.process_time()
        action(run)
        taken.append(1000 * (time.perf_counter() - start))
        used.append(1000 * (time.process_time() - spent))
    return {f"{name}_ms": statistics.median(taken), f"{name}_cpu_ms": statistics.median(used)}


def measure(model: Classifier, rows: pd.DataFrame, compared: pd.DataFrame) -> dict[str, float]:
    """Milliseconds of one explanation of each sort."""
    inputs = median("inputs", lambda run: model.explain(rows.iloc[run : run + 1]))
    groups = median("groups", lambda run: grouped_game.explain(model, rows.iloc[run : run + 1], compared))
    return inputs | groups


def lines(rows: pd.DataFrame) -> Iterator[tuple[str, dict[str, float]]]:
    """Name and figures of every shipped model, then of all of a target together."""
    compared = background.sample(rows)
    beside = {target: dict.fromkeys(("groups_ms", "groups_cpu_ms"), 0.0) for target in features.TARGETS}
    for entry in registry.entries():
        if entry.folder.parent != registry.checkpoints_folder() or entry.metadata is None:
            continue
        model = registry.load(entry.folder, "cpu")
        if isinstance(model, Classifier):
            found = measure(model, rows, compared)
            for name in beside[model.target]:
                beside[model.target][name] += found[name]
            yield entry.name, found
        else:
            yield entry.name, median("forecast", lambda _run, m=model: forecast_reasons.explain(m), 3)
    for target, taken in beside.items():
        yield f"all of {target}", taken


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.explanations", description=__doc__.partition("\n")[0])
    parser.add_argument("--data", metavar="FOLDER", help="official files, or 'processed'; by default simulated")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    options = parser.parse_args(arguments)
    joined = accidents.from_tables(demo.tables()).accidents if not options.data else None
    table = features.table(joined if joined is not None else store.open_data(options.data).accidents())
    found: dict[str, Any] = dict(lines(table.sample(200, random_state=0)))
    if options.json:
        print(json.dumps(found))
    else:
        print(pd.DataFrame(found).T.astype(float).round(0).to_string())


if __name__ == "__main__":
    main()
