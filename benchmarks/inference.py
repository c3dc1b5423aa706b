"""How long each shipped classifier takes to load, to answer and to explain: python -m benchmarks.inference

Medians of a few runs on this machine, on simulated accidents; the last column is the time of one answer as a multiple
of the fastest model's, the figure that may be compared between machines.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pandas as pd

from data import accidents, demo, features
from models import registry

_RUNS = 7
_MANY = 10_000


def median(action: Callable[[], object], runs: int = _RUNS) -> float:
    """Seconds of the middle run, after one that does not count."""
    action()
    seconds = []
    for _run in range(runs):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def measure(rows: pd.DataFrame) -> pd.DataFrame:
    """One line a classifier, times in milliseconds."""
    lines = {}
    for entry in registry.entries():
        if entry.metadata is None or entry.metadata["target"] not in features.TARGETS:
            continue
        model = registry.load(entry.folder)
        lines[entry.name] = {
            "load": median(lambda folder=entry.folder: registry.load(folder), 3),
            "one answer": median(lambda model=model: model.predict_proba(rows.iloc[:1])),
            "one explanation": median(lambda model=model: model.explain(rows.iloc[:1])),
            f"{_MANY:,} answers": median(lambda model=model: model.predict_proba(rows), 2),
        }
    table = pd.DataFrame(lines).T * 1000
    return table.assign(ratio=table["one answer"] / table["one answer"].min())


def main() -> None:
    joined = accidents.from_tables(demo.tables())
    rows = features.checked(features.table(joined.accidents)).iloc[:_MANY]
    print(measure(rows).round(1).to_string())


if __name__ == "__main__":
    main()
