import pandas as pd
import pytest

from ui import words
from ui.charts import reasons

PARTS = pd.DataFrame({"label": ["Light: Daylight", "Lanes: 2"], "contribution": [0.5, -1.25]})


def test_the_waterfall_goes_from_base_to_output_in_its_unit():
    figure = reasons.waterfall(PARTS, base=0.25, output=-0.5, unit="log-odds")
    trace = figure.data[0]
    assert list(trace.x) == [0.25, 0.5, -1.25, -0.5]
    assert list(trace.measure) == ["absolute", "relative", "relative", "total"]
    assert "log-odds" in figure.layout.xaxis.title.text


def test_the_axis_holds_every_level_on_the_way():
    figure = reasons.waterfall(PARTS, base=0.25, output=-0.5, unit="log-odds")
    low, high = figure.layout.xaxis.range
    assert low < -0.5
    assert high > 0.75  # reached after the first step, above both ends


def test_equal_labels_keep_their_own_rows():
    twice = pd.DataFrame({"label": ["Cars: 1", "Cars: 1"], "contribution": [0.1, 0.2]})
    figure = reasons.waterfall(twice, base=0, output=0.3, unit="log-odds")
    assert len(set(figure.data[0].y)) == 4
    assert figure.layout.yaxis.ticktext[1:3] == ("Cars: 1", "Cars: 1")


LONG = "Direction: " + "increasing milepost or house number " * 4


@pytest.mark.parametrize(
    "draw",
    [
        lambda labels: reasons.waterfall(
            pd.DataFrame({"label": labels, "contribution": 0.1}), base=0, output=0.1 * len(labels), unit="log-odds"
        ),
        lambda labels: reasons.importance(pd.Series(0.1, index=labels), unit="log-odds"),
    ],
)
def test_labels_of_many_lines_do_not_touch_their_neighbours(draw):
    axis = draw([LONG, LONG, "Cars: 1"]).layout.yaxis
    assert axis.range[1] == 0  # from top to bottom
    halves = [(text.count("<br>") + 1) * 1.3 * 12 / 2 for text in axis.ticktext]  # at 12 pixels a letter
    assert max(halves) > 30
    edges = [edge for at, half in zip(axis.tickvals, halves, strict=True) for edge in (at - half, at + half)]
    assert edges == sorted(edges)
    assert edges[0] >= 0
    assert edges[-1] <= axis.range[0]


def test_a_count_stays_on_the_line_of_what_it_counts():
    ages = words.player_value("ages", {"drivers_18_24": 1, "drivers_45_64": 1, "passengers_14_24": 1})
    steps = pd.DataFrame({"label": [f"Ages in detail: {ages}"], "contribution": [0.1]})
    label = reasons.waterfall(steps, base=0, output=0.1, unit="log-odds").layout.yaxis.ticktext[1]
    assert label.split("<br>")[-1] == "Passengers 14 to 24:\N{NO-BREAK SPACE}1"


def test_the_plot_has_a_pixel_for_each_that_its_rows_need():
    figure = reasons.importance(pd.Series(0.1, index=[LONG, LONG]), unit="log-odds")
    margins = figure.layout.margin.t + figure.layout.margin.b
    assert figure.layout.height - margins - 40 > figure.layout.yaxis.range[0]  # less the numbers and title below


def test_without_contributions_it_says_so():
    figure = reasons.waterfall(PARTS.iloc[:0], base=0, output=0, unit="log-odds")
    assert not figure.data
    assert "no reasons" in figure.layout.annotations[0].text


def test_importance_names_the_unit_and_keeps_the_order():
    figure = reasons.importance(pd.Series({"Light": 0.4, "Lanes": 0.1}), unit="log-odds")
    assert figure.layout.yaxis.ticktext == ("Light", "Lanes")
    assert list(figure.data[0].y) == list(figure.layout.yaxis.tickvals)
    assert "log-odds" in figure.layout.xaxis.title.text
    assert not reasons.importance(pd.Series(dtype=float), unit="").data


def test_a_long_unit_does_not_run_out_of_a_narrow_plot():
    steps = pd.DataFrame({"label": ["Light"], "contribution": [0.1]})
    figure = reasons.waterfall(steps, base=0.1, output=0.2, unit="probability before calibration")
    assert max(map(len, figure.layout.xaxis.title.text.split("<br>"))) <= 34
