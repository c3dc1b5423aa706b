"""Curves of trainings as figures."""

import copy
import math

import pytest

from ui.charts import style, training

CURVE = [
    {"step": 1, "train_loss": 0.9, "validation_loss": 0.8, "validation_accuracy": 0.5, "learning_rate": 0.1},
    {"step": 2, "train_loss": 0.5, "validation_loss": 0.6, "validation_accuracy": 0.6, "learning_rate": 0.1},
    {"step": 3, "train_loss": None, "validation_loss": 0.7, "validation_accuracy": 0.7, "learning_rate": 0.05},
]


def test_the_lowest_validation_loss_is_marked_and_what_is_not_known_is_a_gap():
    before = copy.deepcopy(CURVE)
    traces = {trace.name: trace for trace in training.losses(CURVE).data}
    assert list(traces["Training"].y[:2]) == [0.9, 0.5]
    assert math.isnan(traces["Training"].y[2])
    assert (list(traces["Lowest so far"].x), list(traces["Lowest so far"].y)) == ([2], [0.6])
    assert before == CURVE


def test_metrics_beside_the_loss_are_found_and_drawn():
    assert training.metrics(CURVE) == ["accuracy"]
    figure = training.metric(CURVE, "accuracy", unit="round")
    assert [trace.name for trace in figure.data] == ["Validation"]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Round", "Accuracy")


def test_a_single_value_begins_at_zero():
    figure = training.single(CURVE, "learning_rate", y="Learning rate")
    assert list(figure.data[0].y) == [0.1, 0.1, 0.05]
    assert figure.layout.yaxis.rangemode == "tozero"


@pytest.mark.parametrize("curve", [[], [{"step": 1, "train_loss": None}]])
def test_without_a_value_it_says_when_the_curve_begins(curve):
    figure = training.losses(curve)
    assert not figure.data
    assert "begins when the first step has ended" in figure.layout.annotations[0].text


def test_a_figure_shares_nothing_with_the_next():
    short = training.losses(CURVE, theme="dark")
    assert short.layout.xaxis.dtick == 1
    short.layout.yaxis.title.text = "changed"
    long = training.losses([{"step": step, "train_loss": 1 / step} for step in range(1, 13)], theme="dark")
    assert (long.layout.xaxis.dtick, long.layout.yaxis.title.text) == (None, "Loss")


def test_the_text_is_in_the_colour_of_the_theme():
    curves = {theme: training.single(CURVE, "learning_rate", y="Learning rate", theme=theme) for theme in style.TEXT}
    for theme, colour in style.TEXT.items():
        layout = curves[theme].layout
        assert (layout.font.color, layout.xaxis.tickfont.color, layout.yaxis.title.font.color) == (colour,) * 3
    assert training.losses([], theme="light").layout.annotations[0].font.color == style.TEXT["light"]
