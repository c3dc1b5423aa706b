"""Settings of the XGBoost, kept apart from its library so that forms and `--help` need none."""

from __future__ import annotations

from dataclasses import dataclass

from data.text import N_
from models import settings
from models.settings import Range, check, setting


@dataclass(frozen=True)
class XGBoostConfig:
    """Settings of XGBoost; the defaults did best on cuts of BAAC 2024 among those with few enough trees to be fast."""

    rounds: int = setting(
        1500,
        N_("Rounds"),
        N_("Most rounds of boosting; early stopping usually ends sooner."),
        minimum=1,
        maximum=5000,
        advanced=False,
    )
    learning_rate: float = setting(
        0.12, N_("Learning rate"), N_("How much each round adds."), minimum=0.001, maximum=1.0, advanced=False,
        search=Range(0.03, 0.3, log=True),
    )  # fmt: skip
    depth: int = setting(
        5, N_("Tree depth"), N_("Splits from root to leaf."), minimum=1, maximum=12, search=Range(3, 9)
    )
    min_child_weight: float = setting(
        10.0, N_("Smallest leaf weight"), N_("Larger is more cautious."), minimum=0.0, maximum=1000.0,
        search=Range(1.0, 100.0, log=True),
    )  # fmt: skip
    row_share: float = setting(
        0.8,
        N_("Rows a tree"),
        N_("Share of rows drawn for each tree."),
        minimum=0.1,
        maximum=1.0,
        search=Range(0.5, 1.0),
    )
    input_share: float = setting(
        0.7,
        N_("Inputs a tree"),
        N_("Share of inputs drawn for each tree."),
        minimum=0.1,
        maximum=1.0,
        search=Range(0.3, 1.0),
    )
    half_described: float = settings.half_described(1.0)
    patience: int = setting(
        30, N_("Patience"), N_("Rounds without a better validation loss before stopping."), minimum=1, maximum=500
    )
    seed: int = setting(0, N_("Seed"), N_("The same seed gives the same model."), minimum=0, maximum=2**31 - 1)

    def __post_init__(self) -> None:
        check(self)

    @property
    def cost(self) -> float:
        """What a row costs in one round, beside other settings of this kind."""
        return self.depth * self.input_share * (1 + self.half_described)

    @property
    def pace(self) -> float:
        """How far a round gets, beside other settings of this kind: smaller steps are no worse for being slower."""
        return self.learning_rate


PRESETS = {"base": XGBoostConfig()}
PRESET_HELP = {
    "base": N_(
        "The settings that did best on French accidents among those that answer at once; ready in about a minute."
    ),
}
