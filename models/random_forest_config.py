"""Settings of the random forest, kept apart from its library so that forms and `--help` need none."""

from __future__ import annotations

from dataclasses import dataclass

from data.text import N_
from models import settings
from models.settings import Range, check, setting


@dataclass(frozen=True)
class RandomForestConfig:
    """Settings of the forest; the defaults keep it small enough to ship and quick enough to answer while one edits."""

    trees: int = setting(
        200, N_("Trees"), N_("More trees are steadier, slower and larger."), minimum=1, maximum=2000, advanced=False
    )
    depth: int = setting(
        12,
        N_("Tree depth"),
        N_("Splits from root to leaf."),
        minimum=1,
        maximum=30,
        advanced=False,
        search=Range(6, 24),
    )
    leaf: int = setting(
        50, N_("Rows a leaf"), N_("Fewest rows of a leaf; smaller learns more detail and noise."),
        minimum=1, maximum=1000,
        search=Range(5, 200, log=True),
    )  # fmt: skip
    input_share: float = setting(
        0.35, N_("Inputs a split"), N_("Share of inputs tried at each split."), minimum=0.01, maximum=1.0,
        search=Range(0.1, 0.8),
    )  # fmt: skip
    half_described: float = settings.half_described(1.0)
    seed: int = setting(0, N_("Seed"), N_("The same seed gives the same model."), minimum=0, maximum=2**31 - 1)

    def __post_init__(self) -> None:
        check(self)

    @property
    def cost(self) -> float:
        """What a row costs in one tree, beside other settings of this kind."""
        return self.depth * self.input_share * (1 + self.half_described)


PRESETS = {"base": RandomForestConfig()}
PRESET_HELP = {
    "base": N_(
        "Large enough to be steady, small enough to answer while you describe an accident; some minutes at most."
    ),
}
