"""Settings of the blend, kept apart from its members so that forms and `--help` need none of their libraries."""

from __future__ import annotations

from dataclasses import dataclass

from data.text import N_
from models import settings
from models.settings import check, setting
from models.tab_transformer_config import PRESETS as _TAB_TRANSFORMERS


@dataclass(frozen=True)
class BlendConfig:
    """Settings of the blend."""

    tab_transformer: str = setting(
        "recommended",
        N_("TabTransformer"),
        N_("The preset of the TabTransformer that is blended with XGBoost."),
        choices=tuple(_TAB_TRANSFORMERS),
        advanced=False,
    )
    feed_forward: bool = setting(
        False,
        N_("Feed-forward network too"),
        N_("Blends a third model, which takes longer and rarely helps."),
        advanced=False,
    )
    seed: int = settings.seed()

    def __post_init__(self) -> None:
        check(self)


PRESETS = {"base": BlendConfig(), "quick": BlendConfig(tab_transformer="quick")}
PRESET_HELP = {
    "base": N_(
        "XGBoost with the recommended TabTransformer: the most accurate answers here, and the longest training."
    ),
    "quick": N_(
        "XGBoost with the quick TabTransformer: minutes instead of a long wait, and its smaller network gives "
        "up a little accuracy."
    ),
}
