"""Traces, titles and colours of the forecast and of the loss curves."""

import math

import numpy as np
import pandas as pd
import pytest

from models.base import Forecast
from ui.charts import forecast as chart
from ui.charts import style, training


def counts(days, end="2024-05-31"):
    index = pd.date_range(end=end, periods=days, name="date")
    return pd.Series(100.0 + index.dayofweek.to_numpy(), index=index, name="accidents")


def ahead(horizon=14, levels=(0.025, 0.1, 0.5, 0.9, 0.975)):
    dates = pd.date_range("2024-06-01", periods=horizon)
    mean = np.linspace(100, 110, horizon)
    return Forecast(dates, mean, {level: mean + 40 * (level - 0.5) for level in levels})


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_history_then_forecast_with_both_intervals():
    history, future = counts(120), ahead()
    before = history.copy()
    figure = chart.forecast(history, future, name="daily-lstm")
    found = traces(figure)
    assert set(found) == {"Counted", "Forecast of daily-lstm", "80% interval", "95% interval", "Public holiday"}
    assert list(found["Counted"].y) == history.tolist()
    assert list(found["Forecast of daily-lstm"].y) == pytest.approx(future.mean)
    assert found["Forecast of daily-lstm"].x[0] > found["Counted"].x[-1]
    wide, narrow = found["95% interval"], found["80% interval"]
    assert list(wide.y[:14]) == pytest.approx(future.quantiles[0.975])
    assert list(wide.y[14:]) == pytest.approx(future.quantiles[0.025][::-1])
    assert max(wide.y) > max(narrow.y)
    assert figure.layout.yaxis.title.text == "Accidents a day"
    assert figure.layout.xaxis.type == "date"
    pd.testing.assert_series_equal(history, before)


def test_hover_names_the_day_the_holiday_and_the_interval():
    found = traces(chart.forecast(counts(60), ahead(), name="m"))
    day, intervals = found["Forecast of m"].customdata[0]
    assert day == "Saturday 1 June 2024"
    assert intervals == "<br>80% interval: 84 to 116<br>95% interval: 81 to 119"
    # Labour Day, Victory Day, Ascension Day and Whit Monday
    assert [str(x)[:10] for x in found["Public holiday"].x] == ["2024-05-01", "2024-05-08", "2024-05-09", "2024-05-20"]
    assert found["Public holiday"].customdata[0] == "Wednesday 1 May 2024, public holiday"


def test_many_years_get_a_mean_and_no_holidays():
    found = traces(chart.forecast(counts(1000), ahead(), name="m"))
    assert "Public holiday" not in found
    assert found["Counted"].opacity < 1
    assert found["Mean of 28 days"].y[500] == pytest.approx(103)


def test_a_model_without_an_interval_is_drawn_without_it():
    found = traces(chart.forecast(counts(60), ahead(levels=(0.1, 0.5, 0.9)), name="m"))
    assert "80% interval" in found
    assert "95% interval" not in found
    assert chart.edges(ahead(levels=()), 80) is None


def test_the_intervals_asked_for_are_drawn_the_narrowest_on_top():
    future = ahead(levels=(0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975))
    figure = chart.forecast(counts(60), future, name="m", intervals=(50, 95))
    assert [trace.name for trace in figure.data[:2]] == ["95% interval", "50% interval"]
    assert "80% interval" not in traces(figure)
    assert traces(figure)["Forecast of m"].customdata[0][1] == "<br>50% interval: 90 to 110<br>95% interval: 81 to 119"
    assert not any("interval" in name for name in traces(chart.forecast(counts(60), future, name="m", intervals=())))


def test_baselines_stand_beside_it_each_with_a_dash_of_its_own():
    beside = {"seasonal-naive": ahead(), "ets": ahead()}
    found = traces(chart.forecast(counts(60), ahead(), name="m", beside=beside))
    naive, ets = found["Last week again (seasonal naive)"], found["Exponential smoothing (ETS)"]
    assert list(naive.y) == pytest.approx(ahead().mean)
    assert naive.line.dash != ets.line.dash
    assert len(set(chart.BASELINES.values())) == len(chart.BASELINES)


def test_what_came_is_drawn_on_the_days_forecast():
    future = ahead()
    came = pd.Series(np.arange(14.0), index=future.dates)
    found = traces(chart.forecast(counts(60), future, name="m", came=came))
    assert list(found["Counted afterwards"].y) == list(range(14))
    assert found["Counted afterwards"].line.color == found["Counted"].line.color


def test_few_accidents_are_told_with_a_decimal():
    future = ahead()
    few = Forecast(future.dates, future.mean / 100, future.quantiles)
    assert (chart.digits(future), chart.digits(few)) == (0, 1)
    assert "%{y:.1f}" in traces(chart.forecast(counts(60), few, name="m"))["Forecast of m"].hovertemplate


def test_nothing_to_show_says_so():
    figure = chart.forecast(counts(0), ahead(0), name="m")
    assert "no daily count" in figure.layout.annotations[0].text


def test_losses_mark_the_lowest_validation():
    curve = [
        {"step": 1, "train_loss": 3.0, "validation_loss": 2.5},
        {"step": 2, "train_loss": 2.0, "validation_loss": 1.5},
        {"step": 3, "train_loss": None, "validation_loss": 1.8},
    ]
    figure = training.losses(curve)
    found = traces(figure)
    assert list(found["Validation"].y) == [2.5, 1.5, 1.8]
    assert math.isnan(found["Training"].y[2])
    assert found["Lowest so far"].x[0] == 2
    assert found["Training"].line.color != found["Validation"].line.color
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("Epoch", "Loss")


@pytest.mark.parametrize("curve", [[], [{"step": 1, "train_loss": None, "validation_loss": None}]])
def test_losses_without_a_point_say_so(curve):
    figure = training.losses(curve)
    assert not figure.data
    assert "first step" in figure.layout.annotations[0].text


def test_training_without_validation_has_one_line():
    assert list(traces(training.losses([{"step": 1, "train_loss": 1.0}], unit="round"))) == ["Training"]
    assert training.losses([{"step": 1, "train_loss": 1.0}], unit="round").layout.xaxis.title.text == "Round"


def test_colours_are_those_of_the_house():
    figure = chart.forecast(counts(60), ahead(), name="m")
    assert traces(figure)["Forecast of m"].line.color == style.model_colour("lstm")
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"
