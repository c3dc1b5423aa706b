from datetime import date

import numpy as np
import pandas as pd
import pytest

from ui.charts import overview, style, timeline, trends

BLUE = style.LOWERS


def table(values, start="2019-01-01", freq="MS"):
    value = pd.Series(values, index=pd.date_range(start, periods=len(values), freq=freq), dtype="float64")
    return pd.DataFrame({"value": value, "low": value - 1, "high": value + 1, "events": value * 10, "exposure": 10.0})


def test_a_gap_in_time_is_a_gap_in_line_and_band():
    figure = trends.over_time(table([1, 2, None, 4, 5]), label="Accidents a month", colour=BLUE)
    *bands, line = figure.data
    assert np.isnan(line.y[2])
    assert [list(trace.y) for trace in bands] == [[0, 1], [2, 3], [3, 4], [5, 6]]
    assert [trace.fill for trace in bands] == [None, "tonexty", None, "tonexty"]
    assert figure.layout.yaxis.title.text == "Accidents a month"
    assert figure.layout.yaxis.rangemode == "tozero"


def test_days_are_sent_without_their_dates():
    figure = trends.over_time(table([1, 2, 3], freq="D"), label="", colour=BLUE)
    assert all(trace.x is None and trace.dx == 86_400_000 for trace in figure.data)
    assert pd.Timestamp(figure.data[-1].x0) == pd.Timestamp("2019-01-01")


def test_years_are_dots_with_bars():
    figure = trends.over_time(table([5, 6], freq="YS"), label="", colour=BLUE, dots=True, part=[2020])
    (dots,) = figure.data
    assert dots.mode == "markers"  # a line would draw a part of a year as a fall
    assert list(dots.marker.symbol) == ["circle", "circle-open"]
    assert list(dots.error_y.array) == [1, 1]
    assert list(dots.error_y.arrayminus) == [1, 1]
    assert list(pd.DatetimeIndex(figure.layout.xaxis.tickvals).year) == [2019, 2020]


def test_covid_is_shaded_and_breaks_are_named_only_where_they_lie_on_the_axis():
    marks = [timeline.Mark("a", date(2018, 7, 1), ("x",)), timeline.Mark("b", date(2020, 1, 1), ("y",))]
    figure = trends.over_time(table([1.0] * 24), label="", colour=BLUE, marks=marks)
    assert [note.text for note in figure.layout.annotations] == ["COVID", "b"]
    assert [shape.type for shape in figure.layout.shapes] == ["rect", "line"]
    shade = figure.layout.shapes[0]
    assert (pd.Timestamp(shade.x0), pd.Timestamp(shade.x1)) == (pd.Timestamp("2020-03-17"), pd.Timestamp("2020-12-01"))
    assert not trends.over_time(table([1.0] * 12), label="", colour=BLUE, marks=marks).layout.shapes


def test_ratios_stand_in_the_order_of_their_labels_beside_one():
    figure = trends.ratios(table([2.0, 3.0]), ["Sunday", "Monday"], label="Multiple of the mean", colour=BLUE)
    assert list(figure.data[0].y) == ["Sunday", "Monday"]
    assert list(figure.data[0].error_x.array) == [1, 1]
    assert figure.layout.shapes[0].x0 == 1
    assert figure.layout.yaxis.autorange == "reversed"


def test_hours_of_the_week_that_are_hidden_are_blank():
    cells = table(range(168))
    cells.iloc[3] = np.nan
    heat = trends.week(cells, label="Killed per 100 accidents").data[0]
    assert np.isnan(heat.z[0][3])
    assert (heat.y[0], heat.y[6]) == ("Monday", "Sunday")
    assert list(heat.customdata[6][23]) == [166, 168, 1670]
    assert heat.hoverongaps is False


def test_parts_stand_below_each_other_with_their_names():
    months = table([1.0] * 24).assign(trend=1.0, season=2.0, rest=3.0)
    figure = trends.parts(months, label="Accidents per day", colour=BLUE)
    assert [trace.name for trace in figure.data] == ["As counted", "Trend", "Season", "Rest"]
    assert [figure.layout[axis].title.text for axis in ("yaxis", "yaxis2", "yaxis3")] == ["Trend", "Season", "Rest"]


@pytest.mark.parametrize(
    "figure",
    [
        trends.over_time(table([]), label="", colour=BLUE),
        trends.over_time(table([None]), label="", colour=BLUE),
        trends.ratios(table([]), [], label="", colour=BLUE),
        trends.week(table([None] * 168), label=""),
    ],
)
def test_nothing_known_is_a_figure_that_says_so(figure):
    assert not figure.data
    assert figure.layout.annotations[0].text


def test_a_sparkline_goes_from_the_least_to_the_greatest():
    drawn = overview.sparkline([5, 15, 10])
    assert 'points="2.0,30.0 80.0,4.0 158.0,17.0"' in drawn
    assert 'points="2.0,30.0 158.0,30.0"' in overview.sparkline([3, 3])


def test_a_sparkline_has_the_gaps_of_its_values():
    drawn = overview.sparkline([1, 2, float("nan"), 1, 2])
    assert drawn.count("<polyline") == 2
    assert 'points="119.0,30.0 158.0,4.0"' in drawn
    assert "nan" not in drawn
