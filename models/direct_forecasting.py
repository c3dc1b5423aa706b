"""Regressions of each day ahead on the calendar and the latest weeks: a generalised linear model, and LightGBM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
import pandas as pd

from data import calendar
from data.errors import DataError
from data.text import _
from models import forecast_features as features
from models.base import Forecast, NotFitted, Report, silent
from models.forecasts import HORIZON, Paths, ahead, checked, negative_binomial

Predict = Callable[[pd.DataFrame], np.ndarray]
Fit = Callable[[pd.DataFrame, np.ndarray, np.ndarray], Predict]

_YEAR = 364
_EVERY = 3  # days between the origins learnt from: those between differ by hardly anything
_WEEKS = HORIZON // 7
_ALPHA = 1e-4
# Of fifteen settings near these, the best on the origins every 14 days of 2016 to 2019; their errors lie within 2 %.
_BOOSTING = {
    "objective": "poisson",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.7,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "seed": 0,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
_ROUNDS = 400


class DirectRegression:
    """A regression of the count's ratio to the level, one for all days ahead, with negative binomial intervals.

    `fit` takes inputs (n, columns), ratios (n,) and weights (n,). The spread of the counts, week by week ahead, is that
    of the last year before the end, forecast by a regression that has not seen it; then all days are learnt from.
    COVID days are not learnt from.
    """

    def __init__(self, fit: Fit) -> None:
        self._fit = fit
        self._predict: Predict | None = None
        self._dispersion = np.zeros(_WEEKS)

    @property
    def days_needed(self) -> int:
        return features.DAYS_NEEDED

    def refitted(self, series: pd.Series, report: Report = silent) -> Self:
        """The same regression, learnt from this series. Raises: DataError where it is shorter than two years."""
        series = checked(series, 2 * _YEAR)
        new = type(self)(self._fit)
        new._predict = new._learnt(series, len(series) - _YEAR)
        new._dispersion = new._spread(series, np.arange(len(series) - _YEAR, len(series) - HORIZON + 1))
        new._predict = new._learnt(series, len(series))
        return new

    def forecast(self, history: pd.Series, horizon: int = HORIZON) -> Forecast:
        """The days that follow the history. Raises: DataError where it is too short; NotFitted."""
        return ahead(self, history, horizon)

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        mean = self._means(series, origins, horizon)
        return negative_binomial(mean, np.broadcast_to(np.repeat(self._dispersion, 7)[:horizon], mean.shape))

    def _learnt(self, series: pd.Series, stop: int) -> Predict:
        """Learn from the usual days before position `stop`. Raises: DataError where no accident is among them."""
        origins = np.arange(features.DAYS_NEEDED, stop - HORIZON + 1, _EVERY)
        days = origins[:, None] + np.arange(HORIZON)
        usual = ~calendar.is_covid(pd.DatetimeIndex(series.index))[days].ravel()
        counts = series.to_numpy(dtype=float)[days].ravel()[usual]
        if not counts.sum():
            raise DataError(_("The days to learn from, without those of the COVID period, have no accident."))
        rows = features.rows(series, origins, HORIZON)
        level = rows.level[usual]
        # A Poisson likelihood of the count with the level as exposure is that of the ratio, weighed by the level.
        return self._fit(rows.inputs[usual], counts / level, level)

    def _means(self, series: pd.Series, origins: np.ndarray, horizon: int) -> np.ndarray:
        rows = features.rows(series, origins, horizon)
        mean: np.ndarray = (self._fitted()(rows.inputs) * rows.level).reshape(len(origins), horizon)
        return mean

    def _spread(self, series: pd.Series, origins: np.ndarray) -> np.ndarray:
        """Moment estimate of (variance - mean) / mean² of the counts around the forecasts, by weeks ahead."""
        days = origins[:, None] + np.arange(HORIZON)
        mean, counts = self._means(series, origins, HORIZON), series.to_numpy(dtype=float)[days]
        usual = ~calendar.is_covid(pd.DatetimeIndex(series.index))[days]
        usual |= not usual.any()  # a year of nothing but COVID days tells more than nothing
        more = np.where(usual, (counts - mean) ** 2 - mean, 0).reshape(len(origins), _WEEKS, 7).sum(axis=(0, 2))
        squares = np.where(usual, mean**2, 0).reshape(len(origins), _WEEKS, 7).sum(axis=(0, 2))
        dispersion: np.ndarray = np.maximum(more / np.maximum(squares, 1e-9), 0.0)
        return dispersion

    def _fitted(self) -> Predict:
        if self._predict is None:
            raise NotFitted(_("This regression has not learnt yet; call refitted."))
        return self._predict


def poisson_regression(inputs: pd.DataFrame, ratios: np.ndarray, weights: np.ndarray) -> Predict:
    """A Poisson regression; what is not known counts as no difference from the level, and is marked."""
    from sklearn.linear_model import PoissonRegressor

    def known(table: pd.DataFrame) -> np.ndarray:
        last_year = table["last_year"].notna().to_numpy(dtype="float64")
        return np.column_stack([table.fillna(0.0).to_numpy(dtype="float64"), last_year])

    model = PoissonRegressor(alpha=_ALPHA, solver="newton-cholesky").fit(known(inputs), ratios, sample_weight=weights)
    return lambda table: np.asarray(model.predict(known(table)))


def boosted_trees(inputs: pd.DataFrame, ratios: np.ndarray, weights: np.ndarray) -> Predict:
    """LightGBM with a Poisson likelihood, on one thread: the same trees on every machine."""
    import torch  # noqa: F401 brings the OpenMP library that LightGBM asks for, on systems without one
    from lightgbm import Dataset, train

    booster = train({**_BOOSTING, "num_threads": 1}, Dataset(inputs, ratios, weight=weights), num_boost_round=_ROUNDS)
    return lambda table: np.asarray(booster.predict(table, num_threads=1))
