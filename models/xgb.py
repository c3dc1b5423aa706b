"""Gradient-boosted trees: XGBoost with native categories."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import xgboost

from data.text import N_
from models import checkpoint
from models.base import Progress, Report, has_enough, speed
from models.classifier import Classifier, with_hidden
from models.encoder import ORDERED, Encoded
from models.parallel import allowed_threads, in_batches
from models.xgb_config import XGBoostConfig

_FILE = "booster.ubj.gz"  # a third of the size
_PLAIN = "booster.ubj"  # how it was kept before, and is still read
_ANSWERING = {"nthread": 1}  # for the reason in `models.parallel`
_BATCH = 2000  # rows a thread at a time
_TYPES = ["q" if ordered else "c" for ordered in ORDERED]  # numbers, categories


class XGBoost(Classifier):
    """XGBoost's histogram trees, one a class and round, stopped early on validation log-loss."""

    kind: ClassVar[str] = "xgboost"
    length: ClassVar[str | None] = "rounds"
    config_type: ClassVar[type] = XGBoostConfig
    unit: ClassVar[str] = N_("log-odds")
    game: ClassVar[str] = N_("path-dependent TreeSHAP: an absent input follows the training rows through the trees")

    config: XGBoostConfig
    booster: xgboost.Booster

    def _fit(
        self,
        train: Encoded,
        truth: np.ndarray,
        validation: Encoded | None,
        validation_truth: np.ndarray | None,
        report: Report,
    ) -> None:
        c = self.config
        options = {
            "objective": "multi:softprob",
            "num_class": len(self.classes),
            "eval_metric": ["merror", "mlogloss"],  # the last one tells when to stop
            "tree_method": "hist",
            "learning_rate": c.learning_rate,
            "max_depth": c.depth,
            "min_child_weight": c.min_child_weight,
            "subsample": c.row_share,
            "colsample_bytree": c.input_share,
            "seed": c.seed,
            "nthread": allowed_threads(),
        }
        rows = self._matrix(*with_hidden(train, truth, self.encoder, c.half_described, c.seed))
        evals = [(rows, "train")]
        if validation is not None:
            evals.append((self._matrix(validation, validation_truth), "validation"))
        booster = xgboost.train(
            params=options,
            dtrain=rows,
            num_boost_round=c.rounds,
            evals=evals,
            early_stopping_rounds=None if validation is None else c.patience,
            callbacks=[_Reporter(report, c, self.curves, rows.num_row())],
            verbose_eval=False,
        )
        self.booster = booster if validation is None else booster[: self.best_length]

    def _proba(self, rows: Encoded) -> np.ndarray:
        def answer(batch: Encoded) -> np.ndarray:
            found = self.booster.inplace_predict(self._values(batch), validate_features=False)
            return np.asarray(found, dtype=np.float64)

        return in_batches(answer, rows, _BATCH)

    def _shares(self, rows: Encoded) -> np.ndarray:
        # shap 0.51 gives a wrong base value for several classes; XGBoost's own contributions are exact
        shares = self.booster.predict(self._matrix(rows), pred_contribs=True)
        return self.encoder.by_player(np.asarray(shares, dtype=np.float64))

    def _write(self, folder: Path) -> None:
        packed = gzip.compress(self.booster.save_raw(raw_format="ubj"), mtime=0)  # the same model, the same file
        (folder / _FILE).write_bytes(packed)

    def _read(self, folder: Path) -> None:
        self.booster = xgboost.Booster(_ANSWERING)
        self.booster.load_model(_unpacked(folder))
        shape = json.loads(self.booster.save_config())["learner"]["learner_model_param"]
        if (int(shape["num_feature"]), int(shape["num_class"])) != (len(_TYPES), len(self.classes)):
            raise ValueError(_FILE)

    def _matrix(self, rows: Encoded, truth: np.ndarray | None = None) -> xgboost.DMatrix:
        return xgboost.DMatrix(data=self._values(rows), label=truth, feature_types=_TYPES, enable_categorical=True)

    @staticmethod
    def _values(rows: Encoded) -> np.ndarray:
        codes = np.where(rows.codes == 0, np.float32(np.nan), rows.codes.astype(np.float32))
        return np.concatenate([codes, rows.numbers], axis=1)


def _unpacked(folder: Path) -> bytearray:
    """The booster of a checkpoint.

    Raises: one of `checkpoint.UNUSABLE` where there is none.
    """
    if (folder / _PLAIN).exists():
        found = (folder / _PLAIN).read_bytes()
    else:
        path = folder / _FILE
        with gzip.open(path) as file:
            found = file.read(checkpoint.most_unpacked(path) + 1)
        checkpoint.require_unpacked(path, len(found))
    if not found.startswith(b"{"):  # XGBoost ends the process where it is given nothing
        raise ValueError(_FILE)
    return bytearray(found)


class _Reporter(xgboost.callback.TrainingCallback):  # type: ignore[misc]
    """Tells the report of each round; one that has enough ends the training, one that cancels lets nothing be kept."""

    def __init__(self, report: Report, config: XGBoostConfig, curves: list[dict[str, float]], rows: int) -> None:
        super().__init__()
        self.report, self.config, self.curves, self.rows = report, config, curves, rows
        self.begun = time.monotonic()

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        done, total = epoch + 1, self.config.rounds
        values = {f"{part}_loss": float(log["mlogloss"][-1]) for part, log in evals_log.items()}
        self.curves.append(values | {"learning_rate": self.config.learning_rate})
        told = self.curves[-1] | speed(self.rows, time.monotonic() - self.begun, self.rows * done)
        if "validation" in evals_log:
            told["validation_accuracy"] = 1 - float(evals_log["validation"]["merror"][-1])
        enough = has_enough(self.report, Progress("round", done, total, done / total, told))
        self.begun = time.monotonic()
        return enough
