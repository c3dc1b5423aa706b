import pandas as pd

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
    labels = reasons.waterfall(twice, base=0, output=0.3, unit="log-odds").data[0].y
    assert len(set(labels)) == 4


def test_without_contributions_it_says_so():
    figure = reasons.waterfall(PARTS.iloc[:0], base=0, output=0, unit="log-odds")
    assert not figure.data
    assert "no reasons" in figure.layout.annotations[0].text


def test_importance_names_the_unit_and_keeps_the_order():
    figure = reasons.importance(pd.Series({"Light": 0.4, "Lanes": 0.1}), unit="log-odds")
    assert list(figure.data[0].y) == ["Light", "Lanes"]
    assert "log-odds" in figure.layout.xaxis.title.text
    assert not reasons.importance(pd.Series(dtype=float), unit="").data


def test_a_long_unit_does_not_run_out_of_a_narrow_plot():
    steps = pd.DataFrame({"label": ["Light"], "contribution": [0.1]})
    figure = reasons.waterfall(steps, base=0.1, output=0.2, unit="probability before calibration")
    assert max(map(len, figure.layout.xaxis.title.text.split("<br>"))) <= 34
