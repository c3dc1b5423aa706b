"""Which kinds of model there are, and which trained ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.text import N_, _
from models import checkpoint, versions
from models.base import CheckpointError, DataError
from models.settings import Config

if TYPE_CHECKING:
    from models.classifier import Classifier
    from models.lstm_forecasting import LSTMForecaster

RUNS = "runs"


@dataclass(frozen=True)
class Kind:
    """One kind of model. Its libraries are imported when `model` is asked for, not before.

    `good_for`: when to choose it, in a sentence. `settings_module` holds PRESETS and PRESET_HELP. `shipped`: whether a
    model of it comes with the product. `files`: those that its checkpoint may consist of, beside the metadata.
    """

    name: str
    english: str
    good_for: str
    targets: tuple[str, ...]
    module: str
    model_name: str
    settings_module: str
    shipped: bool = True
    files: tuple[str, ...] = ("weights.safetensors", "places.safetensors")

    @property
    def label(self) -> str:
        """What people call it, in their language."""
        return _(self.english)

    @property
    def allowed_files(self) -> tuple[str, ...]:
        """`files`, and what classifiers keep for explanations."""
        return self.files if "daily" in self.targets else (*self.files, checkpoint.EXPLANATIONS)

    @cached_property
    def model(self) -> Any:
        """The class of the model."""
        return getattr(import_module(self.module), self.model_name)

    @cached_property
    def presets(self) -> Mapping[str, Config]:
        """Named settings; the first is the default."""
        presets: Mapping[str, Config] = import_module(self.settings_module).PRESETS
        return presets

    @cached_property
    def preset_help(self) -> Mapping[str, str]:
        """What each preset is for, in words."""
        words: Mapping[str, str] = import_module(self.settings_module).PRESET_HELP
        return words

    def settings(self, preset: str | None = None, changes: Mapping[str, Any] | None = None) -> tuple[str, Config]:
        """The name of a preset (by default the first) and its settings with some of them changed.

        Raises: DataError for a preset or setting that does not exist; ValueError for a value that is not allowed.
        """
        name = preset or next(iter(self.presets))
        if name not in self.presets:
            message = _("{kind} has no preset {preset!r}; there is {known}.")
            raise DataError(message.format(kind=self.name, preset=name, known=", ".join(self.presets)))
        unknown = set(changes or {}) - set(type(self.presets[name]).__dataclass_fields__)
        if unknown:
            raise DataError(_("{kind} has no setting {name!r}.").format(kind=self.name, name=min(unknown)))
        changed: Config = replace(self.presets[name], **(changes or {}))
        return name, changed


_CLASSES = ("collision", "severity")
KINDS: dict[str, Kind] = {
    k.name: k
    for k in (
        Kind(
            "tab-transformer",
            N_("TabTransformer"),
            N_(
                "Attention weighs every input against the others: about as accurate as XGBoost, and far slower to "
                "learn."
            ),
            _CLASSES,
            "models.tab_transformer",
            "TabTransformerClassifier",
            "models.tab_transformer_config",
        ),
        Kind(
            "random-forest",
            N_("Random forest"),
            N_("Steady whatever the settings, and hard to get wrong; less accurate than XGBoost."),
            _CLASSES,
            "models.random_forest",
            "RandomForest",
            "models.random_forest_config",
            files=("forest.skops", "places.safetensors"),
        ),
        Kind(
            "xgboost",
            N_("XGBoost"),
            N_("The best accuracy for the time: start here."),
            _CLASSES,
            "models.xgb",
            "XGBoost",
            "models.xgb_config",
            files=("booster.ubj.gz", "booster.ubj", "places.safetensors"),
        ),
        Kind(
            "feed-forward",
            N_("Feed-forward network"),
            N_("A plain network: shows what attention adds, in a fraction of its time."),
            _CLASSES,
            "models.feed_forward",
            "FeedForwardClassifier",
            "models.feed_forward_config",
        ),
        Kind(
            "logistic",
            N_("Logistic regression"),
            N_("Adds up each input by itself: the simplest to explain, and what others have to beat."),
            _CLASSES,
            "models.logistic",
            "LogisticClassifier",
            "models.logistic_config",
        ),
        Kind(
            "blend",
            N_("Blend"),
            N_("XGBoost and a TabTransformer answer together: the most accurate, and it takes as long as both."),
            _CLASSES,
            "models.blend",
            "Blend",
            "models.blend_config",
            files=(
                "places.safetensors",
                "xgboost/booster.ubj.gz",
                "xgboost/booster.ubj",
                "tab-transformer/weights.safetensors",
                "feed-forward/weights.safetensors",
            ),
        ),
        Kind(
            "lstm",
            N_("LSTM"),
            N_("Reads the past days one by one; the forecaster to choose, for France and for départements."),
            ("daily",),
            "models.lstm_forecasting",
            "LSTMForecaster",
            "models.lstm_config",
            files=("weights.safetensors", "departements.safetensors"),
        ),
        Kind(
            "series-transformer",
            N_("Transformer for series"),
            N_("Looks at all past days at once; here to compare with the LSTM."),
            ("daily",),
            "models.series_transformer",
            "SeriesTransformer",
            "models.series_transformer_config",
            files=("weights.safetensors", "departements.safetensors"),
            shipped=False,
        ),
    )
}


@dataclass(frozen=True)
class Entry:
    """One checkpoint folder: its metadata, or the sentence that says why it cannot be used.

    `own`: trained or imported here, not shipped. `title` and `notes` are what people call it and say of it.
    """

    name: str
    folder: Path
    metadata: Mapping[str, Any] | None
    error: str | None
    own: bool = False
    title: str = ""
    notes: str = ""

    @property
    def target(self) -> str | None:
        """What it answers; None where that cannot be read."""
        return None if self.metadata is None else str(self.metadata["target"])


def checkpoints_folder() -> Path:
    """Where shipped models lie: BALISE_CHECKPOINTS, or checkpoints/ beside the code."""
    return Path(os.environ.get("BALISE_CHECKPOINTS") or Path(__file__).resolve().parent.parent / "checkpoints")


def runs_folder() -> Path:
    """Where the user's own trainings lie: BALISE_RUNS, or runs/ among the checkpoints."""
    return Path(os.environ.get("BALISE_RUNS") or checkpoints_folder() / RUNS)


def entries(target: str | None = None) -> list[Entry]:
    """Every checkpoint, shipped ones first, then those of finished runs from the newest; of one target, if given.

    One that cannot be read has no known target and is listed under every target, where its name does not tell.
    """
    shipped = [(f.name, f, False) for f in _folders(checkpoints_folder()) if f != runs_folder() and f.name != RUNS]
    own = [(f.name, f / "model", True) for f in reversed(_folders(runs_folder())) if (f / "model").is_dir()]
    described = versions.read(runs_folder())["versions"]
    found = [
        Entry(name, folder, *_facts(folder), own, **described.get(name, {})) for name, folder, own in shipped + own
    ]
    return [e for e in found if target is None or _about(e, target)]


def find(name: str) -> Entry:
    """The checkpoint of a name.

    Raises: DataError where there is none.
    """
    for entry in entries():
        if entry.name == name:
            return entry
    raise DataError(_("There is no model {name!r}; it may have been deleted.").format(name=name))


def at(folder: Path) -> Entry:
    """The checkpoint in a folder, which may lie anywhere."""
    place = folder.resolve()
    known = next((entry for entry in entries() if entry.folder.resolve() == place), None)
    return known or Entry(place.name, folder, *_facts(folder))


def load(folder: Path, device: str = "auto") -> Classifier | LSTMForecaster:
    """A kept model of any kind, ready to answer.

    Raises: CheckpointError naming the file and what is wrong with it.
    """
    metadata = checkpoint.read(folder)
    kind, target = metadata["kind"], metadata["target"]
    if kind not in KINDS:
        raise CheckpointError(
            _("{folder} holds a model of the unknown kind {kind!r}.").format(folder=folder, kind=kind)
        )
    if target not in KINDS[kind].targets:
        message = _("{folder} holds a {kind} for {target!r}, which that kind cannot learn.")
        raise CheckpointError(message.format(folder=folder, kind=kind, target=target))
    model: Classifier | LSTMForecaster = KINDS[kind].model.load(Path(folder), device)
    return model


def _folders(parent: Path) -> list[Path]:
    if not parent.is_dir():
        return []
    return sorted(f for f in parent.iterdir() if f.is_dir() and not f.name.startswith("."))


def _facts(folder: Path) -> tuple[Mapping[str, Any] | None, str | None]:
    """The metadata of a checkpoint, or what is wrong with it; what has not changed since is not read again."""
    try:
        found = (folder / checkpoint.METADATA).stat()
    except OSError:
        return _read(folder, None)
    return _read(folder, (found.st_size, found.st_mtime_ns, found.st_ino))


@lru_cache(maxsize=512)
def _read(folder: Path, state: tuple[int, int, int] | None) -> tuple[Mapping[str, Any] | None, str | None]:
    try:
        return checkpoint.read(folder), None
    except CheckpointError as error:
        return None, str(error)


def _about(entry: Entry, target: str) -> bool:
    if entry.metadata is not None:
        return bool(entry.metadata["target"] == target)
    named = [t for t in (*_CLASSES, "daily") if entry.name.startswith(t)]
    return not named or target in named
