import pytest

from data import features
from models import certainty


def test_open_classes_by_hand():
    assert certainty.of({"a": 1.0, "b": 0.0}) == certainty.Certainty("a", 1.0, 1.0)
    assert certainty.of({"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25}).classes == pytest.approx(4)
    assert certainty.of({"a": 0.5, "b": 0.5, "c": 0.0}).classes == pytest.approx(2)
    assert certainty.of({"a": 0.1, "b": 0.9}).name == "b"


def test_each_known_group_is_left_out_and_each_taken_away_comes_back():
    values = {"hour": "3", "month": "1", "light": None, "cars": 0}
    found = certainty.variants(values, {"conditions": {"light": "5"}, "people": {}})
    assert list(found) == ["whole", "when_where", "conditions", "vehicles", "nothing"]
    assert found["whole"] == {"hour": "3", "month": "1", "cars": 0}
    assert found["when_where"] == {"cars": 0}
    assert found["conditions"] == {"hour": "3", "month": "1", "cars": 0, "light": "5"}
    assert found["vehicles"] == {"hour": "3", "month": "1"}
    assert found["nothing"] == {}
    assert set(features.GROUPS).isdisjoint({certainty.WHOLE, certainty.NOTHING})
