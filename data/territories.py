"""Where each French territory lies: the test of an accident's coordinates."""

from __future__ import annotations

import numpy as np
import pandas as pd

# departements -> (south, north, west, east) in degrees (WGS84), with a margin of about 10 km.
# Source: the extreme points of each territory, rounded outwards to a tenth of a degree.
MAINLAND = (42.2, 51.2, -5.3, 8.4)
BOXES: dict[str, tuple[float, float, float, float]] = {
    "2A": (41.2, 43.1, 8.4, 9.7),
    "2B": (41.2, 43.1, 8.4, 9.7),
    "971": (15.7, 16.7, -62.0, -60.9),
    "972": (14.2, 15.0, -61.4, -60.7),
    "973": (2.0, 6.0, -54.8, -51.4),
    "974": (-21.6, -20.7, 55.0, 56.0),
    "975": (46.6, 47.3, -56.6, -56.0),
    "976": (-13.2, -12.5, 44.9, 45.5),
    "977": (17.8, 18.1, -63.1, -62.7),
    "978": (17.9, 18.3, -63.3, -62.9),
    "986": (-14.5, -13.1, -178.4, -176.0),
    "987": (-28.0, -7.7, -155.0, -134.0),
    "988": (-23.0, -17.8, 162.9, 172.2),
}


def inside(departement: pd.Series, latitude: pd.Series, longitude: pd.Series) -> np.ndarray:
    """Whether each point lies in the territory of its département; anywhere French where the département is unknown.

    Shapes: one boolean a row.
    """
    latitudes, longitudes = latitude.to_numpy(), longitude.to_numpy()
    own = departement.astype("object").to_numpy()
    overseas = np.isin(own.astype("str"), list(BOXES))
    unknown = departement.isna().to_numpy()
    found = _within(MAINLAND, latitudes, longitudes) & ~overseas
    for code, box in BOXES.items():
        found |= _within(box, latitudes, longitudes) & ((own == code) | unknown)
    return found


def _within(box: tuple[float, float, float, float], latitudes: np.ndarray, longitudes: np.ndarray) -> np.ndarray:
    south, north, west, east = box
    return (latitudes >= south) & (latitudes <= north) & (longitudes >= west) & (longitudes <= east)
