"""Conditions of accidents, their values and what is counted under them, as people read them."""

from __future__ import annotations

from data.coded import AGES
from data.conditions import MIX, PERIODS
from data.text import N_, _, number
from ui import words

_NAMES: dict[str, str] = {
    "collision": N_("Collision type"),
    "period": N_("Part of the day"),
    "mix": N_("Most exposed user"),
    "users": N_("Users involved"),
}
_MIX: dict[str, str] = {
    "pedestrians": N_("Pedestrian"),
    "bicycles": N_("Bicycle"),
    "scooters": N_("E-scooter or other personal device"),
    "mopeds": N_("Moped"),
    "motorcycles": N_("Motorcycle"),
    "heavy": N_("Lorry, bus, train or tram"),
    "light": N_("Car or van"),
    "other_vehicles": N_("Other vehicles only"),
}
MEASURES: dict[str, str] = {
    "serious": N_("Somebody killed or hospitalised"),
    "killed": N_("Somebody killed"),
    "lethality": N_("Killed per 100 accidents"),
}
_AXES: dict[str, str] = {
    "serious": N_("Accidents with somebody killed or hospitalised (%)"),
    "killed": N_("Accidents with somebody killed (%)"),
    "lethality": N_("Killed per 100 accidents"),
}
ROLES: dict[str, str] = {"driver": N_("Drivers"), "passenger": N_("Passengers"), "pedestrian": N_("Pedestrians")}


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
    return number(share * 100, ".1f") if measure == "lethality" else number(share, ".1%")


def ages(first: int) -> str:
    """A group of ages by its first year."""
    place = AGES.index(first)
    return f"{first}+" if place == len(AGES) - 1 else f"{first}–{AGES[place + 1] - 1}"
