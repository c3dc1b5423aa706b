import numpy as np
import pandas as pd

from ui.charts import model


def points(n):
    values = np.arange(n, dtype=float)
    return pd.DataFrame(
        {"x": values, "y": -values, "label": [f"value {i}" for i in range(n)], "mark": [str(i) for i in range(n)]}
    )


def test_few_values_are_labelled_in_words_and_many_by_their_marks():
    few = model.embedding(points(3))
    assert list(few.data[0].text) == ["value 0", "value 1", "value 2"]
    assert few.data[0].mode == "markers+text"
    many = model.embedding(points(60))
    assert many.data[0].text[59] == "59"
    assert list(many.data[0].customdata)[59] == "value 59"


def test_both_directions_have_one_scale():
    assert model.embedding(points(3)).layout.yaxis.scaleanchor == "x"


def test_nothing_to_draw_says_so():
    assert model.embedding(points(0)).layout.annotations[0].text == "Nothing to show."
    assert model.attention(np.zeros((0, 0)), []).layout.annotations[0].text == "Nothing to show."


def test_attention_is_shown_in_percent_with_what_looks_as_rows():
    figure = model.attention(np.array([[0.25, 0.75], [0.5, 0.5]]), ["light", "hour"])
    assert figure.data[0].z.tolist() == [[25, 75], [50, 50]]
    assert list(figure.data[0].y) == ["light · 1", "hour · 2"]
    assert list(figure.data[0].x) == ["1", "2"]
    assert figure.layout.yaxis.title.text == "What looks"
    assert figure.layout.yaxis.autorange == "reversed"


def test_labels_of_near_points_stand_apart():
    rows = pd.DataFrame({"x": [0.0, 0.1, 5.0], "y": [1.0, 0.9, 3.0], "label": ["a", "b", "c"], "mark": ["a", "b", "c"]})
    assert list(model.embedding(rows).data[0].textposition) == ["top center", "bottom center", "top center"]
