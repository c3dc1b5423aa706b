"""Checkpoints made by an earlier version go on loading, and answer what they answered then."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models import registry
from tests.models.golden.make import FOLDER, described

NAMES = [path.stem for path in sorted(FOLDER.glob("*.json"))]


def test_there_is_one_of_every_classifier_with_weights_of_its_own() -> None:
    kinds = {k.name for k in registry.KINDS.values() if "severity" in k.targets}
    assert set(NAMES) == kinds - {"blend"}  # whose weights are those of other kinds


@pytest.mark.parametrize("name", NAMES)
def test_answers_as_on_its_first_day(name: str) -> None:
    model = registry.load(FOLDER / name, "cpu")
    found = model.predict_proba(described())
    expected = json.loads((FOLDER / f"{name}.json").read_text())
    assert list(found.columns) == list(expected)
    np.testing.assert_allclose(found.to_numpy(), np.column_stack(list(expected.values())), atol=1e-5)
    assert model.explain(described())
