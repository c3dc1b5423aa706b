"""When, where and under what conditions the simulated accidents happen, and which vehicles meet."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.demo import shares
from data.demo.draw import Column, Columns, joined, pick
from data.demo.places import CITIES, places

TWO_WHEELS = ("motorcycles", "mopeds", "bicycles", "scooters")


def accidents(rng: np.random.Generator, days: pd.DatetimeIndex, accidents_a_day: float) -> Columns:
    """One entry an accident, in order of time, without collision and people."""
    drawn = _moments(rng, days, accidents_a_day)
    size = len(drawn["month"])
    drawn |= places(rng, size)
    drawn["light"] = _light(rng, drawn)
    drawn["weather"] = pick(rng, shares.WEATHER, drawn["month"])
    drawn["surface"] = pick(rng, shares.SURFACE, drawn["weather"])
    city = np.isin(drawn["departement"], CITIES)
    where = np.where(drawn["built_up"] == "2", "inside", np.where(city, "outside, city", "outside"))
    drawn["zone"] = pick(rng, shares.ZONES, where)
    drawn["kind"] = _kind(rng, drawn)
    return drawn | _road(rng, drawn)


def vehicles(rng: np.random.Generator, accidents: Columns) -> Columns:
    """One entry a vehicle: `accident` (position), `rank` in it from 0, and `group`."""
    count = pick(rng, shares.VEHICLE_COUNT, accidents["kind"]).astype(int)
    accident = np.repeat(np.arange(len(count)), count)
    rank = np.arange(len(accident)) - np.repeat(np.cumsum(count) - count, count)
    kind = accidents["kind"][accident]
    role = np.where(kind == "two", np.where(rank == 0, "first", "second"), kind)
    warm = np.array(shares.RIDING_SEASON)[accidents["month"][accident].astype(int) - 1]
    dark = accidents["light"][accident] == "3"
    dry = np.where(accidents["surface"][accident] == "1", 1.05, 0.75)
    factors = {
        "motorcycles": warm * dry * np.where(dark, 0.75, 1),
        "bicycles": warm * dry * np.where(dark, 0.3, 1),
        "scooters": dry * np.where(dark, 0.5, 1),
        "cars": np.where(dark, 1.2, 1),
    }
    group = pick(rng, shares.VEHICLES, joined(role, setting(accidents)[accident]), factors)
    return {"accident": accident, "rank": rank, "group": group, "kind": kind}


def collisions(rng: np.random.Generator, accidents: Columns, vehicles: Columns) -> Column:
    """The official collision code of each accident, given its road, junction and vehicles."""
    kind = accidents["kind"]
    riders = two_wheels(accidents, vehicles) > 0
    bicycle = np.isin(vehicles["group"], ("bicycles", "scooters"))
    alone = np.where(riders, "one two wheels", "one four wheels")
    alone[vehicles["accident"][bicycle]] = "one bicycle"
    key = np.where(kind == "one", alone, np.where(kind == "more", joined(kind, setting(accidents)), kind))
    two = kind == "two"
    crossing, bend = accidents["junction"] != "1", accidents["alignment"] != "1"
    divided = np.isin(accidents["traffic"], ("1", "3"))
    s_bend, motorway = accidents["alignment"] == "4", accidents["zone"] == "11"
    frontal = np.where(crossing, 0.75, 1.25) * np.select([s_bend, bend], [5, 2.4], 0.9) * np.where(divided, 0.4, 1.25)
    rear = np.where(crossing, 0.6, 1.35) * np.where(bend, 0.75, 1) * np.where(divided, 1.7, 0.85)
    side = (
        np.where(crossing, 1.45, 0.65) * np.where(riders, 1.3, 0.8) * np.where(accidents["built_up"] == "2", 1.1, 0.9)
    )
    frontal, rear = frontal * np.where(motorway, 0.25, 1), rear * np.where(motorway, 1.3, 1)
    factors = {
        "1": np.where(two, frontal * np.where(riders, 0.75, 1.4), 1),
        "2": np.where(two, rear * np.where(riders, 0.8, 1.25), 1),
        "3": np.where(two, side, 1),
    }
    return pick(rng, shares.COLLISION, key, factors)


def setting(accidents: Columns) -> Column:
    """Motorway, outside or inside built-up areas."""
    inside = np.where(accidents["built_up"] == "2", "inside", "outside")
    return np.where(accidents["zone"] == "11", "motorway", inside)


def two_wheels(accidents: Columns, vehicles: Columns) -> Column:
    """Number of two-wheelers and other vehicles that do not protect their rider, in each accident."""
    riders = np.isin(vehicles["group"], TWO_WHEELS)
    return np.bincount(vehicles["accident"], weights=riders, minlength=len(accidents["kind"])).astype(int)


def _moments(rng: np.random.Generator, days: pd.DatetimeIndex, accidents_a_day: float) -> Columns:
    years = np.arange(len(days)) / 365.25
    mean = (
        accidents_a_day
        * np.array(shares.WEEKDAY_FACTORS)[days.day_of_week]
        * np.array(shares.MONTH_FACTORS)[days.month - 1]
        * (1 + shares.GROWTH_A_YEAR) ** years
    )
    # variance / mean of a negative binomial is 1 / p
    p = 1 / shares.VARIANCE_TO_MEAN
    day = days[np.repeat(np.arange(len(days)), rng.negative_binomial(mean * p / (1 - p), p))]
    kind_of_day = np.array(["working day"] * 4 + ["friday", "saturday", "sunday"])[day.day_of_week]
    hour = pick(rng, shares.HOURS, kind_of_day).astype(int)
    minute = pick(rng, shares.MINUTES, np.full(len(day), "*")).astype(int)
    return {
        "year": day.year.to_numpy(),
        "month": day.month.to_numpy().astype("str"),
        "day": day.day.to_numpy().astype("str"),
        "working": day.day_of_week.to_numpy() < 5,
        "hour": hour,
        "minute": minute,
    }


def _light(rng: np.random.Generator, drawn: Columns) -> Column:
    month = drawn["month"].astype(int) - 1
    sunrise, sunset = np.array(shares.SUNRISE)[month], np.array(shares.SUNSET)[month]
    clock = drawn["hour"] + drawn["minute"] / 60 + rng.normal(scale=0.2, size=len(month))
    night = pick(rng, shares.NIGHT_LIGHT, drawn["built_up"])
    twilight = np.minimum(np.abs(clock - sunrise), np.abs(clock - sunset)) < 0.45
    return np.where(twilight, "2", np.where((clock > sunrise) & (clock < sunset), "1", night))


def _kind(rng: np.random.Generator, drawn: Columns) -> Column:
    night = np.isin(drawn["light"], ("3", "4", "5"))
    unlit, dusk = np.isin(drawn["light"], ("3", "4")), drawn["light"] == "2"
    late = night & (drawn["hour"] < 6)
    wet = drawn["surface"] != "1"
    school_run = drawn["working"] & np.isin(drawn["hour"], (8, 16, 17, 18))
    factors = {
        "one": np.select([unlit, night, dusk], [2.0, 1.25, 1.3], 0.8)
        * np.where(late, 1.6, 1)
        * np.where(wet, 1.25, 0.95),
        "ped": np.where(night, 0.85, 1) * np.where(school_run, 1.25, 0.95),
        "more": np.where(night, 0.8, 1.05),
    }
    return pick(rng, shares.KIND, drawn["zone"], factors)


def _road(rng: np.random.Generator, drawn: Columns) -> Columns:
    zone, kind = drawn["zone"], drawn["kind"]

    def by_kind(one: float, two: float, ped: float, more: float) -> Column:
        return np.select([kind == "one", kind == "two", kind == "ped"], [one, two, ped], more)

    traffic = pick(rng, shares.TRAFFIC, zone)
    divided = np.where(traffic == "3", 2.5, 0.8)
    return {
        "road_class": zone.astype("<U1"),
        "speed_limit": pick(rng, shares.SPEED, zone),
        "junction": pick(rng, shares.JUNCTION, zone, {"1": by_kind(2.1, 0.75, 1.3, 2.0)}),
        "traffic": traffic,
        "lanes": pick(rng, shares.LANES, zone, {"4": divided, "6": divided, "1": np.where(traffic == "1", 4, 0.4)}),
        "reserved_lane": pick(rng, shares.RESERVED_LANE, zone),
        "gradient": pick(rng, shares.GRADIENT, zone),
        "alignment": pick(rng, shares.ALIGNMENT, zone, {"1": by_kind(0.45, 1.25, 1.5, 1.7)}),
        "infrastructure": pick(rng, shares.INFRASTRUCTURE, zone),
        "situation": pick(rng, shares.SITUATION, zone, {"1": by_kind(0.3, 2.4, 1.0, 5.0)}),
    }
