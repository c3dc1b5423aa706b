"""Descriptions of an accident that contradict themselves; a model would answer them, and mean nothing by it."""

from __future__ import annotations

from collections.abc import Mapping

from data import schema
from data.involved import COUNTS
from data.text import _

_DAYLIGHT, _NIGHT = {"1"}, {"3", "4", "5"}
# Never day between these hours, nor night, anywhere in France at any season.
_ALWAYS_NIGHT, _ALWAYS_DAY = range(4), range(10, 16)
# month -> hours that are wholly dark, wholly light, everywhere in metropolitan France: from the sun's times at Brest,
# Strasbourg and Nice, with an hour of twilight
_DARK = {
    1: {*range(6), *range(20, 24)}, 2: {*range(6), *range(20, 24)}, 3: {*range(5), 22, 23}, 4: {*range(5), 23},
    5: {*range(4)}, 6: {*range(4)}, 7: {*range(4)}, 8: {*range(5), 23}, 9: {*range(5), 22, 23},
    10: {*range(5), 21, 22, 23}, 11: {*range(5), *range(20, 24)}, 12: {*range(6), *range(20, 24)},
}  # fmt: skip
_BRIGHT = {
    1: range(10, 16), 2: range(10, 17), 3: range(9, 18), 4: range(9, 19), 5: range(8, 20), 6: range(7, 21),
    7: range(8, 20), 8: range(8, 19), 9: range(9, 18), 10: range(10, 17), 11: range(10, 16), 12: range(10, 16),
}  # fmt: skip
_MOTORWAY, _FASTEST_ELSEWHERE = "1", 110


def contradictions(values: Mapping[str, object]) -> list[str]:
    """What cannot be true together, one sentence each; inputs that are unknown contradict nothing."""
    found = [*_people(values), *_vehicles(values), *_details(values), *_light(values), *_place(values), *_road(values)]
    return [sentence for sentence in found if sentence]


def _number(values: Mapping[str, object], name: str) -> float | None:
    value = values.get(name)
    return None if value is None else float(str(value))


def _people(values: Mapping[str, object]) -> list[str]:
    people, pedestrians = _number(values, "people"), _number(values, "pedestrians")
    youngest, oldest = _number(values, "youngest_age"), _number(values, "oldest_age")
    found = []
    if people == 0:
        found.append(_("A recorded accident involves at least one person, and 'People involved' is 0."))
    if people is not None and pedestrians is not None and pedestrians > people:
        message = _("There are more pedestrians ({pedestrians:.0f}) than people involved ({people:.0f}).")
        found.append(message.format(pedestrians=pedestrians, people=people))
    if youngest is not None and oldest is not None and youngest > oldest:
        message = _("The youngest person ({youngest:.0f}) is older than the oldest ({oldest:.0f}).")
        found.append(message.format(youngest=youngest, oldest=oldest))
    elif people == 1 and None not in (youngest, oldest) and youngest != oldest:
        found.append(_("One person alone is both the youngest and the oldest, and the two ages differ."))
    return found


def _vehicles(values: Mapping[str, object]) -> list[str]:
    total = _number(values, "vehicles")
    counts = [_number(values, name) for name in schema.VEHICLE_GROUPS]
    named = sum(count for count in counts if count is not None)
    if total == 0 or all(count == 0 for count in counts):
        return [_("A recorded accident involves at least one vehicle, and none is given.")]
    if total is not None and (named > total or (None not in counts and named < total)):
        message = _("'Vehicles involved' is {total:.0f}, and the kinds of vehicle add up to {named:.0f}.")
        return [message.format(total=total, named=named)]
    known = named if total is None and None not in counts else total
    headings = values.get("headings")
    if known is not None and headings is not None and (headings == "single") != (known == 1):
        message = _("The directions of travel ({headings}) do not fit the number of vehicles ({n:.0f}).")
        return [message.format(headings=schema.label("headings", headings), n=known)]
    return []


def _light(values: Mapping[str, object]) -> list[str]:
    hour, light = _number(values, "hour"), str(values.get("light"))
    departement, month = values.get("departement"), _number(values, "month")
    dark, bright = set(_ALWAYS_NIGHT), set(_ALWAYS_DAY)
    if month is not None and departement is not None and len(str(departement)) == 2:  # overseas the sun is another
        dark, bright = set(_DARK[int(month)]), set(_BRIGHT[int(month)])
    if hour is None or not ((hour in dark and light in _DAYLIGHT) or (hour in bright and light in _NIGHT)):
        return []
    if hour in _ALWAYS_NIGHT or hour in _ALWAYS_DAY:
        message = _("The light ({light}) does not fit the hour ({hour:02.0f}:00).")
        return [message.format(light=schema.label("light", light), hour=hour)]
    message = _("The light ({light}) does not fit the hour ({hour:02.0f}:00) in {month}.")
    return [message.format(light=schema.label("light", light), hour=hour, month=schema.label("month", f"{month:.0f}"))]


def _details(values: Mapping[str, object]) -> list[str]:
    """Counts that divide another one and add up to more than it."""
    found = []
    for total, parts, message in (
        (
            "vehicles",
            _counts("vehicle_category_"),
            _("Kinds of vehicle in detail add up to {sum:.0f}, of {all:.0f} vehicles."),
        ),
        ("vehicles", _counts("motor_"), _("Motors add up to {sum:.0f}, of {all:.0f} vehicles.")),
        (
            "pedestrians",
            _counts("pedestrians_"),
            _("Ages of pedestrians add up to {sum:.0f}, of {all:.0f} pedestrians."),
        ),
        ("vehicles", _counts("drivers_"), _("Ages of drivers add up to {sum:.0f}, of {all:.0f} vehicles.")),
        ("people", _counts("women_"), _("Women add up to {sum:.0f}, of {all:.0f} people.")),
    ):
        whole = _number(values, total)
        counted = sum(_number(values, name) or 0 for name in parts)
        if whole is not None and counted > whole:
            found.append(message.format(sum=counted, all=whole))
    return found


def _counts(prefix: str) -> list[str]:
    return [name for name in COUNTS if name.startswith(prefix)]


def _place(values: Mapping[str, object]) -> list[str]:
    departement, commune = values.get("departement"), values.get("commune")
    found = []
    if departement is not None and commune is not None and not str(commune).startswith(str(departement)):
        message = _("The commune {commune} does not lie in {departement}.")
        found.append(message.format(commune=commune, departement=schema.label("departement", departement)))
    if (values.get("latitude") is None) != (values.get("longitude") is None):
        found.append(_("A place needs latitude and longitude; one without the other says little."))
    return found


def _road(values: Mapping[str, object]) -> list[str]:
    speed, road = _number(values, "speed_limit"), values.get("road_class")
    if speed is not None and speed % 10:
        return [_("No road in France has a speed limit of {speed:.0f} km/h.").format(speed=speed)]
    if speed is not None and road is not None and road != _MOTORWAY and speed > _FASTEST_ELSEWHERE:
        message = _("A speed limit of {speed:.0f} km/h holds on motorways only, and the road class is another.")
        return [message.format(speed=speed)]
    return []
