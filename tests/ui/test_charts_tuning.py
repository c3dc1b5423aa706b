"""The figures of a search: what stands where, and what is said when there is nothing."""

from __future__ import annotations

import pytest

from models.tuning import Trial
from ui.charts import tuning

TRIALS = (
    Trial(1, "complete", {}, 0.60),
    Trial(2, "complete", {}, 0.62),
    Trial(3, "pruned", {}, 5.0),
    Trial(4, "complete", {}, 0.50),
    Trial(5, "failed", {}),
    Trial(6, "running", {}),
)


def test_the_lowest_so_far_falls_with_each_better_trial_and_goes_on_to_the_last() -> None:
    lines = {trace.name: trace for trace in tuning.best_so_far(TRIALS).data}
    assert list(lines["Lowest so far"].x) == [1, 2, 4, 6]
    assert list(lines["Lowest so far"].y) == [0.60, 0.60, 0.50, 0.50]
    assert lines["Lowest so far"].line.shape == "hv"
    assert list(lines["To begin with"].y) == [0.60, 0.60]
    assert list(lines["Tried to its end"].x) == [1, 2, 4]


def test_a_hopeless_trial_stands_at_the_edge_and_tells_its_loss() -> None:
    figure = tuning.best_so_far(TRIALS)
    (ended,) = [trace for trace in figure.data if trace.name == "Ended early"]
    low, high = figure.layout.yaxis.range
    assert (list(ended.x), list(ended.y), list(ended.customdata)) == ([3], [high], [5.0])
    assert low < 0.50
    assert 0.62 < high < 1
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Trial", "Validation loss")


def test_before_the_first_trial_has_ended_it_says_so() -> None:
    figure = tuning.best_so_far((Trial(1, "running", {}),))
    assert not figure.data
    assert "when the first trial has ended" in figure.layout.annotations[0].text.replace("<br>", " ")


def test_equal_losses_have_an_axis() -> None:
    low, high = tuning.best_so_far((Trial(1, "complete", {}, 0.5), Trial(2, "complete", {}, 0.5))).layout.yaxis.range
    assert low < 0.5 < high


def test_what_matters_most_stands_on_top_in_words() -> None:
    (bar,) = tuning.importance({"depth": 0.2, "rate": 0.7, "leaf": 0.1}, {"rate": "Learning rate"}).data
    assert list(bar.y) == ["leaf", "depth", "Learning rate"]
    assert list(bar.x) == pytest.approx([0.1, 0.2, 0.7])
    assert list(bar.text) == ["10%", "20%", "70%"]
    assert "Too few trials" in tuning.importance({}, {}).layout.annotations[0].text
