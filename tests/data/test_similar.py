import numpy as np
import pandas as pd
import pytest

from data import coded, population, similar
from data.filters import Filters
from tests.data import described


def table(**rows):
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["inhabitants", "built_up", "motorways", "departmental"]
    )


def test_criteria_are_shares_of_what_is_known_and_the_inhabitants():
    rows = [
        {"year": 2024, "departement": "69", "built_up": "2", "road_class": "1"},
        {"year": 2024, "departement": "69", "built_up": "1", "road_class": "3"},
        {"year": 2024, "departement": "69", "built_up": "2"},
    ]
    few = [{"year": 2024, "departement": "48", "built_up": "2"}]
    found = similar.criteria(coded.select(coded.read(described.source(*rows * 10, *few)), Filters()))
    assert found.index.tolist() == ["69"]  # one accident says nothing of Lozère
    assert found.loc["69", ["built_up", "motorways", "departmental"]].tolist() == pytest.approx([2 / 3, 0.5, 0.5])
    assert found.loc["69", "inhabitants"] == population.inhabitants()["69"]


def test_the_nearest_by_hand():
    # built-up shares 0, 1, 3 have a deviation of sqrt(14) / 3; the other criteria are the same everywhere
    known = table(a=(1e6, 0, 0.1, 0.2), b=(1e6, 1, 0.1, 0.2), c=(1e6, 3, 0.1, 0.2))
    found = similar.nearest(known, ["a"])
    assert found.index.tolist() == ["b", "c"]
    assert found["distance"].tolist() == pytest.approx([step * 3 / np.sqrt(14) / 2 for step in (1, 3)])
    assert similar.nearest(known, ["a"], number=1).index.tolist() == ["b"]


def test_several_are_compared_by_their_mean():
    known = table(a=(1e5, 0, 0, 0), b=(1e5, 4, 0, 0), c=(1e5, 2, 0, 0), d=(1e5, 1, 0, 0))
    assert similar.nearest(known, ["a", "b"])["distance"].idxmin() == "c"


def test_a_criterion_that_nobody_knows_is_left_out_and_who_lacks_another_too():
    nan = np.nan
    known = table(a=(1e5, 0, nan, 0), b=(1e5, 1, nan, 0), c=(nan, 0, nan, 0))
    assert similar.nearest(known, ["a"]).index.tolist() == ["b"]
    assert similar.nearest(known, ["c"]).empty
    assert similar.nearest(known.iloc[:0], ["a"]).empty
