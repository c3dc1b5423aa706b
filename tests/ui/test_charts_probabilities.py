import pandas as pd
import plotly.graph_objects as go

from ui.charts import probabilities

SHARES = pd.DataFrame({"XGBoost": [0.7, 0.3], "Random Forest": [0.6, 0.4]}, index=["Head-on", "Rear-end"])
COLOURS = {"XGBoost": "#d55e00", "Random Forest": "#009e73"}


def bars(*given):
    """The figure as Plotly verifies it, which the page does not do."""
    return go.Figure(probabilities.bars(*given).to_dict())


def test_each_model_is_one_trace_in_its_colour_and_percent():
    figure = bars(SHARES, COLOURS)
    assert [t.name for t in figure.data] == ["XGBoost", "Random Forest"]
    assert [t.marker.color for t in figure.data] == ["#d55e00", "#009e73"]
    assert list(figure.data[0].x) == [70.0, 30.0]
    assert figure.layout.xaxis.title.text == "Probability (%)"


def test_models_of_one_kind_are_told_apart_by_a_pattern():
    shares = SHARES.assign(mine=[0.5, 0.5])
    figure = bars(shares, {**COLOURS, "mine": "#d55e00"})
    assert [t.marker.color for t in figure.data] == ["#d55e00", "#009e73", "#d55e00"]
    assert [t.marker.pattern.shape for t in figure.data] == ["", "", "/"]


def test_class_frequencies_are_a_mark_in_the_order_of_the_classes():
    figure = bars(SHARES, COLOURS, {"Rear-end": 0.1, "Head-on": 0.9})
    reference = figure.data[-1]
    assert reference.name == "Frequency of the class"
    assert list(reference.x) == [90.0, 10.0]


def test_no_answer_is_said_and_not_drawn():
    figure = bars(pd.DataFrame(), {})
    assert not figure.data
    assert "No model has answered" in figure.layout.annotations[0].text


def test_the_input_is_not_changed():
    before = SHARES.copy()
    bars(SHARES, COLOURS, {"Head-on": 0.5})
    pd.testing.assert_frame_equal(SHARES, before)


def test_the_number_after_the_longest_bar_has_room_at_any_width():
    figure = bars(pd.DataFrame({"A": [0.999, 0.001]}, index=["x", "y"]), {})
    assert figure.layout.xaxis.range[1] <= 100
    assert figure.layout.margin.r >= 40  # pixels, whatever the width of the window


def test_a_legend_of_long_names_takes_no_room_from_the_bars():
    long = SHARES.rename(columns={"XGBoost": "XGBoost (recommended · 2026-01-02 03:04:05 UTC)"})
    more = bars(long, {}).layout.height - bars(SHARES, {}).layout.height
    assert more == 2 * 18  # a line for each of the two models
