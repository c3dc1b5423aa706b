"""What happens around a place, beside counts and distances worked out by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from models.places import Places


def rows(*places: tuple[str | None, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(places, columns=["commune", "latitude", "longitude"])
    return frame.astype({"commune": "str"})


# two accidents in one cell of Lille, one two cells further north, one at the other end of the world
LEARNT = rows(("59350", 50.61, 3.05), ("59350", 50.615, 3.051), ("59017", 50.65, 3.05), ("97411", -20.89, 55.45))


def columns(new: pd.DataFrame, learnt: bool = False) -> np.ndarray:
    return Places.fit(LEARNT).columns(new, np.full(len(new), learnt))


def test_accidents_of_the_commune() -> None:
    found = columns(rows(("59350", np.nan, np.nan), ("59017", np.nan, np.nan), ("75101", np.nan, np.nan), (None, 1, 1)))
    np.testing.assert_allclose(np.expm1(found[:3, 0]), [2, 1, 0], atol=1e-6)
    assert np.isnan(found[3, 0])
    assert np.isnan(found[:3, 1:]).all()


def test_density_near_and_far_by_hand() -> None:
    found = np.exp(columns(rows(("59350", 50.619, 3.045)))[0, 1:]) - 0.01
    two_cells = np.exp(-((2 * 0.02 * 111.2) ** 2) / (2 * 1.5**2))
    assert found[0] == pytest.approx(2 + two_cells, rel=1e-4)
    assert found[1] == pytest.approx(3, rel=1e-4), "all three lie in one coarse cell"
    nowhere = np.exp(columns(rows((None, 45.0, 0.0)))[0, 1:])
    np.testing.assert_allclose(nowhere, 0.01, rtol=1e-4)


def test_nobody_is_in_their_own_surroundings() -> None:
    found = columns(LEARNT, learnt=True)
    np.testing.assert_allclose(np.expm1(found[:, 0]), [1, 1, 0, 0], atol=1e-6)
    np.testing.assert_allclose(np.exp(found[3, 1:]), 0.01, rtol=1e-4)


def test_what_is_kept_gives_the_same_and_holds_no_position() -> None:
    learnt = Places.fit(LEARNT)
    arrays = learnt.arrays()
    again = Places.of_arrays(arrays)
    own = np.zeros(len(LEARNT), dtype=bool)
    np.testing.assert_array_equal(again.columns(LEARNT, own), learnt.columns(LEARNT, own))
    assert {name: array.dtype.kind for name, array in arrays.items()} == {
        "communes": "u", "commune_counts": "u", "cells": "i", "cell_counts": "u",
    }  # fmt: skip


def test_rows_without_any_place() -> None:
    none = rows((None, np.nan, np.nan))
    assert np.isnan(Places.fit(none).columns(none, np.array([True]))).all()
    found = Places.of_arrays(Places.fit(none).arrays()).columns(LEARNT, np.zeros(4, dtype=bool))
    np.testing.assert_allclose(np.exp(found[:, 1:]), 0.01, rtol=1e-4)


def test_arrays_that_do_not_fit_are_refused() -> None:
    arrays = Places.fit(LEARNT).arrays()
    with pytest.raises(ValueError, match="places"):
        Places.of_arrays({**arrays, "cell_counts": arrays["cell_counts"][1:]})
