"""The LSTM forecaster: daily counts in, the next 28 days out, with intervals."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from data import calendar
from data.errors import DataError
from data.text import _
from models import backtest, checkpoint, forecast_transfer, forecasts
from models import device as devices
from models import forecast_learning as learning
from models.base import Forecast, NotFitted, Report, silent
from models.departements import Departements
from models.forecast_designs import Design, design
from models.forecast_networks import AccidentEncoderDecoder, AccidentLSTM
from models.forecast_periods import Periods, described, held_out, kept_forecast, kept_paths, periods
from models.forecast_transfer import frozen
from models.forecasts import HORIZON, QUANTILES, Paths
from models.lstm_config import LSTMConfig
from models.settings import as_dict
from models.training import Schedule, seeded

__all__ = ["AccidentEncoderDecoder", "AccidentLSTM", "LSTMConfig", "LSTMForecaster"]

WEIGHTS = "weights.safetensors"
_CONTEXT = 448  # days kept with a checkpoint: the longest window, and last year of all 28 days ahead with its level
_NATIONAL = 0.6  # of the time of a training with départements


class LSTMForecaster:
    """Forecasts injury accidents a day in France, and by département where it has learnt from their counts too.

    It carries the days it needs to go on.
    """

    kind: ClassVar[str] = "lstm"
    config_type: ClassVar[type[LSTMConfig]] = LSTMConfig

    def __init__(self, config: LSTMConfig | None = None, preset: str = "recommended", device: str = "auto") -> None:
        self.config = config or self.config_type()
        self.preset = preset
        self.device = device
        self.metadata: dict[str, Any] = {}
        self._design: Design
        self._departements: Departements | None = None

    # ---- what everybody uses

    def fit(self, series: pd.Series, report: Report = silent, departements: pd.DataFrame | None = None) -> Self:
        """Learn from a daily series without its last half-year, score on that, then learn anew from all days.

        The year before the half-year tells when to stop. With `departements` (one column each, missing where not
        known) a second network learns all of them likewise. One who asks to end early is left with what was scored.

        Raises: DataError where the series has gaps or too few days; TrainingCancelled from `report`.
        """
        start = time.monotonic()
        series = forecasts.checked(series, self.days_to_train)
        if departements is not None and self.config.architecture == "base":
            raise DataError(_("The architecture 'base' forecasts France alone; choose another for départements."))
        cuts = periods(calendar.is_covid(pd.DatetimeIndex(series.index)))
        schedule, share = learning.schedule_of(self.config), 1.0 if departements is None else _NATIONAL
        with seeded(self.config.seed):
            self._design = design(self.config)
        self._design.learn_statistics(series.iloc[: cuts.train])
        first = copy.deepcopy(self._design)
        self._departements, made = None, None
        paths = self._learn(series, cuts, schedule, learning.part(report, 0.0, learning.SCORED * share))
        place = devices.pick(self.device)
        if departements is not None:
            told = learning.part(report, learning.SCORED * share, learning.SCORED)
            made = Departements.learnt(
                self.config, series, departements, held_out(cuts), paths, days=_CONTEXT, device=place, report=told
            )
        if learning.wants_all_days(report, schedule.epochs):
            middle = learning.SCORED + (1 - learning.SCORED) * share
            self._learn_all_days(first, series, schedule, learning.part(report, learning.SCORED, middle))
            if made is not None and departements is not None:
                told = learning.part(report, middle, 1.0)
                made = made.on_all_days(self.config, series, departements, place, told)
        if made is not None:
            self._departements = made
            self.metadata["departements"] = made.about
        self.metadata["seconds"] = round(time.monotonic() - start, 1)
        return self

    def refitted(self, series: pd.Series, report: Report = silent) -> Self:
        """The same configuration trained anew on another series."""
        return type(self)(self.config, self.preset, self.device).fit(series, report)

    def fine_tune(
        self,
        series: pd.Series,
        report: Report = silent,
        *,
        freeze_encoder: bool = False,
        epochs: int = 10,
        learning_rate: float = 5e-4,
    ) -> Self:
        """A new model that goes on learning from this one, on newer days or on another place's; this one stays.

        With `freeze_encoder` what reads the past stays as it is. The days held out of the series tell whether it
        helped: `metadata["transfer"]`. Départements are left behind: their last days are not the new series'.

        Raises: DataError where the series has gaps or too few days; ValueError for impossible epochs or rate;
        TrainingCancelled from `report`; NotFitted.
        """
        self._require_fitted()
        start = time.monotonic()
        series = forecasts.checked(series, self.days_to_train)
        cuts = periods(calendar.is_covid(pd.DatetimeIndex(series.index)))
        origins = held_out(cuts)
        before = self.paths(series, origins, HORIZON)
        new = type(self)(self.config, self.preset, self.device)
        new._design = copy.deepcopy(self._design)
        new._design.learn_statistics(series.iloc[: cuts.train])
        first = copy.deepcopy(new._design)
        schedule = learning.schedule_of(replace(self.config, epochs=epochs, learning_rate=learning_rate))
        with frozen(new._design.network, freeze_encoder):
            after = new._learn(series, cuts, schedule, learning.part(report, 0.0, learning.SCORED))
        if learning.wants_all_days(report, schedule.epochs):
            with frozen(first.network, freeze_encoder):
                new._learn_all_days(first, series, schedule, learning.part(report, learning.SCORED, 1.0))
        new.metadata["transfer"] = {
            "from": {"data": self.metadata["data"], "created": self.metadata["created"]},
            "freeze_encoder": freeze_encoder,
            "epochs": epochs,
            "learning_rate": learning_rate,
            "seen_origins": int((pd.DatetimeIndex(series.index)[origins] <= self.seen_until).sum()),
            **forecast_transfer.compared(series, origins, before, after),
        }
        new.metadata["seconds"] = round(time.monotonic() - start, 1)
        return new

    def forecast(self, history: pd.Series | None = None, horizon: int = HORIZON) -> Forecast:
        """The days that follow the history, by default those that follow the days the model was trained on.

        Raises: DataError where the history has gaps or too few days; NotFitted.
        """
        self._require_fitted()
        return forecasts.ahead(self, self.context if history is None else history, horizon)

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        """Forecasts from many origins (positions in the series) at once, each from the days before it alone."""
        with devices.LOCK:
            return self._design.paths(series, origins, horizon)

    def forecast_departements(
        self, horizon: int = HORIZON, series: pd.Series | None = None, departements: pd.DataFrame | None = None
    ) -> dict[str, Forecast]:
        """The days that follow, for "france" and each département by its code; these add up to France.

        By default those that follow the days the model was trained on; else both tables are given and end on the same
        day. A département with missing days in those looked back is left out: with others of no known département,
        its accidents are in "elsewhere".

        Raises: DataError where the days given cannot be forecast from; NotFitted without a network of départements.
        """
        forecasts.require_horizon(horizon)
        counts = self.departement_context if departements is None else departements
        series = self.context if series is None else forecasts.checked(series, self.days_needed)
        dates = pd.date_range(series.index[-1] + pd.Timedelta(days=1), periods=horizon)
        found = self.departement_paths(series, counts, np.array([len(series)]), horizon)
        return {
            code: Forecast(dates, paths.mean[0], dict(zip(QUANTILES, paths.quantiles[:, 0], strict=True)))
            for code, paths in found.items()
            if np.isfinite(paths.mean).all()
        }

    def departement_paths(
        self, series: pd.Series, departements: pd.DataFrame, origins: np.ndarray, horizon: int
    ) -> dict[str, Paths]:
        """Forecasts by département from many origins (positions in France's series), each from the days before alone.

        Keys: "france", the codes, and "elsewhere" where the départements are not all of France. NaN where days before
        an origin are missing.

        Raises: DataError where the counts do not reach the last origin; NotFitted.
        """
        made = self._require_departements()
        return made.paths(series, departements, origins, self.paths(series, origins, horizon))

    def held_out_forecast(self, origin: pd.Timestamp) -> Forecast | None:
        """What was forecast from a day held out, before the model learnt from all days; None for any other day."""
        self._require_fitted()
        return kept_forecast(self.metadata["held_out_forecasts"], origin)

    @property
    def departement_context(self) -> pd.DataFrame:
        """The last days of the counts by département. Raises: NotFitted where it was trained on France alone."""
        return self._require_departements().context

    @property
    def days_needed(self) -> int:
        """Days before an origin that a forecast needs; without a further year, last year's day is not known to it."""
        return self.config.window

    @property
    def days_to_train(self) -> int:
        """The shortest series whose training part holds a window and four forecasts, and whose held-out part one."""
        return max(8 * HORIZON, math.ceil((self.config.window + 4 * HORIZON) * 8 / 5))

    @property
    def context(self) -> pd.Series:
        """The last days of the series the model was trained on."""
        self._require_fitted()
        kept = self.metadata["context"]
        index = pd.date_range(kept["start"], periods=len(kept["counts"]), name="date")
        return pd.Series(kept["counts"], index=index, dtype="float64", name="accidents")

    @property
    def seen_until(self) -> pd.Timestamp:
        """The last day the model was trained or tuned on."""
        self._require_fitted()
        return pd.Timestamp(self.metadata["learnt_until"])

    def save(self, folder: Path) -> None:
        """Keep the model in a new folder. Raises: CheckpointError where the folder exists; NotFitted."""
        self._require_fitted()
        weights = {name: tensor.cpu().contiguous() for name, tensor in self._design.network.state_dict().items()}

        def write(place: Path) -> None:
            save_file(weights, place / WEIGHTS)
            if self._departements is not None:
                self._departements.write(place)

        checkpoint.save(folder, self.metadata, write)

    @classmethod
    def load(cls, folder: Path, device: str = "auto") -> Self:
        """A kept model, ready to forecast. Raises: CheckpointError naming the file and what is wrong with it."""
        folder = Path(folder)
        metadata = checkpoint.read(folder)
        checkpoint.verify(folder, metadata)
        try:
            model = cls(cls.config_type(**metadata["config"]), metadata["preset"], device)
            model.metadata = metadata
            model._design = design(model.config)
            model._design.restore(metadata["state"])
            model._design.network.load_state_dict(load_file(folder / WEIGHTS))
            forecasts.checked(model.context, model.days_needed)
            # read here, so that a backtest or a page need not find them damaged
            _seen, kept = model.seen_until, metadata["held_out_forecasts"]
            kept_forecast(kept, pd.Timestamp(kept["origins"][0]))
        except (*checkpoint.UNUSABLE, SafetensorError, DataError) as error:
            raise checkpoint.unusable(folder / WEIGHTS, error) from error
        model._design.network.to(devices.pick(device)).eval()
        if "departements" in metadata:
            about, last = metadata["departements"], model.context.index[-1]
            model._departements = Departements.read(folder, model.config, about, last, devices.pick(device))
        return model

    # ---- steps

    def _learn(self, series: pd.Series, cuts: Periods, schedule: Schedule, report: Report) -> Paths:
        """Learn from the days before those held out, and say of what and how good. Returns: the forecasts of those."""
        with seeded(self.config.seed):
            curves = learning.before_held_out(self._design, series, cuts, schedule, devices.pick(self.device), report)
        origins = held_out(cuts)
        paths = self.paths(series, origins, HORIZON)
        scores = backtest.brief(backtest.score(series, origins, paths))
        self._describe(series, cuts, curves, {"held_out": scores})
        self.metadata["held_out_forecasts"] = kept_paths(series, origins, paths)
        return paths

    def _learn_all_days(self, first: Design, series: pd.Series, schedule: Schedule, report: Report) -> None:
        """Put in the place of the network that was scored one that learns likewise, from `first` on, every day."""
        place, curves = devices.pick(self.device), self.metadata["curves"]
        with seeded(self.config.seed):
            learning.on_all_days(first, self._design, curves, series, schedule, place, report)
        self._design = first
        self.metadata["learnt_until"] = self.metadata["data"]["end"]

    def _describe(
        self, series: pd.Series, cuts: Periods, curves: list[dict[str, float]], metrics: dict[str, Any]
    ) -> None:
        kept = series.iloc[-_CONTEXT:]
        self.metadata = {
            "kind": self.kind,
            "target": "daily",
            "preset": self.preset,
            "config": as_dict(self.config),
            "state": self._design.state(),
            **described(series, cuts),
            "learnt_until": series.index[cuts.validation - 1].date().isoformat(),
            "metrics": metrics,
            "context": {"start": kept.index[0].date().isoformat(), "counts": kept.to_list()},
            "parameters": sum(p.numel() for p in self._design.network.parameters()),
            "curves": curves,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "device": str(next(self._design.network.parameters()).device),
        }

    def _require_departements(self) -> Departements:
        self._require_fitted()
        if self._departements is None:
            raise NotFitted(_("This model was trained on France alone; train one with counts by département."))
        return self._departements

    def _require_fitted(self) -> None:
        if not self.metadata:
            raise NotFitted(_("This {kind} is not trained yet.").format(kind=self.kind))
