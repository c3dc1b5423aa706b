"""One model, ours or a peer, on the accidents before and after one cut: quality, training time, one answer, size."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.inference import median
from benchmarks.peers.adapters import Peer
from data.errors import DataError
from data.features import Target, checked
from data.splits import Cut
from data.text import _
from models import calibration, checkpoint, evaluation, paired
from models.base import Progress
from models.benchmark.tasks import Contender
from models.encoder import FeatureEncoder
from models.metrics import METRICS, Scorer
from models.registry import KINDS

OURS = "Balise"
SCORES = ("log_loss", "accuracy", "macro_f1", "macro_auc", "ece")
_RUNS = 30  # of one answer
_NOT_WEIGHTS = (
    checkpoint.METADATA,
    checkpoint.EXPLANATIONS,
    "places.safetensors",
)  # the encoder, which peers use too, and what ours say of themselves


@dataclass(frozen=True)
class Rows:
    """The accidents of known target, in order of time, with the positions of each period."""

    table: pd.DataFrame
    target: Target
    cut: Cut

    @classmethod
    def of(cls, table: pd.DataFrame, target: Target, cut: Cut, most: int | None = None) -> Rows:
        """`most`: learn from the latest so many accidents alone."""
        known = table[table[target].notna()]
        split = cut.of(known["date"])
        train = split.train[-most:] if most else split.train
        return cls(known.iloc[np.concatenate([train, split.validation, split.held_out])], target, cut)

    @property
    def parts(self) -> dict[str, pd.DataFrame]:
        """The accidents of each period."""
        return {name: self.table.iloc[at] for name, at in vars(self.cut.of(self.table["date"])).items()}

    def truth(self, part: pd.DataFrame) -> np.ndarray:
        """Class positions. Shape: (n,)."""
        return part[self.target].cat.codes.to_numpy().astype(np.int64)

    @property
    def frequencies(self) -> np.ndarray:
        """The share of each class in training. Raises: DataError where one does not occur."""
        counts = np.bincount(self.truth(self.parts["train"]), minlength=len(self.table[self.target].cat.categories))
        if (counts == 0).any():
            raise DataError(_("A class of {target} does not occur in training.").format(target=self.target))
        return np.asarray(counts / counts.sum())


@dataclass(frozen=True)
class Fitted:
    """A trained model: `answer` takes readable rows, `save` an empty folder. Shapes: proba, raw (held out, classes)."""

    proba: np.ndarray
    raw: np.ndarray  # before calibration
    seconds: float
    answer: Callable[[pd.DataFrame], object]
    save: Callable[[Path], None]


def ours(one: Contender, rows: Rows) -> Fitted:
    """Train one of our models; its time ends with the last round or epoch, before it scores and explains itself."""
    start, last = time.perf_counter(), 0.0

    def report(_progress: Progress) -> None:
        nonlocal last
        last = time.perf_counter()

    model = KINDS[one.kind].model(one.config, rows.target, one.preset, "cpu")
    model.fit(rows.table, report, until=rows.cut)
    held_out = rows.parts["held_out"]
    raw = model._proba(model.encoder.encode(checked(held_out)))  # what calibration was given
    proba = model.predict_proba(held_out).to_numpy()
    return Fitted(proba, raw, last - start, model.predict_proba, lambda folder: model.save(folder / "model"))


def peer(make: Callable[[], Peer], rows: Rows) -> Fitted:
    """Train a peer on what our encoder gives, and calibrate it on the validation period as ours are.

    Raises: ImportError where its library is not installed.
    """
    model, parts = make(), rows.parts
    train, validation, held_out = (checked(parts[name]) for name in ("train", "validation", "held_out"))
    start = time.perf_counter()
    encoder = FeatureEncoder.fit(train)
    learnt, stopping = encoder.encode(train, np.ones(len(train), dtype=bool)), encoder.encode(validation)
    truth = rows.truth(parts["validation"])
    model.fit(learnt, rows.truth(parts["train"]), stopping, truth)
    seconds = time.perf_counter() - start
    calibrated = calibration.fit(model.predict_proba(stopping), truth)
    raw = model.predict_proba(encoder.encode(held_out))

    def answer(asked: pd.DataFrame) -> np.ndarray:
        return calibrated.apply(model.predict_proba(encoder.encode(checked(asked))))

    return Fitted(calibrated.apply(raw), raw, seconds, answer, model.save)


def row(label: str, package: str, fit: Callable[[Rows], Fitted], rows: Rows, bootstrap: int) -> tuple[dict, np.ndarray]:
    """What is said of one model, and its probabilities of the held-out accidents. Shape: (n, classes)."""
    with warnings.catch_warnings(action="ignore"):  # other libraries warn of their own defaults
        fitted = fit(rows)
        one = rows.parts["held_out"].iloc[:1]
        milliseconds = 1000 * median(lambda: fitted.answer(one), _RUNS)
    held_out = rows.parts["held_out"]
    truth = rows.truth(held_out)
    scores = evaluation.score(fitted.proba, truth, rows.frequencies, target=rows.target, bootstrap=bootstrap)
    found = {
        "label": label,
        "package": package,
        "version": "" if package == OURS else version(package),
        "scores": {name: scores[name] for name in SCORES},
        "interval": scores["intervals"].get("log_loss"),
        "log_loss_raw": METRICS["log_loss"](Scorer(fitted.raw, truth), np.ones(len(truth))),
        "seconds": fitted.seconds,
        "milliseconds": milliseconds,
        "bytes": _size(fitted.save),
    }
    return checkpoint.plain(found), fitted.proba


def difference(proba: np.ndarray, reference: np.ndarray, rows: Rows, bootstrap: int) -> dict[str, Any]:
    """By how much the log-loss lies above that of another model on the same accidents, with its interval."""
    truth = rows.truth(rows.parts["held_out"])
    found = paired.compare(proba, reference, truth, target=rows.target, bootstrap=bootstrap)
    return {"value": found.value, "low": found.low, "high": found.high}


def unmeasured(label: str, package: str, error: Exception) -> Mapping[str, Any]:
    """What is said of a peer that did not work."""
    words = _("not installed: {error}") if isinstance(error, ImportError) else _("failed: {error}")
    reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    return {"label": label, "package": package, "reason": words.format(error=reason)}


def _size(save: Callable[[Path], None]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder))
        files = [path for path in Path(folder).rglob("*") if path.is_file() and path.name not in _NOT_WEIGHTS]
        return sum(path.stat().st_size for path in files)
