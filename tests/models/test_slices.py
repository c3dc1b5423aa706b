"""Kinds of accidents whose scores are looked at apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data import features
from models import slices
from models.metrics import Scorer


def described(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.concat([features.row(row) for row in rows], ignore_index=True)


def test_each_accident_stands_in_one_part_of_each_division_or_in_none() -> None:
    table = described(
        {"built_up": "2", "light": "1", "departement": "75", "pedestrians": 2},
        {"built_up": "1", "light": "3", "departement": "2A", "pedestrians": 0},
        {"light": "2"},
        {"light": "5", "pedestrians": 1},
    )
    found = slices.of(table)
    assert set(found) == set(slices.DIVISIONS)
    assert found["built_up"].tolist() == ["2", "1", "", ""]
    assert found["time"].tolist() == ["day", "night", "dusk", "night"]
    assert found["departement"].tolist() == ["75", "2A", "", ""]
    assert found["pedestrians"].tolist() == ["with", "without", "", "with"]


def test_parts_are_masks_and_small_ones_are_left_out() -> None:
    where = {"time": np.array(["day", "night", "day", ""]), "departement": np.array(["75", "75", "13", "75"])}
    found = {(part.division, part.value): part.mask.tolist() for part in slices.parts(where, least=2)}
    assert found == {
        ("time", "day"): [True, False, True, False],
        ("departement", "75"): [True, True, False, True],
    }


def test_only_the_departements_with_most_accidents_are_shown() -> None:
    codes = np.repeat([f"{n:02d}" for n in range(1, 21)], range(5, 25))
    found = slices.parts({"departement": codes}, least=1)
    assert [part.value for part in found] == [f"{n:02d}" for n in range(20, 20 - slices.DEPARTEMENTS, -1)]


def test_parts_have_words() -> None:
    where = {
        "built_up": np.array(["2"]),
        "time": np.array(["dusk"]),
        "departement": np.array(["59"]),
        "pedestrians": np.array(["without"]),
    }
    words = [part.label for part in slices.parts(where, least=1)]
    assert words == ["In built-up area", "Dusk or dawn", "Without pedestrians", "59 Nord"]


def test_parts_of_a_score_add_up_to_the_whole() -> None:
    """Mean log-loss over parts that leave no accident out, weighted by their sizes, is that of all accidents."""
    random = np.random.default_rng(0)
    proba, truth = random.dirichlet(np.ones(3), 300), random.integers(0, 3, 300)
    where = {"time": random.choice(["day", "night", "dusk"], 300)}
    scorer = Scorer(proba, truth)
    parts = slices.parts(where, least=1)
    assert len(parts) == 3
    total = sum(slices.score(scorer, part, "severity")["log_loss"] * part.mask.sum() for part in parts)
    assert total / 300 == pytest.approx(scorer.log_losses.mean())
    night = next(part for part in parts if part.value == "night")
    alone = Scorer(proba[night.mask], truth[night.mask])
    found = slices.score(scorer, night, "severity")
    assert found["auc_serious"] == pytest.approx(alone.auc(np.ones(alone.n), (1, 2)))
    assert found["rows"] == alone.n


def test_further_divisions_are_known_by_their_labels(table: pd.DataFrame) -> None:
    where = slices.more(table)
    assert set(where) == {*slices.DIVISIONS, *slices.MORE}
    riders = table["mopeds"] + table["motorcycles"]
    counts = {
        part.value: int(part.mask.sum()) for part in slices.parts(where, least=1) if part.division == "two_wheels"
    }
    assert counts == {"riders": int((riders > 0).sum()), "no_riders": int((riders == 0).sum())}
    assert {"With mopeds or motorcycles", "Motorway"} <= {part.label for part in slices.parts(where, least=1)}
