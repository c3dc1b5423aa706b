"""Who and what was involved in an accident, counted in more detail than its totals: ages, journeys, seats, motors.

Only what was so before the impact. Somebody whose age, say, is unknown counts in no band of age.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from data import schema
from data.text import N_

Frame = Literal["vehicles", "people"]
Where = Mapping[str, tuple[str, ...]]
_DRIVER, _PASSENGER = {"role": ("1",)}, {"role": ("2",)}
_PEDESTRIAN = {"role": schema.PEDESTRIAN_ROLES}
_OLDEST = 200


@dataclass(frozen=True)
class Count:
    """How many people or vehicles of an accident are of a kind.

    `where`: the codes that columns must have; `ages`: first and last year of age. `near_event`: what is counted comes
    close to an account of the accident. `what`: the column of a count of one code, in words.
    """

    frame: Frame
    label: str
    where: Where = field(default_factory=dict)
    ages: tuple[int, int] | None = None
    near_event: bool = False
    what: str = ""


def _people(label: str, where: Where, first: int | None = None, last: int = _OLDEST) -> Count:
    return Count("people", label, where, None if first is None else (first, last))


def _codes(
    frame: Frame, what: str, column: str, codes: tuple[str, ...], *, near_event: bool = False
) -> dict[str, Count]:
    """A count for each of some codes of a column, in the words of the code book."""
    return {
        f"{column}_{code}": Count(
            frame, f"{what}: {schema.label(column, code, 'en')}", {column: (code,)}, near_event=near_event, what=what
        )
        for code in codes
    }


# the categories in use since 2006 of which there is more than a handful of accidents a year
_CATEGORIES = (
    *("1", "2", "3", "7", "10", "13", "14", "15", "17", "21", "30", "31", "32", "33", "34", "36", "37", "38", "40"),
    *("43", "50", "60", "80", "99"),
)

COUNTS: dict[str, Count] = {
    "drivers_to_17": _people(N_("Drivers under 18"), _DRIVER, 0, 17),
    "drivers_18_24": _people(N_("Drivers 18 to 24"), _DRIVER, 18, 24),
    "drivers_25_44": _people(N_("Drivers 25 to 44"), _DRIVER, 25, 44),
    "drivers_45_64": _people(N_("Drivers 45 to 64"), _DRIVER, 45, 64),
    "drivers_65_74": _people(N_("Drivers 65 to 74"), _DRIVER, 65, 74),
    "drivers_from_75": _people(N_("Drivers 75 and over"), _DRIVER, 75),
    "passengers_to_13": _people(N_("Passengers under 14"), _PASSENGER, 0, 13),
    "passengers_14_24": _people(N_("Passengers 14 to 24"), _PASSENGER, 14, 24),
    "passengers_from_65": _people(N_("Passengers 65 and over"), _PASSENGER, 65),
    "pedestrians_to_13": _people(N_("Pedestrians under 14"), _PEDESTRIAN, 0, 13),
    "pedestrians_14_24": _people(N_("Pedestrians 14 to 24"), _PEDESTRIAN, 14, 24),
    "pedestrians_65_74": _people(N_("Pedestrians 65 to 74"), _PEDESTRIAN, 65, 74),
    "pedestrians_from_75": _people(N_("Pedestrians 75 and over"), _PEDESTRIAN, 75),
    "women_driving": _people(N_("Women driving"), {**_DRIVER, "sex": ("2",)}),
    "women_passengers": _people(N_("Women among the passengers"), {**_PASSENGER, "sex": ("2",)}),
    "women_walking": _people(N_("Women among the pedestrians"), {**_PEDESTRIAN, "sex": ("2",)}),
    # no seat 1: hardly a vehicle is recorded without its driver, so it would count the vehicles again
    **_codes("people", N_("Seat"), "seat", ("2", "3", "4", "5", "6", "7", "8", "9")),
    **_codes("people", N_("Journey"), "journey", ("1", "2", "3", "4", "5", "9")),
    **_codes("vehicles", N_("Vehicle"), "vehicle_category", _CATEGORIES),
    **_codes("vehicles", N_("Motor"), "motor", ("1", "2", "3", "5", "6")),
    **_codes("vehicles", N_("Direction"), "heading", ("1", "2", "3"), near_event=True),
}


def counted(frame: pd.DataFrame, kind: Frame, at: np.ndarray, n: int) -> dict[str, np.ndarray]:
    """How often each of `COUNTS` of a frame occurs in each of n accidents; NaN where a column is wholly unknown.

    Shapes: `at` (len(frame),) the place of each row's accident; values (n,).
    """
    wanted = {name: count for name, count in COUNTS.items() if count.frame == kind}
    columns = {column for count in wanted.values() for column in count.where}
    codes = {column: frame[column].cat.codes.to_numpy() for column in columns}  # numbers: far faster than texts
    known = {column for column in columns if (codes[column] >= 0).any()}
    ages = frame["age"].to_numpy(dtype=np.float32, na_value=np.nan) if kind == "people" else np.empty(0)
    return {
        name: np.bincount(at[_mask(frame, count, codes, ages)], minlength=n)
        if known.issuperset(count.where)
        else np.full(n, np.nan)
        for name, count in wanted.items()
    }


def _mask(frame: pd.DataFrame, count: Count, codes: Mapping[str, np.ndarray], ages: np.ndarray) -> np.ndarray:
    mask = np.ones(len(frame), dtype=bool)
    for column, wanted in count.where.items():
        among = np.zeros(len(frame), dtype=bool)
        for position in frame[column].cat.categories.get_indexer(pd.Index(wanted)):
            among |= codes[column] == position
        mask &= among
    if count.ages is not None:
        mask &= (ages >= count.ages[0]) & (ages <= count.ages[1])  # no comparison with NaN is true
    return mask
