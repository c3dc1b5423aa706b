"""Many rows in batches on several threads, beside all of them at once."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest

from data import features
from models.encoder import Encoded
from models.parallel import in_batches
from models.random_forest import RandomForest, RandomForestConfig
from models.xgb import XGBoost, XGBoostConfig

ROWS = Encoded(codes=np.arange(10).reshape(5, 2), numbers=np.zeros((5, 0), dtype=np.float32))


@pytest.mark.parametrize(("size", "batches"), [(1, 5), (2, 3), (5, 1), (9, 1)])
@pytest.mark.parametrize("threads", [None, 1, 3])
def test_every_row_is_answered_once_in_its_place(size: int, batches: int, threads: int | None) -> None:
    asked = []

    def answer(batch: Encoded) -> np.ndarray:
        asked.append(len(batch))
        return batch.codes.sum(axis=1, keepdims=True)

    found = in_batches(answer, ROWS, size, threads)
    assert found.ravel().tolist() == [1, 5, 9, 13, 17]
    assert (len(asked), max(asked)) == (batches, min(size, 5))


def test_one_batch_starts_no_thread() -> None:
    names = []

    def answer(batch: Encoded) -> np.ndarray:
        names.append(threading.current_thread().name)
        return batch.codes

    in_batches(answer, ROWS, 5)
    in_batches(answer, ROWS, 2, threads=1)
    assert set(names) == {threading.current_thread().name}
    in_batches(answer, ROWS, 2, threads=2)
    assert len(set(names)) > 1


def test_no_row_gives_no_answer() -> None:
    assert in_batches(lambda batch: batch.codes, ROWS.take(slice(0, 0)), 5).shape == (0, 2)


def test_trees_answer_as_their_libraries_do(table: pd.DataFrame) -> None:
    rows = pd.concat([table] * 3)  # more than a batch
    forest = RandomForest(RandomForestConfig(trees=5), "collision").fit(table)
    encoded = forest.encoder.encode(features.checked(rows))
    np.testing.assert_allclose(forest._proba(encoded), forest.forest.predict_proba(forest._matrix(encoded)), atol=1e-12)
    boosted = XGBoost(XGBoostConfig(rounds=5), "collision").fit(table)
    expected = boosted.booster.predict(boosted._matrix(encoded)).astype(float)
    np.testing.assert_array_equal(boosted._proba(encoded), expected)
