"""Numbers, codes and periods as people read them."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from data import features, schema, text
from data.involved import COUNTS
from data.text import N_, _
from models import score_words

ROOT = Path(__file__).parents[1]
percent = text.percent
score, duration, baseline_label = score_words.score, score_words.duration, score_words.baseline_label

# columns of the imported frames that are no inputs of the classifiers
COLUMNS: dict[str, str] = {
    "accident": N_("Accident number"),
    "accidents": N_("Number of accidents"),
    "year": N_("Year"),
    "date": N_("Date"),
    "day": N_("Day of the month"),
    "time": N_("Time"),
    "commune": N_("Municipality"),
    "address": N_("Address"),
    "gps_zone": N_("GPS zone"),
    "collision": N_("Collision type"),
    "severity": N_("Severity"),
    "killed": N_("Killed"),
    "hospitalised": N_("Hospitalised"),
    "slightly_injured": N_("Slightly injured"),
    "unharmed": N_("Unharmed"),
    "near_school": N_("Near a school"),
    "road": N_("Road number or name"),
    "road_suffix": N_("Road number, suffix"),
    "road_letter": N_("Road number, letter"),
    "milepost": N_("Milepost"),
    "milepost_distance": N_("Distance to the milepost"),
    "median_width": N_("Width of the central reservation"),
    "road_width": N_("Width of the carriageway"),
    "vehicle": N_("Vehicle identifier"),
    "vehicle_letter": N_("Vehicle letter"),
    "vehicle_category": N_("Vehicle category"),
    "heading": N_("Direction of travel"),
    "fixed_obstacle": N_("Fixed obstacle hit"),
    "moving_obstacle": N_("Moving obstacle hit"),
    "impact": N_("Point of impact"),
    "manoeuvre": N_("Manoeuvre"),
    "motor": N_("Engine type"),
    "passengers": N_("Passengers of public transport"),
    "person": N_("Person identifier"),
    "seat": N_("Seat"),
    "role": N_("Role"),
    "injury": N_("Injury"),
    "sex": N_("Sex"),
    "age": N_("Age"),
    "birth_year": N_("Year of birth"),
    "journey": N_("Journey purpose"),
    "equipment": N_("Safety equipment, up to 2018"),
    "equipment_use": N_("Use of safety equipment, up to 2018"),
    "equipment_1": N_("Safety equipment 1, from 2019"),
    "equipment_2": N_("Safety equipment 2, from 2019"),
    "equipment_3": N_("Safety equipment 3, from 2019"),
    "pedestrian_place": N_("Pedestrian, place"),
    "pedestrian_action": N_("Pedestrian, action"),
    "pedestrian_company": N_("Pedestrian, alone or not"),
}


def count(value: float | None) -> str:
    """A whole number with thousands separators; 'not known' where there is none, which is not zero."""
    if value is None or math.isnan(value):
        return _("not known")
    return text.number(value)


def number(value: float) -> str:
    """A measured quantity without needless zeros: 12, 3.5, 48.866."""
    return text.number(value, ",.5g" if abs(value) < 1000 else ",.0f")


def day(value: str | date) -> str:
    """A date in words: 1 October 2024."""
    moment = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    number = "1er" if moment.day == 1 and text.language() == "fr" else moment.day
    return f"{number} {code('month', moment.month)} {moment.year}"


def period(start: str | date, end: str | date) -> str:
    """A period in words."""
    return _("{start} to {end}").format(start=day(start), end=day(end))


def years(values: tuple[int, ...] | list[int]) -> str:
    """Years as a list of runs: 2019-2021, 2023."""
    runs: list[list[int]] = []
    for year in sorted(values):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)


def code(name: str, value: object) -> str:
    """The words for one code of a column."""
    return schema.label(name, value)


def input_label(name: str) -> str:
    """The name of an input of the classifiers, or of a topic or group of them."""
    if name in features.BY_NAME:
        return features.called(name)
    return _({**features.GROUPS, **features.TOPIC_LABELS}.get(name, name))


def column(name: str) -> str:
    """The name of a column of the imported frames."""
    return _(COLUMNS[name]) if name in COLUMNS else input_label(name)


def named(name: str, value: str) -> str:
    """A value with what it is of: 'Light: Daylight'."""
    return _("{name}: {value}").format(name=name, value=value)


def input_value(name: str, value: object) -> str:
    """The value of an input in words, with its unit; a missing one is 'unknown'."""
    if _missing(value):
        return _("unknown")
    item = features.BY_NAME[name]
    if item.kind == "category":
        return code(name, value)
    if item.kind == "commune":
        return str(value)
    return f"{number(float(str(value)))} {_(item.unit)}".strip().replace(" °", "°")


def player_value(player: str, values: Mapping[str, object]) -> str:
    """The values of the inputs that explanations take together: of several counts, those that are not zero."""
    inputs = features.PLAYERS[player]
    if len(inputs) == 1:
        return input_value(player, values.get(player))
    given = [i for i in inputs if not _missing(values.get(i.name))]
    if not given:
        return _("unknown")
    found = [i for i in given if values[i.name] != 0]
    if not found and len(given) == len(inputs):
        return _("none")
    return ", ".join(_part(i, values[i.name]) for i in found or given)


def _part(item: features.Input, value: object) -> str:
    if item.kind == "category":
        return code(item.name, value)
    where = COUNTS[item.name].where
    # a count of one code is named by the code alone: the topic's name stands before it already
    label = code(item.topic, where[item.topic][0]) if list(where) == [item.topic] else input_label(item.name)
    return f"{label}:\N{NO-BREAK SPACE}{input_value(item.name, value)}"  # a number never begins a line


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def class_label(target: str, value: str) -> str:
    """The words for one class of a target."""
    return code(target, value)


def command(arguments: str) -> str:
    """A command of this product as it is typed in its folder: with the interpreter that has its libraries."""
    python = Path(sys.executable)
    shown = python.relative_to(ROOT) if python.is_relative_to(ROOT) else python
    return f"{shown} -m {arguments}"


def contribution(size: float, unit: str) -> str:
    """The size of a contribution: percentage points for probabilities, a plain score otherwise."""
    if unit.startswith("probability"):
        return _("{points:.1f} percentage points").format(points=size * 100)
    return f"{text.number(size, '.2f')} {_(unit)}"
