"""Shapley values by sampled orderings, for models that have no exact method of their own, and what all methods share.

Source: Castro, Gómez and Tejada 2009, Polynomial calculation of the Shapley value based on sampling. An absent input is
one the model is told is unknown, which it has learnt to answer; each ordering is also walked backwards, which halves
the noise (Mitchell et al. 2022, Sampling Permutations for Shapley Value Estimation).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import softmax

from data.features import PLAYERS
from data.text import N_, _
from models.base import Explanation, NotAdditive
from models.encoder import Encoded, inputs_of, known_players

if TYPE_CHECKING:
    from models.classifier import Classifier

GAME = N_("sampled Shapley values: an absent input is one the model is told is unknown")
# of players: an accident costs this many rows for each player that is known
_ORDERINGS = 16

Outputs = Callable[[np.ndarray], np.ndarray]


def of_row(model: Classifier, accident: str, position: int, shares: np.ndarray) -> Explanation:
    """The explanation of one row and class, from its shares in all classes. Shape: (classes, players + 1)."""
    own = shares[position]
    order = np.argsort(-np.abs(own[:-1]), kind="stable")
    way = np.cumsum(np.vstack([shares[:, -1], shares[:, order].T]), axis=0)
    told = on_the_way(model, way)[:, position]
    names = tuple(PLAYERS)
    return Explanation(
        accident=accident,
        target_class=model.classes[position],
        base=float(own[-1]),
        contributions=dict(zip(names, map(float, own[:-1]), strict=True)),
        output=float(own.sum()),
        unit=model.unit,
        game=model.game,
        start=float(told[0]),
        steps={names[player]: float(p) for player, p in zip(order, told[1:], strict=True)},
    )


def on_the_way(model: Classifier, outputs: np.ndarray) -> np.ndarray:
    """Calibrated probabilities of what a model explains, also of what it never answered. Shapes: (n, classes) both."""
    if model.explains_log_odds:
        return np.asarray(softmax(outputs, axis=1))
    shares = np.maximum(outputs, 0)  # on the way a class may fall below nothing
    return model.calibration.apply(shares / shares.sum(axis=1, keepdims=True))


def contributions(outputs: Callable[[Encoded], np.ndarray], rows: Encoded) -> np.ndarray:
    """Shares of each of `PLAYERS` in each output of a model, which must have learnt what to say of the unknown.

    Shapes: `outputs` gives (n, n_outputs) for n rows; result (n, n_outputs, players + 1), the base last.
    """
    return np.stack([_of_one(outputs, rows.take(np.array([i]))) for i in range(len(rows))])


def require_additive(
    shares: np.ndarray, outputs: np.ndarray, *, shifted: bool = False, tolerance: float = 1e-4
) -> None:
    """Verify that base and contributions add up to what they explain, wherever that is not beyond all measure.

    `shifted`: up to a number common to all classes. Log-probabilities below -80 are too small
    for single precision.
    Shapes: shares (n, classes, players + 1), outputs (n, classes).
    Raises: NotAdditive saying how far they are off.
    """
    apart = shares.sum(axis=-1) - outputs
    if shifted:
        apart = apart - np.median(apart, axis=-1, keepdims=True)
        apart = np.where(outputs < -80, 0, apart)
    worst = float(np.abs(apart).max(initial=0))
    if not worst <= tolerance:
        message = _(
            "The parts of this explanation do not add up to the model's answer (off by {off:.2g}); it is not shown. "
            "Train the model again, or use another."
        )
        raise NotAdditive(message.format(off=worst))


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
