"""Settings of the feed-forward network, kept apart from its library so that forms and `--help` need none."""

from __future__ import annotations

from dataclasses import dataclass

from data.text import N_
from models import settings
from models.settings import Range, check, setting

_INPUTS = 300  # roughly, once categories are columns of their own


@dataclass(frozen=True)
class FeedForwardConfig:
    """Settings of the feed-forward network."""

    width: int = setting(
        256, N_("Layer width"), N_("Numbers in each hidden layer."), minimum=4, maximum=4096, search=(64, 128, 256, 512)
    )
    layers: int = setting(
        2, N_("Hidden layers"), N_("Layers between inputs and answer."), minimum=1, maximum=8, search=Range(1, 4)
    )
    dropout: float = setting(
        0.3,
        N_("Dropout"),
        N_("Share of activations silenced in training."),
        minimum=0.0,
        maximum=0.9,
        search=Range(0.0, 0.6),
    )
    epochs: int = settings.epochs(40)
    batch_size: int = setting(512, N_("Batch size"), N_("Rows a training step."), minimum=16, maximum=16384)
    learning_rate: float = setting(
        0.001, N_("Learning rate"), N_("Size of a training step."), minimum=1e-6, maximum=1.0, advanced=False,
        search=Range(2e-4, 5e-3, log=True),
    )  # fmt: skip
    weight_decay: float = setting(
        0.01, N_("Weight decay"), N_("Pull of the weights towards zero."), minimum=0.0, maximum=1.0,
        search=Range(1e-3, 0.3, log=True),
    )  # fmt: skip
    patience: int = setting(
        5, N_("Patience"), N_("Epochs without a better validation loss before stopping."), minimum=1, maximum=50
    )
    hidden_share: float = settings.hidden_share(0.5)
    seed: int = settings.seed()

    def __post_init__(self) -> None:
        check(self)

    @property
    def cost(self) -> float:
        """What a row costs in one epoch, beside other settings of this kind."""
        return self.width * (_INPUTS + self.width * (self.layers - 1))


PRESETS = {"base": FeedForwardConfig()}
PRESET_HELP = {
    "base": N_("Two layers that stop by themselves once validation no longer improves; ready in a minute or so.")
}
