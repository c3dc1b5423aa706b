"""How long networks take to learn and to answer on the CPU and on a CUDA GPU: python -m benchmarks.gpu --out DIR

On this machine and on simulated accidents; without a GPU the CPU alone is measured. The figures become gpu.json in the
folder of a benchmark, and the next `python -m models benchmark --out DIR --write FILE` puts them into its document.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from benchmarks.inference import median, simulated
from models.benchmark.summary import GPU
from models.benchmark.tasks import Contender, contender
from models.registry import KINDS

_LEARNT = 40_000  # the latest accidents
_MANY = 100_000  # rows of a batch
_MODELS = ["tab-transformer:quick", "tab-transformer:recommended", "feed-forward"]


def measure(one: Contender, table: pd.DataFrame, device: str) -> dict[str, float]:
    """What a model takes on a device among "cpu" and "cuda".

    Batches go from a DataFrame to probabilities, checks and encoding included.
    """
    model = KINDS[one.kind].model(one.config, "collision", one.preset, device)
    model.importance_rows = 1  # the global view is part of a training, but would take longer than all else
    model.fit(table.sort_values("date").iloc[-_LEARNT:])
    many = table.iloc[np.arange(_MANY) % len(table)]
    return {
        "training, seconds": model.metadata["seconds"],
        "batches, rows a second": _MANY / median(lambda: model.predict_proba(many), 3),
    }


def figures(models: Sequence[Contender], table: pd.DataFrame, *, cuda: bool) -> dict[str, Any]:
    """What the document shows; null for a GPU that is not there."""
    rows = []
    for one in models:
        cpu, gpu = measure(one, table, "cpu"), measure(one, table, "cuda") if cuda else {}
        rows += [{"model": one.label, "what": what, "cpu": cpu[what], "gpu": gpu.get(what)} for what in cpu]
    return {"cpu": _processor(), "gpu": torch.cuda.get_device_name() if cuda else None, "rows": rows}


def _processor() -> str:
    """Name and cores; Linux tells the name of an x86 processor nowhere else."""
    about = Path("/proc/cpuinfo")
    lines = about.read_text(encoding="utf-8").splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description=__doc__.partition("\n")[0])
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of a benchmark")
    parser.add_argument("--models", nargs="+", default=_MODELS, metavar="KIND[:PRESET[:NAME=VALUE,...]]")
    options = parser.parse_args(arguments)
    models = [contender(words) for words in options.models]
    found = figures(models, simulated(), cuda=torch.cuda.is_available())
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / GPU).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
