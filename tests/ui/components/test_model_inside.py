import numpy as np

from ui.components import model_inside

LABELS = ["Light: dusk", "Weather: rain", "Hour: 18", "Month: June"]


def test_about_even_looks_are_no_ranking():
    said = model_inside.looked_at(np.array([0.26, 0.25, 0.245, 0.245]), LABELS)  # 1.04 times even
    assert said == "No input stands out: the most looked at has 26%, hardly more than an even 25%."


def test_what_stands_out_is_ranked():
    said = model_inside.looked_at(np.array([0.2, 0.5, 0.25, 0.05]), LABELS)
    assert said.startswith("Most looked at: **Weather: rain** (50%), **Hour: 18** (25%), **Light: dusk** (20%)")
