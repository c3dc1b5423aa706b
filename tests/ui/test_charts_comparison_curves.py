import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ui.charts import comparison, comparison_curves, forecast_errors, style
from ui.charts.comparison_curves import Learning, Line

BLUE, RED = style.MODEL_COLOURS["tab-transformer"], style.MODEL_COLOURS["xgboost"]
ENDS = np.array([0.0, 100.0])


def test_curves_share_axes_with_a_dot_where_the_threshold_is():
    lines = [Line("A", BLUE, ENDS, ENDS, (40.0, 60.0)), Line("B", RED, ENDS, ENDS, (np.nan, 0.0))]
    sent = comparison_curves.curves(lines, x="False alarms (%)", y="Found (%)", chance=((0, 100), (0, 100)))
    figure = go.Figure(sent.to_dict())
    assert [trace.name for trace in figure.data] == ["by chance", "A", "B", "at the threshold"]
    assert [trace.line.color for trace in figure.data[1:3]] == [BLUE, RED]
    dot = figure.data[-1]
    assert (list(dot.x), list(dot.y), list(dot.text)) == ([40.0], [60.0], ["A"])
    assert figure.layout.xaxis.title.text == "False alarms (%)"


def test_two_models_of_a_kind_are_told_apart():
    assert comparison_curves.dashes([BLUE, RED, BLUE, BLUE]) == ["solid", "solid", "dash", "dot"]


def test_without_the_event_the_figure_says_so():
    nothing = np.full(2, np.nan)
    figure = comparison_curves.curves([Line("A", BLUE, ENDS, nothing)], x="x", y="y")
    assert not figure.data
    assert "None of these accidents" in figure.layout.annotations[0].text


def test_the_cost_has_a_line_at_the_threshold():
    sent = comparison_curves.costs([Line("A", BLUE, ENDS, ENDS, (9.0, 5.0))], threshold=9.0, y="Cost")
    figure = go.Figure(sent.to_dict())
    assert (figure.layout.shapes[0].type, figure.layout.shapes[0].x0) == ("line", 9.0)
    assert list(figure.data[-1].y) == [5.0]


def test_the_next_threshold_leaves_no_trace_of_the_last():
    def cost(threshold):
        line = Line("A", BLUE, ENDS, ENDS, (threshold, 5.0))
        return go.Figure(comparison_curves.costs([line], threshold=threshold, y="Cost").to_dict())

    cost(9.0)
    figure = cost(20.0)
    assert [shape.x0 for shape in figure.layout.shapes] == [20.0]
    assert [list(trace.x) for trace in figure.data[1:]] == [[20.0]]


def test_reliability_stands_beside_the_diagonal_with_intervals():
    rows = pd.DataFrame(
        {"model": "A", "stated": [10.0, 50.0], "observed": [12.0, 40.0], "low": [8, 35], "high": [20, 45]}
    ).assign(accidents=100)
    diagonal, line = comparison_curves.reliability(rows, {"A": BLUE}).data
    assert list(diagonal.x) == list(diagonal.y)
    np.testing.assert_allclose(line.error_y.array, [8, 5])
    np.testing.assert_allclose(line.error_y.arrayminus, [4, 5])
    assert not comparison_curves.reliability(rows[:0], {}).data


def test_parts_with_few_accidents_are_grey_and_hollow():
    rows = pd.DataFrame(
        {"part": ["day", "night"], "model": "A", "score": [0.5, np.nan], "low": 0.4, "high": 0.7, "few": [True, False]}
    )
    (trace,) = comparison_curves.parts(rows, {"A": BLUE}, title="Accuracy", share=True).data
    np.testing.assert_allclose(trace.x, [50.0])
    assert list(trace.marker.color) == [style.NEUTRAL]
    assert list(trace.marker.symbol) == ["circle-open"]
    np.testing.assert_allclose(trace.error_x.array, [20.0])
    assert not comparison_curves.parts(rows[1:], {"A": BLUE}, title="Accuracy").data


def test_learning_is_drawn_over_the_share_of_the_training():
    line = Learning("A", BLUE, "epoch", np.array([1.0, 0.8, 0.7, 0.6]), np.array([]))
    (trace,) = comparison_curves.learning([line]).data
    np.testing.assert_allclose(trace.x, [25, 50, 75, 100])
    assert trace.line.dash == "dot"
    both = Learning("A", BLUE, "epoch", np.array([1.0, 0.8]), np.array([1.1, 0.9]))
    assert [t.line.dash for t in comparison_curves.learning([both]).data] == ["dot", "solid"]
    assert [t.mode for t in comparison_curves.learning([both, both]).data] == ["lines"] * 2 + ["lines+markers"] * 2
    assert comparison_curves.markers([BLUE, RED, BLUE, BLUE]) == ["", "", "circle", "diamond"]
    assert not comparison_curves.learning([]).data


def test_a_counted_matrix_says_how_many_and_may_name_its_columns():
    figure = comparison.confusion(np.array([[8, 2], [5, 1500]]), ["a", "b"], counted=True, predicted=["yes", "no"])
    assert [a.text for a in figure.layout.annotations][:2] == ["80%<br>8", "20%<br>2"]
    assert figure.layout.annotations[3].text == "100%<br>1,500"
    assert list(figure.data[0].x) == ["yes", "no"]
    assert list(figure.data[0].y) == ["a", "b"]


def test_forecasters_stand_over_simpler_methods():
    scores = pd.DataFrame({"mine": [1.0, 2.0], "naive": [3.0, 4.0]}, index=[1, 28])
    figure = forecast_errors.of_models(scores, {"mine": "lstm"}, unit="MAE", goal=80)
    assert [trace.name for trace in figure.data] == ["naive", "mine"]
    assert figure.data[1].line.color == style.MODEL_COLOURS["lstm"]
    assert figure.layout.shapes[0].y0 == 80
    assert not forecast_errors.of_models(scores[:0], {}, unit="MAE").data
