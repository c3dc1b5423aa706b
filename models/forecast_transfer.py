"""Going on from a trained forecaster: what stays as it is, and whether it helped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from data.text import _
from models import backtest
from models.forecasts import Paths

if TYPE_CHECKING:
    from torch import nn

_CERTAIN = 0.05


@contextmanager
def frozen(network: nn.Module, freeze: bool) -> Iterator[None]:
    """The parts of a network that read the past, named `READERS` in its modules, do not learn meanwhile."""
    parts = [getattr(m, name) for m in network.modules() for name in getattr(m, "READERS", ())] if freeze else []
    for part in parts:
        part.requires_grad_(False)
    try:
        yield
    finally:
        for part in parts:
            part.requires_grad_(True)


def compared(series: pd.Series, origins: np.ndarray, before: Paths, after: Paths) -> dict[str, Any]:
    """Pooled scores before and after on the same days, and how sure their difference is.

    Keys: before and after (as `backtest.score` pools), difference (of the mean absolute errors, below zero where it
    helped), p (None where it cannot be told).
    """
    scores = backtest.score(series, origins, after, {"before": before})
    other = scores["baselines"]["before"]
    test = other["diebold_mariano"]
    return {"before": other["pooled"], "after": scores["pooled"], "difference": test["difference"], "p": test["p"]}


def words(transfer: Mapping[str, Any]) -> str:
    """Whether going on from the model helped, in a sentence or two."""
    before, after, p = transfer["before"]["mae"], transfer["after"]["mae"], transfer["p"]
    change = after / before - 1 if before else 0.0
    helped = _("It helped: on the days held out the mean error fell from {before:.2f} to {after:.2f} ({change:+.1%}).")
    worse = _("It did not help: the mean error on held-out days went from {before:.2f} to {after:.2f} ({change:+.1%}).")
    message = helped if change < 0 else worse
    parts = [message.format(before=before, after=after, change=change)]
    if p is None or p > _CERTAIN:
        parts.append(_("So few days cannot tell it from chance."))
    if transfer["seen_origins"]:
        parts.append(_("Before it had learnt from some of these days, which flatters it."))
    return " ".join(parts)
