"""The simulated accidents as the four official tables of 2024, every cell as text.

Traps of the real files are kept: `" -1"` with a leading space, decimal commas, U+00A0 in ids, unpadded day, padded
month, empty cells.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo import shares
from data.demo.draw import Column, Columns, joined, pick
from data.schema import Table

FIRST_NUMBER = 90_000_001
_FIRST_VEHICLE = 900_000_001
_FIRST_PERSON = 950_000_001
_TWO_DIGITS = np.array([f"{n:02d}" for n in range(100)])


def written(
    rng: np.random.Generator, accidents: Columns, vehicles: Columns, people: Columns
) -> dict[Table, pd.DataFrame]:
    """The four tables, keys joining, columns and their order as published."""
    number = _numbers(accidents["year"])
    keys: Columns = {
        "Num_Acc": number[vehicles["accident"]],
        "id_vehicule": _ids(_FIRST_VEHICLE, len(vehicles["rank"])),
        "num_veh": np.array([f"{chr(65 + rank)}01" for rank in range(26)])[vehicles["rank"]],
    }
    kilometre = rng.integers(1, 80, size=len(number)).astype("str")
    place = rng.integers(1, 400, size=len(number)).astype("str")
    return {
        "caracteristiques": _frame(_characteristics(accidents, number, place)),
        "lieux": _frame(_places(rng, accidents, number, place, kilometre)),
        "vehicules": _frame(keys | _vehicles(rng, accidents, vehicles)),
        "usagers": _frame(_people(rng, accidents, people, keys)),
    }


def _characteristics(accidents: Columns, number: Column, place: Column) -> Columns:
    hours, minutes = _TWO_DIGITS[accidents["hour"]], _TWO_DIGITS[accidents["minute"]]
    return {
        "Num_Acc": number,
        "jour": accidents["day"],
        "mois": _TWO_DIGITS[accidents["month"].astype(int)],
        "an": accidents["year"].astype("str"),
        "hrmn": np.strings.add(np.strings.add(hours, ":"), minutes),
        "lum": accidents["light"],
        "dep": accidents["departement"],
        "com": accidents["commune"],
        "agg": accidents["built_up"],
        "int": accidents["junction"],
        "atm": accidents["weather"],
        "col": accidents["collision"],
        "adr": np.where(accidents["built_up"] == "2", joined("RUE SIMULEE", place), "N/A"),
        "lat": _decimals(accidents["latitude"]),
        "long": _decimals(accidents["longitude"]),
    }


def _places(rng: np.random.Generator, accidents: Columns, number: Column, place: Column, kilometre: Column) -> Columns:
    numbered = np.isin(accidents["road_class"], ("1", "2", "3"))
    letter = np.select([accidents["road_class"] == "1", accidents["road_class"] == "2"], ["A", "N"], "D")
    signed = numbered & (accidents["built_up"] == "1")
    size = len(number)
    return {
        "Num_Acc": number,
        "catr": accidents["road_class"],
        "voie": np.where(numbered, np.strings.add(letter, place), joined("RUE SIMULEE", place)),
        "v1": np.where(rng.random(size) < 0.78, "0", "-1"),
        "v2": np.where(letter == "A", "A", "N/A"),
        "circ": accidents["traffic"],
        "nbv": accidents["lanes"],
        "vosp": accidents["reserved_lane"],
        "prof": accidents["gradient"],
        "pr": np.where(signed, kilometre, "-1"),
        "pr1": np.where(signed, rng.integers(0, 1000, size=size).astype("str"), "-1"),
        "plan": accidents["alignment"],
        "lartpc": np.where(accidents["traffic"] == "3", "1,5", ""),
        "larrout": np.where(rng.random(size) < 0.65, "-1", rng.choice(["5,5", "6", "7", "10,5"], size=size)),
        "surf": accidents["surface"],
        "infra": accidents["infrastructure"],
        "situ": accidents["situation"],
        "vma": accidents["speed_limit"],
    }


def _vehicles(rng: np.random.Generator, accidents: Columns, vehicles: Columns) -> Columns:
    kind, group = vehicles["kind"], vehicles["group"]
    collision = accidents["collision"][vehicles["accident"]]
    hit = np.where((kind == "one") & (collision == "6"), "one, hit", kind)
    rear = (kind == "two") & (collision == "2")
    impact = np.where(rear, np.where(vehicles["rank"] == 0, "rear, first", "rear, second"), kind)
    riders = rng.integers(1, 30, size=len(kind)).astype("str")
    return {
        "senc": pick(rng, shares.HEADING, kind),
        "catv": pick(rng, shares.CATEGORY, group),
        "obs": pick(rng, shares.FIXED_OBSTACLE, hit),
        "obsm": pick(rng, shares.MOVING_OBSTACLE, kind),
        "choc": pick(rng, shares.IMPACT, impact),
        "manv": pick(rng, shares.MANOEUVRE, kind),
        "motor": pick(rng, shares.MOTOR, group),
        "occutc": np.where(group == "buses", riders, ""),
    }


def _people(rng: np.random.Generator, accidents: Columns, people: Columns, keys: Columns) -> Columns:
    role, user = people["role"], people["user"]
    walking = user == "3"
    absent = np.where(rng.random(len(role)) < 0.52, "-1", "0")
    nowhere = np.full(len(role), "*")
    born = (accidents["year"][people["accident"]] - people["age"]).astype("str")
    seat = np.where(user == "1", "1", pick(rng, shares.SEATS, role))
    return {
        "Num_Acc": keys["Num_Acc"][people["vehicle"]],
        "id_usager": _ids(_FIRST_PERSON, len(role)),
        "id_vehicule": keys["id_vehicule"][people["vehicle"]],
        "num_veh": keys["num_veh"][people["vehicle"]],
        "place": np.where(walking, "10", seat),
        "catu": user,
        "grav": people["injury"],
        "sexe": people["sex"],
        "an_nais": np.where(people["known_age"], born, ""),
        "trajet": _journeys(rng, accidents, people),
        "secu1": people["equipment_1"],
        "secu2": pick(rng, shares.EQUIPMENT_2, role),
        "secu3": pick(rng, shares.EQUIPMENT_3, role),
        "locp": np.where(walking, pick(rng, shares.PEDESTRIAN_PLACE, accidents["zone"][people["accident"]]), absent),
        "actp": np.where(walking, pick(rng, shares.PEDESTRIAN_ACTION, nowhere), absent),
        "etatp": np.where(walking, pick(rng, shares.PEDESTRIAN_COMPANY, nowhere), "-1"),
    }


def _journeys(rng: np.random.Generator, accidents: Columns, people: Columns) -> Column:
    hour, working = accidents["hour"][people["accident"]], accidents["working"][people["accident"]]
    rush = working & np.isin(hour, (6, 7, 8, 9, 16, 17, 18, 19))
    of_age = (people["age"] >= 18) & (people["age"] < 65)
    factors = {
        "1": np.where(rush, 2.5, 0.5) * np.where(of_age, 1.2, 0.1),
        "2": np.where(rush, 2.0, 0.3) * np.where(people["age"] < 20, 4.0, 0.1),
        "4": np.where(working, 1.2, 0.4) * np.where(of_age, 1.1, 0.1),
    }
    return pick(rng, shares.JOURNEY, people["role"], factors)


def _numbers(years: Column) -> Column:
    """Twelve digits: the year, then a sequence that starts again every year."""
    first_of_year = np.searchsorted(years, years)
    return (years.astype("int64") * 100_000_000 + FIRST_NUMBER + np.arange(len(years)) - first_of_year).astype("str")


def _ids(first: int, size: int) -> Column:
    return np.array([f"{n:,}".replace(",", "\u00a0") for n in range(first, first + size)])


def _decimals(numbers: Column) -> Column:
    return np.array([f"{' ' if n < 0 else ''}{n:.8f}".replace(".", ",") for n in numbers.tolist()])


def _frame(columns: Columns) -> pd.DataFrame:
    return pd.DataFrame({name: np.where(cells == "-1", " -1", cells) for name, cells in columns.items()}, dtype="str")
