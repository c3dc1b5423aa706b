"""Models that travel as zip files: what goes out comes back the same, and what was tampered with stays outside."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import AppError, DataError
from models import archive, champions, registry, versions
from models.base import CheckpointError
from models.registry import KINDS

NAME = "severity-logistic"
MODEL = f"{archive.MODEL}/metadata.json"
WEIGHTS = f"{archive.MODEL}/weights.safetensors"
Files = dict[str, bytes]
Says = Callable[[object], None]


@pytest.fixture(scope="module")
def packed(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The zip of a small model."""
    parent = tmp_path_factory.mktemp("exported")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BALISE_CHECKPOINTS", str(parent))
        patch.setenv("BALISE_RUNS", str(parent / "runs"))
        preset, config = KINDS["logistic"].settings(None, {"iterations": 20})
        source = {"source": "Simulated", "simulated": True, "years": [2024]}
        KINDS["logistic"].model(config, "severity", preset, "cpu").fit(table, source=source).save(parent / NAME)
        versions.describe(parent / "runs", NAME, "For the prefect", "Trained *once*.")
        return archive.export(registry.find(NAME))


def files(packed: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        return {name: found.read(name) for name in found.namelist()}


def zipped(content: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as out:
        for name, data in content.items():
            out.writestr(name, data)
    return made.getvalue()


def told(content: Files, change: Callable[[dict], object]) -> Files:
    """With other metadata."""
    metadata = json.loads(content[MODEL])
    change(metadata)
    return content | {MODEL: json.dumps(metadata).encode()}


def hashed(content: Files, name: str, data: bytes) -> Files:
    """With another file whose hash is right."""
    digest = hashlib.sha256(data).hexdigest()
    own = name.removeprefix(f"{archive.MODEL}/")
    return told(content | {name: data}, lambda metadata: metadata["files"].update({own: digest}))


def nothing_kept(folders: Path) -> bool:
    """Whether neither a model nor anything unpacked is left, inside the folders or beside them."""
    hidden = folders / "runs" / versions.FOLDER
    left = [p.name for p in hidden.iterdir()] if hidden.is_dir() else []
    beside = {p.name for p in folders.iterdir()} - {"data", "checkpoints", "runs"}
    return not left and not beside and [p.name for p in (folders / "runs").iterdir() if p != hidden] == []


def refused(folders: Path, content: bytes, reason: str, error: type[AppError] = DataError) -> str:
    with pytest.raises(error, match=reason) as caught:
        archive.take_in(io.BytesIO(content))
    assert nothing_kept(folders)
    return str(caught.value)


def test_what_goes_out_comes_back_as_an_own_model_with_its_name(
    folders: Path, packed: bytes, table: pd.DataFrame
) -> None:
    entry = archive.take_in(io.BytesIO(packed))
    assert entry.own
    assert (entry.title, entry.notes) == ("For the prefect", "Trained *once*.")
    assert sorted(p.name for p in entry.folder.parent.iterdir()) == ["model"]
    content = files(packed)
    assert {p.name for p in entry.folder.iterdir()} == {
        "explanations.json",
        "metadata.json",
        "places.safetensors",
        "weights.safetensors",
    }
    assert (entry.folder / "weights.safetensors").read_bytes() == content[WEIGHTS]
    proba = registry.load(entry.folder, "cpu").predict_proba(table.head(3))
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert archive.export(entry) == packed
    found = champions.champion("severity")
    assert found is not None
    assert found.name == entry.name
    with pytest.raises(DataError, match="here already: For the prefect"):
        archive.take_in(io.BytesIO(packed))


def test_the_card_travels_along(packed: bytes) -> None:
    card = files(packed)[archive.CARD].decode()
    assert card.startswith("# For the prefect\n\nTrained *once*.\n")
    assert "It learnt from simulated accidents" in card


def test_a_zip_made_again_with_folders_in_it_is_taken(
    folders: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_require_working", lambda folder: None)
    content = files(packed)
    del content[archive.ABOUT], content[archive.CARD]
    entry = archive.take_in(io.BytesIO(zipped({"model/": b"", **content})))
    assert (entry.title, entry.notes) == ("", "")


@pytest.mark.fault(
    area="zip",
    fault="A model's zip has names such as `../evil`, that would leave its folder, or files that no model has",
    shown="This file is no model to import: it holds …, which is no file of a model.",
    kept="Every other model; nothing of the file stays",
    goes_on="The models there are",
)
@pytest.mark.parametrize(
    "name",
    ["../evil", "model/../../evil", "/tmp/evil", "C:\\evil", "model\\metadata.json", "model/x/../metadata.json",
     "model/forest.pkl", "model/metadata.json\0.txt", "model/sub/", "../", "spec.json", "MODEL/metadata.json"],
)  # fmt: skip
def test_a_file_that_no_model_has_is_refused(folders: Path, packed: bytes, name: str, says: Says) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for own, data in files(packed).items():
            out.writestr(own, data)
        info = zipfile.ZipInfo("x" * len(name))
        out.writestr(info, b"x")
    content = made.getvalue().replace(b"x" * len(name), name.encode())
    says(refused(folders, content, "no file of a model"))


@pytest.mark.fault(
    area="zip",
    fault="A model's zip holds a link to a file of the machine",
    shown="This file is no model to import: 'model/weights.safetensors' is a link, or encrypted.",
    kept="Every other model; nothing of the file stays",
    goes_on="The models there are",
)
def test_a_link_is_refused(folders: Path, packed: bytes, says: Says) -> None:
    content = files(packed)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, data in content.items():
            info = zipfile.ZipInfo(name)
            if name == WEIGHTS:
                info.external_attr = (stat.S_IFLNK | 0o777) << 16
                data = b"/etc/passwd"  # noqa: PLW2901
            out.writestr(info, data)
    says(refused(folders, made.getvalue(), "is a link"))


def test_one_name_twice_is_refused(folders: Path, packed: bytes) -> None:
    made = io.BytesIO(packed)
    with zipfile.ZipFile(made, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr(WEIGHTS, b"x")
    refused(folders, made.getvalue(), "twice")


@pytest.mark.fault(
    area="zip",
    fault="A model's zip is a bomb: a few bytes that unpack to more than the memory holds",
    shown="This file is no model to import: it unpacks to more than … bytes.",
    kept="Every other model; nothing of the file stays",
    goes_on="The models there are",
)
def test_a_file_that_unpacks_to_far_too_much_is_refused_before_it_is_unpacked(
    folders: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch, says: Says
) -> None:
    bomb = zipped(files(packed) | {WEIGHTS: bytes(20_000_000)})
    assert len(bomb) < 1_000_000
    monkeypatch.setattr(archive, "MOST_UNPACKED", 10_000_000)
    says(refused(folders, bomb, "unpacks to more than 10,000,000 bytes"))
    refused(folders, zipped(files(packed) | {MODEL: bytes(20_000_000)}), "too large")


def test_a_bomb_that_lies_about_its_size_is_refused(
    folders: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = bytearray(zipped(files(packed) | {WEIGHTS: bytes(20_000_000)}))
    true = struct.pack("<L", 20_000_000)
    while (place := bomb.find(true)) >= 0:
        bomb[place : place + 4] = struct.pack("<L", 1000)
    written: list[int] = []
    verify = archive.checkpoint.verify

    def looked(folder: Path, metadata: dict) -> None:
        written.append((folder / "weights.safetensors").stat().st_size)
        verify(folder, metadata)

    monkeypatch.setattr(archive.checkpoint, "verify", looked)
    with pytest.raises(AppError):
        archive.take_in(io.BytesIO(bytes(bomb)))
    assert nothing_kept(folders)
    assert all(size <= 1000 for size in written)


def test_more_files_or_bytes_than_a_model_has_are_refused(
    folders: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = {f"f{i}": b"" for i in range(2000)}
    refused(folders, zipped(many), "not a zip file as the Model page makes them")
    monkeypatch.setattr(archive, "MOST_PACKED", len(packed) - 1)
    refused(folders, packed, "more than")


def test_an_encrypted_or_unusually_packed_file_is_refused(folders: Path, packed: bytes) -> None:
    refused(folders, zipped(files(packed), zipfile.ZIP_BZIP2), "unusual way")
    marked = bytearray(zipped(files(packed)))
    marked[marked.rfind(b"PK\x01\x02") + 8] |= 1
    refused(folders, bytes(marked), "encrypted")


@pytest.mark.fault(
    area="zip",
    fault="The file of a model is no zip: empty, a pickle, or anything else",
    shown="This file is no model to import: it is not a zip file as the Model page makes them.",
    kept="Every other model; nothing of the file stays",
    goes_on="The models there are",
)
@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"\x80\x04\x95pickle."])
def test_what_is_no_zip_is_refused(folders: Path, content: bytes, says: Says) -> None:
    says(refused(folders, content, "no model to import", AppError))


def test_without_metadata_it_is_refused(folders: Path, packed: bytes) -> None:
    content = files(packed)
    del content[MODEL]
    refused(folders, zipped(content), "holds no metadata.json", CheckpointError)


@pytest.mark.fault(
    area="zip",
    fault="One bit of a model in a zip is flipped",
    shown="…weights.safetensors is damaged: it is not the file that was saved.",
    kept="Every other model; nothing of the file stays",
    goes_on="The models there are",
)
def test_a_changed_file_is_refused(folders: Path, packed: bytes, says: Says) -> None:
    content = files(packed)
    weights = bytearray(content[WEIGHTS])
    weights[-1] ^= 1
    says(refused(folders, zipped(content | {WEIGHTS: bytes(weights)}), "is damaged", CheckpointError))


@pytest.mark.fault(
    area="zip",
    fault="A model's zip holds a pickle named `weights.safetensors`, with its right hash",
    shown="The model does not load and was not imported (…).",
    kept="Every other model; nothing of the file stays",
    goes_on="The models there are",
)
def test_a_pickle_by_another_name_is_refused(folders: Path, packed: bytes, says: Says) -> None:
    evil = b"cos\nsystem\n(S'touch /tmp/evil'\ntR."
    says(refused(folders, zipped(hashed(files(packed), WEIGHTS, evil)), "does not load", CheckpointError))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: m.update(kind="oracle"), "a kind that this version does not know"),
        (lambda m: m.update(target="daily"), "a kind that this version does not know"),
        (lambda m: m.update(kind="random-forest"), "lists files that a Random forest does not have"),
        (lambda m: m["files"].update({"../evil": "0"}), "lists files that a"),
        (lambda m: m.pop("metrics"), "lacks 'metrics'"),
        (lambda m: m.update(metrics=3), "'metrics'"),
        (lambda m: m.update(created="yesterday"), "not those of a model"),
        (lambda m: m.update(created="9999-12-31T23:59:59-12:00"), "not those of a model"),
        (lambda m: m.update(seconds=float("inf")), "'seconds'"),
        (lambda m: m.update(curves=[3]), "not those of a model"),
        (lambda m: m.update(curves=[{"train_loss": 1.0, "validation_loss": "low"}]), "not those of a model"),
        (lambda m: m.update(confusion=[["many"]]), "not those of a model"),
        (lambda m: m.update(confusion=[[1, 0], [1]]), "not those of a model"),
        (lambda m: m.update(importance={"hour": "much"}), "not those of a model"),
        (lambda m: m["split"]["train"].update(start="spring"), "not those of a model"),
        (lambda m: m["split"]["train"].pop("rows"), "not those of a model"),
        (lambda m: m["data"].update(source=3), "not those of a model"),
        (lambda m: m.update(parameters=True), "'parameters'"),
        (lambda m: m["metrics"].update(held_out={"log_loss": "good"}), "not those of a model"),
        (lambda m: m["data"].update(source="![x](http://evil/x.png)"), "a link or markup"),
        (lambda m: m["data"].update(note="<b>"), "a link or markup"),
    ],
)
def test_metadata_that_pages_could_not_read_are_refused(
    folders: Path, packed: bytes, change: Callable[[dict], object], reason: str
) -> None:
    refused(folders, zipped(told(files(packed), change)), reason)


def test_metadata_of_another_version_are_refused(folders: Path, packed: bytes) -> None:
    refused(folders, zipped(told(files(packed), lambda m: m.update(format=2))), "format 2", CheckpointError)


@pytest.mark.parametrize("about", [b"{", b"[]", b'{"title": "<b>"}', b'{"title": 3}'])
def test_a_name_that_is_none_is_refused(folders: Path, packed: bytes, about: bytes) -> None:
    refused(folders, zipped(files(packed) | {archive.ABOUT: about}), "about|name")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_byte_anywhere_is_refused_or_changes_nothing(
    folders: Path, packed: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(packed) - 1))
    content = bytearray(packed)
    content[at] ^= data.draw(st.integers(1, 255))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive, "_require_working", lambda folder: None)
        try:
            entry = archive.take_in(io.BytesIO(bytes(content)))
        except AppError:
            assert nothing_kept(folders)
            return
        # a date, say: what was kept has the right hashes
        try:
            assert {p.name: p.read_bytes() for p in entry.folder.iterdir()} == {
                name.removeprefix("model/"): data for name, data in files(packed).items() if name.startswith("model/")
            }
        finally:
            for folder in (folders / "runs").iterdir():
                shutil.rmtree(folder)


def test_a_damaged_model_does_not_go_out(folders: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_require_working", lambda folder: None)
    entry = archive.take_in(io.BytesIO(packed))
    (entry.folder / "weights.safetensors").write_bytes(b"")
    with pytest.raises(CheckpointError, match="is damaged"):
        archive.export(entry)


def test_a_full_disk_is_no_damaged_file(folders: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive.shutil, "copyfileobj", full)
    refused(folders, packed, "The disk is full")


def test_one_whose_name_cannot_be_kept_is_not_kept_either(
    folders: Path, packed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> None:
        raise AppError("The folder cannot be written.")

    monkeypatch.setattr(archive, "_require_working", lambda folder: None)
    with monkeypatch.context() as patch:
        patch.setattr(versions, "describe", full)
        refused(folders, packed, "cannot be written", AppError)
    assert archive.take_in(io.BytesIO(packed)).title == "For the prefect"


@pytest.fixture
def shipped() -> list[registry.Entry]:
    return [e for e in registry.entries() if not e.own]


def test_every_shipped_model_has_only_files_that_may_come_back(shipped: list[registry.Entry]) -> None:
    assert len(shipped) >= 13
    for entry in shipped:
        assert entry.metadata is not None
        assert set(entry.metadata["files"]) <= set(KINDS[entry.metadata["kind"]].allowed_files)
