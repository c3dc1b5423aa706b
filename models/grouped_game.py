"""The game in which models are compared: the groups of inputs are its players, and every coalition is asked for.

What a coalition is worth is the mean calibrated probability where its groups are those of the accident and all others
those of a background accident, over the accidents of a background (the interventional game of Janzing, Minorics and
Blöbaum 2020, Feature relevance quantification in explainable AI). All models play it with the same players, the same
background and in the same unit, so that their parts may be compared one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data.errors import DataError
from data.features import GROUPS, checked
from data.text import N_, _
from models import coalitions
from models.base import Explanation
from models.encoder import ORDER, Encoded, hidden_columns
from models.explain import require_additive

if TYPE_CHECKING:
    from models.classifier import Classifier

GAME = N_("exact Shapley values over all coalitions of the groups: an absent group is that of the background accidents")
UNIT = N_("probability")
PLAYERS = tuple(GROUPS)
_BLOCK = 4096  # rows asked for at once

Answers = Callable[[Encoded], np.ndarray]


def explain(
    model: Classifier, rows: pd.DataFrame, background: pd.DataFrame, target_class: str | None = None
) -> list[Explanation]:
    """Why each row gets its calibrated probability of one class (by default its most likely), by group of inputs.

    Raises: DataError as `Classifier.predict_proba`, for a class that does not exist or an empty background; NotFitted;
    NotAdditive.
    """
    if target_class is not None and target_class not in model.classes:
        raise DataError(_("{value!r} is not a class of {target}.").format(value=target_class, target=model.target))
    each = by_class(model, rows, background)
    return [of[target_class] if target_class else max(of.values(), key=lambda one: one.output) for of in each]


def by_class(model: Classifier, rows: pd.DataFrame, background: pd.DataFrame) -> list[dict[str, Explanation]]:
    """For each row the explanation of each class, which cost no more than that of one. Raises: as `explain`."""
    proba = model.predict_proba(rows).to_numpy()
    if background.empty:
        raise DataError(_("The background has no accident to compare with."))
    described, others = (model.encoder.encode(checked(table)) for table in (rows, background))
    found = []
    for i, accident in enumerate(rows.index):
        worth = values(model._calibrated, described.take(np.array([i])), others)
        shares = coalitions.shapley(worth)  # (groups, background, classes)
        whole = np.concatenate([shares.mean(axis=1).T, worth[0].mean(axis=0)[:, None]], axis=1)
        require_additive(whole[None], proba[i][None])
        errors = shares.std(axis=1, ddof=1) / np.sqrt(len(background)) if len(background) > 1 else 0 * shares[:, 0]
        found.append(
            {
                target_class: _explanation(str(accident), target_class, whole[at], errors[:, at])
                for at, target_class in enumerate(model.classes)
            }
        )
    return found


def values(answers: Answers, row: Encoded, background: Encoded) -> np.ndarray:
    """What each coalition of the groups is worth beside each background row.

    Shapes: `answers` gives (n, classes) for n rows, `row` is one -> (coalitions, background, classes).
    """
    members = coalitions.every(len(PLAYERS))
    every = np.repeat(members, len(background), axis=0)
    mixed = mix(row.take(np.zeros(len(every), dtype=int)), background.take(_tiled(background, len(members))), every)
    # nothing of the background is left where all are present: one row answers for all of them
    asked = mixed.take(slice(0, len(mixed) - len(background) + 1))
    blocks = [answers(asked.take(slice(at, at + _BLOCK))) for at in range(0, len(asked), _BLOCK)]
    found = np.concatenate(blocks)
    found = np.concatenate([found, np.broadcast_to(found[-1], (len(background) - 1, found.shape[1]))])
    return found.reshape(len(members), len(background), -1)


def mix(rows: Encoded, others: Encoded, present: np.ndarray) -> Encoded:
    """Rows where groups are present, other rows where they are absent. Shape of `present`: (n, groups) bool."""
    no_code, no_number = hidden_columns(~present @ _GROUP_INPUTS)
    return Encoded(np.where(no_code, others.codes, rows.codes), np.where(no_number, others.numbers, rows.numbers))


def _tiled(background: Encoded, times: int) -> np.ndarray:
    return np.tile(np.arange(len(background)), times)


def _explanation(accident: str, target_class: str, shares: np.ndarray, errors: np.ndarray) -> Explanation:
    order = np.argsort(-np.abs(shares[:-1]), kind="stable")
    told = shares[-1] + np.cumsum(shares[order])
    return Explanation(
        accident=accident,
        target_class=target_class,
        base=float(shares[-1]),
        contributions=dict(zip(PLAYERS, map(float, shares[:-1]), strict=True)),
        output=float(shares.sum()),
        unit=UNIT,
        game=GAME,
        start=float(shares[-1]),
        steps={PLAYERS[player]: float(p) for player, p in zip(order, told, strict=True)},
        errors=dict(zip(PLAYERS, map(float, errors), strict=True)),
    )


_GROUP_INPUTS = np.array([[item.group == group for item in ORDER] for group in PLAYERS])  # (groups, inputs)
