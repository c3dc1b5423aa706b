"""What is said of a past forecast."""

import numpy as np
import pandas as pd

from models.base import Forecast
from ui.components import backtest_view

DAYS = pd.date_range("2024-01-01", periods=91)
BEFORE, CAME = pd.Series(100.0, DAYS[:84]), pd.Series(110.0, DAYS[84:])


def test_a_past_forecast_that_repeating_last_week_beats_says_so():
    near, far = (Forecast(DAYS[84:], np.full(7, mean), {}) for mean in (112.0, 130.0))
    told = backtest_view.verdict(BEFORE, near, CAME)
    ends = "In all: {expected} expected, 770 counted."
    said = "Off by **2.00** accidents a day on average; last week again, by 10.0. " + ends.format(expected=784)
    assert told == said
    told = backtest_view.verdict(BEFORE, far, CAME)
    said = "Off by **20.0** accidents a day on average; last week again, by 10.0, **which was nearer**. "
    assert told == said + ends.format(expected=910)
