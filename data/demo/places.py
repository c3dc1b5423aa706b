"""Where the simulated accidents lie: weight, rural share and a rough centre of each département."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.territories import boxes

# code, accidents per mille, percentage outside built-up areas, latitude and longitude near the prefecture
_ROWS = """
01 8.5 52 46.20 5.23; 02 3.8 54 49.56 3.62; 03 4.4 57 46.57 3.33; 04 3.4 57 44.09 6.24; 05 3.3 54 44.56 6.08;
06 14.7 29 43.72 7.23; 07 6.6 60 44.73 4.60; 08 1.9 48 49.77 4.72; 09 2.5 57 42.97 1.61; 10 5.9 29 48.30 4.08;
11 6.7 44 43.21 2.35; 12 3.8 63 44.35 2.57; 13 39.1 45 43.35 5.40; 14 9.9 52 49.15 -.37; 15 3 52 44.93 2.44;
16 2.9 65 45.65 .16; 17 6.7 51 46.13 -1.10; 18 3.1 57 47.08 2.40; 19 4.1 34 45.27 1.77; 21 3.8 71 47.32 5.04;
22 7.6 53 48.48 -2.76; 23 1.2 67 46.17 1.87; 24 3.4 78 45.18 .72; 25 7 34 47.24 6.02; 26 5.5 66 44.93 4.89;
27 8 41 49.02 1.15; 28 4.9 61 48.45 1.49; 29 12.9 42 48.05 -4.05; 2A 5.1 36 41.93 8.78; 2B 5.3 52 42.55 9.30;
30 8.4 57 43.84 4.30; 31 9.9 33 43.60 1.44; 32 2.8 68 43.65 .59; 33 21.5 44 44.84 -.56; 34 14.6 35 43.62 3.83;
35 11.3 42 48.11 -1.68; 36 2.9 54 46.81 1.69; 37 9.9 27 47.39 .69; 38 12.2 47 45.19 5.68; 39 3.2 65 46.67 5.55;
40 3.9 57 43.89 -.50; 41 3.4 54 47.59 1.33; 42 8.4 45 45.44 4.36; 43 3.8 56 45.04 3.88; 44 15.1 32 47.22 -1.55;
45 7.8 32 47.90 1.91; 46 2.2 66 44.45 1.44; 47 4.4 49 44.20 .62; 48 1.3 80 44.52 3.50; 49 10.9 39 47.47 -.55;
50 7.1 50 49.08 -1.15; 51 11.7 29 48.96 4.32; 52 2 68 48.11 5.14; 53 2.1 71 48.07 -.77; 54 10.7 31 48.69 6.18;
55 2.1 67 48.77 5.17; 56 10.6 40 47.70 -2.76; 57 6 46 49.12 6.18; 58 3 41 47.00 3.16; 59 19 31 50.60 3.06;
60 7.7 51 49.43 2.10; 61 4.2 55 48.43 .09; 62 12.4 31 50.35 2.70; 63 10.7 45 45.78 3.08; 64 15.8 19 43.33 -.60;
65 4.2 53 43.23 .08; 66 6.2 42 42.68 2.83; 67 9.9 32 48.58 7.68; 68 6.7 47 48.06 7.34; 69 30.3 21 45.76 4.84;
70 1.7 64 47.62 6.16; 71 8.7 47 46.40 4.75; 72 8.2 35 48.00 .20; 73 5.6 58 45.57 5.93; 74 9.2 38 45.95 6.13;
75 78.7 1 48.86 2.345; 76 14.4 32 49.44 1.10; 77 18.9 58 48.60 2.70; 78 12.4 60 48.80 2.05; 79 3 54 46.35 -.44;
80 6.8 40 49.89 2.30; 81 4.5 51 43.93 2.14; 82 3 61 44.02 1.36; 83 16.2 47 43.30 6.15; 84 11 39 43.96 4.90;
85 6.9 58 46.67 -1.35; 86 4.3 55 46.58 .34; 87 6.5 39 45.83 1.26; 88 3.2 45 48.17 6.45; 89 3.6 57 47.80 3.57;
90 1.1 43 47.64 6.86; 91 24.9 49 48.62 2.38; 92 44.7 20 48.86 2.24; 93 48.7 26 48.91 2.46; 94 36.4 25 48.78 2.46;
95 16.6 57 49.03 2.18; 971 11.5 62 16.22 -61.55; 972 10.3 57 14.65 -61.00; 973 11.1 19 4.90 -52.35;
974 17.6 36 -21.12 55.50; 976 2.6 32 -12.80 45.17; 978 .7 17 18.07 -63.06; 987 4.8 43 -17.58 -149.45;
988 2.6 45 -22.20 166.45
"""
# degrees; islands and the small départements round Paris are narrower than the others
_SPREAD = {
    "2A": 0.09, "2B": 0.09, "75": 0.02, "90": 0.05, "92": 0.035, "93": 0.035, "94": 0.035, "971": 0.06, "972": 0.05,
    "973": 0.05, "974": 0.09, "976": 0.03, "978": 0.01, "987": 0.02, "988": 0.06,
}  # fmt: skip
_USUAL_SPREAD = 0.16
_COMMUNES = 40
CITIES = ("13", "33", "59", "69", "75", "77", "78", "91", "92", "93", "94", "95")


def places(rng: np.random.Generator, size: int) -> dict[str, NDArray]:
    """Département, commune, built-up area (1 outside, 2 inside) and coordinates of `size` accidents.

    Each département gets invented communes scattered round its centre, a few of which hold most accidents.
    """
    rows = [line.split() for line in _ROWS.replace("\n", " ").split(";")]
    codes = np.array([row[0] for row in rows])
    weight, rural, latitude, longitude = np.array([[float(x) for x in row[1:]] for row in rows]).T
    spread = np.array([_SPREAD.get(code, _USUAL_SPREAD) for code in codes])
    centres = np.stack([latitude, longitude], axis=1)[:, None, :] + spread[:, None, None] * np.clip(
        rng.normal(size=(len(codes), _COMMUNES, 2)), -2, 2
    ) * (1, 1.4)

    dep = rng.choice(len(codes), size=size, p=weight / weight.sum())
    commune = np.minimum(rng.geometric(0.12, size=size) - 1, _COMMUNES - 1)
    commune = np.where(codes[dep] == "75", rng.integers(0, 20, size=size), commune)
    outside = rng.random(size) < rural[dep] / 100
    scatter = np.where(outside, 0.3, 0.08) * spread[dep]
    point = centres[dep, commune] + scatter[:, None] * np.clip(rng.normal(size=(size, 2)), -2, 2)
    south, north, west, east = np.array([boxes()[code] for code in codes])[dep].T
    point = np.clip(point, np.stack([south, west], axis=1), np.stack([north, east], axis=1))
    numbers = np.where(codes[dep] == "75", 101 + commune, 1 + 7 * commune)
    insee = [
        code + (f"{n:03d}" if len(code) == 2 else f"{n % 100:02d}") for code, n in zip(codes[dep], numbers, strict=True)
    ]
    return {
        "departement": codes[dep],
        "commune": np.array(insee),
        "built_up": np.where(outside, "1", "2"),
        "latitude": point[:, 0],
        "longitude": point[:, 1],
    }
