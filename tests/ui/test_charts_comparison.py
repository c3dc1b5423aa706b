import numpy as np
import pandas as pd

from ui.charts import comparison, style

ROWS = pd.DataFrame(
    {
        "label": ["XGBoost", "Random Forest"],
        "kind": ["xgboost", "random-forest"],
        "value": [0.7, 0.6],
        "low": [0.65, np.nan],
        "high": [0.72, np.nan],
    }
)


def test_a_metric_is_a_point_with_its_interval_and_the_baseline_a_line():
    figure = comparison.metric(ROWS, title="Accuracy", share=True, baseline=0.3)
    first, second = figure.data
    assert list(first.x) == [70.0]
    np.testing.assert_allclose([first.error_x.array[0], first.error_x.arrayminus[0]], [2.0, 5.0])
    assert second.error_x.array[0] == 0  # no interval was stored
    assert first.marker.color == style.MODEL_COLOURS["xgboost"]
    assert figure.layout.shapes[0].x0 == 30.0
    assert figure.layout.xaxis.title.text == "Accuracy (%)"
    assert first.hovertemplate.startswith("%{y}: 70.0%<br>95% interval 65.0% to 72.0%")


def test_a_metric_nobody_has_is_said():
    figure = comparison.metric(ROWS.assign(value=np.nan), title="Accuracy", share=True)
    assert not figure.data
    assert "No model" in figure.layout.annotations[0].text


def test_confusion_rows_add_up_to_all_of_the_class_and_keep_counts():
    counts = np.array([[8, 2], [5, 15]])
    figure = comparison.confusion(counts, ["a", "b"])
    np.testing.assert_allclose(figure.data[0].z, [[80, 20], [25, 75]])
    np.testing.assert_array_equal(figure.data[0].customdata, counts)
    assert figure.layout.xaxis.title.text == "Predicted class"
    assert figure.layout.yaxis.title.text == "True class"


def test_a_class_without_accidents_has_no_shares_rather_than_an_error():
    z = comparison.confusion(np.array([[3, 1], [0, 0]]), ["a", "b"]).data[0].z
    np.testing.assert_allclose(z[1], [0, 0])


def test_an_absent_confusion_matrix_is_said():
    assert "no confusion" in comparison.confusion(np.array([]), []).layout.annotations[0].text
