import numpy as np
import pytest

from data.errors import DataError
from models import thresholds
from models.metrics import Scorer
from models.thresholds import Costs, Ranked

SCORE = np.array([0.9, 0.8, 0.8, 0.4, 0.2, 0.1])
EVENT = np.array([True, True, False, False, True, False])


def test_a_threshold_flags_what_reaches_it():
    point = Ranked(SCORE, EVENT).at(0.8)
    assert (point.found, point.missed, point.false_alarms, point.left_alone) == (2, 1, 1, 2)
    assert (point.flagged, point.flagged_share) == (3, 0.5)
    assert (point.recall, point.precision, point.false_alarm_rate) == pytest.approx((2 / 3, 2 / 3, 1 / 3))
    assert Ranked(SCORE, EVENT).at(0.8000001).flagged == 1  # a tie goes together
    assert Ranked(SCORE, EVENT).at(0).flagged == 6


def test_above_all_probabilities_nothing_is_flagged_and_nothing_is_right_or_wrong():
    point = Ranked(SCORE, EVENT).at(1.0)
    assert (point.flagged, point.missed) == (0, 3)
    assert np.isnan(point.precision)
    assert point.recall == 0


def test_the_cost_is_that_of_misses_and_false_alarms_for_each_accident():
    assert Ranked(SCORE, EVENT).at(0.8).cost(Costs(10, 2)) == (1 * 10 + 1 * 2) / 6


@pytest.mark.parametrize("costs", [Costs(10, 1), Costs(1, 1), Costs(1, 10), Costs(0, 1), Costs(1, 0)])
def test_the_cheapest_threshold_is_that_of_trying_all(costs):
    ranked = Ranked(SCORE, EVENT)
    levels = np.array([*np.unique(SCORE), np.inf])
    tried = [ranked.at(level).cost(costs) for level in levels]
    assert ranked.cheapest(costs).cost(costs) == min(tried)
    np.testing.assert_allclose(ranked.costs(levels, costs), tried)


def test_the_threshold_of_costs_is_where_flagging_begins_to_pay():
    costs = Costs(9, 1)
    assert costs.threshold == 0.1
    random = np.random.default_rng(0)
    score = random.random(20_000)
    ranked = Ranked(score, random.random(20_000) < score)  # calibrated
    best = ranked.at(costs.threshold).cost(costs)
    assert best < ranked.at(0.05).cost(costs)
    assert best < ranked.at(0.2).cost(costs)
    assert ranked.cheapest(costs).threshold == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize("values", [(-1, 1), (1, float("nan")), (0, 0), (float("inf"), 1)])
def test_impossible_costs_are_refused(values):
    with pytest.raises(DataError):
        Costs(*values)


def test_curves_begin_and_end_where_they_must_and_hold_the_area():
    random = np.random.default_rng(1)
    score = random.random(5000).round(3)
    event = random.random(5000) < score
    ranked = Ranked(score, event)
    x, y = ranked.roc()
    assert (x[0], y[0], x[-1], y[-1]) == (0, 0, 1, 1)
    assert len(x) <= 210
    area = Scorer(np.column_stack([1 - score, score]), event.astype(int)).auc(np.ones(5000), (1,))
    assert np.trapezoid(y, x) == pytest.approx(area, abs=2e-3)
    recall, precision = ranked.precision_recall()
    assert recall[-1] == 1
    assert precision[-1] == event.mean()
    flagged, found = ranked.gains()
    tenth = Scorer(np.column_stack([1 - score, score]), event.astype(int)).recall_top(np.ones(5000), (1,))
    assert np.interp(0.1, flagged, found) == pytest.approx(tenth, abs=2e-3)


def test_a_point_lies_on_its_curves():
    ranked = Ranked(SCORE, EVENT)
    point = ranked.at(0.5)
    assert (point.false_alarm_rate, point.recall) in zip(*ranked.roc(), strict=True)
    assert (point.recall, point.precision) in zip(*ranked.precision_recall(), strict=True)


def test_without_the_event_there_is_no_curve():
    ranked = Ranked(SCORE, np.zeros(6, dtype=bool))
    assert np.isnan(ranked.roc()[1]).all()
    assert np.isnan(ranked.at(0.5).recall)
    with pytest.raises(DataError, match="no accident"):
        Ranked(SCORE[:0], EVENT[:0])


def test_reliability_counts_every_accident_once():
    score = np.repeat([0.1, 0.3, 0.5, 0.7], 25)
    event = np.tile(np.arange(25) < 5, 4)
    found = thresholds.reliability(score, event, bins=4)
    assert found.accidents.sum() == 100
    np.testing.assert_allclose(found.observed, 0.2)
    np.testing.assert_allclose(np.average(found.stated, weights=found.accidents), 0.4)
    assert (found.low < 0.2).all()
    assert (found.high > 0.2).all()


def test_reliability_of_one_stated_probability_is_one_point():
    found = thresholds.reliability(np.full(10, 0.3), np.arange(10) < 2)
    np.testing.assert_allclose([found.stated[0], found.observed[0], len(found.stated)], [0.3, 0.2, 1])


def test_events_are_class_positions():
    assert thresholds.events("severity") == {"serious": (1, 2), "killed": (2,), "light": (0,), "hospitalised": (1,)}
    assert list(thresholds.events("collision").values()) == [(n,) for n in range(7)]
