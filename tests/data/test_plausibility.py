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
        {"hour": "20", "light": "1", "month": "6", "departement": "59"},
        {"hour": "20", "light": "3", "month": "12", "departement": "59"},
        {"hour": "18", "light": "3", "month": "6", "departement": "974"},
        {"hour": "20", "light": "3", "month": "6"},
        {"departement": "2A", "commune": "2A004"},
        {"departement": "974", "commune": "97411"},
        {"latitude": 48.0, "longitude": 2.0},
        {"speed_limit": 130, "road_class": "1"},
        {"speed_limit": 130},
        {"vehicles": 2, "drivers_18_24": 1, "drivers_25_44": 1, "vehicle_category_7": 2, "motor_1": 2},
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
        ({"hour": "20", "light": "3", "month": "6", "departement": "59"}, "does not fit the hour (20:00) in June"),
        ({"hour": "20", "light": "1", "month": "12", "departement": "59"}, "(20:00) in December"),
        ({"departement": "59", "commune": "2A004"}, "The commune 2A004 does not lie in Nord"),
        ({"latitude": 48.0}, "one without the other"),
        ({"speed_limit": 57}, "speed limit of 57 km/h"),
        ({"speed_limit": 130, "road_class": "3"}, "on motorways only"),
        ({"vehicles": 1, "vehicle_category_7": 1, "vehicle_category_33": 1}, "add up to 2, of 1 vehicles"),
        ({"vehicles": 1, "motor_1": 2}, "Motors add up to 2"),
        ({"vehicles": 1, "drivers_18_24": 2}, "Ages of drivers add up to 2"),
        ({"pedestrians": 1, "pedestrians_to_13": 2}, "Ages of pedestrians add up to 2"),
        ({"people": 1, "women_driving": 1, "women_walking": 1}, "Women add up to 2, of 1 people"),
    ],
)
def test_contradictions_are_named(values, words):
    found = contradictions(values)
    assert len(found) == 1
    assert words in found[0]


def test_several_contradictions_are_all_named():
    assert len(contradictions({"people": 1, "pedestrians": 2, "hour": "1", "light": "1"})) == 2
