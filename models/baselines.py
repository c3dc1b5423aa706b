"""Every method that a forecaster is measured against, by the name that reports and commands use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from data.text import _
from models import seasonal_naive
from models.direct_forecasting import DirectRegression, boosted_trees, poisson_regression
from models.exponential_smoothing import ETS
from models.forecasts import Forecaster

BY_HAND: Mapping[str, Forecaster] = seasonal_naive.BASELINES
BASELINES: Mapping[str, Forecaster] = {
    **BY_HAND,
    "ets": ETS(),
    "regression": DirectRegression(poisson_regression),
    "lightgbm": DirectRegression(boosted_trees),
}


def named(names: Sequence[str] | None) -> dict[str, Forecaster]:
    """The baselines of these names, by default all. Raises: ValueError for a name that is none."""
    for name in names or ():
        if name not in BASELINES:
            message = _("baselines = {name!r} is none of {names}")
            raise ValueError(message.format(name=name, names=", ".join(BASELINES)))
    return dict(BASELINES) if names is None else {name: BASELINES[name] for name in names}
