import numpy as np
import pandas as pd

from models.base import Forecast
from ui.report import forecast
from ui.report.content import Facts, Paragraph, Table

DAYS = pd.date_range("2024-10-31", periods=2)  # All Saints' Day is the second
FUTURE = Forecast(
    DAYS, np.array([150.4, 99.0]), {0.1: np.array([120.0, 80.0]), 0.9: np.array([180.0, 118.0])}
)  # fmt: skip


def asked(**changes):
    usual = {
        "model": "mine", "place": "France", "future": FUTURE, "history": pd.Series(dtype="float64"),
        "intervals": (95, 80), "before": np.array([140.0, np.nan]), "beside": {"last-year": FUTURE},
        "left_out": {"ets": "too short"}, "total": {0.025: 190.0, 0.1: 210.0, 0.9: 290.0, 0.975: 320.0},
        "about": "About.", "about_total": "Rough.", "learnt": "Learnt.", "scores": pd.DataFrame({"MAE": ["14.8"]}),
        "errors": pd.DataFrame({"model": [14.0]}, index=[1]), "labels": {"model": "mine"}, "own": {},
    }  # fmt: skip
    return forecast.Asked(**{**usual, **changes})


def of(kind, section):
    return [part for part in section.parts if isinstance(part, kind)]


def test_the_whole_is_told_with_its_intervals_and_simpler_methods():
    section, *_others = forecast.sections(asked())
    assert of(Facts, section)[0].pairs == (
        ("Expected in 2 days", "**249**"),
        ("80% interval of the total", "210–290"),
        ("95% interval of the total", "190–320"),
        ("A day, on average", "124.7"),
        ("Same days, year before", "not known"),
        ("Last year again, by weekday", "249"),
    )
    (warning,) = [part.text for part in of(Paragraph, section) if part.kind == "warning"]
    assert warning == "Exponential smoothing (ETS) is not drawn: too short"


def test_without_an_interval_of_the_whole_none_is_told():
    section, *_others = forecast.sections(asked(total=None, beside={}))
    assert [name for name, _value in of(Facts, section)[0].pairs if "interval" in name] == []


def test_each_day_has_a_row_and_the_last_is_the_whole():
    _expected, section, _past = forecast.sections(asked())
    (table,) = of(Table, section)
    assert table.head == ("Day", "Expected", "80% interval", "Counted 364 days before", "Last year again, by weekday")
    assert table.rows == (
        ("Thursday 31 October 2024", "150", "120–180", "140", "150"),
        ("Friday 1 November 2024, public holiday", "99", "80–118", "–", "99"),
        ("Total", "249", "–", "–", "249"),
    )


def test_past_errors_name_the_methods():
    *_others, section = forecast.sections(asked(own={"Mean absolute error, Rhône": "1.87"}))
    first, last = of(Table, section)
    assert first.rows == (("0", "14.8"),)
    assert (last.head, last.rows) == (("Method", "1"), (("mine", "14.0"),))
    assert of(Facts, section)[0].pairs == (("Mean absolute error, Rhône", "1.87"),)
