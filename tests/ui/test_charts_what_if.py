import numpy as np
import pandas as pd
import pytest

from ui.charts import style, what_if

SCENARIOS = pd.DataFrame({"As described": [0.7, 0.3], "Slower": [0.8, 0.2]}, index=["Light", "Killed"])


def test_scenarios_are_bars_with_differences_to_the_first_in_points():
    figure = what_if.scenarios(SCENARIOS)
    assert [t.name for t in figure.data] == ["As described", "Slower"]
    assert list(figure.data[1].x) == [80, 20]
    assert list(figure.data[0].text) == ["70%", "30%"]
    assert list(figure.data[1].text) == ["80% (+10.0)", "20% (−10.0)"]
    assert figure.data[0].marker.color != figure.data[1].marker.color
    assert figure.data[0].marker.pattern.shape != figure.data[1].marker.pattern.shape
    assert figure.layout.xaxis.title.text == "Probability (%)"
    assert what_if.scenarios(pd.DataFrame()).layout.annotations[0].text == "No model has answered yet."


@pytest.mark.parametrize(("difference", "said"), [(0.0123, "+1.2"), (-0.004, "−0.4"), (0, "±0.0"), (-0.0001, "±0.0")])
def test_points_have_a_sign(difference, said):
    assert what_if.points(difference) == said


def swept(index):
    table = {"own": [0.1, 0.4, 0.2], "average": [0.2, 0.3, 0.3], "contradictory": [False, False, True]}
    return pd.DataFrame(table, index=pd.Index(index, dtype="object"))


def test_a_number_is_a_line_beside_the_average_with_a_ring_at_the_described_value():
    figure = what_if.sweep({"Killed": swept([30, 50, 80])}, x="Speed limit (km/h)", numbers=True, current=50)
    average, own, ring = figure.data
    assert (average.name, own.name, ring.name) == ("Average of other accidents", "This accident", "As described")
    assert list(own.x) == [30, 50, 80]
    assert list(own.y) == pytest.approx([10, 40, 20])
    assert list(average.y) == pytest.approx([20, 30, 30])
    assert average.line.dash == "dash"
    assert own.marker.symbol == ("circle", "circle", "circle-open")
    assert (list(ring.x), list(ring.y)) == ([50], [pytest.approx(40)])
    assert figure.layout.xaxis.title.text == "Speed limit (km/h)"
    assert figure.layout.yaxis.title.text == "Probability (%)"


def test_codes_are_dots_in_words_without_a_line_between_them():
    figure = what_if.sweep({"Killed": swept(["Day", "Dusk", "Night"])}, x="Light", numbers=False, current="Night")
    dots = {t.name: t for t in figure.data if t.mode == "markers"}
    assert set(dots) == {"Average of other accidents", "This accident", "As described"}
    assert list(dots["This accident"].y) == ["Day", "Dusk", "Night"]
    assert list(dots["This accident"].x) == pytest.approx([10, 40, 20])
    assert list(dots["As described"].y) == ["Night"]
    assert figure.layout.yaxis.title.text == "Light"
    assert figure.layout.xaxis.title.text == "Probability (%)"


def test_every_class_has_a_plot_of_its_own_and_the_legend_is_said_once():
    parts = {name: swept([30, 50, 80]) for name in ("A", "B", "C")}
    figure = what_if.sweep(parts, x="Speed limit (km/h)", numbers=True, current=None)
    assert len(figure.data) == 3 * 2  # no ring where the value is unknown
    assert [t.showlegend for t in figure.data].count(True) == 2
    assert [a.text for a in figure.layout.annotations] == ["A", "B", "C"]
    ranges = {axis.range for axis in figure.select_yaxes()} - {None}  # of the place that is left
    assert len(ranges) == 1  # the same scale, so that classes may be compared


def test_nothing_to_sweep_is_said():
    empty = swept([30, 50, 80]).iloc[:0]
    assert "one value" in what_if.sweep({"A": empty}, x="", numbers=True, current=1).layout.annotations[0].text


GRID = pd.DataFrame([[0.1, 0.2], [0.3, np.nan]], index=["30", "50"], columns=["Day", "Night"])


def test_a_heat_map_names_both_inputs_and_crosses_what_contradicts():
    figure = what_if.heat(GRID, x="Light", y="Speed limit (km/h)", outcome="Killed", current=("Night", "30"))
    cells, numbers = figure.data
    np.testing.assert_allclose(cells.z, [[10, 20], [30, np.nan]])
    assert list(numbers.text) == ["10", "20", "30", "×"]
    assert cells.customdata[1][1].tolist() == ["Night", "50", "contradicts the description"]
    assert cells.customdata[0][1].tolist() == ["Night", "30", "20.0%"]
    assert "Killed" in cells.hovertemplate
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Light", "Speed limit (km/h)")
    assert list(figure.layout.xaxis.ticktext) == ["Day", "Night"]
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 1.5, -0.5, 0.5)


def test_a_large_heat_map_has_a_scale_in_place_of_numbers():
    large = pd.DataFrame(np.full((13, 13), 0.5), index=list(map(str, range(13))), columns=list(map(str, range(13))))
    large.iloc[2, 5] = np.nan
    figure = what_if.heat(large, x="a", y="b", outcome="c")
    crosses = figure.data[1]
    assert (list(crosses.x), list(crosses.y), list(crosses.text)) == ([5], [2], ["×"])
    assert figure.data[0].showscale
    assert figure.data[0].colorbar.title.text == "Probability (%)"
    assert not figure.layout.shapes


def test_small_probabilities_keep_a_digit():
    assert list(what_if.heat(GRID / 10, x="", y="", outcome="").data[1].text) == ["1.0", "2.0", "3.0", "×"]


def test_changes_are_moves_from_the_probability_before_by_model():
    after = pd.DataFrame({"XGBoost": [0.3, 0.45], "Forest": [0.5, 0.2]}, index=["Slower", "Lit"])
    figure = what_if.changes(after, {"XGBoost": 0.4, "Forest": 0.5}, {"XGBoost": "#d55e00"})
    first, second = figure.data
    assert list(first.x) == pytest.approx([-10, 5])
    assert list(second.x) == pytest.approx([0, -30])
    assert (first.marker.color, second.marker.color) == ("#d55e00", style.NEUTRAL)
    assert list(figure.layout.yaxis.ticktext) == ["Slower", "Lit"]
    assert figure.layout.xaxis.title.text == "Change of the probability (percentage points)"
    assert first.customdata[0].tolist() == ["Slower", "40%", "30%", "−10.0"]
    assert what_if.changes(after.iloc[:0], {}, {}).layout.annotations


def test_no_input_is_changed():
    tables = SCENARIOS.copy(), GRID.copy()
    what_if.scenarios(SCENARIOS)
    what_if.heat(GRID, x="", y="", outcome="")
    pd.testing.assert_frame_equal(SCENARIOS, tables[0])
    pd.testing.assert_frame_equal(GRID, tables[1])
