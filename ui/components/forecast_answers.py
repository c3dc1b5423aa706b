"""What models and baselines answer, each computed once for everybody.

Answers are always of all 28 days, of which a view takes the first: no forecast changes with the days asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd
import streamlit as st

from data.errors import DataError
from data.text import _
from models import baselines, calendar_effects, forecast_totals, forecasts
from models.base import Forecast, silent
from models.forecasts import HORIZON, QUANTILES, Learner, checked
from ui import words
from ui.components import cache
from ui.components.counted_days import FRANCE, Past

if TYPE_CHECKING:
    from models.lstm_forecasting import LSTMForecaster
    from models.registry import Entry
    from ui.components.forecasting import Choice

_WEEK = 7


def ahead(choice: Choice) -> Forecast:
    """The forecast asked for. Raises: DataError where the counts cannot be forecast from."""
    return first_days(everywhere(choice)[choice.level] if choice.level != FRANCE else _france(choice), choice.horizon)


def total(choice: Choice, future: Forecast) -> dict[float, float] | None:
    """The quantiles of the total of a forecast by level; None where too little was held out to know them."""
    error = shared_error(choice, len(future.dates))
    return None if error is None else forecast_totals.interval(future.mean, _levels(future), error)


def shared_error(choice: Choice, days: int) -> float | None:
    """The error that a forecast's days share, as a part of their total, by what was held out."""
    return _shared_error(*cache.identity(choice.entry), days, choice.entry)


def _levels(future: Forecast) -> np.ndarray:
    return np.array([future.quantiles[level] for level in QUANTILES])


def held_out_of(choice: Choice) -> tuple[float, float] | None:
    """Accidents a day of a département on the days its scores come from, and the error of last week again on them.

    None where the model does not keep these days.
    """
    counts = choice.model.departement_context.get(choice.level)
    if counts is None:
        return None
    origins = pd.to_datetime(pd.Index(choice.model.metadata["held_out_forecasts"]["origins"]))
    first = pd.DatetimeIndex(counts.index).get_indexer(pd.DatetimeIndex(origins))
    first = first[(first >= _WEEK) & (first + HORIZON <= len(counts))]
    if not len(first):
        return None
    values = counts.to_numpy(dtype=float)
    came = values[first[:, None] + np.arange(HORIZON)]
    again = values[first[:, None] - _WEEK + np.arange(HORIZON) % _WEEK]
    whole = ~np.isnan(came + again).any(axis=1)
    return (float(came[whole].mean()), float(np.abs(came - again)[whole].mean())) if whole.any() else None


def everywhere(choice: Choice) -> dict[str, Forecast]:
    """The forecasts of France and of every département that can be forecast.

    Raises: DataError where the counts cannot be forecast from; NotFitted where the model knows no département.
    """
    return _everywhere(*cache.identity(choice.entry), choice.past.mark, choice.entry, choice.past)


def of_baselines(choice: Choice, counted: pd.Series) -> tuple[dict[str, Forecast], dict[str, str]]:
    """Forecasts of the baselines asked for, from the days counted alone, and why some are not there; by name."""
    found, left_out = {}, {}
    mark = (choice.past.mark, choice.level, str(counted.index[-1]))
    for name in choice.beside:
        try:
            with st.spinner(_("{name}: computing, once …").format(name=words.baseline_label(name))):
                found[name] = first_days(_baseline(name, *mark, counted), choice.horizon)
        except DataError as error:
            left_out[name] = str(error)
    return found, left_out


def past_forecast(choice: Choice, origin: pd.Timestamp) -> Forecast:
    """What the model expects from an earlier origin on, knowing the days before it alone.

    Raises: DataError where a day that it looks back on is missing.
    """
    made = _past_forecast(
        *cache.identity(choice.entry), choice.past.mark, choice.level, str(origin), choice.entry, choice.past
    )
    return first_days(made, choice.horizon)


def held_out_forecast(choice: Choice, origin: pd.Timestamp) -> Forecast | None:
    """What the model forecast from there when it was scored, not having learnt from these days; None where not kept."""
    own = choice.past.own and choice.level == FRANCE
    kept = choice.model.held_out_forecast(origin) if own else None
    return None if kept is None else first_days(kept, choice.horizon)


def effects(choice: Choice) -> pd.DataFrame:
    """The calendar effects of the whole series. Raises: DataError where it is too short."""
    with st.spinner(_("Forecasting every day that was counted, once …")):
        return _effects(*cache.identity(choice.entry), choice.past.mark, choice.entry, choice.past)


def first_days(future: Forecast, horizon: int) -> Forecast:
    """The first days of a forecast."""
    quantiles = {level: values[:horizon] for level, values in future.quantiles.items()}
    return Forecast(future.dates[:horizon], future.mean[:horizon], quantiles)


def _model(entry: Entry) -> LSTMForecaster:
    return cast("LSTMForecaster", cache.model(entry))


def _france(choice: Choice) -> Forecast:
    return _national(*cache.identity(choice.entry), choice.past.mark, choice.entry, choice.past)


@st.cache_resource(max_entries=64, show_spinner=False)
def _national(folder: str, digest: str, device: str, mark: str, _entry: Entry, _past: Past) -> Forecast:
    return _model(_entry).forecast(_past.france, HORIZON)


@st.cache_resource(max_entries=256, show_spinner=False)
def _shared_error(folder: str, digest: str, device: str, days: int, _entry: Entry) -> float | None:
    model = _model(_entry)
    return forecast_totals.shared_error(model.metadata["held_out_forecasts"], model.context, days)


@st.cache_resource(max_entries=16, show_spinner=False)
def _everywhere(folder: str, digest: str, device: str, mark: str, _entry: Entry, _past: Past) -> dict[str, Forecast]:
    model = _model(_entry)
    series = _past.beside_departements()
    return model.forecast_departements(HORIZON, series, _past.by_departement)


@st.cache_resource(max_entries=128, show_spinner=False)
def _baseline(name: str, mark: str, level: str, until: str, _counted: pd.Series) -> Forecast:
    method = baselines.BASELINES[name]
    checked(_counted, method.days_needed)
    if isinstance(method, Learner):
        method = method.refitted(_counted, silent)
    return forecasts.ahead(method, _counted, HORIZON)


@st.cache_resource(max_entries=256, show_spinner=False)
def _past_forecast(
    folder: str, digest: str, device: str, mark: str, level: str, origin: str, _entry: Entry, _past: Past
) -> Forecast:
    model = _model(_entry)
    first = pd.Timestamp(origin)
    series = _past.france if level == FRANCE else _past.beside_departements()
    position = np.array([pd.DatetimeIndex(series.index).get_loc(first)])
    if level == FRANCE:
        paths = model.paths(series, position, HORIZON)
    else:
        paths = model.departement_paths(series, _past.by_departement, position, HORIZON)[level]
    if not np.isfinite(paths.mean).all():
        raise DataError(_("A day before {day} is not counted there; choose another day.").format(day=words.day(first)))
    return Forecast(
        pd.date_range(first, periods=HORIZON),
        paths.mean[0],
        dict(zip(QUANTILES, paths.quantiles[:, 0], strict=True)),
    )


@st.cache_resource(max_entries=16, show_spinner=False)
def _effects(folder: str, digest: str, device: str, mark: str, _entry: Entry, _past: Past) -> pd.DataFrame:
    return calendar_effects.estimate(_model(_entry), _past.france)
