import numpy as np
import pandas as pd
import pytest

from ui.charts import run_log, style


@pytest.fixture
def runs():
    return pd.DataFrame(
        {
            "score": [0.6, 0.7, 0.8],
            "rate": [0.001, 0.1, 0.01],
            "depth": [4, 8, 6],
            "deep": [True, False, True],
            "word": ["adam", "sgd", None],
            "same": [1, 1, 1],
        },
        index=["a", "b", "c"],
    )


def draw(runs, **options):
    return run_log.parallel(runs, {"depth": "Tree depth"}, {"a": "Model A"}, score="Log-loss", **options)


def test_settings_that_differ_and_the_score_have_an_axis(runs):
    figure = draw(runs)
    assert list(figure.layout.xaxis.ticktext) == ["rate", "Tree depth", "deep", "word", "Log-loss"]


def test_a_line_goes_through_the_places_of_its_model(runs):
    best = draw(runs).data[0]
    assert best.name == "best third"
    assert list(best.text[:5]) == ["Model A"] * 5
    # rates by powers of ten: 0.001 is lowest; depth 4 lowest; True after False; adam before sgd; score lowest
    assert best.y[:5] == (0.0, 0.0, 1.0, 0.0, 0.0)
    worst = draw(runs).data[2]
    assert worst.y[:5] == pytest.approx((0.5, 0.5, 1.0, 0.0, 1.0))  # 0.01 lies between by powers; no word: as most
    assert worst.y[5] is None


def test_ticks_say_the_values(runs):
    said = {(a.x, a.text): a.y for a in draw(runs).layout.annotations}
    assert said[0, "0.01"] == pytest.approx(0.5)
    assert said[1, "8"] == 1.0
    assert said[3, "sgd"] == 1.0
    assert said[4, "0.6"] == 0.0


def test_many_values_have_three_ticks():
    many = pd.DataFrame({"score": np.linspace(0.6, 0.7, 20), "depth": range(1, 21)}, index=[str(n) for n in range(20)])
    assert len([a for a in draw(many).layout.annotations if a.x == 0]) == 3


def test_marked_models_stand_in_front(runs):
    figure = draw(runs, marked=["b", "elsewhere"])
    assert figure.data[-1].name == "marked"
    assert figure.data[-1].line.width > figure.data[0].line.width
    assert len(figure.data[-1].x) == 6


@pytest.mark.parametrize("rows", [slice(0, 0), slice(0, 1)])
def test_nothing_to_compare_is_said(runs, rows):
    figure = draw(runs.iloc[rows])
    assert not figure.data
    assert "nothing to compare" in figure.layout.annotations[0].text.replace("<br>", " ")


def test_the_table_given_stays_as_it_was(runs):
    before = runs.copy()
    style.legible(draw(runs), "dark")
    pd.testing.assert_frame_equal(runs, before)
