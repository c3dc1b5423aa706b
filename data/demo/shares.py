"""Published shares behind the simulated accidents: percentages by zone, month, hour and kind of accident.

A zone is a road class followed by 1 (outside built-up areas) or 2 (inside). Shares are written `code:weight` and need
not sum to 100; the key `*` serves every key that is not listed.

Source: aggregated from the BAAC files of January to September 2024, ONISR (Licence Ouverte 2.0), rounded; October to
December, communes and places are invented.
"""

from __future__ import annotations

START, END = "2022-01-01", "2024-12-31"
ACCIDENTS_A_DAY = 54.7
GROWTH_A_YEAR = 0.012
VARIANCE_TO_MEAN = 2.5
WEEKDAY_FACTORS = (0.944, 1.009, 1.015, 1.019, 1.143, 1.010, 0.860)
MONTH_FACTORS = (0.866, 0.891, 0.923, 0.968, 1.043, 1.183, 1.076, 0.912, 1.087, 1.118, 1.040, 0.918)


def _hours(weights: str) -> str:
    return " ".join(f"{hour}:{weight}" for hour, weight in enumerate(weights.split()))


# by kind of day
HOURS = {
    "working day": _hours(
        "1.5 1.2 .9 .7 .8 1.2 1.9 5.0 7.3 6.0 4.8 4.9 5.1 5.1 5.5 5.7 7.7 9.1 8.4 6.1 4.1 2.8 2.4 1.9"
    ),
    "friday": _hours("1.8 1.5 1.0 .9 .8 1.2 2.0 4.3 5.8 4.5 4.8 4.2 5.3 5.4 4.9 6.8 7.7 8.1 8.1 6.4 5.1 3.8 2.6 2.9"),
    "saturday": _hours(
        "3.9 3.2 2.7 2.0 2.0 2.5 2.4 2.1 2.4 3.2 5.0 5.5 4.7 4.7 6.1 6.5 6.9 6.6 6.5 6.5 4.5 3.4 3.2 3.4"
    ),
    "sunday": _hours("3.9 3.3 3.4 2.7 2.4 3.1 3.7 3.1 2.4 3.1 3.8 4.7 4.7 4.0 5.0 5.4 6.4 7.0 7.2 6.5 4.9 3.5 3.5 2.4"),
}
MINUTES = {"*": "0:14 30:13 45:8 15:8 50:7.6 20:7.4 40:6.8 10:6.3 25:4.2 35:4 55:3.7 5:3.6 38:.4 1:.4 52:.4 17:.4"}
# local clock hours at the middle of each month, for the middle of mainland France
SUNRISE = (8.6, 7.9, 7.0, 7.1, 6.3, 5.9, 6.1, 6.7, 7.4, 8.1, 7.8, 8.5)
SUNSET = (17.3, 18.1, 18.9, 20.5, 21.2, 21.8, 21.7, 21.0, 20.0, 19.0, 17.3, 16.9)
NIGHT_LIGHT = {"1": "3:83 4:5 5:12", "2": "3:16 4:6 5:78"}
WEATHER = {
    "1": "1:69 2:14 3:2.4 4:2.9 5:1 6:.4 7:1.2 8:6.6 9:1.9", "2": "1:65 2:23 3:3.5 4:.3 5:1.3 6:.4 7:.8 8:5.6",
    "3": "1:75 2:14 3:3.6 4:.3 5:.4 6:.2 7:1.5 8:4.5", "4": "1:82 2:10 3:2 6:.6 7:1.4 8:3.8 9:.4",
    "5": "1:77 2:14 3:3.5 5:.4 7:1 8:3.9 9:.2", "6": "1:86 2:7.5 3:1.6 5:.2 7:1.7 8:2.9",
    "7": "1:89 2:5.2 3:1.6 5:.1 7:2.2 8:2.1", "8": "1:89 2:5.1 3:1.4 5:.1 7:2.8 8:1.6",
    "9": "1:75 2:14 3:3.7 5:.3 6:.3 7:1.2 8:5", "10": "1:72 2:17 3:3.8 5:1 6:.4 7:1.4 8:4.4",
    "11": "1:69 2:18 3:3.6 4:.8 5:1.6 6:.6 7:1.2 8:5.2", "12": "1:68 2:17 3:3 4:1.6 5:1.8 6:.6 7:1.2 8:6.8",
}  # fmt: skip
SURFACE = {
    "1": "1:95.8 2:3.3 6:.1 7:.1 8:.1 9:.6", "2": "1:.1 2:98.9 3:.3 6:.1 7:.2 8:.4", "3": "2:93.7 3:4 4:2.2 7:.1",
    "4": "2:26 5:39 7:35", "5": "1:53 2:43 6:.6 7:3.4", "6": "1:70 2:29 4:1", "7": "1:97 2:2.4 9:.6",
    "8": "1:61 2:37 3:.3 7:.8 8:.3 9:.6", "9": "1:30 2:40 7:22 9:8",
}  # fmt: skip

ZONES = {
    "outside, city": "11:55 21:13 31:22 41:6 71:4", "outside": "11:12 21:12.5 31:63.5 41:9.5 71:2.5",
    "inside": "42:63 32:30 72:3.2 22:2.7 62:1.2",
}  # fmt: skip
KIND = {
    "11": "one:26 two:51 more:21 ped:1.5", "21": "one:30 two:53 more:14 ped:3.3",
    "31": "one:37 two:54 more:6.5 ped:2.4", "41": "one:43 two:48 more:2 ped:7.5",
    "71": "one:30 two:55 more:13 ped:2.3", "22": "one:17 two:61 more:9 ped:12", "32": "one:17 two:60 more:4.6 ped:19",
    "42": "one:15 two:57 more:3.5 ped:25", "72": "one:14 two:65 more:4.4 ped:17", "62": "one:24 two:30 more:3 ped:43",
}  # fmt: skip
SPEED = {
    "11": "-1:1 50:5.5 70:13 90:39 110:20 130:21", "21": "-1:1.5 50:9 70:16 80:19 90:29 110:23 60:2",
    "31": "-1:3.6 50:8 70:13 80:55 90:19 110:1.4", "41": "-1:5 30:8 50:35 70:10 80:36 90:5",
    "71": "-1:3 30:2 50:18 70:32 80:27 90:15 110:3", "22": "-1:3 30:5 50:71 60:2 70:11 80:1 90:4",
    "32": "-1:3 30:11 50:80 70:3.4 80:1.6", "42": "-1:3 20:.6 30:34 50:57 70:3.5", "72": "-1:2 30:13 50:76 70:5 80:1",
    "62": "-1:9 10:7 20:7 30:31 50:45",
}  # fmt: skip
JUNCTION = {
    "11": "1:96 3:.5 4:.3 6:.2 9:2.7", "21": "1:87 2:2 3:2.5 4:.6 6:3.4 9:4", "31": "1:74 2:9 3:8 4:2.3 6:3.3 9:3.1",
    "41": "1:75 2:7 3:7 4:2 6:3 8:.2 9:5", "71": "1:80 2:4.5 3:6 4:1.4 5:.8 6:3.7 9:3.7",
    "22": "1:59 2:9 3:12 4:2 5:.6 6:9 7:.6 9:7", "32": "1:54 2:13 3:15 4:2 5:1 6:8 7:.4 8:.1 9:6",
    "42": "1:50 2:17 3:17 4:2.3 5:.6 6:5.5 7:1.6 8:.1 9:4.5", "72": "1:55 2:13 3:14 4:2.3 5:1.2 6:8 7:.4 9:5",
    "62": "1:75 2:2 3:3 4:1 6:1.5 7:3 9:15",
}  # fmt: skip
TRAFFIC = {
    "11": "-1:8 1:32 2:4 3:55 4:.3", "21": "-1:5 1:21 2:36 3:37 4:.5", "22": "-1:6 1:17 2:58 3:17 4:2",
    "31": "-1:3 1:3.4 2:88 3:5", "41": "-1:8 1:6 2:83 3:2.5", "71": "-1:2 1:12 2:59 3:26",
    "62": "-1:61 1:14 2:18 3:6", "*": "-1:5 1:23 2:63 3:8 4:.5",
}  # fmt: skip
LANES = {
    "11": "-1:.3 1:3 2:28 3:35 4:17 5:3 6:9 8:3", "21": "-1:3 1:5 2:60 3:10 4:16 5:1 6:3",
    "31": "-1:2 1:4 2:89 3:2.6 4:2", "41": "-1:4 1:11 2:82 3:2 4:2", "62": "-1:55 1:13 2:21 3:4 4:3",
    "*": "-1:8 1:13 2:60 3:6 4:9 5:1 6:1.2",
}  # fmt: skip
RESERVED_LANE = {
    "11": "0:98 3:2", "21": "-1:.4 0:97 1:.7 2:.5 3:1.5", "31": "-1:.6 0:97.5 1:.8 2:.8 3:.2",
    "32": "-1:1 0:85 1:6.6 2:3.8 3:3.8", "42": "-1:5 0:74 1:9 2:6 3:6", "*": "-1:1.5 0:91 1:4 2:2 3:2.5",
}  # fmt: skip
GRADIENT = {"31": "1:71 2:24 3:3 4:2", "41": "1:74 2:23 3:1.7 4:1.3", "*": "1:83 2:14.5 3:1.3 4:1.2"}
ALIGNMENT = {
    "11": "1:82 2:8 3:9.5 4:.3", "21": "1:74 2:11 3:14 4:1.3", "31": "1:62 2:17 3:16.6 4:3.8",
    "41": "1:62 2:17 3:17 4:4.3", "71": "1:64 2:16 3:16 4:4", "42": "1:89 2:5.6 3:5 4:.5",
    "*": "1:83 2:8.5 3:7.5 4:1",
}  # fmt: skip
INFRASTRUCTURE = {
    "11": "0:79 1:7 2:3.4 3:7 7:.5 8:1 9:1.8", "21": "0:85 1:1.4 2:3 3:5 5:2.5 8:.6 9:2",
    "31": "0:90 2:1.6 3:.8 5:5 9:2", "42": "-1:2.2 0:83 1:.7 2:1 4:.3 5:5.6 6:1.5 8:.8 9:4",
    "62": "0:66 1:3 6:3 9:26", "*": "-1:.5 0:83 1:.5 2:1.9 3:.4 4:.2 5:8 6:1.3 8:.6 9:4",
}  # fmt: skip
SITUATION = {
    "11": "1:90 2:4 3:3.6 6:.5 8:1.6", "21": "1:85 2:2 3:9 4:.4 5:.4 8:3", "31": "1:72 2:.2 3:21 4:.3 5:.4 8:5.5",
    "41": "1:71 3:18.6 4:.6 5:1.3 8:8", "62": "1:55 3:3 4:3 5:2 6:6 8:30",
    "*": "1:85.5 3:2.5 4:3.6 5:3.5 6:1.5 8:3.4",
}  # fmt: skip

# how much more two-wheelers ride in each month
RIDING_SEASON = (0.75, 0.8, 0.93, 1.04, 1.06, 1.12, 1.16, 1.08, 1.04, 1.0, 0.88, 0.74)
# vehicle groups: `one` alone, `ped` with a pedestrian, `first` and `second` of two, `more` of three and more
VEHICLES = {
    "one motorway": "cars:63 motorcycles:24 lorries:6 vans:5 mopeds:.7 buses:.3 other_vehicles:.3",
    "one outside": "cars:57 motorcycles:26 mopeds:6 vans:4.5 bicycles:4 lorries:1.4 other_vehicles:1 scooters:.5",
    "one inside": "cars:43 motorcycles:22 mopeds:14 bicycles:9 scooters:8 vans:3 other_vehicles:1 lorries:.4 buses:.4",
    "ped motorway": "cars:64 lorries:17 vans:14 buses:2 other_vehicles:2 motorcycles:1",
    "ped outside": "cars:73 vans:12 lorries:3 motorcycles:4 other_vehicles:4 bicycles:1.5 buses:1 mopeds:1 scooters:1",
    "ped inside": "cars:65 vans:10.5 motorcycles:7 bicycles:4 mopeds:3.3 scooters:3.4 buses:3 lorries:2 rail:.7",
    "first motorway": "cars:78 vans:12 lorries:8 motorcycles:2",
    "second motorway": "cars:46 motorcycles:36 lorries:10 vans:8",
    "first outside": "cars:83 vans:9 lorries:4 other_vehicles:2 motorcycles:1.5 buses:.5",
    "second outside": "cars:43 motorcycles:27 bicycles:10 mopeds:8 vans:6 lorries:4 other_vehicles:2 scooters:.7",
    "first inside": "cars:83 vans:9.5 lorries:2 buses:1.8 motorcycles:2 bicycles:1 other_vehicles:.8 rail:.3",
    "second inside": "cars:22 motorcycles:27 bicycles:20 mopeds:15 scooters:11 vans:4 lorries:.6 buses:.6",
    "more motorway": "cars:74 vans:12 motorcycles:7 lorries:6 buses:.4",
    "more outside": "cars:73 vans:9.5 motorcycles:7 lorries:5 bicycles:3 mopeds:1 other_vehicles:.8 buses:.4",
    "more inside": "cars:72 vans:9.5 motorcycles:9 bicycles:3.7 mopeds:2.2 lorries:1.8 buses:1 scooters:.6",
}  # fmt: skip
VEHICLE_COUNT = {"one": "1:100", "ped": "1:96.8 2:2.7 3:.5", "two": "2:100", "more": "3:79.5 4:16 5:3.6 6:.9"}
CATEGORY = {
    "cars": "7:99.2 3:.8", "vans": "10:100", "lorries": "13:15 14:26 15:38 16:1 17:20", "buses": "37:75 38:25",
    "rail": "39:18 40:82", "motorcycles": "31:13 32:13 33:62 34:6 36:1.4 43:4.2", "mopeds": "2:59 30:40 35:.2 41:.3",
    "bicycles": "1:87 80:13", "scooters": "50:92 60:8", "other_vehicles": "0:32 20:6 21:30 99:32",
}  # fmt: skip
MOTOR = {
    "cars": "-1:.2 0:4 1:86 2:7 3:2.3 6:.2", "bicycles": "0:1 3:12.5 5:86", "scooters": "3:92 5:8",
    "rail": "0:12 3:85 1:1", "*": "-1:.2 0:6 1:89 3:3 6:.4", "other_vehicles": "-1:3 0:38 1:48 3:6 5:2 6:3",
}  # fmt: skip
OCCUPANTS = {
    "cars": "1:78 2:14 3:4.5 4:2.5 5:1", "vans": "1:86 2:10 3:3 4:1", "lorries": "1:94.5 2:5 3:.5",
    "buses": "1:77 2:10 3:6 4:3 5:4", "rail": "1:86 2:10 3:4", "motorcycles": "1:89 2:11", "mopeds": "1:87 2:13",
    "bicycles": "1:99 2:1", "scooters": "1:94 2:6", "other_vehicles": "1:91 2:7 3:2",
}  # fmt: skip

COLLISION = {
    "one four wheels": "1:1.2 3:.5 6:72.5 7:25", "one two wheels": "1:.6 3:.4 6:37 7:62", "one bicycle": "6:26 7:74",
    "ped": "1:1.9 2:1 3:1.9 4:.1 5:.2 6:92.2 7:2.6", "two": "1:19 2:23.4 3:54.7 6:2.2 7:.8",
    "more motorway": "2:4 3:1 4:59 5:32 6:4", "more outside": "1:.5 2:1 3:1 4:41 5:50 6:6",
    "more inside": "1:1 2:1 3:1.5 4:49 5:43 6:4.5",
}  # fmt: skip
HEADING = {"ped": "0:7 1:42 2:28 3:23", "one": "0:5 1:47 2:32 3:15", "*": "0:5 1:44 2:34 3:16"}
FIXED_OBSTACLE = {
    "one, hit": "1:8 2:16 3:8 4:10 5:1.4 6:10 7:2 8:10 9:3 11:1.4 12:6.5 13:16.5 14:3.6 15:4",
    "one": "0:80 3:2 12:4 13:6 16:8", "*": "0:94 1:2.2 2:.3 3:.7 4:.6 6:.3 8:.5 9:.3 12:.4 13:.5 14:.4",
}  # fmt: skip
MOVING_OBSTACLE = {"one": "0:94.6 2:2.5 5:.8 6:.8 9:1.3", "ped": "0:3 1:91.5 2:5.2 9:.3", "*": "0:8 2:90 9:2"}
IMPACT = {
    "one": "0:19 1:39 2:12 3:10 7:6 8:6 9:7 4:1", "ped": "0:6 1:43 2:20.5 3:15 4:5 5:2 6:1.5 7:4 8:3",
    "rear, first": "1:80 2:10 3:8 0:2", "rear, second": "4:82 5:7 6:9 0:2",
    "*": "0:4.5 1:35 2:11 3:17 4:9 5:3.3 6:4.5 7:6.7 8:8.5 9:.5",
}  # fmt: skip
MANOEUVRE = {
    "one": "0:13 1:47 2:5 13:8 14:9 15:2 16:2.5 17:1.7 21:2.5 9:.8 26:5.4 12:.4",
    "ped": _hours("6 51 4 3 8 5 2 2 2 2 1.3 1.3 6 1.6 .7"),
    "two": _hours("6.5 39 10 1.4 1.6 3.6 1 1.5 1.4 5 1 10 3 4 3.2 1 .5 2 2.5"),
    "more": _hours("6 39 28 2 1.2 1.1 3 2 2.2 1.6 6.5 .7 1.8 .8"),
}  # fmt: skip

# role in the accident, then who else is in it: weights of light (4), hospitalised (3), killed (2), unharmed (1)
INJURY = {
    "pedestrian ped": "1:3.5 4:62 3:37 2:6.6", "bicycles two-1": "1:.7 4:70 3:26.5 2:3.2",
    "bicycles two-2": "1:24 4:61 3:14 2:.8", "bicycles one": "1:1 4:56 3:31 2:8",
    "bicycles ped": "1:68 4:28 3:3.4 2:.4", "bicycles more": "1:14 4:50 3:31 2:5.5",
    "scooters two-1": "1:2.5 4:79 3:17.6 2:1.1", "scooters two-2": "1:31 4:60 3:9",
    "scooters one": "1:3 4:67 3:26 2:3.4", "scooters ped": "1:81 4:17 3:2", "scooters more": "1:19 4:66 3:10 2:4",
    "motorcycles two-1": "1:3 4:60 3:33 2:3.8", "motorcycles two-2": "1:37 4:44 3:17.5 2:1.8",
    "motorcycles one": "1:5 4:40 3:46 2:9", "motorcycles ped": "1:66 4:28 3:5.5 2:.2",
    "motorcycles more": "1:11 4:55 3:28 2:6.3", "mopeds two-1": "1:5 4:64 3:29 2:2.8",
    "mopeds two-2": "1:36 4:48 3:15 2:.6", "mopeds one": "1:4 4:57 3:35.5 2:3.3",
    "mopeds ped": "1:77 4:21.5 3:1 2:.5", "mopeds more": "1:15 4:55 3:24 2:5.4",
    "car two-0": "1:38 4:47.5 3:12.5 2:2.2", "car two-1": "1:95.7 4:4 3:.3", "car two-2": "1:96 4:4",
    "car one": "1:16 4:47 3:30 2:7.3", "car ped": "1:96 4:3.3 3:.6", "car more": "1:60 4:34 3:5.1 2:.8",
    "heavy two-0": "1:71 4:24 3:5 2:.4", "heavy two-1": "1:94 4:5 3:.8 2:.1", "heavy two-2": "1:96 4:4",
    "heavy one": "1:35 4:38 3:21 2:6", "heavy ped": "1:96 4:3.8 3:.2", "heavy more": "1:77 4:19 3:3.6 2:.2",
}  # fmt: skip
# by zone: how much more often people are hospitalised, and killed
ZONE_HARM = {
    "11": (0.50, 0.45), "21": (1.15, 1.40), "31": (2.55, 2.75), "41": (1.80, 1.60), "71": (1.40, 1.20),
    "22": (1.00, 0.90), "32": (0.90, 0.66), "42": (0.63, 0.42), "72": (0.80, 0.75), "62": (1.10, 1.00),
}  # fmt: skip
AGES = {  # youngest, quantiles .05, .25, .5, .75, .95, oldest
    "pedestrian": (1, 6, 20, 42, 66, 85, 98), "bicycles": (6, 15, 26, 40, 58, 76, 90),
    "mopeds": (14, 15, 17, 22, 35, 56, 80), "scooters": (9, 13, 19, 26, 37, 55, 78),
    "motorcycles": (16, 20, 26, 36, 51, 65, 82), "car": (17, 20, 27, 39, 55, 77, 95),
    "heavy": (18, 22, 30, 42, 53, 65, 80), "passenger": (0, 3, 16, 23, 41, 72, 95),
    "two-wheeler passenger": (5, 11, 17, 24, 41, 60, 75),
}  # fmt: skip
FEMALE = {"pedestrian": 50, "bicycles": 24, "mopeds": 12, "scooters": 25, "motorcycles": 6, "car": 34, "heavy": 8}
JOURNEY = {
    "pedestrian": "-1:.7 0:30 1:6.4 2:7.4 3:7.4 4:2.2 5:36 9:9.5", "heavy": "-1:4 0:17 1:11 2:2 3:1 4:44 5:16 9:5",
    "*": "-1:2 0:28 1:14 2:2 3:2.8 4:4 5:40 9:7.8",
}  # fmt: skip
EQUIPMENT = {
    "car": "-1:1.6 0:1.8 1:85.5 3:1 8:10", "heavy": "-1:3 0:5 1:76 2:.2 8:15.5",
    "pedestrian": "-1:.5 0:90 4:.5 8:8.5 9:.2", "bicycles": "-1:2 0:14 2:42.6 4:.3 8:41",
    "mopeds": "-1:1.7 0:2.3 2:89.3 6:.5 8:6", "motorcycles": "-1:1 0:1.6 2:93 6:.6 8:3.7",
    "scooters": "-1:2 0:17.5 2:18.5 4:.3 8:61.5",
}  # fmt: skip
EQUIPMENT_2 = {
    "motorcycles": "-1:12.6 0:15 2:.7 5:.6 6:62.5 7:.8 8:7", "mopeds": "-1:20 0:26 6:45 8:9",
    "pedestrian": "-1:81 0:12 8:7", "*": "-1:45 0:44 4:1.4 5:1 8:7.6",
}  # fmt: skip
EQUIPMENT_3 = {"motorcycles": "-1:82 0:10.5 6:.5 9:7", "*": "-1:92 0:7.5 8:.4"}
SEATS = {"car": "2:58 3:12 4:11.5 5:2 7:5.5 8:2 9:6", "heavy": "2:46 3:7 4:10 5:6 6:5 7:8 8:10 9:7", "*": "2:100"}
PEDESTRIAN_PLACE = {
    "11": "1:75 7:8 6:9 9:8", "31": "1:51 2:14 3:6 6:20 9:7 5:1", "42": "1:10 2:22 3:36 4:17 5:9 8:2 9:4",
    "*": "1:16 2:21 3:32 4:13 5:9 6:4 8:1 9:4",
}  # fmt: skip
PEDESTRIAN_ACTION = {"*": "-1:5.3 1:6.3 2:3.2 3:72.5 4:.9 5:3.8 6:.2 9:7.1 A:.3 B:.4"}
PEDESTRIAN_COMPANY = {"*": "1:75.8 2:19.9 3:4.3"}
