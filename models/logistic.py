"""Logistic regression: what the inputs say when each of them is added up and none is seen together with another."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import ClassVar

import numpy as np
import safetensors.numpy
from scipy.special import log_softmax, softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression as Regression

from data.text import N_
from models.base import Progress, Report, has_enough, speed
from models.classifier import Classifier, with_hidden
from models.encoder import Encoded
from models.logistic_config import LogisticConfig

_FILE = "weights.safetensors"
_ARRAYS = ("coefficients", "intercept", "means")
_CHUNK = 20  # iterations between reports: about a second for 80,000 rows


class LogisticClassifier(Classifier):
    """Multinomial logistic regression on one-hot categories and standardised numbers."""

    kind: ClassVar[str] = "logistic"
    config_type: ClassVar[type] = LogisticConfig
    unit: ClassVar[str] = N_("log-odds")
    game: ClassVar[str] = N_("exact for a linear model: an absent input stands at the mean of the training rows")

    config: LogisticConfig
    coefficients: np.ndarray  # (classes, columns)
    intercept: np.ndarray  # (classes,)
    means: np.ndarray  # (columns,) of the training rows

    def _fit(
        self,
        train: Encoded,
        truth: np.ndarray,
        validation: Encoded | None,
        validation_truth: np.ndarray | None,
        report: Report,
    ) -> None:
        c = self.config
        seen = self._matrix(train)
        judged = {"train_loss": (seen, truth)}
        if validation is not None and validation_truth is not None:
            judged["validation_loss"] = self._matrix(validation), validation_truth
        self.means = seen.mean(axis=0, dtype=np.float64)
        described, both = with_hidden(train, truth, self.encoder, c.half_described, c.seed)
        rows = self._matrix(described)
        model = Regression(C=1 / c.penalty, warm_start=True)  # lbfgs; goes on where the last `fit` ended
        done, settled = 0, False
        while done < c.iterations and not settled:
            start = time.monotonic()
            model.set_params(max_iter=min(_CHUNK, c.iterations - done))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # a chunk is not meant to settle
                model.fit(rows, both)
            done += int(model.n_iter_[0])
            settled = int(model.n_iter_[0]) < model.max_iter
            # centred over the classes: a softmax is blind to a shift of all of them
            self.coefficients, self.intercept = (
                (a - a.mean(axis=0)).astype(np.float64, order="C") for a in (model.coef_, model.intercept_)
            )
            losses = {name: self._loss(*rows_truth) for name, rows_truth in judged.items()}
            self.curves.append(losses)
            total = max(done, 1) if settled else c.iterations
            told = losses | speed(len(rows) * int(model.n_iter_[0]), time.monotonic() - start, len(rows) * done)
            if has_enough(report, Progress("iteration", done, total, done / total, told)):
                break

    def _proba(self, rows: Encoded) -> np.ndarray:
        return np.asarray(softmax(self._scores_of(self._matrix(rows)), axis=1))

    def _shares(self, rows: Encoded) -> np.ndarray:
        away = self._matrix(rows) - self.means
        base = self.intercept + self.coefficients @ self.means
        # a category's one-hot columns are one column of `Encoded`, and so are a number and its flag
        shares = away[:, None, :] * self.coefficients @ self._membership()
        whole = np.concatenate([shares, np.broadcast_to(base[:, None], (*shares.shape[:2], 1))], axis=2)
        return self.encoder.by_player(whole)

    def _write(self, folder: Path) -> None:
        arrays = {name: np.ascontiguousarray(getattr(self, name), dtype=np.float64) for name in _ARRAYS}
        safetensors.numpy.save_file(arrays, folder / _FILE)

    def _read(self, folder: Path) -> None:
        arrays = safetensors.numpy.load_file(folder / _FILE)
        n_classes, n_columns = len(self.classes), len(self._membership())
        shapes = {"coefficients": (n_classes, n_columns), "intercept": (n_classes,), "means": (n_columns,)}
        if {n: a.shape for n, a in arrays.items()} != shapes or not all(np.isfinite(a).all() for a in arrays.values()):
            raise ValueError(_FILE)
        self.coefficients, self.intercept, self.means = (arrays[name] for name in _ARRAYS)

    @property
    def parameters(self) -> int:
        return self.coefficients.size + self.intercept.size

    # ---- steps

    def _scores_of(self, matrix: np.ndarray) -> np.ndarray:
        return np.asarray(matrix @ self.coefficients.T + self.intercept)

    def _loss(self, matrix: np.ndarray, truth: np.ndarray) -> float:
        return float(-log_softmax(self._scores_of(matrix), axis=1)[np.arange(len(truth)), truth].mean())

    def _matrix(self, rows: Encoded) -> np.ndarray:
        """One-hot categories, numbers, then the flags that say which are known. Shape: (n, columns) float32."""
        sizes = self.encoder.sizes
        hot = np.zeros((len(rows), sum(sizes)), dtype=np.float32)
        np.put_along_axis(hot, rows.codes + np.cumsum([0, *sizes])[:-1], 1, axis=1)
        return np.concatenate([hot, self.encoder.standardise(rows.numbers)], axis=1)

    def _membership(self) -> np.ndarray:
        """Which column of `Encoded` each column of `_matrix` is made from. Shape: (columns, codes + numbers)."""
        sizes, n_numbers = self.encoder.sizes, len(self.encoder.centres)
        numbers = len(sizes) + np.arange(n_numbers)
        made_from = np.concatenate([np.repeat(np.arange(len(sizes)), sizes), numbers, numbers])
        return np.asarray(np.eye(len(sizes) + n_numbers)[made_from])
