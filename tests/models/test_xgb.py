"""The files of XGBoost."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest

from models import checkpoint, registry
from models.base import CheckpointError
from models.xgb import XGBoost, XGBoostConfig


@pytest.fixture(scope="module")
def fitted(table: pd.DataFrame) -> XGBoost:
    return XGBoost(XGBoostConfig(rounds=3), "severity").fit(table)


def test_the_same_model_gives_the_same_file(fitted: XGBoost, tmp_path: Path) -> None:
    fitted.save(tmp_path / "one")
    fitted.save(tmp_path / "other")
    one, other = ((tmp_path / name / "booster.ubj.gz").read_bytes() for name in ("one", "other"))
    assert one == other
    assert len(one) < len(gzip.decompress(one)) / 2


def test_a_file_that_is_not_packed_is_read_as_before(fitted: XGBoost, table: pd.DataFrame, tmp_path: Path) -> None:
    fitted.save(tmp_path / "model")
    repacked(tmp_path / "model", "booster.ubj", gzip.decompress((tmp_path / "model" / "booster.ubj.gz").read_bytes()))
    again = registry.load(tmp_path / "model", "cpu")
    pd.testing.assert_frame_equal(again.predict_proba(table), fitted.predict_proba(table))


@pytest.mark.parametrize("content", [b"", b"{", b"\x80\x04\x95", b'{"learner": 1}'])
@pytest.mark.parametrize("name", ["booster.ubj", "booster.ubj.gz"])
def test_what_is_no_booster_is_refused_and_never_ends_the_process(
    name: str, content: bytes, fitted: XGBoost, tmp_path: Path
) -> None:
    fitted.save(tmp_path / "model")
    repacked(tmp_path / "model", name, gzip.compress(content) if name.endswith(".gz") else content)
    with pytest.raises(CheckpointError, match="does not hold a model this version can use"):
        registry.load(tmp_path / "model", "cpu")


def test_a_file_that_unpacks_to_far_more_than_any_booster_is_refused_before_it_fills_the_memory(
    fitted: XGBoost, tmp_path: Path
) -> None:
    fitted.save(tmp_path / "model")
    repacked(tmp_path / "model", "booster.ubj.gz", gzip.compress(b"{" + bytes(300_000_000), 1))
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointError, match="unpacks to more than a model takes"):
            registry.load(tmp_path / "model", "cpu")
        assert tracemalloc.get_traced_memory()[1] < 200_000_000
    finally:
        tracemalloc.stop()


def repacked(folder: Path, name: str, content: bytes) -> None:
    """Another file in place of the booster, with its right hash."""
    (folder / "booster.ubj.gz").unlink()
    (folder / name).write_bytes(content)
    whole = json.loads((folder / "metadata.json").read_text())
    del whole["files"]["booster.ubj.gz"]
    whole["files"][name] = checkpoint.digest(folder / name)
    (folder / "metadata.json").write_text(json.dumps(whole))
