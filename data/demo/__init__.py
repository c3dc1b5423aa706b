"""A simulated data set in the official layout, so that the product can be tried before any file is imported.

Nothing in it happened: accidents are drawn from published shares (`shares`), each quantity given the ones before it:
day and hour, place, light and weather, road, kind of accident, vehicles, collision, people, injuries. Accident numbers
start at 90000001 in every year and addresses read 'RUE SIMULEE', so no row can be taken for a real one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo import files, people, scene, shares
from data.schema import Table


def tables(
    seed: int = 2024,
    *,
    start: str = shares.START,
    end: str = shares.END,
    accidents_a_day: float = shares.ACCIDENTS_A_DAY,
) -> dict[Table, pd.DataFrame]:
    """The four tables of some simulated years as text, cell for cell as in the official files of 2024."""
    rng = np.random.default_rng(seed)
    accidents = scene.accidents(rng, pd.date_range(start, end, freq="D"), accidents_a_day)
    vehicles = scene.vehicles(rng, accidents)
    accidents["collision"] = scene.collisions(rng, accidents, vehicles)
    return files.written(rng, accidents, vehicles, people.people(rng, accidents, vehicles))
