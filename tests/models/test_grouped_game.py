"""The game of groups against a background, beside what can be computed by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data import features
from data.errors import DataError
from models import coalitions, grouped_game, registry
from models.base import NotAdditive
from models.classifier import Classifier
from models.encoder import Encoded
from tests.contracts.test_classifiers import small

GROUPS = tuple(features.GROUPS)


@pytest.fixture(scope="module")
def model(table: pd.DataFrame) -> Classifier:
    return small(registry.KINDS["xgboost"]).fit(table)


def of_group(name: str, described: pd.Series, other: pd.DataFrame) -> pd.DataFrame:
    """The other rows with one group of inputs as in the described accident."""
    inputs = [i.name for i in features.INPUTS if i.group == name]
    changed = other.copy()
    for column in inputs:
        changed[column] = pd.Series([described[column]] * len(other), index=other.index, dtype=other[column].dtype)
    return changed


def test_one_group_alone_is_worth_the_mean_answer_of_the_background_with_that_group(
    model: Classifier, table: pd.DataFrame
) -> None:
    row, others = table.iloc[:1], table.iloc[100:107]
    encoded, background = (model.encoder.encode(t) for t in (row, others))
    worth = grouped_game.values(model._calibrated, encoded, background)
    assert worth.shape == (32, 7, 7)
    np.testing.assert_allclose(worth[0], model.predict_proba(others), atol=1e-6)
    np.testing.assert_allclose(worth[-1], np.broadcast_to(model.predict_proba(row), (7, 7)), atol=1e-6)
    for at, name in enumerate(GROUPS):
        by_hand = model.predict_proba(of_group(name, row.iloc[0], others))
        np.testing.assert_allclose(worth[1 << at], by_hand, atol=1e-6)


def test_parts_add_up_to_the_calibrated_probability_and_steps_end_there(model: Classifier, table: pd.DataFrame) -> None:
    rows, others = table.iloc[:3], table.iloc[100:130]
    for target_class in (None, "6"):
        for found, proba in zip(
            grouped_game.explain(model, rows, others, target_class),
            model.predict_proba(rows).to_numpy(),
            strict=True,
        ):
            chosen = proba[model.classes.index(found.target_class)]
            assert target_class in (None, found.target_class)
            assert tuple(found.contributions) == GROUPS
            assert found.base + sum(found.contributions.values()) == pytest.approx(found.output, abs=1e-9)
            assert found.output == pytest.approx(chosen, abs=1e-6)
            assert found.base == pytest.approx(model.predict_proba(others)[found.target_class].mean(), abs=1e-6)
            assert list(found.steps.values())[-1] == pytest.approx(chosen, abs=1e-6)
            sizes = [abs(found.contributions[name]) for name in found.steps]
            assert sizes == sorted(sizes, reverse=True)
            assert all(error >= 0 for error in found.errors.values())


def test_an_accident_compared_with_itself_has_no_reasons(model: Classifier, table: pd.DataFrame) -> None:
    (found,) = grouped_game.explain(model, table.iloc[:1], table.iloc[[0, 0]])
    assert max(map(abs, found.contributions.values())) < 1e-6
    assert found.base == pytest.approx(found.output, abs=1e-6)


def test_the_error_is_that_of_the_mean_over_the_background(model: Classifier, table: pd.DataFrame) -> None:
    row, others = table.iloc[:1], table.iloc[100:110]
    (whole,) = grouped_game.explain(model, row, others, "6")
    each = [grouped_game.explain(model, row, others.iloc[[i]], "6")[0] for i in range(10)]
    for name in GROUPS:
        parts = np.array([one.contributions[name] for one in each])
        assert whole.contributions[name] == pytest.approx(parts.mean(), abs=1e-6)
        assert whole.errors[name] == pytest.approx(parts.std(ddof=1) / np.sqrt(10), abs=1e-6)
        assert each[0].errors[name] == 0


def test_what_does_not_add_up_is_not_shown(
    model: Classifier, table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = coalitions.shapley

    def wrong(values: np.ndarray) -> np.ndarray:
        return 1.01 * right(values)

    monkeypatch.setattr("models.coalitions.shapley", wrong)
    with pytest.raises(NotAdditive, match="do not add up"):
        grouped_game.explain(model, table.iloc[:1], table.iloc[100:110])


def test_what_cannot_be_asked_is_refused(model: Classifier, table: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="'77' is not a class"):
        grouped_game.explain(model, table.iloc[:1], table.iloc[1:3], "77")
    with pytest.raises(DataError, match="background has no accident"):
        grouped_game.explain(model, table.iloc[:1], table.iloc[:0])
    with pytest.raises(DataError, match=r"speed_limit.*900"):
        grouped_game.explain(model, table.iloc[:1].assign(speed_limit=900.0), table.iloc[1:3])


def test_the_groups_part_the_columns(model: Classifier, table: pd.DataFrame) -> None:
    """No column belongs to two groups: else an absent group would take a part of one that is present."""
    rows, others = (model.encoder.encode(t) for t in (table.iloc[:1], table.iloc[1:2]))
    marked = Encoded(np.ones_like(rows.codes), np.ones_like(rows.numbers))
    empty = Encoded(np.zeros_like(others.codes), np.zeros_like(others.numbers))
    taken = [grouped_game.mix(marked, empty, np.eye(5, dtype=bool)[[i]]) for i in range(5)]
    columns = np.array([np.concatenate([one.codes[0], one.numbers[0]]) for one in taken])
    np.testing.assert_array_equal(columns.sum(axis=0), 1)
