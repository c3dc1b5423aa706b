"""Settings of the TabTransformer, kept apart from its network so that forms and `--help` need no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from data.text import N_, _
from models import settings
from models.settings import Range, check, setting

_TOKENS = 60  # roughly, of an accident
_HEAD_EASE = 0.15  # one large product of matrices takes less time than many small ones


@dataclass(frozen=True)
class TabTransformerConfig:
    """Settings of the TabTransformer; the defaults are the preset `base`."""

    embedding: int = setting(
        16, N_("Embedding width"), N_("Numbers that describe one value of a category."), minimum=2, maximum=128
    )
    width: int = setting(
        64, N_("Token width"), N_("Numbers in one token."), minimum=8, maximum=512, search=(32, 48, 64)
    )
    blocks: int = setting(
        3, N_("Transformer blocks"), N_("Rounds of attention."), minimum=1, maximum=12, search=Range(1, 4)
    )
    heads: int = setting(4, N_("Attention heads"), N_("Must divide the token width."), minimum=1, maximum=16)
    feed_forward: int = setting(
        256, N_("Feed-forward width"), N_("Inner width of each block."), minimum=8, maximum=2048
    )
    dropout: float = setting(
        0.1,
        N_("Dropout"),
        N_("Share of activations silenced in training."),
        minimum=0.0,
        maximum=0.9,
        search=Range(0.0, 0.4),
    )
    identifier: int = setting(
        0,
        N_("Column identifier"),
        N_("Numbers of each token that say which column it is; 0 widens the embedding by one layer instead."),
        minimum=0,
        maximum=64,
    )
    number_bins: int = setting(
        0,
        N_("Bins of a number"),
        N_("Stretches between quantiles of the training rows in which a number is described; 0 takes it as it is."),
        minimum=0,
        maximum=64,
    )
    number_tokens: bool = setting(
        False,
        N_("Numbers in attention"),
        N_("Numbers of one topic are a token too, instead of joining after attention."),
    )
    head: int = setting(
        128,
        N_("Head width"),
        N_("Numbers between the tokens and the answer; 0 takes four times and twice what the head is given."),
        minimum=0,
        maximum=4096,
    )
    ordinal: bool = setting(
        False,
        N_("Ordered classes"),
        N_("Asks class by class whether the accident is worse, for a severity that is a scale."),
    )
    epochs: int = settings.epochs(20)
    batch_size: int = setting(512, N_("Batch size"), N_("Rows a training step."), minimum=16, maximum=16384)
    learning_rate: float = setting(
        0.001, N_("Learning rate"), N_("Size of a training step."), minimum=1e-6, maximum=1.0, advanced=False,
        search=Range(3e-4, 4e-3, log=True),
    )  # fmt: skip
    weight_decay: float = setting(
        0.01, N_("Weight decay"), N_("Pull of the weights towards zero."), minimum=0.0, maximum=1.0,
        search=Range(1e-3, 0.3, log=True),
    )  # fmt: skip
    patience: int = setting(
        4, N_("Patience"), N_("Epochs without a better validation loss before stopping."), minimum=1, maximum=50
    )
    warm_up: float = setting(
        0.0,
        N_("Warm-up"),
        N_(
            "Share of the steps in which the learning rate rises, before it falls along a cosine; 0 lets it fall only "
            "where the validation loss does not."
        ),
        minimum=0.0,
        maximum=0.5,
    )
    averaging: float = setting(
        0.0,
        N_("Weight averaging"),
        N_("Share of the running mean of the weights kept at each step; 0 is none."),
        minimum=0.0,
        maximum=0.9999,
    )
    clip: float = setting(
        0.0, N_("Gradient clipping"), N_("Longest gradient of a step; 0 is no limit."), minimum=0.0, maximum=100.0
    )
    hidden_share: float = settings.hidden_share(0.5)
    seed: int = settings.seed()

    def __post_init__(self) -> None:
        check(self)
        if self.width % self.heads:
            message = _("heads = {heads} does not divide width = {width}")
            raise ValueError(message.format(heads=self.heads, width=self.width))
        if self.identifier >= self.width:
            message = _("identifier = {identifier} leaves nothing of width = {width} for the value")
            raise ValueError(message.format(identifier=self.identifier, width=self.width))

    @property
    def cost(self) -> float:
        """What a row costs in one epoch, beside other settings of this kind."""
        attention = self.blocks * (4 * self.width**2 + 2 * self.width * self.feed_forward)
        given = _TOKENS * self.width
        head = given * self.head if self.head else 4 * given * given + 8 * given * given
        return _TOKENS * attention + _HEAD_EASE * head


PRESETS = {
    # Numbers in attention by topic, described by stretches; identifiers, warm-up and cosine, averaged weights.
    "recommended": TabTransformerConfig(
        width=48, identifier=6, feed_forward=192, number_bins=12, number_tokens=True, head=192, dropout=0.3, epochs=12,
        batch_size=512, learning_rate=0.0015, weight_decay=0.1, patience=12, warm_up=0.1, averaging=0.98, clip=1.0,
    ),
    # The same design, narrower, with one block and fewer epochs: it gives up some quality for minutes.
    "quick": TabTransformerConfig(
        width=32, identifier=4, blocks=1, feed_forward=128, number_bins=12, number_tokens=True, head=128, dropout=0.1,
        epochs=8, batch_size=512, learning_rate=0.002, patience=8, warm_up=0.1, averaging=0.98, clip=1.0,
    ),
    "base": TabTransformerConfig(),
    # As published, sections 2 and 3: only categories in attention, identifiers of an eighth of the width, a head of
    # four times and twice its input. Half-described rows are ours in every preset: without them nothing would tell
    # the model what to say of an accident that a person describes in part.
    "paper": TabTransformerConfig(
        width=32, identifier=4, blocks=6, heads=8, feed_forward=128, dropout=0.1, head=0, batch_size=256,
    ),
}  # fmt: skip
PRESET_HELP = {
    "quick": N_(
        "The recommended design made small: one round of attention instead of three, narrower, fewer epochs. It "
        "takes minutes instead of a long wait and gives up a little accuracy, at most about a hundredth of the "
        "log-loss."
    ),
    "recommended": N_(
        "Attention over categories and numbers, learnt slowly with a warm-up and averaged weights: the "
        "best TabTransformer here, and a long training on a machine without GPU."
    ),
    "base": N_("A plain, wide design: no warm-up, no averaged weights, numbers join after attention. A long training."),
    "paper": N_(
        "As published (Huang et al. 2020): six rounds of attention and a head larger than the data support. For "
        "comparison; the longest training of all."
    ),
}

# Each choice of ours undone, or made the other way: what the benchmark fits beside a preset, by what it then is.
# A preset that is so already is not fitted again.
DEPARTURES: dict[str, dict[str, Any]] = {
    # that two columns hold the same kind of thing is told by their tokens alone
    "No column identifier, one layer widens each value": {"identifier": 0},
    # as published; what a number tells often jumps (an age of 17, of 18), which one slope cannot say
    "Numbers as they are, not in stretches": {"number_bins": 0},
    # as published; then a count cannot weigh on how categories are read
    "Numbers join after attention": {"number_tokens": False},
    "Numbers as they are, and join after attention": {"number_bins": 0, "number_tokens": False},
    # as published; it has more weights than there are accidents
    "Head of four times and twice its input": {"head": 0},
    # severity is a scale, of which no preset makes use
    "Ordered classes": {"ordinal": True},
    # how it learns, on which the paper says little: the presets differ, so each is tried both ways
    "Less dropout": {"dropout": 0.1},
    "More dropout": {"dropout": 0.3},
    "Little weight decay": {"weight_decay": 0.01},
    "More weight decay": {"weight_decay": 0.1},
    "No averaging of the weights": {"averaging": 0.0},
    "No warm-up, the rate falls where validation stalls": {"warm_up": 0.0},
    "No limit on gradients": {"clip": 0.0},
    # not of the paper at all: without them nothing says what 'unknown' means
    "No half-described rows": {"hidden_share": 0.0},
}
