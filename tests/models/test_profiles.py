"""Kinds of accidents that are put into the data by hand are found again and described."""

import numpy as np
import pandas as pd
import pytest

from data import coded
from data.errors import DataError
from data.filters import Filters
from models import profiles
from tests.data import described

# three kinds that differ in everything: city by day with pedestrians, country by night, motorway in the rain
CITY = {"built_up": "2", "light": "1", "road_class": "4", "collision": "6", "hour": 12, "weather": "1",
        "speed_limit": 50, "pedestrians": 1, "cars": 1}  # fmt: skip
COUNTRY = {"built_up": "1", "light": "3", "road_class": "3", "collision": "6", "hour": 23, "weather": "1",
           "speed_limit": 80, "motorcycles": 1}  # fmt: skip
MOTORWAY = {"built_up": "1", "light": "1", "road_class": "1", "collision": "2", "hour": 8, "weather": "2",
            "speed_limit": 130, "cars": 2, "lorries": 1}  # fmt: skip


def injured(killed, hospitalised=0):
    severity = "killed" if killed else "hospitalised" if hospitalised else "light"
    return {"killed": killed, "hospitalised": hospitalised, "slightly_injured": 1, "severity": severity}


def rows():
    """600 in the city, 300 in the country of whom every tenth kills two, 100 on motorways without known injuries."""
    city = [{"year": 2023 + i % 2, **CITY, **injured(0, i % 2)} for i in range(600)]
    country = [{"year": 2024, **COUNTRY, **injured(2 if i % 10 == 0 else 0)} for i in range(300)]
    motorway = [{"year": 2023, **MOTORWAY} for _ in range(100)]
    return [row for part in (city, country, motorway) for row in part]


@pytest.fixture(scope="module")
def selection():
    return coded.select(coded.read(described.source(*rows())), Filters())


@pytest.fixture(scope="module")
def found(selection):
    return profiles.profiles(selection, 3)


def test_the_kinds_are_those_put_in_the_largest_first(found):
    assert [kind.accidents for kind in found.kinds] == [600, 300, 100]
    assert (found.accidents, found.learnt) == (1000, 1000)


def test_how_they_end(found):
    city, country, motorway = (kind.outcome for kind in found.kinds)
    assert (city.rated, city.severe, city.known, city.killed) == (600, 300, 600, 0)
    assert (country.severe, country.killed) == (30, 60)
    assert (motorway.rated, motorway.known) == (0, 0)


def test_shares_over_the_years(found):
    assert found.kinds[0].years.to_dict() == {2023: 300 / 400, 2024: 300 / 600}
    assert found.kinds[2].years.to_dict() == {2023: 100 / 400, 2024: 0}


def test_what_a_kind_has_more_of_with_how_many_times(found):
    over = found.kinds[1].over.set_index(["column", "value"])
    assert over.loc[("light", "3"), ["share", "lift"]].tolist() == pytest.approx([1, 1000 / 300])
    assert over.loc[("hour", 0), "lift"] == pytest.approx(1000 / 300)  # 23 h belongs to the night
    assert over.loc[("users", "motorcycles"), "lift"] == pytest.approx(1000 / 300)
    assert over.loc[("built_up", "1"), "lift"] == pytest.approx(1000 / 400)
    assert ("collision", "6") not in over.index  # 1.1 times as frequent tells nothing
    weight = over["share"] * np.log(over["lift"])
    assert weight.is_monotonic_decreasing


def test_a_typical_accident_is_one_of_the_kind(found):
    typical = found.kinds[2].typical
    assert typical["users"] == ("cars", "lorries")
    assert (typical["light"], typical["hour"], typical["speed_limit"], typical["junction"]) == ("1", 8, 130, None)


def test_filters_that_come_near_a_kind_keep_it_and_little_else(found):
    for kind in found.kinds:
        assert (kind.nearest.kept, kind.nearest.pure) == (1, 1)
        assert list(kind.nearest.filters.active())
    assert found.kinds[2].nearest.filters.users == ("lorries",)


def test_the_filters_of_the_selection_stay(selection):
    narrower = coded.select(selection.coded, Filters(built_up=("1", "2"), years=(2023, 2024)))
    for kind in profiles.profiles(narrower, 3).kinds:
        assert kind.nearest.filters.years == (2023, 2024)


def test_the_same_accidents_give_the_same_kinds(selection, found):
    again = profiles.profiles(selection, 3)
    for one, two in zip(found.kinds, again.kinds, strict=True):
        assert one.over.equals(two.over)
        assert one.typical == two.typical


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")  # three different accidents
def test_the_number_that_is_there_separates_best_and_is_found_again(selection):
    table = profiles.quality(selection)
    assert list(table.index) == list(profiles.NUMBERS)
    assert table.loc[3, "stability"] == 1
    assert table.loc[3, "silhouette"] == pytest.approx(1)
    assert table["chosen"].sum() == 1


@pytest.mark.parametrize(
    ("silhouette", "stability", "number"),
    [([0.3, 0.4, 0.5], [1.0, 0.95, 0.5], 4), ([0.5, 0.4, 0.3], [0.2, 0.3, 0.8], 5), ([0.4, 0.4, 0.1], [1, 1, 1], 3)],
)
def test_the_proposed_number(silhouette, stability, number):
    assert profiles.best(pd.DataFrame({"silhouette": silhouette, "stability": stability}, index=[3, 4, 5])) == number


def test_what_is_unknown_makes_no_kind_of_its_own():
    known = [{"year": 2024, **(CITY if i % 2 else COUNTRY)} for i in range(500)]
    without = [{**row, "road_class": None, "speed_limit": None, "collision": None} for row in known]
    found = profiles.profiles(coded.select(coded.read(described.source(*known, *without)), Filters()), 2)
    assert [kind.accidents for kind in found.kinds] == [500, 500]  # of each kind, with and without


def test_accidents_of_which_nearly_nothing_is_known_are_left_out():
    bare = [{"year": 2018, "road_class": "4", "surface": "1", "cars": 1}] * 300
    found = profiles.profiles(coded.select(coded.read(described.source(*rows(), *bare)), Filters()), 3)
    assert [kind.accidents for kind in found.kinds] == [600, 300, 100]
    assert (found.accidents, found.left_out) == (1000, 300)
    assert 2018 not in found.kinds[0].years.index


def test_too_few_accidents_are_refused_with_how_many_it_takes():
    few = coded.select(coded.read(described.source(*rows()[:20])), Filters())
    with pytest.raises(DataError, match="at least 500 accidents whose conditions are known; the filters leave 20"):
        profiles.profiles(few, 3)


def test_each_group_of_values_is_whole_and_in_words():
    from data.filters import values
    from ui.components.profiles import _GROUPS

    for column in ("hour", "speed_limit"):
        groups = profiles.grouped(column)
        firsts = {values(column)[int(np.flatnonzero(groups == g)[0]) - 1] for g in range(1, groups.max() + 1)}
        assert firsts == {value for name, value in _GROUPS if name == column}
    hours = profiles.grouped("hour")[1:]
    assert [int(hours[h]) for h in (0, 5, 6, 9, 10, 15, 16, 19, 20, 23)] == [1, 1, 2, 2, 3, 3, 4, 4, 1, 1]
