"""Several forecasters as one: the mean of their means, and of their quantiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from data.text import _
from models.base import Report, silent
from models.forecasts import Forecaster, Learner, Paths


@dataclass(frozen=True)
class ForecastBlend:
    """Every member weighs the same: weights fitted on a year of errors would mostly fit that year."""

    members: Mapping[str, Forecaster]

    def __post_init__(self) -> None:
        if not self.members:
            raise ValueError(_("members = {value} is empty").format(value=self.members))

    @property
    def days_needed(self) -> int:
        return max(member.days_needed for member in self.members.values())

    def refitted(self, series: pd.Series, report: Report = silent) -> Self:
        """The blend of the same members, each that learns having learnt from this series."""
        return type(self)(
            {name: m.refitted(series, report) if isinstance(m, Learner) else m for name, m in self.members.items()}
        )

    def paths(self, series: pd.Series, origins: np.ndarray, horizon: int) -> Paths:
        return blended([member.paths(series, origins, horizon) for member in self.members.values()])


def blended(paths: Sequence[Paths]) -> Paths:
    """The mean of forecasts of the same origins.

    Quantiles are averaged level by level: mixing the distributions instead would be wider than each of them, although
    the blend errs less.
    """
    mean = np.mean([one.mean for one in paths], axis=0)
    return Paths(mean, np.mean([one.quantiles for one in paths], axis=0))
