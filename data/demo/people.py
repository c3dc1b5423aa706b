"""Who is in the simulated accidents, and how badly they are hurt."""

from __future__ import annotations

import numpy as np

from data.demo import shares
from data.demo.draw import Column, Columns, joined, pick
from data.demo.scene import TWO_WHEELS, two_wheels


def people(rng: np.random.Generator, accidents: Columns, vehicles: Columns) -> Columns:
    """One entry a person: `vehicle` (position), `accident` (position), official codes, age and injury.

    A pedestrian carries the vehicle that struck, the first one.
    """
    found = _present(rng, accidents, vehicles)
    size = len(found["accident"])
    role, user = found["role"], found["user"]
    found["age"] = _ages(rng, role, user)
    female = np.select([user == "2"], [50.0], np.array([shares.FEMALE[r] for r in role.tolist()]))
    found["sex"] = np.where(rng.random(size) * 100 < female, "2", "1")
    found["equipment_1"] = pick(rng, shares.EQUIPMENT, role)
    found["injury"] = _injuries(rng, accidents, vehicles, found)
    # drivers who fled: hardly anything is known of them
    fled = (user == "1") & (found["injury"] == "1") & (rng.random(size) < 0.04)
    found["sex"] = np.where(fled, "-1", found["sex"])
    found["known_age"] = ~fled
    return found


def _present(rng: np.random.Generator, accidents: Columns, vehicles: Columns) -> Columns:
    occupants = pick(rng, shares.OCCUPANTS, vehicles["group"]).astype(int)
    struck = (vehicles["kind"] == "ped") & (vehicles["rank"] == 0)
    walking = np.where(struck, 1 + (rng.random(len(struck)) < 0.06), 0)
    total = occupants + walking
    vehicle = np.repeat(np.arange(len(total)), total)
    seat = np.arange(len(vehicle)) - np.repeat(np.cumsum(total) - total, total)
    user = np.where(seat >= occupants[vehicle], "3", np.where(seat == 0, "1", "2"))
    group = vehicles["group"][vehicle]
    protected = np.where(np.isin(group, ("cars", "vans")), "car", "heavy")
    riding = np.isin(group, TWO_WHEELS)
    role = np.where(user == "3", "pedestrian", np.where(riding, group, protected))
    return {"vehicle": vehicle, "accident": vehicles["accident"][vehicle], "user": user, "role": role}


def _ages(rng: np.random.Generator, role: Column, user: Column) -> Column:
    passenger = np.where(np.isin(role, TWO_WHEELS), "two-wheeler passenger", "passenger")
    key = np.where(user == "2", passenger, role)
    drawn = rng.random(len(key))
    ages = np.zeros(len(key))
    for name, quantiles in shares.AGES.items():
        ages = np.where(key == name, np.interp(drawn, (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1), quantiles), ages)
    return ages.astype(int)


def _injuries(rng: np.random.Generator, accidents: Columns, vehicles: Columns, found: Columns) -> Column:
    accident, role = found["accident"], found["role"]
    kind = accidents["kind"][accident]
    riders = two_wheels(accidents, vehicles)[accident].astype("str")
    company = np.where(kind == "two", np.strings.add("two-", riders), kind)
    hospitalised, killed = _harm(accidents, vehicles, found)
    injury = pick(rng, shares.INJURY, joined(role, company), {"3": hospitalised, "2": killed})

    # the files hold injury accidents only: where nobody was hurt, the least protected person is, lightly
    hurt = np.bincount(accident, weights=injury != "1", minlength=len(accidents["kind"])) > 0
    exposed = np.select([role == "pedestrian", np.isin(role, TWO_WHEELS), role == "car"], [0, 1, 2], 3)
    order = np.lexsort((rng.random(len(role)), exposed, accident))
    first = order[np.r_[True, np.diff(accident[order]) > 0]]
    injury[first[~hurt[accident[first]]]] = "4"
    return injury


def _harm(accidents: Columns, vehicles: Columns, found: Columns) -> tuple[Column, Column]:
    """How much more often each person is hospitalised, and killed, than in the mean of all accidents."""
    accident, age, role = found["accident"], found["age"], found["role"]
    zone, light, collision = (accidents[name][accident] for name in ("zone", "light", "collision"))
    zones = np.array([shares.ZONE_HARM[z] for z in zone.tolist()])
    limit = np.maximum(accidents["speed_limit"].astype(float), 30)[accident]
    inside = accidents["built_up"][accident] == "2"
    speed = np.clip(limit / np.where(inside, 50, 85), 0.5, 1.4)
    heavy = np.zeros(len(accidents["kind"]), dtype=bool)
    heavy[vehicles["accident"][np.isin(vehicles["group"], ("lorries", "buses", "rail"))]] = True
    crushed = heavy[accident] & (role != "heavy")
    loose = (role == "car") & (found["equipment_1"] == "0")
    alone = inside & (accidents["kind"][accident] == "one")
    fast_walk = (role == "pedestrian") & ~inside
    unlit = np.isin(light, ("3", "4"))
    impact = [np.isin(collision, codes) for codes in (("1",), ("5",), ("2", "4"))]
    hospitalised = (
        zones[:, 0]
        * np.select([unlit, light == "2", light == "5"], [1.3, 1.15, 0.95], 1.0)
        * np.select(impact, [1.75, 1.3, 0.5], 1.0)
        * np.select([age < 15, age >= 75, age >= 65], [0.8, 1.5, 1.25], 0.95)
        * np.where(loose, 2.5, 1)
        * np.where(crushed, 1.2, 1)
        * np.where(alone, 1.4, 1)
        * np.where(fast_walk, 1.8, 1)
        * speed**0.5
    )
    killed = (
        zones[:, 1]
        * np.select([unlit, light == "2", light == "1"], [1.6, 1.15, 0.95], 1.1)
        * np.select(impact, [2.4, 1.6, 0.45], 1.0)
        * np.select([age < 15, age >= 75, age >= 65], [0.4, 2.4, 1.5], 0.85)
        * np.where(loose, 5, 1)
        * np.where(crushed, 2.0, 1)
        * np.where(alone, 1.7, 1)
        * np.where(fast_walk, np.where(zone == "11", 20, 3), 1)
        * speed**1.2
    )
    return hospitalised, killed
