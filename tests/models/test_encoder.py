"""Codes, numbers and what is unknown."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from data import features
from models.encoder import N_COLUMNS, FeatureEncoder, inputs_of, known_players, random_absence
from models.places import Places
from tests.models.conftest import simulated


def test_learns_from_training_rows_alone(table: pd.DataFrame) -> None:
    changed = table.copy()
    changed.iloc[1000:, changed.columns.get_loc("speed_limit")] = 130.0
    changed.iloc[1000:, changed.columns.get_loc("commune")] = "59350"
    one, other = FeatureEncoder.fit(changed.iloc[:1000]), FeatureEncoder.fit(table.iloc[:1000])
    assert one.to_dict() == other.to_dict()
    np.testing.assert_equal(one.places.arrays(), other.places.arrays())


def test_codes_numbers_and_unknown_by_hand() -> None:
    rows = pd.concat([features.row({"light": "1", "lanes": 2}), features.row({"light": "5", "lanes": 4})])
    encoder = FeatureEncoder.fit(rows)
    names = [i.name for i in encoder.inputs]
    new = pd.concat([features.row({"light": "5", "lanes": 6}), features.row({"light": "3"}), features.row({})])
    encoded = encoder.encode(new)
    assert encoded.codes[:, names.index("light")].tolist() == [2, 0, 0]  # 3 was never seen: unknown
    lanes = names.index("lanes") - encoded.codes.shape[1]
    standardised = encoder.standardise(encoded.numbers)
    assert standardised[:, lanes].tolist() == [3.0, 0.0, 0.0]  # (6 - 3) / 1
    n_numbers = encoded.numbers.shape[1]
    assert standardised[:, n_numbers + lanes].tolist() == [1.0, 0.0, 0.0]


def test_shares_of_columns_become_shares_of_players(table: pd.DataFrame) -> None:
    encoder = FeatureEncoder.fit(table)
    columns = [i.name for i in encoder.inputs]
    shares = np.zeros(N_COLUMNS + 1)
    for name, share in {"month": 5.0, "headings": 1.0, "heading_1": 2.0, "heading_3": 0.5, "seat_2": 8.0}.items():
        shares[columns.index(name)] = share
    shares[-4:] = 1.0, 2.0, 4.0, 7.0  # the commune, two that latitude and longitude make together, the base
    found = encoder.by_player(shares)
    assert {name: share for name, share in zip(features.PLAYERS, found[:-1], strict=True) if share} == {
        "month": 5.0, "heading": 3.5, "seat": 8.0, "latitude": 3.0, "longitude": 3.0, "commune": 1.0,
    }  # fmt: skip
    assert found[-1] == 7.0


def test_a_player_is_hidden_with_all_its_inputs_and_known_by_any_of_them(table: pd.DataFrame) -> None:
    encoder = FeatureEncoder.fit(table)
    absent = np.array([[name == "heading" for name in features.PLAYERS]])
    hidden = inputs_of(absent)[0]
    assert {i.name for i, gone in zip(encoder.inputs, hidden, strict=True) if gone} == {
        "headings", "heading_1", "heading_2", "heading_3",
    }  # fmt: skip
    described = pd.concat([features.row({"seat_4": 0, "latitude": 48.0}), features.row({})])
    known = known_players(encoder.encode(described))
    assert {name for name, told in zip(features.PLAYERS, known[0], strict=True) if told} == {"seat", "latitude"}
    assert not known[1].any()


def test_extreme_numbers_are_limited() -> None:
    rows = pd.concat([features.row({"people": n}) for n in (1, 2, 3)])
    encoder = FeatureEncoder.fit(rows)
    crash = encoder.standardise(encoder.encode(features.row({"people": 200})).numbers)
    assert crash.max() == 5.0


def test_survives_json(table: pd.DataFrame) -> None:
    encoder = FeatureEncoder.fit(table)
    around = Places.of_arrays(encoder.places.arrays())
    again = FeatureEncoder.from_dict(json.loads(json.dumps(encoder.to_dict())), around)
    assert again.to_dict() == encoder.to_dict()
    other = simulated(50, seed=1)
    np.testing.assert_array_equal(again.encode(other).codes, encoder.encode(other).codes)
    np.testing.assert_array_equal(again.encode(other).numbers, encoder.encode(other).numbers)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("centres", float("nan")), ("centres", float("-inf")), ("centres", 1e300),
        ("spreads", 0.0), ("spreads", -1.0), ("spreads", 1e-300), ("spreads", float("nan")), ("spreads", float("inf")),
    ],
)  # fmt: skip
def test_a_scale_that_no_rows_have_is_refused(part: str, value: float, table: pd.DataFrame) -> None:
    """1e300 and 1e-300 are infinity and 0 in the single precision that numbers are scaled in."""
    encoder = FeatureEncoder.fit(table)
    plain = encoder.to_dict()
    plain[part]["speed_limit"] = value
    with pytest.raises(ValueError, match="scale"):
        FeatureEncoder.from_dict(plain, encoder.places)


def test_hiding_is_what_hidden_inputs_encode_to(table: pd.DataFrame) -> None:
    encoder = FeatureEncoder.fit(table)
    names = ["light", "speed_limit", "commune", "longitude"]
    absent = np.tile([i.name in names for i in encoder.inputs], (len(table), 1))
    hidden, expected = encoder.encode(table).hide(absent), encoder.encode(features.hidden(table, names))
    np.testing.assert_array_equal(hidden.codes, expected.codes)
    np.testing.assert_array_equal(hidden.numbers, expected.numbers)


def test_half_of_the_rows_lose_what_comes_close_to_the_event_and_the_others_half_of_all_on_average() -> None:
    absent = random_absence(features.INPUTS, 8000, np.random.default_rng(0))
    close = (absent == [i.near_event for i in features.INPUTS]).all(axis=1)
    assert 0.48 < close.mean() < 0.52
    assert 0.48 < absent[~close].mean() < 0.52
    assert (~absent).all(axis=1).any()
    assert absent.all(axis=1).any()
