"""Sampled Shapley values against games solved by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models import explain
from models.base import NotAdditive
from models.explain import require_additive, shapley
from models.random_forest import RandomForest
from models.registry import KINDS
from models.xgb import XGBoost
from tests.contracts.test_classifiers import small


def test_an_additive_game_gives_each_player_its_own_part() -> None:
    worth = np.array([3.0, -1.0, 0.5])
    found = shapley(lambda present: 2.0 + present @ worth[:, None], n_players=3, orderings=2)
    np.testing.assert_allclose(found, [[3.0, -1.0, 0.5, 2.0]])


def test_two_players_share_what_they_only_win_together() -> None:
    found = shapley(lambda p: (p[:, 0] & p[:, 1]).astype(float)[:, None], n_players=3, orderings=2)
    # each ordering is walked both ways, so the win falls to either once
    np.testing.assert_allclose(found, [[0.5, 0.5, 0, 0]])


def test_a_game_without_players_is_its_base() -> None:
    found = shapley(lambda present: np.full((len(present), 2), 1.5), n_players=0, orderings=4)
    np.testing.assert_array_equal(found, [[1.5], [1.5]])


def test_the_parts_add_up_whatever_the_sample() -> None:
    random = np.random.default_rng(0)
    table = random.normal(size=(2**5, 3))

    def outputs(present: np.ndarray) -> np.ndarray:
        return table[present @ (1 << np.arange(5))]

    found = shapley(outputs, n_players=5, orderings=4, seed=3)
    np.testing.assert_allclose(found.sum(axis=1), table[-1])
    np.testing.assert_allclose(found[:, -1], table[0])
    exact = shapley(outputs, n_players=5, orderings=4000)
    assert np.abs(found - exact).max() < 2


def test_parts_that_do_not_add_up_are_refused_and_tell_how_far_they_are_off() -> None:
    shares = np.array([[[0.2, 0.3, 0.1], [0.1, -0.2, 0.5]]])  # two classes, two players, the base last
    require_additive(shares, np.array([[0.6, 0.4]]))
    require_additive(shares, np.array([[0.6, 0.40009]]))
    with pytest.raises(NotAdditive, match=r"off by 0\.0002"):
        require_additive(shares, np.array([[0.6, 0.4002]]))
    with pytest.raises(NotAdditive):
        require_additive(shares * np.nan, np.array([[0.6, 0.4]]))


def test_scores_may_be_shifted_by_a_number_common_to_all_classes_and_no_other() -> None:
    shares = np.array([[[0.2, 0.3, 0.1], [0.1, -0.2, 0.5], [0.0, 0.0, 0.0]]])
    require_additive(shares, np.array([[7.6, 7.4, 7.0]]), shifted=True)
    with pytest.raises(NotAdditive):
        require_additive(shares, np.array([[7.6, 7.4, 7.1]]), shifted=True)
    with pytest.raises(NotAdditive):
        require_additive(shares, np.array([[7.6, 7.4, 7.0]]))


@pytest.mark.parametrize("kind", ["xgboost", "random-forest"])
def test_the_way_from_start_to_answer_is_in_calibrated_probability(kind: str, table: pd.DataFrame) -> None:
    model = small(KINDS[kind], "severity").fit(table)
    rows = table.iloc[:20]
    proba = model.predict_proba(rows)
    for found in model.explain(rows, "killed"):
        assert found.start is not None
        sizes = [abs(found.contributions[player]) for player in found.steps]
        assert sizes == sorted(sizes, reverse=True)
        told = [found.start, *found.steps.values()]
        assert all(0 <= p <= 1 for p in told)
        assert told[-1] == pytest.approx(proba.loc[found.accident, "killed"], abs=1e-5)
    first = model.explain(rows.iloc[:1], "killed")[0]
    strongest = next(iter(first.steps))
    alone = model.explain(rows.iloc[:1], "killed")[0].contributions[strongest]
    assert (first.steps[strongest] > first.start) == (alone > 0)


@pytest.mark.parametrize("model_type", [XGBoost, RandomForest])
def test_a_method_that_does_not_add_up_is_caught_when_asked(
    model_type: type[XGBoost], table: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = small(KINDS[model_type.kind]).fit(table.iloc[:600])
    right = model._shares

    def wrong(rows: explain.Encoded) -> np.ndarray:
        shares = right(rows)
        shares[:, 0, 0] += 3e-4
        return shares

    monkeypatch.setattr(model, "_shares", wrong)
    with pytest.raises(NotAdditive, match="do not add up"):
        model.explain(table.iloc[:2])
