"""Which départements resemble one another, in how many people live there and on which roads accidents happen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data import population, summary
from data.coded import Selection
from data.filters import values

# what départements are compared by -> the codes of a column whose share it is, of the accidents where it is known
SHARES: dict[str, tuple[str, tuple[str, ...]]] = {
    "built_up": ("built_up", ("2",)),
    "motorways": ("road_class", ("1",)),
    "departmental": ("road_class", ("3",)),
}
CRITERIA = ("inhabitants", *SHARES)
FEWEST = 30  # accidents below which a département's shares say little
NEAREST = 5


def criteria(selection: Selection) -> pd.DataFrame:
    """CRITERIA of each département with at least FEWEST accidents; missing where nothing of the kind is known."""
    frame = pd.DataFrame({"inhabitants": population.inhabitants()})
    for name, (column, codes) in SHARES.items():
        counts = summary.crossed(selection, "departement", column)
        frame[name] = counts[list(codes)].sum(axis="columns") / counts.sum(axis="columns").replace(0, np.nan)
    accidents = np.bincount(selection.codes("departement"), minlength=len(values("departement")) + 1)[1:]
    return frame[accidents >= FEWEST]


def nearest(table: pd.DataFrame, departements: Sequence[str], number: int = NEAREST) -> pd.DataFrame:
    """The départements that are nearest to the mean of some, nearest first, with their criteria and `distance`.

    `table`: as by `criteria`. Each criterion counts in standard deviations over all départements, inhabitants on a
    logarithmic scale; the distance is the root of the mean of their squares. A criterion that nobody knows is left
    out, and so is a département that lacks one of the others. Empty where none of `departements` is in the table.
    """
    known = table.dropna(axis="columns", how="all").dropna()
    own = known.index.intersection(list(departements))
    if own.empty or not len(known.columns):
        return table.iloc[:0].assign(distance=pd.Series(dtype="float64"))
    scaled = known.assign(inhabitants=np.log(known["inhabitants"])) if "inhabitants" in known else known
    spread: pd.Series = scaled.std(ddof=0).replace(0.0, 1.0)
    away = (scaled - scaled.loc[own].mean()) / spread
    distance = np.sqrt((away**2).mean(axis="columns")).drop(own)
    found = distance.sort_values(kind="stable").head(number)
    result: pd.DataFrame = table.loc[found.index].assign(distance=found)
    return result
