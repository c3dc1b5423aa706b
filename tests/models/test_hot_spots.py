"""Hot spots of accidents written by hand: places whose distances and counts are known."""

import numpy as np
import pytest

from data import coded
from data.filters import Filters
from models import hot_spots
from tests.data import described

STEP = 10 / 111_195  # ten metres northwards, in degrees


def accident(metres, *, latitude=45.0, longitude=4.0, **more):
    here = {"date": "2024-05-01", "departement": "69", "latitude": latitude + metres / 10 * STEP}
    return here | {"longitude": longitude} | more


def asked(*rows):
    return coded.select(coded.read(described.source(*rows)), Filters())


def test_a_dense_place_is_found_with_its_statistics():
    hurt = {"killed": 0, "hospitalised": 2, "slightly_injured": 0, "severity": "hospitalised"}
    dead = {"killed": 1, "hospitalised": 1, "slightly_injured": 0, "severity": "killed"}
    slight = {"killed": 0, "hospitalised": 0, "slightly_injured": 1, "severity": "light"}
    rows = [
        accident(0, **hurt), accident(20, **dead), accident(40, **slight), accident(60),
        accident(2_000, **dead), accident(5_000),
    ]  # fmt: skip
    found = hot_spots.find(asked(*rows), radius=50, least=3)
    assert found.located == 6
    assert len(found.rows) == 1
    spot = found.rows.iloc[0]
    assert spot[["accidents", "known", "serious", "killed", "hospitalised"]].tolist() == [4, 3, 2, 1, 3]
    assert spot["share"] == pytest.approx(2 / 3)
    assert [spot["low"], spot["high"]] == pytest.approx([0.2077, 0.9385], abs=1e-4)
    assert spot["latitude"] == pytest.approx(45 + 3 * STEP)
    assert spot["reach"] == pytest.approx(30, rel=0.001)
    assert spot["departement"] == "69"


@pytest.mark.parametrize(("radius", "spots"), [(50, 0), (100, 1)])
def test_the_radius_is_in_metres(radius, spots):
    rows = [accident(0), accident(70), accident(140)]
    assert len(hot_spots.find(asked(*rows), radius=radius, least=3).rows) == spots


def test_eastern_metres_are_metres_too():
    # at 60 degrees north a degree of longitude is half as long
    rows = [accident(0, latitude=60.0, longitude=4 + i * 70 / 111_195 * 2) for i in range(3)]
    assert hot_spots.find(asked(*rows), radius=60, least=2).rows.empty
    spot = hot_spots.find(asked(*rows), radius=75, least=2).rows.iloc[0]
    assert spot["reach"] == pytest.approx(70, rel=0.001)


def test_the_fullest_place_stands_first_and_unknown_injuries_are_not_zero():
    rows = [accident(m) for m in (0, 10, 20)] + [accident(9_000 + m) for m in (0, 10, 20, 30)]
    found = hot_spots.find(asked(*rows), radius=50, least=3).rows
    assert found["accidents"].tolist() == [4, 3]
    assert found[["killed", "share", "low"]].isna().all(axis=None)


def test_more_than_the_cap_are_not_looked_at(monkeypatch):
    monkeypatch.setattr(hot_spots, "CAP", 3)
    rows = [accident(m) for m in (0, 10, 20)]
    assert not hot_spots.find(asked(*rows), 50, 3).too_many
    more = hot_spots.find(asked(*rows, accident(30)), 50, 3)
    assert more.too_many
    assert more.rows.empty


def test_nothing_located():
    found = hot_spots.find(asked(accident(0, longitude=None)), 50, 3)
    assert found.rows.empty
    assert found.located == 0
    assert np.isin(["latitude", "share", "departement"], found.rows.columns).all()


def test_the_usual_minimum_grows_with_the_years():
    assert [hot_spots.usual_least(years) for years in (0.75, 1, 5, 20)] == [3, 5, 20, 100]
