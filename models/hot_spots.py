"""Places where accidents lie densely: DBSCAN on the sphere, with the statistics of each place.

Source: Ester, Kriegel, Sander and Xu 1996, A density-based algorithm for discovering clusters. Chosen before HDBSCAN,
which compares all pairs and takes minutes for a year of France.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import schema, statistics
from data.coded import Selection

RADII = (50, 100, 200)  # metres
LEAST = (3, 5, 8, 12, 20, 30, 50, 100)  # accidents
# so many accidents take some seconds; more take minutes and gigabytes
CAP = 100_000
_EARTH = 6_371_008.8  # metres


@dataclass(frozen=True)
class HotSpots:
    """One row a place, that with most accidents first; without rows where more than CAP accidents are `located`.

    `rows`: `latitude`, `longitude` of the middle, `reach` (metres to the farthest accident), `departement` (the most
    frequent, missing where unknown), `accidents`, `killed`, `hospitalised` (people, missing where no injury is known),
    `known` (severity), `serious` (accidents with somebody killed or hospitalised), its `share` with `low` and `high`.
    """

    rows: pd.DataFrame
    located: int

    @property
    def too_many(self) -> bool:
        """Whether nothing was looked for, because more filters are needed."""
        return self.located > CAP


def located(selection: Selection) -> int:
    """How many selected accidents have a position."""
    return len(_places(selection))


def find(selection: Selection, radius: int, least: int) -> HotSpots:
    """The places where at least so many accidents (one among them) lie within so many metres of one of them.

    Neighbouring places of such density join into one. Units: `radius` in metres.
    """
    places = _places(selection)
    if len(places) > CAP or not len(places):
        return HotSpots(_described(selection, places[:0], np.zeros(0, dtype="intp")), len(places))
    from sklearn.cluster import DBSCAN

    coded = selection.coded
    points = np.radians(np.column_stack([coded.latitude[places], coded.longitude[places]]))
    method = DBSCAN(eps=radius / _EARTH, min_samples=least, metric="haversine", algorithm="ball_tree")
    spot = method.fit_predict(points)
    return HotSpots(_described(selection, places[spot >= 0], spot[spot >= 0]), len(places))


def usual_least(years: float) -> int:
    """How many accidents are worth a look after some years of record: about five a year."""
    return min(LEAST, key=lambda least: abs(least - 5 * years))


def _places(selection: Selection) -> NDArray[np.intp]:
    coded = selection.coded
    places: NDArray[np.intp] = np.arange(len(coded.day))[selection.rows]
    return places[~np.isnan(coded.latitude[places]) & ~np.isnan(coded.longitude[places])]


def _described(selection: Selection, places: NDArray[np.intp], spot: NDArray[np.intp]) -> pd.DataFrame:
    coded = selection.coded
    severity = coded.codes["severity"][places]
    known = coded.injuries_known[places]
    accidents = pd.DataFrame(
        {
            "latitude": coded.latitude[places],
            "longitude": coded.longitude[places],
            "departement": coded.codes["departement"][places],
            "accidents": 1,
            "known": severity > 0,
            "serious": severity > 1,  # codes count from 1, light injuries first
            "killed": np.where(known, coded.people["killed"][places], 0),
            "hospitalised": np.where(known, coded.people["hospitalised"][places], 0),
            "injuries": known,
        }
    )
    grouped = accidents.groupby(spot)
    middle = grouped[["latitude", "longitude"]].mean()
    sums = grouped[["accidents", "known", "serious", "killed", "hospitalised", "injuries"]].sum()
    people = sums[["killed", "hospitalised"]].astype("float64").where(sums["injuries"] > 0)
    distance = _metres(accidents, middle.reindex(spot))
    names = np.array([None, *schema.DEPARTEMENTS], dtype="object")
    frequent = grouped["departement"].agg(lambda codes: int(np.bincount(codes).argmax()))
    low, high = statistics.share_interval(sums["serious"], sums["known"])
    rows = middle.assign(
        reach=pd.Series(distance, dtype="float64").groupby(spot).max(),
        departement=names[frequent.to_numpy(dtype="intp")],
        accidents=sums["accidents"],
        known=sums["known"],
        serious=sums["serious"],
        **people,
        share=sums["serious"] / sums["known"].where(sums["known"] > 0),
        low=low,
        high=high,
    )
    return rows.sort_values(["accidents", "serious"], ascending=False, ignore_index=True)


def _metres(points: pd.DataFrame, others: pd.DataFrame) -> NDArray[np.float64]:
    """How far points lie from others, a row each, over distances at which the earth is flat."""
    latitude, longitude = (np.radians(points[name].to_numpy()) for name in ("latitude", "longitude"))
    other_latitude, other_longitude = (np.radians(others[name].to_numpy()) for name in ("latitude", "longitude"))
    east = (longitude - other_longitude) * np.cos((latitude + other_latitude) / 2)
    distance: NDArray[np.float64] = np.hypot(east, latitude - other_latitude) * _EARTH
    return distance
