"""One fit of the benchmark, and its result on disk: a JSON of scores beside the probabilities they come from."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from data.errors import DataError
from data.features import NEAR_EVENT, checked, hidden
from data.text import _
from models import checkpoint, evaluation, slices
from models.base import Report, silent
from models.benchmark import half
from models.benchmark.tasks import ALL, REFERENCE, Task
from models.registry import KINDS

_SLICE = "slice_"


@dataclass(frozen=True)
class Result:
    """What one fit gave.

    `facts` can be written as JSON. `arrays`, of the held-out accidents: accidents (n,) text, truth (n,), frequencies
    (classes,), raw (n, classes), the answers before calibration, raw_without, the same without near-event inputs, and
    slice_NAME (n,) text.
    """

    facts: Mapping[str, Any]
    arrays: Mapping[str, np.ndarray]

    @property
    def cut(self) -> str:
        """The name of the cut: the month that is held out."""
        return str(self.facts["of"]["cut"]["start"][:7])

    @property
    def slices(self) -> dict[str, np.ndarray]:
        """The part of each held-out accident in every division."""
        return {name.removeprefix(_SLICE): a for name, a in self.arrays.items() if name.startswith(_SLICE)}

    def save(self, stem: Path) -> None:
        """Keep it; the JSON is written last, so that where it is, the rest is whole."""
        stem.parent.mkdir(parents=True, exist_ok=True)
        arrays: dict[str, Any] = dict(self.arrays)
        _replace(_file(stem, "npz"), lambda part: np.savez_compressed(part, **arrays))
        text = json.dumps(checkpoint.plain(self.facts), indent=1, ensure_ascii=False, allow_nan=False)
        _replace(_file(stem, "json"), lambda part: part.write_text(text + "\n", encoding="utf-8"))

    @classmethod
    def load(cls, stem: Path) -> Result:
        """A kept result.

        Raises: DataError naming the file that cannot be read.
        """
        path = _file(stem, "npz")
        try:
            with np.load(path, allow_pickle=False) as kept:
                return cls(read(stem), {name: kept[name] for name in kept.files})
        except (OSError, ValueError, EOFError, BadZipFile) as error:
            raise DataError(_("{path} cannot be read: {error}").format(path=path, error=error)) from error


def read(stem: Path) -> dict[str, Any]:
    """The facts of a kept result.

    Raises: DataError naming the file that cannot be read.
    """
    path = _file(stem, "json")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(facts, dict) or not isinstance(facts.get("of"), dict):
            raise ValueError(_("it holds no result"))
    except (OSError, ValueError) as error:
        raise DataError(_("{path} cannot be read: {error}").format(path=path, error=error)) from error
    return facts


def kept(folder: Path) -> Iterator[Path]:
    """The stems of all results in a folder, in order."""
    return (path.with_name(path.name.removesuffix(".json")) for path in sorted(folder.glob("*/*/*.json")))


def is_done(task: Task, folder: Path, fingerprint: str) -> bool:
    """Whether the folder holds the result of exactly this task."""
    stem = task.stem(folder)
    if not (_file(stem, "json").exists() and _file(stem, "npz").exists()):
        return False
    return bool(read(stem)["of"] == checkpoint.plain(task.identity(fingerprint)))


def carry_out(
    task: Task, table: pd.DataFrame, fingerprint: str, device: str = "auto", report: Report = silent
) -> Result:
    """Fit before the cut, and answer for the month held out."""
    told = _told(task, table)
    split = task.cut.of(told["date"])
    one = task.contender
    rows = hidden(told, [*one.hidden, *task.hidden])
    model = KINDS[one.kind].model(one.config, task.target, one.preset, device)
    model.surroundings = one.surroundings
    model.fit(rows, report, until=task.cut)
    held_out = rows.iloc[split.held_out]
    truth = held_out[task.target].cat.codes.to_numpy().astype(np.int64)
    asked = {"raw": held_out, "raw_without": hidden(held_out, NEAR_EVENT)}
    answers = {name: model._proba(model.encoder.encode(checked(given))) for name, given in asked.items()}

    def score(raw: np.ndarray) -> dict[str, Any]:
        return evaluation.score(model.calibration.apply(raw), truth, model.frequencies, target=task.target)

    facts: dict[str, Any] = {
        "of": task.identity(fingerprint),
        "label": one.label,
        "rows": {name: len(part) for name, part in vars(split).items()},
        "periods": model.metadata["split"],
        "seconds": model.metadata["seconds"],
        "device": model.metadata["device"],
        "cores": os.cpu_count(),
        "parameters": model.parameters,
        "length": model.best_length,
        # of the validation period, as the scores are: for a cut that stands alone
        "calibration": model.calibration.to_dict(),
        "scores": score(answers["raw"]),
        "without": score(answers["raw_without"]),
    }
    if task.variant == ALL and one.name != REFERENCE:
        facts["hidden"] = half.measure(model, held_out, truth)
    arrays = {name: a.astype(np.float32) for name, a in answers.items()} | {"truth": truth}
    arrays |= {"accidents": held_out.index.to_numpy().astype(str), "frequencies": model.frequencies}
    # the parts come from the table as it is: inputs kept from the model still say what kind of accident it was
    divided = slices.of(told.iloc[split.held_out])
    return Result(facts, arrays | {f"{_SLICE}{name}": part for name, part in divided.items()})


def _told(task: Task, table: pd.DataFrame) -> pd.DataFrame:
    """The accidents of known target, of those to train on the latest share."""
    known = table[table[task.target].notna()]
    split = task.cut.of(known["date"])
    first = len(split.train) - max(1, round(task.share * len(split.train)))
    return known.iloc[np.concatenate([split.train[first:], split.validation, split.held_out])]


def _file(stem: Path, ending: str) -> Path:
    return stem.with_name(f"{stem.name}.{ending}")


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write beside the final place and rename: who reads meanwhile finds the old file or the new one, whole."""
    handle, name = tempfile.mkstemp(prefix=".", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    part = Path(name)
    try:
        write(part)
        part.chmod(0o644)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
