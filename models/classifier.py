"""The one class behind every classifier: checks, splitting, encoding, calibration, scores, saving and loading.

A model adds five short methods: `_fit`, `_proba`, `_shares`, `_write`, `_read`.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import safetensors.numpy

from data import schema, splits
from data.errors import DataError
from data.features import Target, checked
from data.text import _
from models import calibration, checkpoint, description, evaluation, explain, explanations, overall
from models.background import Marginals
from models.base import Explanation, NotAdditive, NotFitted, Report, silent
from models.calibration import Calibration
from models.encoder import Encoded, FeatureEncoder, random_absence
from models.explanations import Kept
from models.overall import Effort
from models.places import Places
from models.rehearsal import Rehearsal
from models.seen import Seen
from models.settings import Config

_log = logging.getLogger(__name__)
_PLACES = "places.safetensors"


class Classifier(ABC):
    """Probabilities of the classes of one target, with what is needed to trust and explain them."""

    kind: ClassVar[str]
    config_type: ClassVar[type]
    unit: ClassVar[str]  # of explanations
    game: ClassVar[str]  # what an absent input means in them
    surroundings: bool = True  # whether what happens around a place is learnt
    length: ClassVar[str | None] = None  # the setting that says how long it learns, where validation may stop it sooner
    importance_rows: ClassVar[int] = 300  # of the latest accidents, explained for the global view

    def __init__(self, config: Config, target: Target, preset: str = "base", device: str = "auto") -> None:
        self.config = config
        self.target: Target = target
        self.preset = preset
        self.device = device
        self.curves: list[dict[str, float]] = []
        self.classes: tuple[str, ...] = tuple(schema.values(target))
        self.metadata: dict[str, Any] = {}
        self.encoder: FeatureEncoder
        self.calibration = Calibration.identity(len(self.classes))
        self.frequencies = np.zeros(len(self.classes))
        self.explanations: Kept | None = None  # models of earlier versions have none

    # ---- what a model adds

    @abstractmethod
    def _fit(
        self,
        train: Encoded,
        truth: np.ndarray,
        validation: Encoded | None,
        validation_truth: np.ndarray | None,
        report: Report,
    ) -> None:
        """Learn; `validation` only tells when to stop, and without it nothing stops early."""

    @abstractmethod
    def _proba(self, rows: Encoded) -> np.ndarray:
        """Probabilities before calibration. Shape: (n, classes)."""

    @abstractmethod
    def _shares(self, rows: Encoded) -> np.ndarray:
        """Shares of each of `PLAYERS` in each class's output before calibration: its log-probability, up to a number
        common to all classes, or in models whose `unit` is a probability that one.

        Shape: (n, classes, players + 1), the base last.
        """

    @abstractmethod
    def _write(self, folder: Path) -> None:
        """Put the weights into an empty folder."""

    @abstractmethod
    def _read(self, folder: Path) -> None:
        """Take the weights from a folder whose hashes were checked."""

    @property
    def parameters(self) -> int | None:
        """How many weights were learnt, for networks."""
        return None

    @property
    def computes_on(self) -> str:
        """The device of a fitted model, in torch's words."""
        return "cpu"

    @property
    def details(self) -> dict[str, Any]:
        """What a checkpoint says of its model that no other kind has."""
        return {}

    @property
    def best_length(self) -> int | None:
        """After how many rounds or epochs of `fit` the validation loss was lowest; None where nothing stops early."""
        if self.length is None:
            return None
        return 1 + int(np.argmin([point["validation_loss"] for point in self.curves]))

    def _lasting(self, lengths: Sequence[int]) -> Config:
        """The settings for learning as long as was best on average, where nothing says when to stop."""
        if self.length is None or not lengths:
            return self.config
        return replace(self.config, **{self.length: round(float(np.mean(lengths)))})

    # ---- what everybody uses

    def fit(
        self,
        table: pd.DataFrame,
        report: Report = silent,
        source: dict[str, Any] | None = None,
        until: splits.Cut | None = None,
    ) -> Self:
        """Learn from a table of `data.features.table`; split by its dates, calibrate, and score the held-out period.

        `source` says what the data are ("source", "simulated", "years"). `until` cuts at days of one's choice instead
        of shares. Rows of unknown target are left out.
        Raises: DataError where the table does not do; TrainingCancelled from `report`.
        """
        start, self.curves = time.monotonic(), []
        table = self._known(table)
        split = splits.by_time(table["date"]) if until is None else until.of(table["date"])
        encoded, truth = self._encoded(table, split.train)
        train, validation = encoded.take(split.train), encoded.take(split.validation)
        self._fit(train, truth[split.train], validation, truth[split.validation], report)
        self.calibration = calibration.fit(self._proba(validation), truth[split.validation])
        self.explanations = self._look(table, encoded, split.train, split.held_out)
        self.metadata = description.of_part(self, table, truth, encoded, split)
        self.metadata |= {"data": description.of_data(table, source), "seconds": round(time.monotonic() - start, 1)}
        return self

    def fit_whole(
        self,
        table: pd.DataFrame,
        rehearsal: Rehearsal,
        report: Report = silent,
        source: dict[str, Any] | None = None,
    ) -> Self:
        """Learn from every row of a table, as `fit` does from a part; `rehearsal` says all that takes unseen rows.

        That is how long to learn, the calibration and the scores, which are those of models of the same settings that
        had not yet learnt from the days they answered about.
        Raises: DataError where the table does not do; TrainingCancelled from `report`.
        """
        start, self.curves = time.monotonic(), []
        table = self._known(table)
        encoded, truth = self._encoded(table, np.arange(len(table)))
        self.config = self._lasting(rehearsal.lengths)
        self._fit(encoded, truth, None, None, report)
        self.calibration = calibration.fit(rehearsal.raw, rehearsal.truth, rehearsal.cuts)
        latest = np.flatnonzero(table["date"] >= pd.Timestamp(rehearsal.latest["start"]))
        self.explanations = self._look(table, encoded, np.arange(len(table)), latest)
        self.metadata = description.of_whole(self, table, rehearsal)
        self.metadata |= {"data": description.of_data(table, source), "seconds": round(time.monotonic() - start, 1)}
        return self

    def predict_proba(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Calibrated probabilities of every class; same index as `rows`, one column a class code.

        Raises: DataError naming the column and value that is not possible; NotFitted.
        """
        self._require_fitted()
        encoded = self.encoder.encode(checked(rows))
        proba = self._calibrated(encoded) if len(rows) else np.empty((0, len(self.classes)))
        return pd.DataFrame(proba, index=rows.index, columns=list(self.classes))

    def explain(self, rows: pd.DataFrame, target_class: str | None = None) -> list[Explanation]:
        """Why each row gets the output it gets, for one class (by default the most likely of each row).

        Raises: DataError as `predict_proba`, or for a class that does not exist; NotFitted.
        """
        self._require_fitted()
        if target_class is not None and target_class not in self.classes:
            raise DataError(_("{value!r} is not a class of {target}.").format(value=target_class, target=self.target))
        encoded = self.encoder.encode(checked(rows))
        if not len(rows):
            return []
        likely = self._calibrated(encoded).argmax(axis=1)
        chosen = likely if target_class is None else np.full(len(rows), self.classes.index(target_class))
        shares = self._contributions(encoded)
        return [
            explain.of_row(self, str(accident), int(position), of_row)
            for accident, position, of_row in zip(rows.index, chosen, shares, strict=True)
        ]

    def score(self, table: pd.DataFrame, bootstrap: int = 0) -> dict[str, Any]:
        """Scores on a table of `data.features.table`; "seen_rows" of them were used to train, stop or calibrate.

        Raises: DataError where no row has a known target.
        """
        self._require_fitted()
        table = table[table[self.target].notna()]
        proba = self.predict_proba(table).to_numpy()
        scores = evaluation.score(proba, self._truth(table), self.frequencies, target=self.target, bootstrap=bootstrap)
        return {"rows": scores.pop("rows"), "seen_rows": self.seen.count(table.index), **scores}

    @property
    def seen(self) -> Seen:
        """The accidents this model has learnt from."""
        return Seen.from_dict(self.metadata["seen"])

    def save(self, folder: Path) -> None:
        """Keep the model in a new folder.

        Raises: CheckpointError where the folder exists; NotFitted.
        """
        self._require_fitted()

        def write(part: Path) -> None:
            self._write(part)
            if self.explanations is not None:
                explanations.write(part, self.explanations)
            safetensors.numpy.save_file(self.encoder.places.arrays(), part / _PLACES)

        checkpoint.save(folder, self.metadata, write)

    @classmethod
    def load(cls, folder: Path, device: str = "auto") -> Self:
        """A kept model, ready to answer.

        Raises: CheckpointError naming the file and what is wrong with it.
        """
        metadata = checkpoint.read(folder)
        checkpoint.verify(folder, metadata)
        try:
            model = cls(cls.config_type(**metadata["config"]), metadata["target"], metadata["preset"], device)
            if list(model.classes) != metadata["classes"]:
                raise ValueError("classes")
            around = Places.of_arrays(safetensors.numpy.load_file(folder / _PLACES))
            model.encoder = FeatureEncoder.from_dict(metadata["encoder"], around)
            model.calibration = Calibration.from_dict(metadata.get("calibration", metadata), len(model.classes))
            model.frequencies = np.array([metadata["frequencies"][c] for c in model.classes], dtype=float)
            if not np.isfinite(model.frequencies).all():
                raise ValueError("frequencies")
            model.metadata = metadata
            _seen = model.seen  # read here, so that a score need not find it damaged
            model._read(Path(folder))
            model.explanations = explanations.read(Path(folder), metadata)
        except (*checkpoint.UNUSABLE, safetensors.SafetensorError, DataError) as error:
            raise checkpoint.unusable(folder, error) from error
        return model

    # ---- steps

    def _look(self, table: pd.DataFrame, encoded: Encoded, learnt: np.ndarray, latest: np.ndarray) -> Kept | None:
        """What to keep for explanations: how common values are among `learnt`, what matters in some of the `latest`."""
        seen = Marginals.of(table.iloc[learnt])
        effort = Effort.of_training(self.importance_rows)
        try:
            return Kept(seen, overall.of(self, table.iloc[latest], encoded.take(latest), effort))
        except NotAdditive as error:  # no reason to lose what was learnt in hours
            _log.warning(error)
            return None

    def _calibrated(self, encoded: Encoded) -> np.ndarray:
        return self.calibration.apply(self._proba(encoded))

    def _contributions(self, encoded: Encoded) -> np.ndarray:
        """`_shares`, verified against the answer they explain; log-odds are carried through calibration, which is
        linear, and so are Shapley values in the outputs.

        Raises: NotAdditive.
        """
        shares, proba = self._shares(encoded), self._proba(encoded)
        if not self.explains_log_odds:
            explain.require_additive(shares, proba)
            return shares
        explain.require_additive(shares, np.log(np.maximum(proba, np.finfo(float).tiny)), shifted=True)
        return self.calibration.of_scores(shares)

    @property
    def explains_log_odds(self) -> bool:
        """Whether what is explained are log-odds; else it is the probability before calibration."""
        return self.unit == "log-odds"

    def _known(self, table: pd.DataFrame) -> pd.DataFrame:
        """The rows of known target."""
        table = table[table[self.target].notna()]
        if table.empty:
            raise DataError(_("No accident has a known {target}; import more tables.").format(target=self.target))
        return table

    def _encoded(self, table: pd.DataFrame, train: np.ndarray) -> tuple[Encoded, np.ndarray]:
        """All rows and their truth, for an encoder and class frequencies learnt from those at the positions `train`."""
        rows, truth = checked(table), self._truth(table)
        self._require_classes(truth[train])
        self.encoder = FeatureEncoder.fit(rows.iloc[train], surroundings=self.surroundings)
        self.frequencies = np.bincount(truth[train], minlength=len(self.classes)) / len(train)
        learnt = np.zeros(len(rows), dtype=bool)
        learnt[train] = True
        return self.encoder.encode(rows, learnt), truth

    def _truth(self, table: pd.DataFrame) -> np.ndarray:
        return table[self.target].cat.codes.to_numpy().astype(np.int64)

    def _require_classes(self, truth: np.ndarray) -> None:
        counts = np.bincount(truth, minlength=len(self.classes))
        if (counts == 0).any():
            absent = schema.label(self.target, self.classes[int(counts.argmin())])
            message = _("No accident of the training period has the {target} '{absent}'; import a longer period.")
            raise DataError(message.format(target=self.target, absent=absent))

    def _require_fitted(self) -> None:
        if not self.metadata:
            raise NotFitted(_("This {kind} is not trained yet.").format(kind=self.kind))


def with_hidden(
    rows: Encoded, truth: np.ndarray, encoder: FeatureEncoder, share: float, seed: int
) -> tuple[Encoded, np.ndarray]:
    """The rows followed by copies of a share of them with some inputs hidden, for models that take all rows at once."""
    random = np.random.default_rng(seed)
    chosen = np.sort(random.permutation(len(rows))[: round(share * len(rows))])
    hidden = rows.take(chosen).hide(random_absence(encoder.inputs, len(chosen), random))
    both = Encoded(np.concatenate([rows.codes, hidden.codes]), np.concatenate([rows.numbers, hidden.numbers]))
    return both, np.concatenate([truth, truth[chosen]])
