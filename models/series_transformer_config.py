"""Settings of the transformer for series: those of the LSTM forecaster, with values of its own."""

from __future__ import annotations

from dataclasses import dataclass

from data.text import N_
from models.lstm_config import LSTMConfig
from models.settings import Range, setting


@dataclass(frozen=True)
class SeriesTransformerConfig(LSTMConfig):
    """Settings of `SeriesTransformer`."""

    architecture: str = setting(
        "transformer", N_("Architecture"), N_("Attention over all days at once."), choices=("transformer",)
    )
    layers: int = setting(2, N_("Layers"), N_("Transformer layers on top of each other."), minimum=1, maximum=8)
    members: int = setting(
        1, N_("Members"), N_("Transformers trained side by side, whose mean is the answer."), minimum=1, maximum=10
    )
    dropout: float = setting(
        0.1, N_("Dropout"), N_("Share of signals dropped between layers while training."), minimum=0.0, maximum=0.9,
        search=Range(0.0, 0.4),
    )  # fmt: skip
    learning_rate: float = setting(
        1e-3,
        N_("Learning rate"),
        N_("Length of a step of Adam."),
        minimum=1e-6,
        maximum=1.0,
        search=Range(2e-4, 5e-3, log=True),
    )


PRESETS: dict[str, SeriesTransformerConfig] = {
    "base": SeriesTransformerConfig(),
    "quick": SeriesTransformerConfig(window=56, layers=1, departement_epochs=2),
}
PRESET_HELP: dict[str, str] = {
    "base": N_(
        "One small transformer over 112 days of counts and the calendar of the days ahead; some minutes of training."
    ),
    "quick": N_("One transformer of one layer over half the days, ready within a minute; a little less accurate."),
}
