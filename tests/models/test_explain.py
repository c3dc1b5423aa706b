"""Sampled Shapley values against games solved by hand."""

from __future__ import annotations

import numpy as np

from models.explain import shapley


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
