import numpy as np
import pandas as pd
import pytest

from data import features
from data.errors import DataError
from data.measures import Change
from models import what_if


class Fake:
    """Killed: a two-hundredth of the speed limit; hospitalised: 0.1, and 0.2 more on a road without lighting."""

    def __init__(self):
        self.asked = []

    def predict_proba(self, rows):
        rows = features.checked(rows)
        self.asked.append(len(rows))
        killed = rows["speed_limit"].fillna(0).to_numpy() / 200
        hospitalised = np.where(rows["light"] == "3", 0.3, 0.1)
        table = {"light": 1 - killed - hospitalised, "hospitalised": hospitalised, "killed": killed}
        return pd.DataFrame(table, index=rows.index)


class Indifferent(Fake):
    """Finds whatever is lit more dangerous."""

    def predict_proba(self, rows):
        lit = np.where(features.checked(rows)["light"] == "5", 0.5, 0.2)
        return pd.DataFrame({"light": 1 - lit, "hospitalised": 0.0, "killed": lit}, index=rows.index)


ACCIDENT = {"speed_limit": 80, "light": "3", "hour": "23"}


def around(*described):
    return what_if.rows_of(described)


def test_scenarios_are_one_batch_in_their_order():
    model = Fake()
    found = what_if.scenarios(model, [ACCIDENT, {**ACCIDENT, "speed_limit": 50}, {**ACCIDENT, "light": None}])
    assert model.asked == [3]
    np.testing.assert_allclose(found["killed"], [0.4, 0.25, 0.4])
    np.testing.assert_allclose(found["hospitalised"], [0.3, 0.3, 0.1])
    assert list(found.index) == [0, 1, 2]


@pytest.mark.parametrize(
    ("values", "said"),
    [({"speed_limit": 900}, "speed_limit cannot be 900"), ({"light": "9"}, "light cannot be '9'"), ({"x": 1}, "x is")],
)
def test_a_value_that_is_not_possible_is_refused_by_name(values, said):
    with pytest.raises(DataError, match=said):
        what_if.scenarios(Fake(), [ACCIDENT, values])


def test_outcomes_of_severity_join_killed_and_hospitalised():
    proba = pd.DataFrame({"light": [0.5], "hospitalised": [0.3], "killed": [0.2]})
    offered = what_if.outcomes("severity")
    assert list(offered) == ["serious", "light", "hospitalised", "killed"]
    assert what_if.chance(proba, offered["serious"]).tolist() == [0.5]
    assert what_if.chance(proba, offered["killed"]).tolist() == [0.2]
    assert what_if.outcomes("collision") == {c: (c,) for c in "1234567"}


def test_a_sweep_is_the_accident_beside_the_average_of_others():
    model = Fake()
    others = around({"speed_limit": 130, "light": "3"}, {"speed_limit": 30, "light": "1"})
    found = what_if.sweep(model, ACCIDENT, "speed_limit", (50, 80, 110), others)
    assert model.asked == [1 + 3 + 2 * 3]
    np.testing.assert_allclose(found.own["killed"], [0.25, 0.4, 0.55])
    np.testing.assert_allclose(found.own["hospitalised"], [0.3, 0.3, 0.3])
    # whatever their own speed limit was: it is set to each value in turn
    np.testing.assert_allclose(found.average["killed"], [0.25, 0.4, 0.55])
    np.testing.assert_allclose(found.average["hospitalised"], [0.2, 0.2, 0.2])
    assert found.own.index.tolist() == [50, 80, 110]
    assert found.described["killed"] == pytest.approx(0.4)
    assert found.n == 2


def test_a_sweep_over_codes_says_which_of_them_contradict_the_rest():
    others = around({"speed_limit": 100}, {"speed_limit": 20})
    found = what_if.sweep(Fake(), {**ACCIDENT, "hour": "12", "light": "1"}, "light", ("1", "3"), others)
    np.testing.assert_allclose(found.average["killed"], [0.3, 0.3])
    np.testing.assert_allclose(found.average["hospitalised"], [0.1, 0.3])
    assert found.contradictory.tolist() == [False, True]


def test_a_batch_keeps_to_its_limit_by_averaging_over_fewer(monkeypatch):
    monkeypatch.setattr(what_if, "MOST_ROWS", 9)
    model = Fake()
    found = what_if.sweep(model, ACCIDENT, "speed_limit", (30, 50, 80), around(*[{"speed_limit": 50}] * 8))
    assert found.n == 3
    assert model.asked == [1 + 3 + 9]


def test_pairs_are_all_combinations_of_two_inputs_at_once():
    model = Fake()
    found = what_if.pairs(model, {"hour": "12"}, "light", ("1", "3"), "speed_limit", (50, 100))
    assert model.asked == [4]
    assert found.index.tolist() == [("1", 50), ("1", 100), ("3", 50), ("3", 100)]
    np.testing.assert_allclose(found["killed"], [0.25, 0.5, 0.25, 0.5])
    np.testing.assert_allclose(found["hospitalised"], [0.1, 0.1, 0.3, 0.3])
    assert found["contradictory"].tolist() == [False, False, True, True]


def test_single_changes_are_one_batch_and_ranked_by_what_they_lower():
    changes = [Change("speed_limit", 80, 70, ""), Change("light", "3", "5", ""), Change("speed_limit", 80, 50, "")]
    model = Fake()
    proba = what_if.effects(model, ACCIDENT, changes)
    assert model.asked == [4]
    found = what_if.ranked(proba, ("hospitalised", "killed"))
    assert found.index.tolist() == [1, 2, 0]  # lighting -20 points, 50 km/h -15, 70 km/h -5
    np.testing.assert_allclose(found["before"], 0.7)
    np.testing.assert_allclose(found["after"], [0.5, 0.55, 0.65])
    np.testing.assert_allclose(found["difference"], [-0.2, -0.15, -0.05])
    other = what_if.ranked(what_if.effects(Indifferent(), ACCIDENT, changes), ("killed",))
    assert other.index[-1] == 1  # lighting comes last for a model that finds what is lit worse
    assert other["difference"].tolist() == pytest.approx([0, 0, 0.3])


SPEED, AGE = features.BY_NAME["speed_limit"], features.BY_NAME["oldest_age"]


def test_levels_are_values_that_occur_and_not_by_chance():
    column = pd.Series([50.0] * 900 + [80.0] * 600 + [45.0, np.nan])
    assert what_if.levels(SPEED, column) == (50, 80)
    ages = pd.Series(np.arange(0.0, 101))
    spread = what_if.levels(AGE, ages)
    assert len(spread) == 16
    assert (spread[0], spread[-1]) == (1, 99)  # the range of all but the last hundredth at each end
    codes = pd.Series(["3", "1", "1", None]).astype(pd.CategoricalDtype(["1", "2", "3"]))
    assert what_if.levels(features.BY_NAME["light"], codes) == ("1", "3")
    assert what_if.levels(SPEED, pd.Series([np.nan, np.nan])) == ()


def test_the_described_value_is_among_those_of_a_sweep():
    assert what_if.with_current("speed_limit", (30, 50), 45) == (30, 45, 50)
    assert what_if.with_current("speed_limit", (30, 50), 50) == (30, 50)
    assert what_if.with_current("speed_limit", (30, 50), None) == (30, 50)
    assert what_if.with_current("light", ("1", "5"), "3") == ("1", "3", "5")


@pytest.fixture
def accidents(demo_data):
    from data import store

    return store.demo().accidents().head(3000)


def test_the_background_is_seeded_and_offers_what_occurs(accidents):
    first, again = what_if.background(accidents, 20), what_if.background(accidents, 20)
    pd.testing.assert_frame_equal(first.rows, again.rows)
    assert len(first.rows) == 20
    assert first.total == 3000
    assert first.years == tuple(sorted(accidents["year"].unique()))
    assert set(first.levels["light"]) <= {"1", "2", "3", "4", "5"}
    assert all(len(levels) > 1 for levels in first.levels.values())
    assert not {"commune", "latitude", "longitude"} & set(first.levels)
    assert first.offered({"speed_limit": 123}, "speed_limit")[-2:] == (123, 130)
    proba = what_if.sweep(Fake(), ACCIDENT, "light", first.offered(ACCIDENT, "light"), first.rows)
    assert proba.n == 20
