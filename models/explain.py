"""Shapley values by sampled orderings, for models that have no exact method of their own.

Source: Castro, Gómez and Tejada 2009, Polynomial calculation of the Shapley value based on sampling. An absent input is
one the model is told is unknown, which it has learnt to answer; each ordering is also walked backwards, which halves
the noise (Mitchell et al. 2022, Sampling Permutations for Shapley Value Estimation).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.encoder import Encoded, inputs_of, known_players

GAME = "sampled Shapley values: an absent input is one the model is told is unknown"
# of players: an accident costs this many rows for each player that is known
_ORDERINGS = 16

Outputs = Callable[[np.ndarray], np.ndarray]


def contributions(outputs: Callable[[Encoded], np.ndarray], rows: Encoded) -> np.ndarray:
    """Shares of each of `PLAYERS` in each output of a model, which must have learnt what to say of the unknown.

    Shapes: `outputs` gives (n, n_outputs) for n rows; result (n, n_outputs, players + 1), the base last.
    """
    return np.stack([_of_one(outputs, rows.take(np.array([i]))) for i in range(len(rows))])


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


def _of_one(outputs: Callable[[Encoded], np.ndarray], row: Encoded) -> np.ndarray:
    known = known_players(row)[0]  # the absence of any other changes nothing: its share is exactly zero

    def of_coalitions(present: np.ndarray) -> np.ndarray:
        absent = np.zeros((len(present), len(known)), dtype=bool)
        absent[:, known] = ~present
        return outputs(row.take(np.zeros(len(present), dtype=int)).hide(inputs_of(absent)))

    found = shapley(of_coalitions, int(known.sum()), _ORDERINGS)
    shares = np.zeros((len(found), len(known) + 1))
    shares[:, np.append(known, True)] = found
    return shares
