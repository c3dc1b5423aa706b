"""Shapley values of a few players, exactly: every coalition is asked for, none is sampled.

Source: Shapley 1953, A value for n-person games; the interaction of two players is that of Grabisch and Roubens 1999,
An axiomatic approach to the concept of interaction among players in cooperative games.
"""

from __future__ import annotations

from math import factorial

import numpy as np

MOST = 12  # players; each more doubles the coalitions


def every(n_players: int) -> np.ndarray:
    """All coalitions of so many players: nobody first, all of them last.

    Shape: (2 ** n_players, n_players) bool; the player `i` is in coalition `c` where bit `i` of `c` is set.
    Raises: ValueError for more players than can be asked for exactly.
    """
    if not 0 <= n_players <= MOST:
        raise ValueError(f"n_players = {n_players} is not between 0 and {MOST}")
    return np.asarray((np.arange(2**n_players)[:, None] >> np.arange(n_players)) & 1, dtype=bool)


def shapley(values: np.ndarray) -> np.ndarray:
    """Contributions of each player from what every coalition of `every` is worth.

    Shapes: values (coalitions, ...) -> (players, ...).
    """
    n = _players(values)
    number = np.arange(len(values))
    others = every(n).sum(axis=1)
    found = []
    for player in range(n):
        without = number[~every(n)[:, player]]
        sizes = others[without]
        weights = np.array([factorial(s) * factorial(n - s - 1) for s in range(n)])[sizes] / factorial(n)
        found.append(np.tensordot(weights, values[without | (1 << player)] - values[without], axes=1))
    return np.array(found) if found else np.zeros((0, *values.shape[1:]))


def interactions(values: np.ndarray) -> np.ndarray:
    """How much more two players are worth together than each by itself; 0 of a player with itself.

    Shapes: values (coalitions, ...) -> (players, players, ...), symmetric.
    """
    n = _players(values)
    number, members = np.arange(len(values)), every(n)
    sizes = members.sum(axis=1)
    found = np.zeros((n, n, *values.shape[1:]))
    for one in range(n):
        for other in range(one):
            without = number[~members[:, one] & ~members[:, other]]
            weights = np.array([factorial(s) * factorial(n - s - 2) for s in range(n - 1)]) / factorial(n - 1)
            both, first, second = 1 << one | 1 << other, 1 << one, 1 << other
            more = values[without | both] - values[without | first] - values[without | second] + values[without]
            found[one, other] = found[other, one] = np.tensordot(weights[sizes[without]], more, axes=1)
    return found


def _players(values: np.ndarray) -> int:
    return len(values).bit_length() - 1
