"""Where the départements stand on the small map, from squares written by hand."""

import json
from itertools import pairwise

import numpy as np
import pytest

from data import borders, insets, schema
from data.borders import MAINLAND


def square(west, south, size=1.0):
    east, north = west + size, south + size
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def feature(code, coordinates):
    return {
        "type": "Feature",
        "properties": {"code": code, "nom": schema.DEPARTEMENTS[code]},
        "geometry": {"type": "Polygon", "coordinates": coordinates},
    }


@pytest.fixture
def made_up():
    """Squares: Paris and its neighbours of 0.1 degrees in a row, La Réunion, the others of 1 degree."""
    features = [feature(code, square(4, 46)) for code in MAINLAND if code not in insets.ENLARGED]
    features += [feature(code, square(2 + i / 10, 48.8, 0.1)) for i, code in enumerate(insets.ENLARGED)]
    features.append(feature("974", square(55.3, -21.4, 0.4)))
    return borders.parse(json.dumps({"type": "FeatureCollection", "features": features}).encode())


def shapes(content):
    found = json.loads(content)
    return {f["properties"]["code"]: f["geometry"]["coordinates"] for f in found["features"]}


def within(polygon, box):
    south, north, west, east = box
    longitude, latitude = np.array(polygon[0]).T
    edge = 0.001
    inside = (longitude >= west - edge) & (longitude <= east + edge)
    return (inside & (latitude >= south - edge) & (latitude <= north + edge)).all()


def test_every_departement_has_a_shape(made_up):
    assert set(shapes(insets.laid_out(made_up))) == set(schema.DEPARTEMENTS)
    assert set(shapes(insets.where_they_are(made_up))) == {*MAINLAND, "974"}


def test_overseas_stands_in_its_place_with_its_shape(made_up):
    found = shapes(insets.laid_out(made_up))
    for code, box in insets.overseas_boxes().items():
        assert within(found[code][0], box), code
    longitude, latitude = np.array(found["974"][0][0]).T
    width = np.ptp(longitude) * np.cos(np.radians(latitude.mean()))
    published = 0.4 * np.cos(np.radians(-21.2)) / 0.4
    assert width / np.ptp(latitude) == pytest.approx(published, rel=0.01)
    assert np.array(shapes(insets.where_they_are(made_up))["974"][0][0]).max() == 55.7


def test_paris_and_its_neighbours_stand_twice_and_side_by_side(made_up):
    found = shapes(insets.laid_out(made_up))
    enlarged = [found[code][1] for code in insets.ENLARGED]
    assert found["75"][0] == square(2, 48.8, 0.1)
    assert all(within(polygon, insets.ENLARGED_BOX) for polygon in enlarged)
    for left, right in pairwise(enlarged):
        assert max(point[0] for point in left[0]) == pytest.approx(min(point[0] for point in right[0]), abs=0.002)
    assert len(found["01"]) == 1


def test_the_places_do_not_overlap():
    boxes = [*insets.overseas_boxes().values()]
    for (_s, _n, _w, east), (_s2, _n2, west, _e) in pairwise(boxes):
        assert east < west
    assert max(north for _s, north, _w, _e in boxes) < insets.MAINLAND_BOX[0]
