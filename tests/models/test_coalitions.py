"""Exact Shapley values and interactions against games solved by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from models import coalitions


def test_every_coalition_is_there_once_nobody_first_and_all_last() -> None:
    found = coalitions.every(3)
    assert found.shape == (8, 3)
    assert len({tuple(row) for row in found}) == 8
    assert not found[0].any()
    assert found[-1].all()
    assert found[0b101].tolist() == [True, False, True]


def test_a_glove_game_is_shared_as_in_the_textbook() -> None:
    """Players 0 and 1 have a left glove each, player 2 the only right one; a pair is worth 1."""
    members = coalitions.every(3)
    worth = (members[:, 2] & members[:, :2].any(axis=1)).astype(float)
    np.testing.assert_allclose(coalitions.shapley(worth), [1 / 6, 1 / 6, 4 / 6])


def test_values_are_those_of_the_definition_over_all_orderings() -> None:
    worth = np.random.default_rng(0).normal(size=(16, 2))
    expected = np.zeros((4, 2))
    orders = list(itertools.permutations(range(4)))
    for order in orders:
        there = 0
        for player in order:
            expected[player] += (worth[there | 1 << player] - worth[there]) / len(orders)
            there |= 1 << player
    np.testing.assert_allclose(coalitions.shapley(worth), expected)
    np.testing.assert_allclose(coalitions.shapley(worth).sum(axis=0), worth[-1] - worth[0])


def test_two_that_only_win_together_interact_by_their_win_and_an_additive_game_not_at_all() -> None:
    members = coalitions.every(3)
    together = 3.0 * (members[:, 0] & members[:, 1]) + members @ np.array([1.0, 2.0, -5.0])
    np.testing.assert_allclose(coalitions.interactions(together), [[0, 3, 0], [3, 0, 0], [0, 0, 0]], atol=1e-12)
    np.testing.assert_allclose(coalitions.interactions(members @ np.array([1.0, 2.0, 3.0])), 0, atol=1e-12)


def test_of_three_that_only_win_together_each_pair_interacts_by_half() -> None:
    """The mean of v(ij|k): 0 without the third, 1 with it, each of weight 1/2."""
    worth = coalitions.every(3).all(axis=1).astype(float)
    np.testing.assert_allclose(coalitions.interactions(worth), (1 - np.eye(3)) / 2)


def test_nobody_has_no_values_and_too_many_are_refused() -> None:
    assert coalitions.shapley(np.array([2.0])).shape == (0,)
    with pytest.raises(ValueError, match="n_players = 13"):
        coalitions.every(13)
