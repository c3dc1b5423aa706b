"""What a checkpoint says of its training data."""

from __future__ import annotations

import pandas as pd

from models.description import fingerprint, of_data


def test_a_fingerprint_tells_values_and_columns_apart() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]}, index=["x", "y"])
    assert fingerprint(table) == fingerprint(table.copy())
    assert fingerprint(table) != fingerprint(table.assign(b=[3.0, 5.0]))
    assert fingerprint(table) != fingerprint(table.rename(columns={"b": "c"}))
    assert fingerprint(table) != fingerprint(table.rename({"y": "z"}))


def test_a_checkpoint_names_its_accidents_as_a_benchmark_does() -> None:
    table = pd.DataFrame({"a": [1.0], "b": [2.0]}, index=["x"])
    said = of_data(table, {"source": "Simulated"})
    assert said == {"source": "Simulated", "rows": 1, "fingerprint": fingerprint(table)}
