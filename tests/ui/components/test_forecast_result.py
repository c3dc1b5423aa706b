"""The file of a forecast says what it is of."""

import dataclasses
import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from models.base import Forecast
from models.forecasts import QUANTILES
from ui.components import forecast_result
from ui.components.counted_days import FRANCE, Past
from ui.components.forecasting import Choice


def ahead(mean=1.5):
    dates = pd.date_range("2024-10-31", periods=28)
    return Forecast(dates, np.full(28, mean), {level: np.full(28, mean + level) for level in QUANTILES})


def choice(level=FRANCE, horizon=2):
    days = pd.date_range("2024-09-01", "2024-10-30", name="date")
    france = pd.Series(10.0, index=days)
    france.attrs = {"source": "made up", "simulated": True}
    past = Past("mark", france, pd.DataFrame({"69": 1.0}, index=days))
    entry = SimpleNamespace(name="a-model", folder=Path("nowhere"))
    return Choice(entry, SimpleNamespace(metadata={}), past, level, horizon, (80,), (), 120)


def test_every_row_tells_model_level_source_and_origin():
    found = forecast_result.csv(choice(), {FRANCE: ahead(), "69": ahead(0.5), "elsewhere": ahead()})
    rows = pd.read_csv(io.BytesIO(found))
    assert len(rows) == 3 * 2, "as many days as were asked for"
    assert rows["level"].tolist() == ["France"] * 2 + ["69 Rhône"] * 2 + ["Elsewhere in France"] * 2
    assert set(rows["model"]) == {"a-model"}
    assert set(rows["source"]) == {"made up, simulated"}
    assert set(rows["origin"]) == {"2024-10-31"}
    assert rows["date"].tolist()[:2] == ["2024-10-31", "2024-11-01"]
    assert rows["weekday"].tolist()[:2] == ["Thursday", "Friday"]
    assert rows["public_holiday"].tolist()[:2] == [False, True]
    # all intervals, whatever is shown
    assert rows.loc[2, ["mean", "low_50", "high_50"]].tolist() == [0.5, 0.75, 1.25]
    assert rows.loc[0, ["low_80", "high_80"]].tolist() == pytest.approx([1.6, 2.4])
    assert {"low_95", "high_95"} <= set(rows)


def test_the_file_tells_what_was_counted_on_the_same_weekdays_of_the_year_before():
    days = pd.date_range("2023-11-02", "2024-10-30", name="date")
    # the origin is Thursday 31 October 2024; 364 days before is Thursday 2 November 2023
    france = pd.Series(np.arange(len(days), dtype=float), index=days)
    past = Past("mark", france, pd.DataFrame({"69": france + 100}, index=days).iloc[1:])
    asked = dataclasses.replace(choice(), past=past)
    found = forecast_result.csv(asked, {FRANCE: ahead(), "69": ahead(), "elsewhere": ahead()})
    rows = pd.read_csv(io.BytesIO(found))["counted_364_days_before"]
    assert rows.iloc[[0, 1, 3]].tolist() == [0, 1, 101]
    assert rows.iloc[[2, 4, 5]].isna().all(), "a day that is not known, and a place that is none"


def test_no_text_of_the_file_is_a_formula():
    asked = choice()
    asked.past.france.attrs["source"] = "=1+1"  # of an imported model, say
    rows = pd.read_csv(io.BytesIO(forecast_result.csv(asked, {FRANCE: ahead()})))
    assert set(rows["source"]) == {"'=1+1, simulated"}


def test_the_name_of_the_file_tells_model_level_and_origin():
    assert forecast_result.file_name(choice("69"), ahead()) == "forecast-a-model-69-2024-10-31"


def test_counts_of_a_level_carry_their_source():
    past = choice().past
    assert past.of("69").attrs["source"] == "made up"
    assert past.of("69").attrs["simulated"]
    alone = Past("mark", past.france, why="no départements here")
    with pytest.raises(DataError, match="no départements here"):
        alone.of("69")
