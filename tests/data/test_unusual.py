"""How unusual a description is, on accidents of which the answer is known."""

import numpy as np
import pandas as pd
import pytest

from data import features, schema, unusual
from data.dataset import InMemory


def source(rows):
    """Accidents of which only some inputs are known."""
    frame = pd.DataFrame(rows)
    for item in unusual.INPUTS:
        if item.name not in frame:
            frame[item.name] = None
        if item.kind == "category":
            frame[item.name] = frame[item.name].astype(pd.CategoricalDtype(list(schema.values(item.name))))
        else:
            frame[item.name] = frame[item.name].astype("Float64")
    return InMemory("v", (2024,), False, {}, type("Joined", (), {"accidents": frame})())


@pytest.fixture(scope="module")
def past():
    """A thousand accidents: at noon in daylight with a car, or at night in the dark with two; never mixed."""
    day = {"hour": "12", "light": "1", "cars": 1, "weather": "1"}
    night = {"hour": "23", "light": "3", "cars": 2, "weather": "1"}
    rows = [day if n % 2 else night for n in range(1000)]
    rows[:3] = [{**day, "weather": "5"}] * 3
    return unusual.sample(source(rows))


def judged(past, values):
    return unusual.judge(past, values, unusual.yardstick(past, unusual.known(values)))


def test_what_happened_often_is_usual(past):
    found = judged(past, {"hour": "12", "light": "1", "cars": 1, "weather": "1"})
    assert (found.level, found.share, found.differing, found.rare, found.never) == ("usual", 1.0, (), (), ())
    assert 400 < found.same < 500


def test_what_never_happened_together_is_beyond_and_named(past):
    found = judged(past, {"hour": "12", "light": "3", "cars": 1, "weather": "1"})
    assert found.level == "beyond"
    assert (found.share, found.same, found.differing) == (0.0, 0, ("light",))
    pairs = {frozenset(pair[:2]) for pair in found.never}
    assert pairs == {frozenset({"hour", "light"}), frozenset({"light", "cars"})}
    n = len(past)
    assert all(expected == pytest.approx(n / 4, rel=0.05) for *_names, expected in found.never)


def test_what_is_rare_by_itself_is_named(past):
    found = judged(past, {"weather": "8", "hour": "12"})
    assert found.rare[0] == ("weather", 0.0)


def test_what_has_a_value_never_seen_is_not_called_usual(past):
    usual = {"hour": "12", "light": "1", "cars": 1}
    found = judged(past, {**usual, "weather": "8"})
    assert (found.share, found.level) == (0.0, "beyond")
    # by many inputs that past accidents do not agree in, one that none has weighs little
    rows = [{"hour": str(n % 24), "weekday": str(n % 7 + 1), "light": str(n % 5 + 1)} for n in range(2000)]
    many = unusual.sample(source([{**row, "weather": "1"} for row in rows]))
    own = np.ones(many.apart.shape[1], dtype=np.float32)
    assert unusual.judge(many, {**rows[0], "weather": "1"}, own).level == "usual"
    assert unusual.judge(many, {**rows[0], "weather": "8"}, own).level == "somewhat"


def test_hours_go_round_the_clock_and_numbers_count_in_spreads(past):
    spreads = past.spreads
    names = [i.name for i in unusual.INPUTS]
    used = [names.index("hour"), names.index("speed_limit"), names.index("light")]
    row, other = (np.full(len(names), np.nan, dtype=np.float32) for _i in range(2))
    row[used], other[used] = (23, 50, 0), (1, 50, 4)
    apart = unusual._apart(spreads, row, other[None], used)[0]
    np.testing.assert_allclose(apart, [2 / 6, 0, 1])


def test_a_column_that_a_year_does_not_have_brings_no_pair_that_never_was():
    rows = [{"month": "1", "surface": "1"}] * 300 + [{"month": "11", "light": "1"}] * 300
    found = judged(unusual.sample(source(rows)), {"month": "11", "surface": "1"})
    assert found.never == ()


def test_nothing_known_and_too_few_accidents_say_nothing(past):
    assert judged(past, {}) is None
    assert judged(past, {"commune": "59350", "latitude": 48.0}) is None
    assert unusual.sample(source([{"hour": "1"}] * 10)) is None


def test_a_past_accident_left_out_is_as_usual_as_the_others(demo_data):
    from data import store

    data = store.demo()
    past = unusual.sample(data)
    table = features.table(data.accidents()).sample(60, random_state=9)
    shares = []
    for row in table.to_dict("records"):
        found = judged(past, {i.name: row[i.name] for i in unusual.INPUTS if not pd.isna(row[i.name])})
        shares.append(found.share)
    assert 0.35 < float(np.mean(shares)) < 0.65  # as by chance: half of the others are farther
