"""Random forest of scikit-learn, grown in chunks so that it can be watched and stopped."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path
from typing import ClassVar

import numpy as np
import skops.io
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from data.text import N_
from models import checkpoint
from models.base import Progress, Report, has_enough, speed
from models.classifier import Classifier, with_hidden
from models.encoder import N_COLUMNS, Encoded
from models.parallel import allowed_threads, in_batches
from models.random_forest_config import RandomForestConfig

_FILE = "forest.skops"
# the only types beyond skops' own defaults that a forest needs; anything else in a file is refused
_TRUSTED = ["sklearn.tree._tree.Tree"]
_UNKNOWN = -1000.0  # below every real value, so that a single split sets the unknown apart
_SECONDS = 1.0
_LEAST = 1e-6  # of a probability when it is judged: a few trees may give a class none at all
_BATCH = 2000  # rows a thread at a time


class RandomForest(Classifier):
    """Averages the class shares in the leaves of many trees grown on bootstrap samples (Breiman 2001)."""

    kind: ClassVar[str] = "random-forest"
    config_type: ClassVar[type] = RandomForestConfig
    unit: ClassVar[str] = N_("probability before calibration")
    game: ClassVar[str] = N_("path-dependent TreeSHAP: an absent input follows the training rows through the trees")

    config: RandomForestConfig
    forest: RandomForestClassifier

    def _fit(
        self,
        train: Encoded,
        truth: np.ndarray,
        validation: Encoded | None,
        validation_truth: np.ndarray | None,
        report: Report,
    ) -> None:
        c = self.config
        self.forest = RandomForestClassifier(
            n_estimators=1,
            max_depth=c.depth,
            min_samples_leaf=c.leaf,
            max_features=c.input_share,
            random_state=c.seed,
            warm_start=True,  # growing in chunks gives the same forest as growing at once
            n_jobs=allowed_threads(),
        )
        described, both = with_hidden(train, truth, self.encoder, c.half_described, c.seed)
        rows = self._matrix(described)
        judge = None if validation is None else _Judge(self._matrix(validation), np.asarray(validation_truth))
        chunk, grown = 1, 0
        while grown < c.trees:
            start = time.monotonic()
            self.forest.set_params(n_estimators=min(grown + chunk, c.trees))
            self.forest.fit(rows, both)
            new, grown = len(self.forest.estimators_) - grown, len(self.forest.estimators_)
            seconds = time.monotonic() - start
            told = speed(len(both) * new, seconds, len(both) * grown)
            if judge is not None:
                told |= judge.after(self.forest.estimators_)
            if has_enough(report, Progress("tree", grown, c.trees, grown / c.trees, told)):
                break
            pace = seconds / new
            chunk = max(1, min(50, int(_SECONDS / max(pace, 1e-3))))

    def _proba(self, rows: Encoded) -> np.ndarray:
        # the forest's own `predict_proba` takes longer to look at one row than its trees take to answer
        trees = [tree.tree_ for tree in self.forest.estimators_]

        def answer(batch: Encoded) -> np.ndarray:
            matrix = self._matrix(batch)
            return np.asarray(sum(tree.predict(matrix) for tree in trees) / len(trees))

        return in_batches(answer, rows, _BATCH)

    def _shares(self, rows: Encoded) -> np.ndarray:
        import shap

        explainer = shap.TreeExplainer(self.forest, feature_perturbation="tree_path_dependent")
        shares = explainer.shap_values(self._matrix(rows), check_additivity=False).transpose(0, 2, 1)
        base = np.broadcast_to(np.asarray(explainer.expected_value), shares.shape[:2])
        return self.encoder.by_player(np.concatenate([shares, base[:, :, None]], axis=2))

    def _write(self, folder: Path) -> None:
        skops.io.dump(self.forest, folder / _FILE, compression=zipfile.ZIP_DEFLATED, compresslevel=9)

    def _read(self, folder: Path) -> None:
        with zipfile.ZipFile(folder / _FILE) as file:  # which unpacks no part to more than it says
            checkpoint.require_unpacked(folder / _FILE, sum(part.file_size for part in file.infolist()))
        forest = skops.io.load(folder / _FILE, trusted=_TRUSTED)
        if not isinstance(forest, RandomForestClassifier):
            raise TypeError(_FILE)
        if (forest.n_features_in_, forest.n_classes_) != (N_COLUMNS, len(self.classes)):
            raise ValueError(_FILE)
        self.forest = forest

    @staticmethod
    def _matrix(rows: Encoded) -> np.ndarray:
        return np.concatenate([rows.codes, np.nan_to_num(rows.numbers, nan=_UNKNOWN)], axis=1).astype(np.float32)


class _Judge:
    """How a growing forest does on validation rows; only trees that are new are asked."""

    def __init__(self, rows: np.ndarray, truth: np.ndarray) -> None:
        self.rows, self.truth = rows, truth
        self.votes, self.asked = 0.0, 0

    def after(self, trees: list[DecisionTreeClassifier]) -> dict[str, float]:
        """Before calibration, which the loss of a few trees is far from."""
        self.votes += sum(tree.tree_.predict(self.rows) for tree in trees[self.asked :])
        self.asked = len(trees)
        proba = np.asarray(self.votes / self.asked)
        true = proba[np.arange(len(self.truth)), self.truth]
        return {
            "validation_loss": float(-np.log(np.maximum(true, _LEAST)).mean()),
            "validation_accuracy": float((proba.argmax(axis=1) == self.truth).mean()),
        }
