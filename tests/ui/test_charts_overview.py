import pandas as pd

from data import summary
from ui.charts import overview, style


def months(**columns):
    index = pd.to_datetime(["2023-01-01", "2023-02-01"])
    names = ["light", "hospitalised", "killed", summary.UNKNOWN]
    return pd.DataFrame({name: columns.get(name, [0, 0]) for name in names}, index=index)


def test_months_are_stacked_by_severity_in_fixed_colours():
    figure = overview.monthly(months(light=[5, 6], killed=[1, 0]))
    assert [t.name for t in figure.data] == ["Light injuries only", "At least one killed"]
    assert figure.data[1].marker.color == style.SEVERITY_COLOURS["killed"]
    assert figure.layout.barmode == "stack"
    assert figure.layout.yaxis.title.text == "Accidents a month"


def test_unknown_severity_is_named_and_not_a_severity():
    figure = overview.monthly(months(unknown=[7, 8]))
    assert [t.name for t in figure.data] == ["Severity not known"]
    assert figure.data[0].marker.color == style.NEUTRAL


def test_week_shows_every_hour_with_days_in_words():
    counts = pd.DataFrame(1, index=range(1, 8), columns=range(24))
    figure = overview.week(counts)
    assert figure.data[0].z.shape == (7, 24)
    assert figure.data[0].y[0] == "Monday"
    assert figure.layout.xaxis.title.text == "Hour of the day"


def test_severity_shares_are_of_each_value():
    counts = pd.DataFrame({"light": [3, 1], "hospitalised": [1, 0], "killed": [0, 1]}, index=["1", "3"])
    figure = overview.severity_shares(counts, "light")
    assert [list(t.x) for t in figure.data] == [[75.0, 50.0], [25.0, 0.0], [0.0, 50.0]]
    assert figure.data[0].y[0].startswith("Daylight<br>4 accidents")
    assert "%" in figure.layout.xaxis.title.text


def test_rows_are_as_high_as_their_longest_label():
    counts = pd.DataFrame({"light": [3] * 2, "hospitalised": [1] * 2, "killed": [1] * 2}, index=["1", "2"])
    short = overview.severity_shares(counts, "light").layout.height
    chain = counts.set_axis(["1", "4"])  # three or more vehicles, in a chain: two lines and the number
    assert overview.severity_shares(chain, "collision").layout.height == short + 2 * 16


def test_the_share_killed_is_always_written_however_narrow_its_bar():
    counts = pd.DataFrame({"light": [970], "hospitalised": [20], "killed": [10]}, index=["1"])
    killed = overview.severity_shares(counts, "light").data[-1]
    assert list(killed.text) == ["1.0%"]
    assert killed.textposition == "outside"


def test_empty_frames_give_figures_that_say_so():
    for figure, words in (
        (overview.monthly(months().iloc[:0]), "dated"),
        (overview.week(pd.DataFrame(0, index=range(1, 8), columns=range(24))), "hour"),
        (overview.severity_shares(pd.DataFrame(columns=["light", "hospitalised", "killed"]), "light"), "not known"),
    ):
        assert not figure.data
        assert words in figure.layout.annotations[0].text
