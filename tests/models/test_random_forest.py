"""The files of the random forest."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from models import checkpoint, registry
from models.base import CheckpointError
from models.random_forest import RandomForest, RandomForestConfig


@pytest.fixture
def kept(table: pd.DataFrame, tmp_path: Path) -> Path:
    RandomForest(RandomForestConfig(trees=2), "severity").fit(table).save(tmp_path / "model")
    return tmp_path / "model"


def test_a_file_that_unpacks_to_far_more_than_any_forest_is_refused_before_it_fills_the_memory(kept: Path) -> None:
    """With the spaces behind it, the list of the parts of the forest is still what it was."""
    with zipfile.ZipFile(kept / "forest.skops") as file:
        parts = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(kept / "forest.skops", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content in parts.items():
            file.writestr(name, content + b" " * 300_000_000 if name == "schema.json" else content)
    rehashed(kept)
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError, match="unpacks to more than a model takes"):
            registry.load(kept, "cpu")
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


def test_a_file_that_cannot_be_unpacked_is_refused(kept: Path) -> None:
    content = (kept / "forest.skops").read_bytes()
    name = content.index(b".npy")  # what was packed follows the name
    (kept / "forest.skops").write_bytes(content[: name + 4] + b"\xff" * 20 + content[name + 24 :])
    rehashed(kept)
    with pytest.raises(CheckpointError, match="does not hold a model this version can use"):
        registry.load(kept, "cpu")


def rehashed(folder: Path) -> None:
    """As it would be for the files that are there."""
    whole = json.loads((folder / "metadata.json").read_text())
    whole["files"] = {name: checkpoint.digest(folder / name) for name in whole["files"]}
    (folder / "metadata.json").write_text(json.dumps(whole))
