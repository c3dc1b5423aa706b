"""Settings of the LSTM forecaster, kept apart from its networks so that forms and `--help` need no torch."""

from __future__ import annotations

from dataclasses import dataclass

from data.text import N_
from models.settings import Range, check, setting

_INPUTS = 25  # numbers of a day, roughly


@dataclass(frozen=True)
class LSTMConfig:
    """Settings of `LSTMForecaster`; the defaults are the preset `recommended`."""

    architecture: str = setting(
        "encoder-decoder",
        N_("Architecture"),
        N_(
            "'base' reads past counts only and steps forward one day at a time; 'encoder-decoder' also knows the "
            "calendar "
            "and forecasts all 28 days at once; 'attention' is that one looking back at every day it has read."
        ),
        choices=("base", "encoder-decoder", "attention"),
        advanced=False,
    )
    window: int = setting(
        112, N_("Days looked back"), N_("Days of counts the network reads."), minimum=28, maximum=364, advanced=False,
        search=(28, 56, 112, 182),
    )  # fmt: skip
    epochs: int = setting(
        8, N_("Epochs at most"), N_("Passes over the training days; early stopping may end sooner."),
        minimum=1, maximum=500,
        advanced=False,
    )  # fmt: skip
    hidden: int = setting(
        32, N_("Hidden size"), N_("Width of each LSTM layer."), minimum=4, maximum=512, search=(16, 32, 64)
    )
    layers: int = setting(
        1, N_("Layers"), N_("LSTM layers on top of each other."), minimum=1, maximum=4, search=Range(1, 2)
    )
    members: int = setting(
        4,
        N_("Members"),
        N_("Encoder-decoders trained side by side, whose mean is the answer; base has one."),
        minimum=1,
        maximum=10,
    )
    dropout: float = setting(
        0.0, N_("Dropout"), N_("Share of signals dropped between layers while training."), minimum=0.0, maximum=0.9,
        search=Range(0.0, 0.4),
    )  # fmt: skip
    batch_size: int = setting(128, N_("Batch size"), N_("Windows learnt from at once."), minimum=1, maximum=4096)
    learning_rate: float = setting(
        4e-3,
        N_("Learning rate"),
        N_("Length of a step of Adam."),
        minimum=1e-6,
        maximum=1.0,
        search=Range(5e-4, 1e-2, log=True),
    )
    weight_decay: float = setting(
        0.3, N_("Weight decay"), N_("How strongly the weights are pulled towards zero."), minimum=0.0, maximum=10.0,
        search=Range(0.01, 1.0, log=True),
    )  # fmt: skip
    warm_up: float = setting(
        0.1,
        N_("Warm-up"),
        N_(
            "Share of the steps over which the learning rate rises; it then falls along a cosine. At 0 it stays "
            "until the "
            "validation loss no longer falls."
        ),
        minimum=0.0,
        maximum=0.9,
    )
    patience: int = setting(
        6, N_("Patience"), N_("Epochs without a better validation loss before stopping."), minimum=1, maximum=500
    )
    departement_epochs: int = setting(
        8,
        N_("Epochs of the départements"),
        N_("Passes of the network of all départements, where counts by département are given."),
        minimum=1,
        maximum=500,
    )
    departement_samples: int = setting(
        16384,
        N_("Samples an epoch of the départements"),
        N_("Forecasts learnt from in each of these passes, of random days and départements."),
        minimum=64,
        maximum=10**6,
    )
    seed: int = setting(
        0, N_("Seed"), N_("Same seed, same data, same machine: same model."), minimum=0, maximum=2**31 - 1
    )

    def __post_init__(self) -> None:
        check(self)

    @property
    def cost(self) -> float:
        """What a row costs in one epoch, beside other settings of this kind."""
        return self.window * self.layers * self.members * self.hidden * (self.hidden + _INPUTS)


PRESETS: dict[str, LSTMConfig] = {
    "recommended": LSTMConfig(),
    "base": LSTMConfig(
        architecture="base",
        window=30,
        epochs=60,
        hidden=64,
        layers=2,
        members=1,
        dropout=0.2,
        learning_rate=1e-3,
        weight_decay=0.0,
        warm_up=0.0,
    ),
    "attention": LSTMConfig(architecture="attention"),
    "quick": LSTMConfig(window=56, members=1, departement_epochs=2),
}
PRESET_HELP: dict[str, str] = {
    "recommended": N_("Encoder-decoder with the calendar known ahead; the most accurate, some minutes of training."),
    "base": N_("Two LSTM layers over 30 days of counts, no calendar; one day ahead, rolled forward."),
    "attention": N_(
        "The recommended design whose days ahead look back at every day that was read, not only at what is "
        "remembered of them; some minutes of training."
    ),
    "quick": N_(
        "The recommended design made small, ready within a minute: half the days looked back, one network "
        "instead of the mean of several, few epochs. It gives up a few percent of accuracy."
    ),
}
