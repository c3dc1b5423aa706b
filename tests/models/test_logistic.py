"""Logistic regression: what it learns, how it explains, what it keeps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy
from sklearn.linear_model import LogisticRegression

from data import features, splits
from models.base import Progress
from models.classifier import with_hidden
from models.logistic import LogisticClassifier, LogisticConfig


def model(**changes: float) -> LogisticClassifier:
    settings = {"penalty": 300.0, "iterations": 500} | changes
    return LogisticClassifier(LogisticConfig(**settings), "collision", "base", "cpu")


@pytest.fixture(scope="module")
def fitted(table: pd.DataFrame) -> LogisticClassifier:
    return model().fit(table)


def learnt_rows(fitted: LogisticClassifier, table: pd.DataFrame) -> tuple[np.ndarray, object]:
    """Positions of the training rows, and what the model was given of them."""
    train = splits.by_time(table["date"]).train
    rows = features.checked(table).iloc[train]
    return train, fitted.encoder.encode(rows, np.ones(len(rows), dtype=bool))


def test_learning_in_steps_ends_where_learning_at_once_does(fitted: LogisticClassifier, table: pd.DataFrame) -> None:
    train, encoded = learnt_rows(fitted, table)
    truth = table["collision"].cat.codes.to_numpy()[train]
    both, both_truth = with_hidden(encoded, truth, fitted.encoder, fitted.config.half_described, 0)
    whole = LogisticRegression(C=1 / 300, max_iter=2000, tol=1e-8)
    whole.fit(fitted._matrix(both).astype(np.float64), both_truth)
    expected = whole.predict_proba(fitted._matrix(encoded).astype(np.float64))
    np.testing.assert_allclose(fitted._proba(encoded), expected, atol=2e-3)


def test_tells_how_far_it_is_until_it_settles(table: pd.DataFrame) -> None:
    told: list[Progress] = []
    fitted = model().fit(table, told.append)
    assert [p.done for p in told[:-1]] == [20 * (i + 1) for i in range(len(told) - 1)]
    assert told[-1].done == told[-1].total < 500
    assert told[-1].share == 1
    assert len(fitted.curves) == len(told) > 1
    assert all({"train_loss", "validation_loss"} == set(point) for point in fitted.curves)
    short: list[Progress] = []
    model(iterations=25).fit(table, short.append)
    assert [(p.done, p.total) for p in short] == [(20, 25), (25, 25)]


def test_an_input_contributes_its_coefficients_times_the_way_from_the_mean(
    fitted: LogisticClassifier, table: pd.DataFrame
) -> None:
    """Two accidents that differ in one input have explanations that differ in that input alone, by hand."""
    one = table.iloc[[0]].assign(speed_limit=30.0, light=table["light"].where([False] * len(table)))
    faster = one.assign(speed_limit=80.0)
    darker = one.assign(light=pd.Categorical(["3"], categories=table["light"].cat.categories))
    base, *others = (fitted.explain(rows, "6")[0] for rows in (one, faster, darker))
    at = fitted.classes.index("6")
    carried = fitted.calibration.matrix @ fitted.coefficients
    encoder, weights = fitted.encoder, carried[at] - carried.mean(axis=0)
    names = list(encoder.centres)
    number = sum(encoder.sizes) + names.index("speed_limit")
    start = sum(encoder.sizes[: list(encoder.categories).index("light")])
    code = encoder.categories["light"].index("3") + 1
    expected = {
        "speed_limit": weights[number] * 50 / encoder.spreads["speed_limit"],
        "light": weights[start + code] - weights[start],  # from unknown to dark
    }
    for (name, difference), found in zip(expected.items(), others, strict=True):
        changed = {n: found.contributions[n] - base.contributions[n] for n in found.contributions}
        assert changed.pop(name) == pytest.approx(difference, abs=1e-6)
        assert abs(difference) > 1e-3
        assert max(map(abs, changed.values())) < 1e-6
        assert found.base == base.base


def test_contributions_cancel_over_the_training_rows(fitted: LogisticClassifier, table: pd.DataFrame) -> None:
    _train, encoded = learnt_rows(fitted, table)
    shares = fitted._contributions(encoded)
    np.testing.assert_allclose(shares[:, :, :-1].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(shares.sum(axis=1), 0, atol=1e-5)  # centred over the classes
    assert np.ptp(shares[:, :, -1], axis=0).max() == 0


def test_what_is_learnt_does_not_depend_on_days_to_validate_or_test_on(
    fitted: LogisticClassifier, table: pd.DataFrame
) -> None:
    split = splits.by_time(table["date"])
    later = table.index[np.concatenate([split.validation, split.held_out])]
    changed = table.copy()
    changed.loc[later, ["speed_limit", "departement", "collision"]] = [130.0, "75", "3"]
    other = model().fit(changed)
    np.testing.assert_array_equal(other.coefficients, fitted.coefficients)
    np.testing.assert_array_equal(other.intercept, fitted.intercept)
    np.testing.assert_array_equal(other.means, fitted.means)
    assert not np.array_equal(other.calibration.matrix, fitted.calibration.matrix)


def test_keeps_named_arrays_and_nothing_else(fitted: LogisticClassifier, table: pd.DataFrame, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    kept = safetensors.numpy.load_file(tmp_path / "model" / "weights.safetensors")
    columns = sum(fitted.encoder.sizes) + 2 * len(fitted.encoder.centres)
    assert {n: a.shape for n, a in kept.items()} == {
        "coefficients": (7, columns),
        "intercept": (7,),
        "means": (columns,),
    }
    assert fitted.metadata["parameters"] == 7 * columns + 7
    again = LogisticClassifier.load(tmp_path / "model")
    pd.testing.assert_frame_equal(again.predict_proba(table), fitted.predict_proba(table))
    assert again.explain(table.iloc[:2]) == fitted.explain(table.iloc[:2])
