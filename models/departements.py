"""Forecasts by département beside a national forecaster's: learnt, scored, kept, and scaled to add up to France."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
import torch
from safetensors import SafetensorError

from data.errors import DataError
from data.text import N_, _
from models import checkpoint, departement_scores
from models.base import Report
from models.departement_forecasting import DepartementNetwork
from models.forecast_learning import unseen
from models.forecasts import Paths, negative_binomial
from models.lstm_config import LSTMConfig
from models.seasonal_naive import SeasonalNaive
from models.training import seeded

FRANCE, ELSEWHERE = "france", "elsewhere"
WEIGHTS = "departements.safetensors"
_LEARNING = N_("Learning all départements.")


@dataclass(frozen=True)
class Departements:
    """The network of all départements, the last days of their counts, and what its checkpoint says of it."""

    network: DepartementNetwork
    context: pd.DataFrame
    about: Mapping[str, Any]

    @classmethod
    def learnt(
        cls,
        config: LSTMConfig,
        series: pd.Series,
        departements: pd.DataFrame,
        origins: np.ndarray,
        france: Paths,
        *,
        days: int,
        device: torch.device,
        report: Report,
    ) -> Self:
        """Learn from the days before the first origin (positions in France's series), and score on all of them.

        `france` are France's forecasts from these; `days` of the counts are kept.

        Raises: DataError where the counts cannot be learnt from.
        """
        start = time.monotonic()
        counts, before = _aligned(series, checked(departements), len(series))
        with seeded(config.seed):
            # the curve that is watched is France's
            network, curves = DepartementNetwork.learnt(
                config, counts, int(origins[0]) + before, device, unseen(report, _(_LEARNING))
            )
        made = cls(network, counts.iloc[-days:], {})
        found = made.paths(series, counts, origins, france)
        scores = departement_scores.score(counts, origins + before, found, {"seasonal-naive": SeasonalNaive()})
        about = {
            "places": list(network.places),
            "columns": [str(code) for code in counts.columns],
            "context_start": made.context.index[0].date().isoformat(),
            "start": departements.index[0].date().isoformat(),
            "days": int(departements.notna().any(axis=1).sum()),
            "metrics": {"held_out": scores},
            "parameters": sum(p.numel() for p in network.network.parameters()),
            "curves": curves,
            "seconds": round(time.monotonic() - start, 1),
        }
        return replace(made, about=about)

    def on_all_days(
        self, config: LSTMConfig, series: pd.Series, departements: pd.DataFrame, device: torch.device, report: Report
    ) -> Self:
        """The same, learnt anew from every day; the scores stay those of the network before."""
        counts, _before = _aligned(series, checked(departements), len(series))
        told = unseen(report, _(_LEARNING))
        with seeded(config.seed):
            network, _curves = DepartementNetwork.learnt(config, counts, len(counts), device, told)
        return replace(self, network=network, about={**self.about, "places": list(network.places)})

    def paths(
        self, series: pd.Series, departements: pd.DataFrame, origins: np.ndarray, france: Paths
    ) -> dict[str, Paths]:
        """France's forecasts, and by département those that add up to them; NaN where days before are missing.

        `origins` are positions in France's series. The dispersion of a département is its own, so that one with few
        accidents keeps its wide interval. What is left for places that cannot be forecast is `ELSEWHERE`, Poisson
        distributed.
        """
        counts, before = _aligned(series, checked(departements), origins[-1])
        parts = self.network.parts(counts, origins + before, france.mean.shape[1])
        total = np.concatenate([[0.0], np.cumsum(series.to_numpy(dtype=float))])
        means, rest = parts.adding_up_to(france.mean, total[origins] - total[origins - self.network.window])
        found = {FRANCE: france}
        for position, code in enumerate(counts.columns):
            found[str(code)] = negative_binomial(means[:, position], parts.dispersion[:, position])
        if (rest > 0).any():
            found[ELSEWHERE] = negative_binomial(rest, np.zeros_like(rest))
        return found

    def write(self, folder: Path) -> None:
        """Put the weights and the last days into the folder of a checkpoint."""
        self.network.write(folder / WEIGHTS, self.context)

    @classmethod
    def read(
        cls, folder: Path, config: LSTMConfig, about: Mapping[str, Any], last: pd.Timestamp, device: torch.device
    ) -> Self:
        """What `write` kept, whose last day must be that of France's counts. Raises: CheckpointError."""
        path = folder / WEIGHTS
        try:
            network, context = DepartementNetwork.read(
                path, config, about["places"], about["context_start"], about["columns"]
            )
            if checked(context).index[-1] != last:
                raise ValueError("context")
        except (*checkpoint.UNUSABLE, SafetensorError, DataError) as error:
            raise checkpoint.unusable(path, error) from error
        network.network.to(device).eval()
        return cls(network, context, about)


def _aligned(series: pd.Series, departements: pd.DataFrame, origin: int) -> tuple[pd.DataFrame, int]:
    """The counts up to the last day of the series, and how many days they begin before it.

    Raises: DataError where they end before an origin.
    """
    last = pd.DatetimeIndex(series.index)[origin - 1]
    if departements.index[-1] < last:
        message = _("The counts by département end on {there}; they are needed up to {here}, as those of France.")
        raise DataError(message.format(there=departements.index[-1].date(), here=last.date()))
    first = min(series.index[0], departements.index[0])
    days = pd.date_range(first, series.index[-1], name="date")
    return departements.reindex(days), int((series.index[0] - first).days)


def checked(departements: pd.DataFrame) -> pd.DataFrame:
    """Counts by département that can be learnt and forecast from; missing ones may stay missing.

    Raises: DataError saying what is wrong.
    """
    index = departements.index
    if not isinstance(index, pd.DatetimeIndex) or not len(index) or departements.columns.empty:
        raise DataError(_("The counts by département need one row a day, with the days as index."))
    if not index.equals(pd.date_range(index[0], periods=len(index))):
        raise DataError(_("The counts by département must have every day once, in order."))
    values = departements.to_numpy(dtype=float)
    wrong = np.argwhere(np.isinf(values) | (values < 0))
    if len(wrong):
        row, column = wrong[0]
        message = _("{day}, {code}: the count is {value}; counts must be zero or more.")
        code = departements.columns[column]
        raise DataError(message.format(day=index[row].date(), code=code, value=values[row, column]))
    return departements
