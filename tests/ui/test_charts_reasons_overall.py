import numpy as np
import pandas as pd

from ui.charts import reasons, reasons_overall

DOTS = pd.DataFrame(
    {
        "label": ["Speed limit", "Speed limit", "Light"],
        "contribution": [0.5, -0.2, 0.1],
        "place": [1.0, 0.0, np.nan],
        "count": [3, 1, 2],
    }
)


def test_every_accident_is_a_dot_in_the_row_of_its_input():
    figure = reasons_overall.beeswarm(DOTS, unit="log-odds")
    ordered, other = figure.data
    assert sorted(ordered.x) == [-0.2, 0.5, 0.5, 0.5]
    assert list(other.x) == [0.1, 0.1]
    assert set(ordered.hovertext) == {"Speed limit"}
    first, second = figure.layout.yaxis.tickvals
    assert all(abs(y - first) < (second - first) / 2 for y in ordered.y)
    assert all(abs(y - second) < (second - first) / 2 for y in other.y)
    assert len({*ordered.y[:3]}) == 3  # side by side, not on top of each other
    assert "log-odds" in figure.layout.xaxis.title.text


def test_a_row_of_many_dots_stays_within_its_row():
    many = pd.DataFrame({"label": ["A"], "contribution": [0.0], "place": [0.5], "count": [300]})
    figure = reasons_overall.beeswarm(many, unit="log-odds")
    assert min(figure.data[0].y) > 0
    assert max(figure.data[0].y) < figure.layout.yaxis.range[0]


def test_dependence_joins_the_means_weighed_by_accidents():
    cells = pd.DataFrame({"value": [0, 0, 1], "contribution": [0.1, 0.4, -0.2], "count": [3, 1, 5]})
    figure = reasons_overall.dependence(cells, values=["50", "80"], unit="log-odds", name="Speed limit")
    circles, line = figure.data
    assert list(line.y) == [(3 * 0.1 + 0.4) / 4, -0.2]
    assert circles.marker.size[2] > circles.marker.size[0] > circles.marker.size[1]
    assert figure.layout.xaxis.ticktext == ("50", "80")
    assert figure.layout.xaxis.title.text == "Speed limit"


def test_each_pair_is_drawn_once_in_percentage_points():
    sizes = np.array([[0, 0.02, 0.01], [0.02, 0, 0.005], [0.01, 0.005, 0]])
    figure = reasons_overall.interactions(sizes, ["A", "B", "C"])
    grid = figure.data[0]
    np.testing.assert_allclose(np.array(grid.z, dtype=float), [[2, np.nan], [1, 0.5]])
    assert (tuple(grid.x), tuple(grid.y)) == (("A", "B"), ("B", "C"))


def test_days_have_one_column_each_and_the_middle_of_the_colours_is_nothing():
    shares = pd.DataFrame([[20.0, -5.0], [0.0, 1.0]], index=["Weekday", "Season"], columns=["Fri", "Sun"])
    grid = reasons_overall.by_day(shares, unit="accidents a day").data[0]
    assert (grid.zmin, grid.zmax) == (-20, 20)
    assert tuple(grid.x) == ("Fri", "Sun")


def test_models_stand_beside_each_other_in_points_with_errors():
    parts = pd.DataFrame({"XGBoost": {"Road": 0.05, "People": -0.01}, "Blend": {"Road": 0.02, "People": 0.0}})
    figure = reasons.beside(parts, parts.abs() / 10, {"XGBoost": "#d55e00"})
    first, second = figure.data
    np.testing.assert_allclose(first.x, [5, -1])
    np.testing.assert_allclose(first.error_x.array, [0.5, 0.1])
    assert first.marker.color == "#d55e00"
    assert not set(first.y) & set(second.y)
    assert figure.layout.yaxis.ticktext == ("Road", "People")


def test_without_numbers_figures_say_so():
    empty = pd.DataFrame(columns=["label", "contribution", "place", "count", "value"])
    for figure in (
        reasons_overall.beeswarm(empty, unit="log-odds"),
        reasons_overall.dependence(empty, values=[], unit="log-odds", name="A"),
        reasons_overall.interactions(np.zeros((0, 0)), []),
        reasons_overall.by_day(pd.DataFrame(), unit="a day"),
        reasons.beside(pd.DataFrame(), pd.DataFrame(), {}),
    ):
        assert not figure.data
        assert figure.layout.annotations[0].text


def test_a_waterfall_of_probabilities_is_written_in_percent():
    parts = pd.DataFrame({"label": ["Road"], "contribution": [0.05]})
    figure = reasons.waterfall(
        parts, base=0.1, output=0.15, unit="probability", ends=("Mean", "Result"), axis="Probability", spec=".1%"
    )
    assert figure.data[0].text == ("10.0%", "+5.0%", "15.0%")
    assert figure.layout.yaxis.ticktext[::2] == ("Mean", "Result")
    assert figure.layout.xaxis.title.text == "Probability"
