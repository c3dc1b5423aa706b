"""Checkpoints: only created, whole or not at all, checked before they are read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models import checkpoint
from models.base import CheckpointError

ABOUT = {"kind": "xgboost", "target": "severity", "config": {}}


def write(folder: Path) -> None:
    (folder / "weights.bin").write_bytes(b"weights")


def test_keeps_what_it_was_given(tmp_path: Path) -> None:
    metadata = ABOUT | {"number": np.float32(0.5), "counts": np.arange(3), "nothing": float("nan")}
    checkpoint.save(tmp_path / "deep" / "model", metadata, write)
    found = checkpoint.read(tmp_path / "deep" / "model")
    assert found["number"] == 0.5
    assert found["counts"] == [0, 1, 2]
    assert found["nothing"] is None
    assert "torch" in found["versions"]
    checkpoint.verify(tmp_path / "deep" / "model", found)


def test_files_in_folders_of_their_own_are_kept_and_checked_alike(tmp_path: Path) -> None:
    def within(folder: Path) -> None:
        (folder / "part").mkdir()
        write(folder / "part")

    checkpoint.save(tmp_path / "model", ABOUT, within)
    found = checkpoint.read(tmp_path / "model")
    assert list(found["files"]) == ["part/weights.bin"]
    checkpoint.verify(tmp_path / "model", found)
    (tmp_path / "model" / "part" / ".DS_Store").write_bytes(b"left by a file manager")
    checkpoint.verify(tmp_path / "model", found)
    (tmp_path / "model" / "part" / "more.pkl").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"part/more\.pkl is not among the files"):
        checkpoint.verify(tmp_path / "model", found)
    (tmp_path / "model" / "part" / "more.pkl").unlink()
    (tmp_path / "model" / "part" / "weights.bin").write_bytes(b"others")
    with pytest.raises(CheckpointError, match=r"part/weights\.bin is damaged"):
        checkpoint.verify(tmp_path / "model", found)


def test_a_save_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        write(folder)
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        checkpoint.save(tmp_path / "model", ABOUT, fail)
    assert list(tmp_path.iterdir()) == []


def test_never_replaces(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "model", ABOUT, write)
    with pytest.raises(CheckpointError, match="exists already"):
        checkpoint.save(tmp_path / "model", ABOUT, write)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "cannot be read"),
        ("[]", "lacks 'format'"),
        ('{"format": 1, "kind": "xgboost"}', "lacks 'target'"),
        ('{"format": 2, "kind": "x", "target": "y", "config": {}, "files": {}}', "format 2"),
        ('{"format": 1, "kind": ["x"], "target": "y", "config": {}, "files": {}}', "damaged"),
        ('{"format": 1, "kind": "x", "target": null, "config": {}, "files": {}}', "damaged"),
        ('{"format": 1, "kind": "x", "target": "y", "config": [], "files": {}}', "damaged"),
        ('{"format": 1, "kind": "x", "target": "y", "config": {}, "files": ["weights.bin"]}', "damaged"),
        ("[" * 100_000, "cannot be read"),
    ],
)
def test_metadata_that_do_not_do(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "metadata.json").write_text(content)
    with pytest.raises(CheckpointError, match=says):
        checkpoint.read(tmp_path)


def test_a_missing_folder_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        checkpoint.read(tmp_path / "nowhere")


def test_a_file_name_that_leaves_the_folder_is_refused(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "model", ABOUT, write)
    path = tmp_path / "model" / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["files"] = {"../outside": checkpoint.digest(path)}
    (tmp_path / "outside").write_bytes(path.read_bytes())
    with pytest.raises(CheckpointError, match="outside"):
        checkpoint.verify(tmp_path / "model", metadata)


def test_a_file_without_a_hash_is_refused(tmp_path: Path) -> None:
    checkpoint.save(tmp_path / "model", ABOUT, write)
    metadata = checkpoint.read(tmp_path / "model")
    with pytest.raises(CheckpointError, match=r"weights\.bin is not among the files"):
        checkpoint.verify(tmp_path / "model", metadata | {"files": {}})
    (tmp_path / "model" / ".DS_Store").write_bytes(b"left by a file manager")
    checkpoint.verify(tmp_path / "model", metadata)
    (tmp_path / "model" / "more.pkl").write_bytes(b"")
    with pytest.raises(CheckpointError, match=r"more\.pkl is not among the files"):
        checkpoint.verify(tmp_path / "model", metadata)
