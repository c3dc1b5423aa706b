"""Calendar effects as dots beside what was counted."""

import pandas as pd
import pytest

from ui.charts import calendar_effects as chart

TABLE = pd.DataFrame(
    [[1.18, 1.2, 1.1, 1.25, 700], [0.73, 0.7, 0.65, 0.8, 190]],
    index=["weekday_5", "public_holiday"],
    columns=["expected", "counted", "low", "high", "days"],
)
LABELS = {"weekday_5": "Friday", "public_holiday": "Public holiday"}


def test_expected_and_counted_with_its_interval():
    before = TABLE.copy()
    figure = chart.effects(TABLE, labels=LABELS)
    counted, expected = figure.data
    assert list(expected.x) == [1.18, 0.73]
    assert list(counted.y) == ["Friday", "Public holiday"]
    assert list(counted.error_x.array) == pytest.approx([0.05, 0.1])
    assert list(counted.error_x.arrayminus) == pytest.approx([0.1, 0.05])
    assert figure.layout.xaxis.title.text == "Times the accidents of the days compared with"
    assert figure.layout.yaxis.autorange == "reversed", "Monday stands first"
    assert counted.marker.color != expected.marker.color
    pd.testing.assert_frame_equal(TABLE, before)


def test_nothing_to_compare_says_so():
    figure = chart.effects(TABLE.iloc[:0], labels={})
    assert "Too few days" in figure.layout.annotations[0].text
