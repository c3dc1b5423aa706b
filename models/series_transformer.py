"""The transformer for series: learnt, scored and kept as the LSTM forecaster is, with another network."""

from __future__ import annotations

from typing import ClassVar

from models.lstm_config import LSTMConfig
from models.lstm_forecasting import LSTMForecaster
from models.series_transformer_config import SeriesTransformerConfig


class SeriesTransformer(LSTMForecaster):
    """Forecasts injury accidents a day with attention in the place of recurrence."""

    kind: ClassVar[str] = "series-transformer"
    config_type: ClassVar[type[LSTMConfig]] = SeriesTransformerConfig
