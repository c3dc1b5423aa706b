"""Conditions of accidents, their values and what is counted under them, as people read them."""

from __future__ import annotations

from data.coded import AGES
from data.conditions import MIX, PERIODS
from data.text import _, number
from ui import words

_NAMES: dict[str, str] = {
    "collision": "Collision type",
    "period": "Part of the day",
    "mix": "Most exposed user",
    "users": "Users involved",
}
_MIX: dict[str, str] = {
    "pedestrians": "Pedestrian",
    "bicycles": "Bicycle",
    "scooters": "E-scooter or other personal device",
    "mopeds": "Moped",
    "motorcycles": "Motorcycle",
    "heavy": "Lorry, bus, train or tram",
    "light": "Car or van",
    "other_vehicles": "Other vehicles only",
}
MEASURES: dict[str, str] = {
    "serious": "Somebody killed or hospitalised",
    "killed": "Somebody killed",
    "lethality": "Killed per 100 accidents",
}
_AXES: dict[str, str] = {
    "serious": "Accidents with somebody killed or hospitalised (%)",
    "killed": "Accidents with somebody killed (%)",
    "lethality": "Killed per 100 accidents",
}
ROLES: dict[str, str] = {"driver": "Drivers", "passenger": "Passengers", "pedestrian": "Pedestrians"}


def name(condition: str) -> str:
    """What a condition is called."""
    return _(_NAMES[condition]) if condition in _NAMES else words.input_label(condition)


def value(condition: str, code: object) -> str:
    """One value of a condition."""
    if condition == "mix":
        return _(_MIX[str(code)])
    if condition == "users":
        return words.input_label(str(code))
    if condition == "speed_limit":
        return _("{speed} km/h").format(speed=code)
    if condition == "hour":
        return f"{code}:00–{code}:59"
    if condition == "period":
        after = (*PERIODS[1:], 24)[PERIODS.index(int(str(code)))]
        return f"{code}:00–{after - 1}:59"
    return words.code(condition, code)


def short(condition: str, code: object) -> str:
    """The same where there is little room."""
    return f"{code}:00" if condition == "hour" else value(condition, code)


def mix_explained() -> str:
    """How an accident with several users counts once."""
    message = _("An accident counts once, for the first of these that was involved: {users}.")
    return message.format(users=", ".join(_(_MIX[group]) for group in MIX))


def axis(measure: str) -> str:
    """The title of an axis, with its unit."""
    return _(_AXES[measure])


def rate(measure: str, share: float) -> str:
    """A share or rate as it is read beside its title."""
    return number(share * 100, ".1f") + ("" if measure == "lethality" else " %")


def ages(first: int) -> str:
    """A group of ages by its first year."""
    place = AGES.index(first)
    return f"{first}+" if place == len(AGES) - 1 else f"{first}–{AGES[place + 1] - 1}"
