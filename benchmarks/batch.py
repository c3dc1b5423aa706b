"""How long a file of accidents takes to be scored: python -m benchmarks.batch [--rows 50000] [--json]

Simulated accidents, written as a person's file, go the whole way: read, matched, scored in a run by TabTransformer,
random forest and XGBoost of both targets, written as CSV, Excel workbook and Parquet; then one that is cancelled.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.inference import simulated
from data import features
from data.batch import draft, matching
from models import batch

KINDS = ("tab-transformer", "random-forest", "xgboost")


def written(rows: int) -> bytes:
    """A CSV file of simulated accidents with every input known of them."""
    table = simulated()
    taken = table.iloc[np.arange(rows) % len(table)]
    return taken[list(features.BY_NAME)].assign(reference=np.arange(rows)).to_csv(index=False).encode()


def watched(folder: Path, *, cancel_at: float | None = None) -> tuple[dict[str, float], int]:
    """Wait for a run; when each phase began, in seconds after it was asked for, and how many words it gave."""
    asked = time.time()
    while batch.Run(folder).active:
        run = batch.Run(folder)
        if cancel_at is not None and (run.progress.get("share") or 0) > cancel_at:
            batch.cancel(folder)
            asked, cancel_at = time.time(), None
        time.sleep(0.1)
    run = batch.Run(folder)
    begun: dict[str, float] = {}
    for event in run.events:
        begun.setdefault(str(event.get("phase") or event["event"]), event["time"] - run.created)
    begun["after_cancel"] = time.time() - asked
    return begun, sum("share" in event for event in run.events)


def measure(rows: int) -> dict[str, Any]:
    """The figures of one file."""
    content = written(rows)
    start = time.monotonic()
    drafted = draft.take_in("simulated.csv", io.BytesIO(content))
    read = time.monotonic() - start
    chosen = {column: found.field for column, found in matching.match(draft.load(drafted)).items()}
    matched = time.monotonic() - start - read
    models = [f"{target}-{kind}" for target in features.TARGETS for kind in KINDS]
    folder = batch.start(drafted, chosen, models)
    begun, words = watched(folder)
    run = batch.Run(folder)
    cancelled, _words = watched(batch.start(drafted, chosen, models, lenient=True), cancel_at=0.2)
    return {
        "rows": rows,
        "columns": len(chosen),
        "megabytes": round(len(content) / 1e6, 1),
        "load_average": os.getloadavg()[0],
        "cores": os.cpu_count(),
        "read_s": round(read, 1),
        "match_s": round(matched, 1),
        "status": run.status,
        "scored": run.tail[-1].get("scored"),
        "prepare_s": round(begun["score"] - begun["read"], 1),
        "score_s": round(begun["write"] - begun["score"], 1),
        "write_s": round(begun["done"] - begun["write"], 1),
        "run_s": round(begun["done"], 1),
        "words_on_progress": words,
        "cancelled_after_s": round(cancelled["after_cancel"], 1),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BALISE_DATA"] = folder
        found = measure(options.rows)
    print(json.dumps(found) if options.json else pd.Series(found).to_string())


if __name__ == "__main__":
    main()
