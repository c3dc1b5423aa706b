"""Descriptions of an accident that contradict themselves; a model would answer them, and mean nothing by it."""

from __future__ import annotations

from collections.abc import Mapping

from data import schema
from data.text import _

_DAYLIGHT, _NIGHT = {"1"}, {"3", "4", "5"}
# Never day between these hours, nor night, anywhere in France at any season.
_ALWAYS_NIGHT, _ALWAYS_DAY = range(4), range(10, 16)


def contradictions(values: Mapping[str, object]) -> list[str]:
    """What cannot be true together, one sentence each; inputs that are unknown contradict nothing."""
    found = [*_people(values), *_vehicles(values), *_light(values)]
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
    impossible = (hour in _ALWAYS_NIGHT and light in _DAYLIGHT) or (hour in _ALWAYS_DAY and light in _NIGHT)
    if hour is None or not impossible:
        return []
    message = _("The light ({light}) does not fit the hour ({hour:02.0f}:00).")
    return [message.format(light=schema.label("light", light), hour=hour)]
