"""Backgrounds drawn from what is kept of many accidents, one input by itself."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from data import features
from models.background import Marginals, sample
from models.places import Places


@pytest.fixture(scope="module")
def kept(table: pd.DataFrame) -> Marginals:
    return Marginals.of(table)


def test_values_are_drawn_as_often_as_they_were(kept: Marginals, table: pd.DataFrame) -> None:
    drawn = kept.draw(Places.fit(table), n=4000)
    for name in ("light", "speed_limit", "pedestrians", "hour"):
        for value in table[name].dropna().unique():
            assert (drawn[name] == value).mean() == pytest.approx((table[name] == value).mean(), abs=0.03)
        assert drawn[name].isna().mean() == pytest.approx(table[name].isna().mean(), abs=0.03)
    assert drawn["commune"].isna().mean() == pytest.approx(table["commune"].isna().mean(), abs=0.03)
    assert set(drawn["commune"].dropna()) == set(table["commune"].dropna())


def test_a_position_is_drawn_as_one(kept: Marginals, table: pd.DataFrame) -> None:
    places = Places.fit(table)
    drawn = kept.draw(places, n=300)
    assert drawn["latitude"].isna().equals(drawn["longitude"].isna())
    known = drawn[["latitude", "longitude"]].dropna().to_numpy()
    cells = {tuple(cell) for cell in np.floor(known / 0.02).astype(int).tolist()}
    assert cells <= {tuple(cell) for cell in places.cells.tolist()}


def test_the_same_seed_gives_the_same_accidents_also_after_keeping(kept: Marginals, table: pd.DataFrame) -> None:
    places = Places.fit(table)
    again = Marginals.from_dict(json.loads(json.dumps(kept.to_dict())))
    first = kept.draw(places)
    pd.testing.assert_frame_equal(first, kept.draw(places))
    assert len(first) == 100
    agreeing = (
        first["light"].astype(object).fillna("?") == again.draw(places)["light"].astype(object).fillna("?")
    ).mean()
    assert agreeing > 0.97  # shares are kept to six digits


def test_a_value_of_few_accidents_is_not_kept(table: pd.DataFrame) -> None:
    rare = table.assign(buses=np.where(np.arange(len(table)) < 3, 44.0, table["buses"]))
    values = {value for value, _share in Marginals.of(rare).shares["buses"]}
    assert 44.0 not in values
    assert 0.0 in values


def test_no_place_is_known_where_none_was_learnt(kept: Marginals, table: pd.DataFrame) -> None:
    drawn = kept.draw(Places.fit(table.iloc[:0]), n=20)
    assert drawn[["commune", "latitude", "longitude"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("light", [["99", 1.0]]),
        ("light", [["1", 0.5]]),
        ("light", [["1", -1.0], ["2", 2.0]]),
        ("speed_limit", [[900.0, 1.0]]),
        ("speed_limit", [["fast", 1.0]]),
        ("speed_limit", [[float("nan"), 1.0]]),
        ("commune", [["59350", 1.0]]),
        ("light", 3),
    ],
)
def test_what_no_input_can_be_is_refused(kept: Marginals, name: str, shares: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        Marginals.from_dict(kept.to_dict() | {name: shares})
    with pytest.raises(KeyError):
        Marginals.from_dict({})


def test_a_sample_is_of_the_table_and_the_same_each_time(table: pd.DataFrame) -> None:
    found = sample(table, 50)
    assert len(found) == 50
    assert found.index.isin(table.index).all()
    assert found.index.equals(sample(table, 50).index)
    assert len(sample(table.iloc[:7], 50)) == 7
    assert len(features.checked(found)) == 50
