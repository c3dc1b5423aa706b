"""Errors by days ahead, of the model and of baselines."""

import pandas as pd

from ui.charts import forecast_errors as chart
from ui.charts import style

SCORES = pd.DataFrame({"model": [15.0, 16.0], "seasonal-naive": [23.0, 21.0]}, index=[1, 28])
LABELS = {"model": "daily-lstm", "seasonal-naive": "Last week again"}


def test_a_line_for_each_with_the_model_on_top():
    figure = chart.by_day_ahead(SCORES, labels=LABELS, unit="MASE")
    naive, mine = figure.data
    assert (naive.name, mine.name) == ("Last week again", "daily-lstm")
    assert list(mine.x) == [1, 28]
    assert list(mine.y) == [15.0, 16.0]
    assert mine.line.color == style.model_colour("lstm") != naive.line.color
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Days ahead", "MASE")


def test_a_model_without_scores_says_so():
    figure = chart.by_day_ahead(SCORES.iloc[:0], labels=LABELS, unit="MASE")
    assert "No score by day ahead" in figure.layout.annotations[0].text
