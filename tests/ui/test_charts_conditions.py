"""Figures of conditions: what they draw, in which colours, and what they leave out."""

import numpy as np
import pandas as pd
import pytest

from data.conditions import compared
from ui.charts import conditions as charts
from ui.charts import style


def frame():
    cases = pd.DataFrame({"known": [1000, 200, 20], "killed": [50, 20, 1]}, index=["1", "3", "4"])
    found = compared(cases, "killed", cases.loc[["1"]])
    return found.assign(label=["Daylight", "Night", "Dusk"], reference=[True, False, False])


def points(figure):
    return [trace for trace in figure.data if trace.mode == "markers" and trace.customdata is not None]


def test_shares_stand_with_their_intervals_and_small_numbers_are_grey():
    figure = charts.shares(frame(), "killed", 71 / 1220)
    (drawn,) = points(figure)
    assert drawn.x.tolist() == pytest.approx([5, 10, 5])
    colour = style.SEVERITY_COLOURS["killed"]
    assert list(drawn.marker.color) == [colour, colour, style.NEUTRAL]
    lines = [trace for trace in figure.data if trace.mode == "lines"]
    assert {trace.line.color for trace in lines} == {colour, style.NEUTRAL}
    # Wilson for 20 of 200
    assert lines[0].x[3:5].tolist() == pytest.approx([6.5670, 14.9406], abs=1e-3)
    assert figure.layout.yaxis.ticktext[0] == "Daylight<br>n = 1,000"
    assert "(%)" in figure.layout.xaxis.title.text
    assert figure.layout.shapes[0].x0 == pytest.approx(71 / 12.2)


def test_risks_are_drawn_on_a_logarithmic_axis_and_what_is_too_little_says_so():
    figure = charts.risks(frame(), "killed")
    (drawn,) = points(figure)
    assert drawn.x[:2].tolist() == [1, 2]
    assert np.isnan(drawn.x[2])
    assert list(drawn.marker.symbol) == ["diamond", "circle", "circle"]
    assert figure.layout.xaxis.type == "log"
    assert [note.text for note in figure.layout.annotations] == ["too few"]


def test_hidden_cells_are_empty_and_the_others_say_their_number():
    values = pd.DataFrame([[12.5, np.nan], [3.0, 40.0]], index=["Rain", "Fog"], columns=["Day", "Night"])
    figure = charts.pairs(values, values.astype("str"), "%", x="Light", y="Weather", whole=False)
    heat, numbers = figure.data
    assert np.isnan(heat.z[0][1])
    assert (heat.zmin, heat.zmax) == (0, 40)
    assert list(numbers.text) == ["12.5", "3.0", "40.0"]
    assert list(zip(numbers.x, numbers.y, strict=True)) == [("Day", "Rain"), ("Day", "Fog"), ("Night", "Fog")]
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Light", "Weather")


def test_raw_and_adjusted_ratios_stand_beside_each_other():
    table = pd.DataFrame(
        {"label": ["Day", "Night"], "reference": [True, False], "known": [40, 50], "raw": [1, 4.5],
         "raw_low": [np.nan, 1.8], "raw_high": [np.nan, 11.2], "adjusted": [1, 2.0], "adjusted_low": [np.nan, 0.9],
         "adjusted_high": [np.nan, 4.4]}
    )  # fmt: skip
    raw, adjusted = points(charts.odds(table, "serious"))
    assert raw.x.tolist() == [1, 4.5]
    assert adjusted.x.tolist() == [1, 2]
    assert (adjusted.y - raw.y).tolist() == pytest.approx([0.28, 0.28])
    names = [trace.name for trace in charts.odds(table, "serious").data if trace.name]
    assert names == ["Raw", "Adjusted"]


def test_men_and_women_of_an_age_stand_beside_each_other():
    people = pd.DataFrame(
        {"sex": ["1", "2"], "age": ["18–24", "18–24"], "place": [2, 2], "value": [0.2, 0.1], "low": [0.15, 0.05],
         "high": [0.25, 0.15], "cases": [20, 10], "known": [100, 100], "few": [False, False]}
    )  # fmt: skip
    men, women = points(charts.people(people, "serious"))
    assert men.x[0] < 2 < women.x[0]
    assert (men.y[0], women.y[0]) == pytest.approx((20, 10))
    assert men.marker.symbol != women.marker.symbol


@pytest.mark.parametrize(
    "figure",
    [
        lambda: charts.shares(frame().iloc[:0], "killed", float("nan")),
        lambda: charts.risks(frame().iloc[:0], "killed"),
        lambda: charts.pairs(pd.DataFrame(), pd.DataFrame(), "%", x="", y="", whole=False),
        lambda: charts.people(pd.DataFrame(), "serious"),
        lambda: charts.odds(pd.DataFrame(), "serious"),
    ],
)
def test_without_data_a_figure_says_so(figure):
    drawn = figure()
    assert not drawn.data
    assert drawn.layout.annotations[0].text
