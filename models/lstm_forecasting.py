"""The LSTM forecaster: daily counts in, the next 28 days out, with intervals."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from data import calendar
from data.errors import DataError
from data.text import _
from models import backtest, checkpoint, forecasts
from models import device as devices
from models import forecast_windows as windows
from models.base import Forecast, NotFitted, Progress, Report, silent
from models.departements import Departements
from models.forecast_designs import Design, design
from models.forecast_networks import AccidentEncoderDecoder, AccidentLSTM
from models.forecasts import HORIZON, QUANTILES, Paths
from models.lstm_config import LSTMConfig
from models.settings import as_dict
from models.training import Schedule, fit_network

__all__ = ["AccidentEncoderDecoder", "AccidentLSTM", "LSTMConfig", "LSTMForecaster"]

WEIGHTS = "weights.safetensors"
_CONTEXT = 400  # days kept with a checkpoint: the longest window, and last year of all 28 days ahead
_VALIDATION, _HELD_OUT = 364, 182
_HELD_OUT_EVERY = 7
_NATIONAL = 0.6  # of the time of a training with départements


@dataclass(frozen=True)
class Periods:
    """Positions that cut a series: training up to `train`, validation up to `validation`, held out up to `end`."""

    train: int
    validation: int
    end: int


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
        """Learn from a daily series, tune on its last year but for the last half-year, and score on that.

        With `departements` (one column each, missing where not known) a second network learns all of them.

        Raises: DataError where the series has gaps or too few days; TrainingCancelled from `report`.
        """
        start = time.monotonic()
        series = forecasts.checked(series, self.days_to_train)
        if departements is not None and self.config.architecture == "base":
            raise DataError(_("The architecture 'base' forecasts France alone; choose another for départements."))
        periods = _periods(calendar.is_covid(pd.DatetimeIndex(series.index)))
        share = 1.0 if departements is None else _NATIONAL
        curves = self._learn(series.iloc[: periods.validation], periods.train, _part(report, 0.0, share))
        origins = np.arange(periods.validation, periods.end - HORIZON + 1, _HELD_OUT_EVERY)
        scores = backtest.score(series, origins, self.paths(series, origins, HORIZON))
        scores["by_horizon"] = {h: scores["by_horizon"][h] for h in ("1", "7", "14", "28")}
        self._describe(series, periods, curves, {"held_out": scores})
        if departements is not None:
            self._departements = Departements.learnt(
                self.config,
                series,
                departements,
                origins,
                self.paths,
                days=_CONTEXT,
                device=devices.pick(self.device),
                report=_part(report, share, 1.0),
            )
            self.metadata["departements"] = self._departements.about
        self.metadata["seconds"] = round(time.monotonic() - start, 1)
        return self

    def refitted(self, series: pd.Series, report: Report = silent) -> Self:
        """The same configuration trained anew on another series."""
        return type(self)(self.config, self.preset, self.device).fit(series, report)

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
        return pd.Timestamp(self.metadata["split"]["validation"]["end"])

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
            _seen = model.seen_until  # read here, so that a backtest need not find it damaged
        except (*checkpoint.UNUSABLE, SafetensorError, DataError) as error:
            raise checkpoint.unusable(folder / WEIGHTS, error) from error
        model._design.network.to(devices.pick(device)).eval()
        if "departements" in metadata:
            about, last = metadata["departements"], model.context.index[-1]
            model._departements = Departements.read(folder, model.config, about, last, devices.pick(device))
        return model

    # ---- steps

    def _learn(self, series: pd.Series, train: int, report: Report) -> list[dict[str, float]]:
        """Fit the network on the days before position `train`; the days after only tell when to stop."""
        config, place = self.config, devices.pick(self.device)
        with torch.random.fork_rng():  # the seed is this model's own, not the process's
            torch.manual_seed(config.seed)
            self._design = design(config)
            self._design.learn_statistics(series.iloc[:train])
            first, step = config.window, self._design.step
            curves = fit_network(
                self._design.network,
                train=_samples(series, first, train, step),
                validation=_samples(series, train, len(series), step),
                loss=self._design.loss(series, place),
                schedule=Schedule(
                    epochs=config.epochs,
                    batch_size=config.batch_size,
                    learning_rate=config.learning_rate,
                    patience=config.patience,
                    optimizer="adam",
                    clip=1.0,
                    seed=config.seed,
                ),
                device=place,
                report=report,
            )
        self._design.learn_residuals(series, windows.learnable(series, train, len(series), HORIZON))
        return curves

    def _describe(
        self, series: pd.Series, periods: Periods, curves: list[dict[str, float]], metrics: dict[str, Any]
    ) -> None:
        days = [day.date().isoformat() for day in series.index]
        cuts = {"train": (0, periods.train), "validation": (periods.train, periods.validation)}
        cuts["held_out"] = (periods.validation, periods.end)
        facts = {key: series.attrs[key] for key in ("source", "simulated", "note") if key in series.attrs}
        kept = series.iloc[-_CONTEXT:]
        self.metadata = {
            "kind": self.kind,
            "target": "daily",
            "preset": self.preset,
            "config": as_dict(self.config),
            "state": self._design.state(),
            "data": {
                "source": "",
                "simulated": False,
                **facts,
                "start": days[0],
                "end": days[-1],
                "days": len(days),
                "fingerprint": hashlib.sha256(series.to_csv().encode()).hexdigest()[:16],
            },
            "split": {name: {"start": days[a], "end": days[b - 1]} for name, (a, b) in cuts.items()},
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


def _part(report: Report, first: float, last: float) -> Report:
    """The report of a training that is the part of a longer one between two shares."""

    def part(progress: Progress) -> None:
        report(replace(progress, share=first + (last - first) * progress.share))

    return part


def _periods(covid: np.ndarray) -> Periods:
    """A year to tune on and half a year held out, less for a series under four years.

    COVID days count for nothing in the year to tune on, so it reaches further back over them: a model tuned on the few
    usual days between would stop at random.
    """
    n = len(covid)
    held_out, validation = min(_HELD_OUT, n // 8), min(_VALIDATION, n // 4)
    usual = np.flatnonzero(~covid[: n - held_out])
    back = usual[-validation] if len(usual) >= validation else n - held_out - validation
    return Periods(train=int(max(back, n // 2)), validation=n - held_out, end=n)


def _samples(series: pd.Series, start: int, stop: int, step: int) -> tuple[torch.Tensor]:
    """Origins whose days may be learnt from. Raises: DataError where all of them are of the COVID period."""
    origins = windows.learnable(series, start, stop, step)
    if not len(origins):
        a, b = series.index[start].date(), series.index[stop - 1].date()
        message = _(
            "Every day from {start} to {end} is of the COVID period, which is not learnt from; use a longer file."
        )
        raise DataError(message.format(start=a, end=b))
    return (torch.as_tensor(origins),)
