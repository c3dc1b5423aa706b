"""Models of other libraries behind one small contract: learn, answer, be kept.

A peer imports its library when it is made, so that one that is not installed is found out at once.
"""

from __future__ import annotations

import os
import tempfile
from abc import ABC, abstractmethod
from contextlib import chdir
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from models.encoder import ORDERED, Encoded
from models.xgb import XGBoostConfig

_SEED = 0
_EPOCHS = 256  # at most; early stopping ends sooner
_CATEGORIES = [column for column, ordered in enumerate(ORDERED) if not ordered]
_TREES = XGBoostConfig()  # the settings that boosted trees have in common are those of our XGBoost


class Peer(ABC):
    """A classifier of another library, with its authors' settings but where a reason is given.

    `rounds`: at most so many rounds or epochs, by default enough for early stopping to end the training.
    """

    label: ClassVar[str]
    package: ClassVar[str]  # its name in the package index

    def __init__(self, rounds: int | None = None) -> None:
        self.rounds = rounds

    @abstractmethod
    def fit(self, train: Encoded, truth: np.ndarray, validation: Encoded, validation_truth: np.ndarray) -> None:
        """Learn; `validation` only tells when to stop. Shape: truth (n,) class positions, every class among them."""

    @abstractmethod
    def predict_proba(self, rows: Encoded) -> np.ndarray:
        """Probabilities as the library gives them. Shape: (n, classes)."""

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write what is needed to answer into an empty folder, in a form that the library offers."""


class HistGradientBoosting(Peer):
    """scikit-learn's histogram trees."""

    label, package = "HistGradientBoosting", "scikit-learn"

    def __init__(self, rounds: int | None = None) -> None:
        super().__init__(rounds)
        from sklearn.ensemble import HistGradientBoostingClassifier

        self.model = HistGradientBoostingClassifier(
            max_iter=rounds or _TREES.rounds,
            learning_rate=_TREES.learning_rate,
            max_features=_TREES.input_share,
            n_iter_no_change=_TREES.patience,
            early_stopping=True,
            categorical_features=_CATEGORIES,
            random_state=_SEED,
        )

    def fit(self, train: Encoded, truth: np.ndarray, validation: Encoded, validation_truth: np.ndarray) -> None:
        self.model.fit(_matrix(train), truth, X_val=_matrix(validation), y_val=validation_truth)

    def predict_proba(self, rows: Encoded) -> np.ndarray:
        return np.asarray(self.model.predict_proba(_matrix(rows)))

    def save(self, folder: Path) -> None:
        import joblib

        joblib.dump(self.model, folder / "model.joblib")


class LightGBM(Peer):
    """LightGBM's histogram trees, grown leaf by leaf."""

    label, package = "LightGBM", "lightgbm"

    def __init__(self, rounds: int | None = None) -> None:
        super().__init__(rounds)
        import lightgbm

        self.model = lightgbm.LGBMClassifier(
            n_estimators=rounds or _TREES.rounds,
            learning_rate=_TREES.learning_rate,
            subsample=_TREES.row_share,
            subsample_freq=1,
            colsample_bytree=_TREES.input_share,
            n_jobs=os.cpu_count(),
            random_state=_SEED,
            verbosity=-1,
        )
        self.stopping = lightgbm.early_stopping(_TREES.patience, verbose=False)

    def fit(self, train: Encoded, truth: np.ndarray, validation: Encoded, validation_truth: np.ndarray) -> None:
        self.model.fit(
            _matrix(train),
            truth,
            eval_X=_matrix(validation),
            eval_y=validation_truth,
            categorical_feature=_CATEGORIES,
            callbacks=[self.stopping],
        )

    def predict_proba(self, rows: Encoded) -> np.ndarray:
        return np.asarray(self.model.predict_proba(_matrix(rows)))

    def save(self, folder: Path) -> None:
        self.model.booster_.save_model(folder / "model.txt")


class _Network(Peer):
    """A network that takes a table without gaps."""

    def fit(self, train: Encoded, truth: np.ndarray, validation: Encoded, validation_truth: np.ndarray) -> None:
        known = ~np.isnan(train.numbers)
        self.means = np.where(known, train.numbers, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        self.gaps = ~known.all(axis=0)
        self._fit(self._table(train), truth, self._table(validation), validation_truth)

    def predict_proba(self, rows: Encoded) -> np.ndarray:
        return self._proba(self._table(rows))

    @abstractmethod
    def _fit(
        self, train: pd.DataFrame, truth: np.ndarray, validation: pd.DataFrame, validation_truth: np.ndarray
    ) -> None: ...

    @abstractmethod
    def _proba(self, rows: pd.DataFrame) -> np.ndarray: ...

    def _table(self, rows: Encoded) -> pd.DataFrame:
        """Categories, unknown among their values; numbers, the unknown at the mean; flags of what is unknown."""
        unknown = np.isnan(rows.numbers)
        parts = {
            "category": pd.DataFrame(rows.codes),
            "number": pd.DataFrame(np.where(unknown, self.means, rows.numbers)),
            "unknown": pd.DataFrame(unknown[:, self.gaps].astype(float)),
        }
        return pd.concat([part.add_prefix(f"{name}_") for name, part in parts.items()], axis="columns")


class PytorchTabular(_Network):
    """pytorch_tabular's TabTransformer: categories through attention, numbers beside it."""

    label, package = "TabTransformer of pytorch_tabular", "pytorch_tabular"

    def __init__(self, rounds: int | None = None) -> None:
        super().__init__(rounds)
        import pytorch_tabular

        self.library = pytorch_tabular

    def _fit(
        self, train: pd.DataFrame, truth: np.ndarray, validation: pd.DataFrame, validation_truth: np.ndarray
    ) -> None:
        with tempfile.TemporaryDirectory() as folder, chdir(folder):  # it leaves files where it runs
            self.model = self._made(train)
            self.model.fit(train.assign(target=truth), validation.assign(target=validation_truth), seed=_SEED)

    def _made(self, train: pd.DataFrame) -> Any:
        from pytorch_tabular.config import DataConfig, OptimizerConfig, TrainerConfig
        from pytorch_tabular.models import TabTransformerConfig

        categories = [name for name in train if name.startswith("category")]
        return self.library.TabularModel(
            data_config=DataConfig(
                target=["target"],
                categorical_cols=categories,
                continuous_cols=[name for name in train if name not in categories],
            ),
            model_config=TabTransformerConfig(task="classification", seed=_SEED),
            optimizer_config=OptimizerConfig(),
            trainer_config=TrainerConfig(
                batch_size=256,  # its default of 64 takes four times as long on a CPU
                max_epochs=self.rounds or _EPOCHS,
                early_stopping_patience=5,  # its default of 3 leaves less room for chance
                early_stopping_min_delta=0.0,  # its default of 0.001 stops while the loss still falls
                accelerator="cpu",
                devices=1,
                seed=_SEED,
                progress_bar="none",
                trainer_kwargs={"enable_model_summary": False},
            ),
            verbose=False,
            suppress_lightning_logger=True,
        )

    def _proba(self, rows: pd.DataFrame) -> np.ndarray:
        return self.model.predict(rows).filter(regex="_probability$").to_numpy()

    def save(self, folder: Path) -> None:
        self.model.save_weights(folder / "weights.pt")


class _Pytabkit(_Network):
    """A network of pytabkit, with its own preparation of the numbers."""

    package = "pytabkit"
    model: Any

    def _fit(
        self, train: pd.DataFrame, truth: np.ndarray, validation: pd.DataFrame, validation_truth: np.ndarray
    ) -> None:
        names = [name for name in train if name.startswith("category")]
        self.model.fit(train, truth, X_val=validation, y_val=validation_truth, cat_col_names=names)

    def _proba(self, rows: pd.DataFrame) -> np.ndarray:
        return np.asarray(self.model.predict_proba(rows))

    def save(self, folder: Path) -> None:
        import joblib

        joblib.dump(self.model, folder / "model.joblib")

    @property
    def _common(self) -> dict[str, Any]:
        return {
            "device": "cpu",
            "random_state": _SEED,
            "n_threads": os.cpu_count(),  # its default counts physical cores
            "val_metric_name": "cross_entropy",  # its default stops on accuracy
            **({"n_epochs": self.rounds} if self.rounds else {}),
        }


class TabM(_Pytabkit):
    """TabM (Gorishniy et al. 2025): many networks that share most of their weights."""

    label = "TabM"

    def __init__(self, rounds: int | None = None) -> None:
        super().__init__(rounds)
        import pytabkit
        from pytabkit.models.alg_interfaces import tabm_interface

        tabm_interface.Metrics = _OfProbabilities
        self.model = pytabkit.TabM_D_Classifier(**self._common)


class _OfProbabilities:
    """pytabkit hands its metrics, which take logits, the probabilities of TabM; so the log-loss it stops on is none."""

    @staticmethod
    def apply(proba: Any, truth: Any, metric_name: str) -> Any:
        from pytabkit.models.training.metrics import Metrics

        return Metrics.apply(proba.clamp_min(1e-30).log(), truth, metric_name)


class RealMLP(_Pytabkit):
    """RealMLP (Holzmüller et al. 2024): a feed-forward network with tuned defaults."""

    label = "RealMLP"

    def __init__(self, rounds: int | None = None) -> None:
        super().__init__(rounds)
        import pytabkit

        # its documentation recommends no label smoothing where the log-loss counts
        self.model = pytabkit.RealMLP_TD_Classifier(**self._common, use_ls=False)


PEERS: dict[str, type[Peer]] = {
    "hist-gradient-boosting": HistGradientBoosting,
    "lightgbm": LightGBM,
    "pytorch-tabular": PytorchTabular,
    "tabm": TabM,
    "realmlp": RealMLP,
}


def _matrix(rows: Encoded) -> np.ndarray:
    """What our XGBoost is given: categories, with those that have an order as numbers, then numbers; unknown is NaN."""
    return np.concatenate([np.where(rows.codes == 0, np.nan, rows.codes), rows.numbers], axis=1)
