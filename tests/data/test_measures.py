import pytest

from data import features, measures, schema
from data.measures import MEASURES, possible


def changes(values):
    return {(c.name, c.after) for c in possible(values)}


def limits(values):
    return [c.after for c in possible(values) if c.name == "speed_limit"]


def test_every_measure_speaks_of_codes_that_exist():
    for measure in MEASURES:
        for name, codes in {measure.name: (*measure.before, measure.after), **measure.where}.items():
            assert set(codes) <= set(schema.values(name)), (measure.name, name)
        assert measure.after not in measure.before
    assert set(measures.INPUTS) <= set(features.BY_NAME)


def test_nothing_known_has_nothing_to_change_from():
    assert possible({}) == []
    assert possible({"weather": "2", "hour": "3", "cars": 1, "month": "1"}) == []


@pytest.mark.parametrize(
    ("values", "lower"),
    [
        ({"road_class": "1", "speed_limit": 130, "built_up": "1"}, [110, 90, 70]),
        ({"road_class": "1", "speed_limit": 110, "built_up": "2"}, [90, 70]),  # a motorway in town never has 30
        ({"road_class": "3", "speed_limit": 80, "built_up": "1"}, [70, 50]),
        ({"road_class": "4", "speed_limit": 50, "built_up": "2"}, [30, 20]),
        ({"road_class": "3", "speed_limit": 50, "built_up": "2"}, [30]),  # no shared zone on a through road
        ({"speed_limit": 50}, [30, 20]),
        ({"speed_limit": 90}, [80, 70, 50]),
        ({"road_class": "4", "speed_limit": 20, "built_up": "2"}, []),
    ],
)
def test_speed_limits_are_lower_ones_that_the_road_can_have(values, lower):
    assert limits(values) == lower


@pytest.mark.parametrize(("light", "lit"), [("1", False), ("2", False), ("3", True), ("4", True), ("5", False)])
def test_lighting_is_a_matter_of_nights_without(light, lit):
    assert (("light", "5") in changes({"light": light})) is lit


def test_a_road_does_not_dry_in_the_rain():
    assert ("surface", "1") in changes({"surface": "3", "weather": "1"})
    assert changes({"surface": "3", "weather": "2"}) == {("surface", "2")}
    assert changes({"surface": "2", "weather": "3"}) == set()
    assert changes({"surface": "7", "weather": "4"}) == {("surface", "2")}


def test_no_roundabout_and_no_cycle_track_on_a_motorway():
    place = {"junction": "9", "reserved_lane": "0", "infrastructure": "0"}
    assert changes({**place, "road_class": "1"}) == set()
    assert {("junction", "6"), ("reserved_lane", "1"), ("infrastructure", "5")} <= changes({**place, "road_class": "3"})
    assert changes({"junction": "1"}) == changes({"junction": "6"}) == set()


def test_no_one_way_street_for_vehicles_that_came_from_opposite_sides():
    street = {"traffic": "2", "built_up": "2", "road_class": "4"}
    assert ("traffic", "1") in changes({**street, "headings": "same"})
    assert changes({**street, "headings": "opposite"}) == set()


def test_a_lane_is_taken_away_in_town_only():
    assert ("lanes", 2) in changes({"lanes": 3, "built_up": "2", "road_class": "4"})
    assert changes({"lanes": 3, "built_up": "1"}) == changes({"lanes": 2, "built_up": "2"}) == set()


def test_what_would_contradict_the_hour_is_left_out():
    assert changes({"light": "3", "hour": "23"}) == {("light", "5")}
    # the description contradicts itself as it is: the change brings nothing new but the same sentence in other words
    assert changes({"light": "3", "hour": "12"}) == set()


def test_a_change_says_from_what_to_what_and_how():
    (change,) = possible({"light": "4"})
    assert (change.before, change.after, change.reason) == ("4", "5", "Street lighting is put up, or left on.")
