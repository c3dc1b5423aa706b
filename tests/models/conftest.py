"""Simulated accidents for the models: small tables whose targets depend on the inputs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from data import features, schema


@contextlib.contextmanager
def described_briefly(draws: int = 20, rows: int = 4) -> Iterator[None]:
    """What a training writes about its model takes longer than learning from so few rows: less of it, then.

    `draws` of the bootstrap, `rows` that are explained for the global view.
    """
    from models import description
    from models.registry import KINDS

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(description, "BOOTSTRAP", draws)
        for kind in KINDS.values():
            if "severity" in kind.targets:
                patch.setattr(kind.model, "importance_rows", rows)
        yield


@pytest.fixture(scope="package", autouse=True)
def _briefly() -> Iterator[None]:
    with described_briefly():
        yield


def simulated(rows: int, seed: int = 0) -> pd.DataFrame:
    """A table as made by `data.features.table`: pedestrians decide the collision, the speed limit the severity."""
    random = np.random.default_rng(seed)
    columns: dict[str, object] = {}
    for item in features.INPUTS:
        if item.kind == "category":
            values = list(schema.values(item.name))[:6]
            drawn = random.choice(np.array([*values, None], dtype=object), rows)
            columns[item.name] = pd.Categorical(drawn, categories=list(schema.values(item.name)))
        elif item.kind == "commune":
            drawn = random.choice(np.array(["59350", "2A004", "97411", None], dtype=object), rows)
            columns[item.name] = pd.Series(drawn, dtype="str").to_numpy()
        else:
            top = min(item.maximum, item.minimum + 6)
            numbers = random.integers(int(item.minimum), int(top) + 1, rows).astype(float)
            if item.detail:  # most accidents have nobody and nothing of a kind
                numbers *= random.random(rows) < 0.05
            columns[item.name] = np.where(random.random(rows) < 0.1, np.nan, numbers)
    speed = random.choice([30.0, 50.0, 80.0], rows)
    pedestrians = random.integers(0, 2, rows).astype(float)
    collisions = np.where((pedestrians == 1) & (random.random(rows) < 0.9), "6", random.choice(list("1234567"), rows))
    killed = random.random(rows) < speed / 100 - 0.2
    severity = np.where(killed, "killed", random.choice(["light", "hospitalised"], rows))
    columns |= {
        "speed_limit": speed,
        "pedestrians": pedestrians,
        "date": pd.to_datetime("2024-01-01") + pd.to_timedelta(np.sort(random.integers(0, 100, rows)), unit="D"),
        "collision": pd.Categorical(collisions, categories=list(schema.values("collision"))),
        "severity": pd.Categorical(severity, categories=list(schema.values("severity"))),
    }
    numbers = pd.Index([f"2024{90_000_001 + i}" for i in range(rows)], name="accident")
    return pd.DataFrame(columns, index=numbers)


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return simulated(1500)
