"""Settings of the logistic regression, kept apart from its library so that forms and `--help` need none."""

from __future__ import annotations

from dataclasses import dataclass

from data.text import N_
from models import settings
from models.settings import Range, check, setting


@dataclass(frozen=True)
class LogisticConfig:
    """Settings of the logistic regression."""

    penalty: float = setting(
        1.0, N_("Penalty"), N_("Pull of the coefficients towards zero."), minimum=1e-6, maximum=1e6, advanced=False,
        search=Range(0.01, 1000.0, log=True),
    )  # fmt: skip
    iterations: int = setting(
        200, N_("Iterations"), N_("Most steps of the solver; it usually settles sooner."), minimum=1, maximum=10_000
    )
    half_described: float = settings.half_described(1.0)
    seed: int = setting(0, N_("Seed"), N_("Which inputs are hidden in training."), minimum=0, maximum=2**31 - 1)

    def __post_init__(self) -> None:
        check(self)

    @property
    def cost(self) -> float:
        """What a row costs in one iteration, beside other settings of this kind."""
        return 1 + self.half_described


PRESETS = {"base": LogisticConfig()}
PRESET_HELP = {"base": N_("All inputs with a gentle penalty; ready in about a minute.")}
