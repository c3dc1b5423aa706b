"""The words and places of the figures, read from the drawing; none of them needs a display."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.base import Forecast
from ui.report import figures

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).resolve().parents[3]


def words(draw):
    return [element.text for element in ET.fromstring(figures.svg(draw)).iter(f"{SVG}text")]


def test_probabilities_say_each_number_and_the_unit():
    shares = pd.DataFrame({"A": [0.905, 0.095], "B": [0.5, 0.5]}, index=["one", "two"])
    found = words(partial(figures.probabilities, shares, {"A": "#0072b2"}, {"one": 0.3, "two": 0.7}))
    for text in ("90.5%", "9.5%", "50%", "one", "two", "A", "B", "Frequency of the class", "Probability (%)"):
        assert text in found
    assert found.index("A") < found.index("B") < found.index("Frequency of the class")


def test_reasons_go_from_the_start_to_the_result():
    parts = pd.DataFrame({"label": ["up", "down"], "contribution": [0.5, -0.2]})
    draw = partial(figures.reasons, parts, base=1.0, output=1.3, unit="log-odds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "_finish", lambda *_args, **_kwargs: None)
        bars = draw().axes[0].patches
    assert [bar.get_x() for bar in bars] == [0, 1, 1.5, 0]
    assert [bar.get_width() for bar in bars] == [1, 0.5, -0.2, 1.3]
    found = [text.strip() for text in words(draw)]
    assert {"1.000", "+0.500", "-0.200", "1.300", "Output for this class (log-odds)"} <= set(found)


def test_scores_have_their_intervals_where_they_are_known():
    rows = pd.DataFrame(
        {
            "label": ["A", "B"],
            "kind": ["xgboost", "lstm"],
            "value": [0.7, 0.8],
            "low": [0.65, None],
            "high": [0.78, None],
        }
    )
    draw = partial(figures.scores, rows, title="Log-loss", share=False, baseline=1.7)
    assert {"A", "B", "Log-loss", "class frequencies"} <= set(words(draw))
    ends = [bar.get_segments()[0][:, 0] for bar in draw().axes[0].collections]
    np.testing.assert_allclose(ends, [[0.65, 0.78], [0.8, 0.8]])


def test_a_confusion_says_the_shares_of_each_true_class():
    found = words(partial(figures.confusion, np.array([[3.0, 1.0], [0.0, 0.0]]), ["one", "two"]))
    assert [text for text in found if text.endswith("%")] == ["75%", "25%", "0%", "0%"]
    assert {"Predicted class", "True class"} <= set(found)


def test_a_forecast_draws_the_days_its_intervals_and_the_baselines():
    days = pd.date_range("2024-09-01", "2024-09-30")
    ahead = pd.date_range("2024-10-01", periods=7)
    future = Forecast(ahead, np.full(7, 12.0), {0.1: np.full(7, 8.0), 0.9: np.full(7, 16.0)})
    draw = partial(
        figures.forecast, pd.Series(10.0, index=days), future, name="mine", place="Île-de-France", intervals=(80, 95),
        beside={"seasonal-naive": future},
    )  # fmt: skip
    found = words(draw)
    for text in ("Counted", "80% interval", "Forecast of mine", "Accidents a day, Île-de-France", "2024-10-07"):
        assert text in found
    assert "Last week again (seasonal naive)" in found
    assert "95% interval" not in found, "the model does not give it"
    (band,) = draw().axes[0].collections
    heights = band.get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (8, 16)


def test_errors_by_day_ahead_have_a_line_each():
    scores = pd.DataFrame({"model": [14.0, 15.0], "last-year": [20.0, 22.0]}, index=[1, 28])
    draw = partial(figures.errors, scores, labels={"model": "mine"}, unit="Mean absolute error (accidents a day)")
    assert [list(line.get_ydata()) for line in draw().axes[0].lines] == [[14, 15], [20, 22]]
    assert {"mine", "last-year", "Days ahead"} <= set(words(draw))


def test_formulas_of_people_are_no_formulas():
    shares = pd.DataFrame({"$\\frac{1}{0}$ \\alpha": [1.0]}, index=["$x^2$"])
    assert {"$\\frac{1}{0}$ \\alpha", "$x^2$"} <= set(words(partial(figures.probabilities, shares, {})))


def test_the_settings_of_matplotlib_stay_as_they_were():
    import matplotlib

    before = matplotlib.rcParams["svg.fonttype"], matplotlib.rcParams["text.parse_math"]
    words(partial(figures.confusion, np.eye(2), ["a", "b"]))
    assert (matplotlib.rcParams["svg.fonttype"], matplotlib.rcParams["text.parse_math"]) == before


def test_nothing_heavy_is_imported_before_a_report_is_made():
    code = (
        "import sys; import ui.components.report_button; print([m for m in ('matplotlib', 'fpdf') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
