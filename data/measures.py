"""What a road authority could change about a place, declared once, and what it cannot.

Left out on purpose: road class and built-up area (names of what a place is, not works on it), gradient (a road is not
levelled), where on the road somebody was hit, weather, hour and date, vehicles and people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from data.plausibility import contradictions
from data.text import N_, _

_MOTORWAY = "1"
_ROADS = ("2", "3", "4", "7")  # road classes of the public network that are no motorway
_IN_TOWN, _OUTSIDE = "2", "1"
_NO_RAIN = ("1", "5", "6", "7", "8", "9")
_JUNCTIONS = ("2", "3", "4", "5", "7", "9")  # that are neither a roundabout nor a level crossing
_NOT_OPPOSED = ("single", "same", "no_reference")
# Limits that signs show in France, by surroundings. 20 is a shared zone, which only a municipality sets on its streets.
_ON_MOTORWAYS = (130, 110, 90, 70)
_IN_TOWNS = (70, 50, 30)
_OUT_OF_TOWN = (110, 90, 80, 70, 50)
_SHARED_ZONE, _MUNICIPAL = 20, ("4", "7")
_TOWN_UP_TO = 50  # where the surroundings are unknown, a limit up to this is taken for a town's


@dataclass(frozen=True)
class Measure:
    """An input goes from one of the codes `before` to `after`.

    `where`: of other inputs the codes with which that can be; unknown ones are no obstacle.
    """

    name: str
    before: tuple[str, ...]
    after: str
    reason: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def fits(self, values: Mapping[str, object]) -> bool:
        """Whether it could be done at the place of a described accident."""
        if values.get(self.name) not in self.before:
            return False
        return all(values.get(name) in (None, *allowed) for name, allowed in self.where.items())


@dataclass(frozen=True)
class Change:
    """One input of a described accident set to another value, and what would have to be done for that."""

    name: str
    before: object
    after: object
    reason: str


MEASURES: tuple[Measure, ...] = (
    Measure("light", ("3", "4"), "5", N_("Street lighting is put up, or left on.")),
    Measure("surface", ("2", "3", "4"), "1", N_("Water is drained off the road."), {"weather": _NO_RAIN}),
    Measure("surface", ("3", "4"), "2", N_("Standing water is drained off the road.")),
    Measure("surface", ("5", "7"), "1", N_("The road is cleared and gritted until it is dry."), {"weather": _NO_RAIN}),
    Measure("surface", ("5", "7"), "2", N_("The road is cleared and gritted.")),
    Measure("surface", ("6", "8"), "1", N_("The road is cleaned."), {"weather": _NO_RAIN}),
    Measure("junction", _JUNCTIONS, "6", N_("A roundabout is built."), {"road_class": _ROADS}),
    Measure("junction", ("8",), "1", N_("The level crossing is replaced by a bridge or a tunnel.")),
    Measure(
        "infrastructure", ("0",), "5", N_("The junction is improved: islands, lanes for turning, signals."),
        {"junction": _JUNCTIONS, "road_class": _ROADS},
    ),
    Measure("reserved_lane", ("0", "2"), "1", N_("A cycle track is built."), {"road_class": _ROADS}),
    Measure(
        "reserved_lane", ("0",), "2", N_("A cycle lane is marked."), {"road_class": _ROADS, "built_up": (_IN_TOWN,)}
    ),
    Measure(
        "reserved_lane", ("0",), "3", N_("A lane is reserved, for buses say."),
        {"road_class": _ROADS, "built_up": (_IN_TOWN,)},
    ),
    Measure(
        "traffic", ("2",), "1", N_("The street becomes one-way."),
        {"built_up": (_IN_TOWN,), "road_class": _MUNICIPAL, "headings": _NOT_OPPOSED},
    ),
    Measure(
        "traffic", ("2",), "3", N_("The directions are separated by a central reservation."),
        {"built_up": (_OUTSIDE,), "road_class": ("2", "3"), "headings": _NOT_OPPOSED},
    ),
    Measure("alignment", ("2", "3", "4"), "1", N_("The bend is straightened.")),
)  # fmt: skip
_SLOWER = N_("The speed limit is lowered.")
_NARROWER = N_("A lane is taken away.")
_FEWEST_LANES = 3  # from which on one can be taken away
INPUTS: tuple[str, ...] = ("speed_limit", *dict.fromkeys(m.name for m in MEASURES), "lanes")


def possible(values: Mapping[str, object]) -> list[Change]:
    """Every single change that could be made at the place of a described accident.

    Inputs that are unknown have nothing to change from; what would contradict the rest of the description is left out.
    """
    there = set(contradictions(values))
    return [c for c in _changes(values) if set(contradictions({**values, c.name: c.after})) <= there]


def speed_limits(values: Mapping[str, object]) -> tuple[int, ...]:
    """The limits that signs can show at the place of a described accident, the highest first."""
    road, current = values.get("road_class"), values.get("speed_limit")
    if road == _MOTORWAY:
        return _ON_MOTORWAYS
    slow = current is not None and float(str(current)) <= _TOWN_UP_TO
    if values.get("built_up") == _IN_TOWN or (values.get("built_up") is None and slow):
        return (*_IN_TOWNS, _SHARED_ZONE) if road in (None, *_MUNICIPAL) else _IN_TOWNS
    return _OUT_OF_TOWN


def _changes(values: Mapping[str, object]) -> Iterator[Change]:
    limit, lanes = values.get("speed_limit"), values.get("lanes")
    if limit is not None:
        for lower in speed_limits(values):
            if lower < float(str(limit)):
                yield Change("speed_limit", limit, lower, _(_SLOWER))
    for measure in MEASURES:
        if measure.fits(values):
            yield Change(measure.name, values[measure.name], measure.after, _(measure.reason))
    fewer = lanes is not None and float(str(lanes)) >= _FEWEST_LANES and values.get("built_up") == _IN_TOWN
    if fewer and values.get("road_class") != _MOTORWAY:
        yield Change("lanes", lanes, int(float(str(lanes))) - 1, _(_NARROWER))
