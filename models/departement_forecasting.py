"""One network for all départements, whose forecasts are scaled to add up to France's.

Tables have one row a day and one column a département; what is not known is missing, and is neither learnt from nor
forecast from. An origin is the position in the table of the first day forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from data.errors import DataError
from data.text import _
from models import device as devices
from models import forecast_windows as windows
from models.base import Report
from models.forecast_designs import encoder_decoder, in_batches
from models.forecast_networks import PLACE_FEATURES, PlacedEncoderDecoder, negative_binomial_loss
from models.forecasts import HORIZON
from models.lstm_config import LSTMConfig
from models.training import Batch, Loss, Schedule, fit_network

_BATCH, _LEARNING_RATE, _WARM_UP = 256, 3e-3, 0.1
_CONTEXT, _MISSING = "context.counts", -1
_ANY_PLACE = 0.05  # of the samples do not tell their place, so that one never learnt can be forecast
_UNPLACED = 0.01  # of France's accidents: fewer are those of no known département, not départements that are absent


@dataclass(frozen=True)
class Parts:
    """Forecasts of n origins by département, before they are made to add up; NaN where days before are missing.

    Shapes: mean and dispersion (n, places, horizon), recent (n, places) accidents in the days looked back.
    """

    mean: np.ndarray
    dispersion: np.ndarray
    recent: np.ndarray

    def adding_up_to(self, france: np.ndarray, recent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Means (n, places, horizon) that add up to France's (n, horizon), and what is left for places not here.

        `recent` (n,) are France's accidents in the days looked back: the share of them that lies in the départements
        forecast is theirs of the days to come.
        """
        with np.errstate(invalid="ignore", divide="ignore"):
            share = np.minimum(1.0, np.nansum(self.recent, axis=1) / recent)
            share = np.where(share >= 1 - _UNPLACED, 1.0, np.nan_to_num(share))[:, None]
            scaled = self.mean * (share * france / np.nansum(self.mean, axis=1))[:, None]
        return scaled, (1 - share) * france


class DepartementNetwork:
    """The network of all départements, learnt on random days of random départements."""

    def __init__(self, config: LSTMConfig, places: Sequence[str]) -> None:
        self.window = config.window
        self.config = config
        self.places = tuple(places)
        self.network = PlacedEncoderDecoder(encoder_decoder(config, 1, PLACE_FEATURES), len(self.places))

    @classmethod
    def learnt(
        cls, config: LSTMConfig, counts: pd.DataFrame, stop: int, device: torch.device, report: Report
    ) -> tuple[DepartementNetwork, list[dict[str, float]]]:
        """The network and its curves, from the days before position `stop`.

        There is no early stopping: the rate falls to 0, and each sample is seen about once.

        Raises: DataError where no département has days enough without gap.
        """
        origins, columns = windows.learnable_places(counts, stop, config.window, HORIZON)
        if not len(origins):
            message = _("No département has {days} days without gap before {day} to learn from.")
            day = counts.index[stop - 1].date()
            raise DataError(message.format(days=config.window + HORIZON, day=day))
        made = cls(config, [str(code) for code in counts.columns[np.unique(columns)]])
        schedule = Schedule(
            epochs=config.departement_epochs,
            batch_size=_BATCH,
            learning_rate=_LEARNING_RATE,
            optimizer="adam",
            clip=1.0,
            warm_up=_WARM_UP,
            samples=config.departement_samples,
            seed=config.seed,
        )
        curves = fit_network(
            made.network,
            train=(torch.as_tensor(origins), torch.as_tensor(columns), torch.as_tensor(made._numbers(counts)[columns])),
            validation=None,
            loss=made._loss(counts, device),
            schedule=schedule,
            device=device,
            report=report,
        )
        return made, curves

    def parts(self, counts: pd.DataFrame, origins: np.ndarray, horizon: int) -> Parts:
        """Forecasts of every column; a département that was not learnt is forecast as any place."""
        device = next(self.network.parameters()).device
        source = windows.days(counts, HORIZON, device)
        shape = (len(origins), counts.shape[1])
        known = ~np.isnan(counts.to_numpy(dtype=float))
        sums = np.concatenate([np.zeros((1, shape[1])), np.nancumsum(counts.to_numpy(dtype=float), axis=0)])
        told = np.concatenate([np.zeros((1, shape[1])), known.cumsum(axis=0)])
        first = np.maximum(origins - self.window, 0)
        whole = told[origins] - told[first] == self.window
        rows, columns = np.nonzero(whole)

        def forecast(some: Tensor, place: Tensor, number: Tensor) -> Tensor:
            mean, dispersion = self.network(*self._inputs(source, some, place, number))
            return torch.stack([mean.mean(dim=0), dispersion.mean(dim=0)], dim=-1)

        out = np.full((*shape, HORIZON, 2), np.nan)
        if len(rows):
            with devices.LOCK:
                out[rows, columns] = in_batches(
                    forecast, device, origins[rows], columns, self._numbers(counts)[columns]
                )
        recent = np.where(whole, sums[origins] - sums[first], np.nan)
        return Parts(out[..., :horizon, 0], out[..., :horizon, 1], recent)

    def write(self, path: Path, context: pd.DataFrame) -> None:
        """Keep the weights and the last days of the counts, as small whole numbers, in one new file."""
        tensors = {name: tensor.cpu().contiguous() for name, tensor in self.network.state_dict().items()}
        numbers = torch.tensor(context.fillna(_MISSING).to_numpy().astype("int16")).contiguous()
        save_file({**tensors, _CONTEXT: numbers}, path)

    @classmethod
    def read(
        cls, path: Path, config: LSTMConfig, places: Sequence[str], start: str, columns: Sequence[str]
    ) -> tuple[DepartementNetwork, pd.DataFrame]:
        """The opposite of `write`; a file of something else raises one of `checkpoint.UNUSABLE` or SafetensorError."""
        tensors = load_file(path)
        numbers = tensors.pop(_CONTEXT).numpy().astype("float64")
        made = cls(config, places)
        made.network.load_state_dict(tensors)
        index = pd.date_range(start, periods=len(numbers), name="date")
        return made, pd.DataFrame(np.where(numbers < 0, np.nan, numbers), index=index, columns=pd.Index(columns))

    def _numbers(self, counts: pd.DataFrame) -> np.ndarray:
        """The number of each column's place; 0 for one that was not learnt."""
        number = {code: position + 1 for position, code in enumerate(self.places)}
        return np.array([number.get(str(code), 0) for code in counts.columns])

    def _inputs(self, source: windows.Days, origins: Tensor, columns: Tensor, numbers: Tensor) -> tuple[Any, ...]:
        window = windows.window(source, origins, self.window, HORIZON, columns)
        return window, numbers, windows.yearly(source, origins, columns)

    def _loss(self, counts: pd.DataFrame, device: torch.device) -> Loss:
        source = windows.days(counts, HORIZON, device)

        def negative_log_likelihood(network: nn.Module, batch: Batch) -> Tensor:
            origins, columns, numbers = batch
            numbers = torch.where(torch.rand(len(numbers), device=device) < _ANY_PLACE, 0, numbers)
            mean, dispersion = network(*self._inputs(source, origins, columns, numbers))
            days = (t.expand_as(mean) for t in windows.targets(source, origins, HORIZON, columns))
            actual, weight = days
            return negative_binomial_loss(actual, mean, dispersion, weight)

        return negative_log_likelihood
