import json

import numpy as np
import pytest

from data import coded, hexagons
from data.filters import Filters
from tests.data import described

LYON = {"date": "2024-05-01", "departement": "69", "latitude": 45.76, "longitude": 4.84}


def asked(*rows, **filters):
    return coded.select(coded.read(described.source(*rows)), Filters(**filters))


def test_accidents_at_one_place_are_one_hexagon():
    rows = [
        LYON | {"severity": "light"}, LYON | {"severity": "killed"}, LYON | {"severity": "hospitalised"}, LYON,
        LYON | {"latitude": None}, LYON | {"longitude": 5.6, "departement": "38"},
    ]  # fmt: skip
    found = hexagons.count(asked(*rows))
    assert (found.total, found.located, found.inside) == (6, 5, 5)
    first = found.rows.iloc[0]
    assert first[["accidents", "known", "serious", "fatal"]].tolist() == [4, 3, 2, 1]
    assert first["share"] == pytest.approx(2 / 3)
    assert [first["low"], first["high"]] == pytest.approx([0.2077, 0.9385], abs=1e-4)  # Wilson of 2 of 3
    assert np.isnan(found.rows.iloc[1]["share"])  # its severity is not known
    assert abs(first["latitude"] - 45.76) < 0.1
    assert abs(first["longitude"] - 4.84) < 0.1


def test_a_departement_is_looked_at_more_closely_than_france():
    paris = {"date": "2024-05-01", "departement": "75", "latitude": 48.8566, "longitude": 2.3522}
    widths = [hexagons.count(asked(paris, **chosen)).width for chosen in ({}, {"departements": ("75",)})]
    assert widths == [15, 0.5]


def test_overseas_accidents_are_located_and_not_inside_mainland_france():
    reunion = {"date": "2024-05-01", "departement": "974", "latitude": -21.1, "longitude": 55.5}
    found = hexagons.count(asked(LYON, reunion))
    assert (found.located, found.inside) == (2, 1)
    assert hexagons.count(asked(LYON, reunion, departements=("974",))).inside == 1


def test_every_point_lies_within_the_hexagon_that_counts_it():
    rng = np.random.default_rng(1)
    points = rng.uniform(-20, 20, (5000, 2))
    cell, columns, lines = hexagons._cells(points[:, 0], points[:, 1])
    centres = np.column_stack([columns / 2, lines / 2 * np.sqrt(3)])
    # the farthest corner of a hexagon 1 wide is 1 / sqrt(3) from its centre, and no other centre is nearer
    distance = np.linalg.norm(points - centres[cell], axis=1)
    assert distance.max() <= 1 / np.sqrt(3) + 1e-9
    every = np.linalg.norm(points[:200, None] - centres[None], axis=2).min(axis=1)
    np.testing.assert_allclose(distance[:200], every)
    assert len(np.unique(centres, axis=0)) == len(centres)


def test_the_grid_holds_every_hexagon_as_wide_as_is_said():
    paris = {"date": "2024-05-01", "departement": "75", "latitude": 48.8566, "longitude": 2.3522}
    edge = paris | {"latitude": hexagons.box(("75",))[0], "longitude": hexagons.box(("75",))[3]}
    found = hexagons.count(asked(paris, edge, departements=("75",)))
    features = {f["id"]: f["geometry"]["coordinates"][0] for f in json.loads(hexagons.grid(("75",)))["features"]}
    middle = np.cos(np.radians((found.box[0] + found.box[1]) / 2))
    for row in found.rows.itertuples():
        outline = np.array(features[row.hexagon])
        assert outline.shape == (7, 2)
        assert (outline[0] == outline[-1]).all()
        assert outline[:-1].mean(axis=0) == pytest.approx([row.longitude, row.latitude], abs=1e-4)
        assert np.ptp(outline[:, 0]) * 111.19 * middle == pytest.approx(found.width, rel=0.01)


@pytest.mark.parametrize("departements", [(), ("69",), ("69", "974"), ("988",), ("971", "987")])
def test_no_grid_is_large(departements):
    assert 1_000 < hexagons.grid(departements).count(b"Polygon") < 12_000


def test_nothing_located_is_no_hexagon():
    found = hexagons.count(asked(LYON | {"latitude": None}))
    assert found.rows.empty
    assert (found.total, found.located) == (1, 0)
