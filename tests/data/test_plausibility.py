import pytest

from data import schema
from data.plausibility import contradictions

NO_VEHICLE = dict.fromkeys(schema.VEHICLE_GROUPS, 0)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"people": 2, "pedestrians": 1, "youngest_age": 20, "oldest_age": 20},
        {"people": None, "pedestrians": 3},
        {**NO_VEHICLE, "cars": None},
        {**NO_VEHICLE, "cars": 1},
        {"hour": "12", "light": "1"},
        {"hour": "18", "light": "5"},
        {"hour": "2", "light": "5"},
        {**NO_VEHICLE, "cars": 2, "headings": "same"},
        {**NO_VEHICLE, "cars": 1, "headings": "single"},
        {"cars": 2, "headings": "single"},
        {"cars": 2, "vehicles": 3},
        {**NO_VEHICLE, "cars": 2, "vans": 1, "vehicles": 3, "headings": "same"},
    ],
)
def test_what_can_happen_is_not_questioned(values):
    assert contradictions(values) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"people": 1, "pedestrians": 2}, "more pedestrians (2) than people involved (1)"),
        ({"people": 0}, "at least one person"),
        ({"youngest_age": 40, "oldest_age": 30}, "youngest person (40) is older"),
        ({"people": 1, "youngest_age": 30, "oldest_age": 40}, "ages differ"),
        (NO_VEHICLE, "at least one vehicle"),
        ({"vehicles": 0}, "at least one vehicle"),
        ({"vehicles": 1, "cars": 2}, "'Vehicles involved' is 1, and the kinds of vehicle add up to 2"),
        ({**NO_VEHICLE, "cars": 2, "vehicles": 3}, "add up to 2"),
        ({"vehicles": 2, "headings": "single"}, "do not fit the number of vehicles (2)"),
        ({**NO_VEHICLE, "cars": 2, "headings": "single"}, "Single vehicle) do not fit the number of vehicles (2)"),
        ({**NO_VEHICLE, "cars": 1, "headings": "opposite"}, "do not fit the number of vehicles (1)"),
        ({"hour": "2", "light": "1"}, "Daylight) does not fit the hour (02:00)"),
        ({"hour": "13", "light": "3"}, "does not fit the hour (13:00)"),
    ],
)
def test_contradictions_are_named(values, words):
    found = contradictions(values)
    assert len(found) == 1
    assert words in found[0]


def test_several_contradictions_are_all_named():
    assert len(contradictions({"people": 1, "pedestrians": 2, "hour": "1", "light": "1"})) == 2
