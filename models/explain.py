"""Shapley values by sampled orderings, for models that have no exact method of their own.

Source: Castro, Gómez and Tejada 2009, Polynomial calculation of the Shapley value based on sampling. An absent input is
one the model is told is unknown, which it has learnt to answer; each ordering is also walked backwards, which halves
the noise (Mitchell et al. 2022, Sampling Permutations for Shapley Value Estimation).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Outputs = Callable[[np.ndarray], np.ndarray]


def shapley(outputs: Outputs, n_players: int, orderings: int, seed: int = 0) -> np.ndarray:
    """Contributions of each player to each output, with the base (nobody present) last.

    `outputs` takes which players are present, (coalitions, n_players) bool, and gives (coalitions, n_outputs). Along an
    ordering the gains add up to the whole, so base + contributions is the output with all present, whatever the sample.
    Shapes: result (n_outputs, n_players + 1).
    """
    random = np.random.default_rng(seed)
    orders = [random.permutation(n_players) for _walk in range(max(1, orderings // 2))]
    orders = [o for order in orders for o in (order, order[::-1])]
    # row r of an ordering's block has its first r players present
    ranks = np.argsort(np.array(orders), axis=1)
    present = ranks[:, None, :] < np.arange(n_players + 1)[None, :, None]
    coalitions = present.reshape(len(orders) * (n_players + 1), n_players)
    values = outputs(coalitions).reshape(len(orders), n_players + 1, -1)
    gains = np.diff(values, axis=1)
    shares = np.zeros((values.shape[2], n_players + 1))
    for order, gain in zip(orders, gains, strict=True):
        shares[:, order] += gain.T / len(orders)
    shares[:, -1] = values[0, 0]
    return shares
