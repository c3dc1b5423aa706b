"""How long each classifier takes to load, to answer and to explain: python -m benchmarks.inference [--json]

On this machine and on simulated accidents: every trained model, then every preset of the TabTransformer trained for a
moment, whose answers take as long as good ones. A time is the median of some runs; one row is a DataFrame in and
probabilities out, checks and encoding included, and so is each of many rows.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data import accidents, demo, features
from models import registry
from models.classifier import Classifier

_RUNS = 7
_ROW_RUNS = 200
_MANY = 100_000
_LEARNT = 3000  # rows that an untrained preset is shown


def median(action: Callable[[], object], runs: int = _RUNS) -> float:
    """Seconds of the middle run, after one that does not count."""
    action()
    return statistics.median(seconds(action) for _run in range(runs))


def seconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def simulated() -> pd.DataFrame:
    """The table of all simulated accidents."""
    return features.table(accidents.from_tables(demo.tables()).accidents)


def measure(folder: Path, table: pd.DataFrame) -> dict[str, float | None]:
    """What one checkpoint takes; `many` rows are those of the table, repeated until there are enough."""
    model = registry.load(folder)
    assert isinstance(model, Classifier)
    one, many = table.iloc[:1], table.iloc[np.arange(_MANY) % len(table)]
    return {
        "load_ms": 1000 * median(lambda: registry.load(folder), 3),
        "one_row_ms": 1000 * median(lambda: model.predict_proba(one), _ROW_RUNS),
        "rows_per_s": _MANY / seconds(lambda: model.predict_proba(many)),
        "explanation_ms": 1000 * median(lambda: model.explain(one)),
        "size_mb": sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6,
        "parameters": model.parameters,
    }


def untrained(preset: str, table: pd.DataFrame, folder: Path) -> None:
    """Keep a TabTransformer of a preset after one epoch on few rows."""
    kind = registry.KINDS["tab-transformer"]
    _name, settings = kind.settings(preset, {"epochs": 1})

    class Hasty(kind.model):
        importance_rows = 1  # the global view would take longer than all else

    Hasty(settings, "collision", preset).fit(table.iloc[:_LEARNT]).save(folder)


def lines(table: pd.DataFrame) -> Iterator[tuple[str, dict[str, float | None]]]:
    """Name and figures of every trained classifier and every preset of the TabTransformer."""
    for entry in registry.entries():
        if entry.metadata is not None and entry.metadata["target"] in features.TARGETS:
            yield entry.name, measure(entry.folder, table)
    with tempfile.TemporaryDirectory() as temporary:
        for preset in registry.KINDS["tab-transformer"].presets:
            folder = Path(temporary) / preset
            untrained(preset, table, folder)
            yield f"untrained {preset}", measure(folder, table)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inference", description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    options = parser.parse_args(arguments)
    found: dict[str, Any] = dict(lines(simulated()))
    if options.json:
        print(json.dumps(found))
    else:
        print(pd.DataFrame(found).T.astype(float).round(1).to_string())


if __name__ == "__main__":
    main()
