"""Saved models of which a file is damaged, cut, missing, another's or a program: each is refused, the others answer."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from models import champions, checkpoint, registry
from models.base import CheckpointError

Says = Callable[[object], None]
SHIPPED = Path(__file__).resolve().parents[2] / "checkpoints"
# together they have every kind of file; each with one whose files have the same names
MODELS = {
    "collision-blend": "severity-blend",
    "severity-random-forest": "collision-random-forest",
    "severity-logistic": "collision-logistic",
    "daily-lstm": "",
}


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some shipped models, of which a test damages a file and puts it back."""
    folder = tmp_path_factory.mktemp("models")
    for name in MODELS:
        shutil.copytree(SHIPPED / name, folder / name)
    return folder


@pytest.fixture
def models(copies: Path, folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BALISE_CHECKPOINTS", str(copies))
    return copies


def flipped(path: Path, other: Path | None) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 1
    path.write_bytes(content)


def cut(path: Path, other: Path | None) -> None:
    os.truncate(path, path.stat().st_size // 2)


def missing(path: Path, other: Path | None) -> None:
    path.unlink()


def swapped(path: Path, other: Path | None) -> None:
    shutil.copyfile(other or SHIPPED / "severity-logistic" / "weights.safetensors", path)


def pickled(path: Path, other: Path | None) -> None:
    path.write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(
            flipped,
            marks=pytest.mark.fault(
                area="model",
                fault="One bit of a model's file is flipped",
                shown="… is damaged: it is not the file that was saved.",
                kept="Every other model",
                goes_on="The other models answer",
            ),
        ),
        pytest.param(
            cut,
            marks=pytest.mark.fault(
                area="model",
                fault="A model's file is cut short",
                shown="… is damaged: it is not the file that was saved.",
                kept="Every other model",
                goes_on="The other models answer",
            ),
        ),
        pytest.param(
            missing,
            marks=pytest.mark.fault(
                area="model",
                fault="A model's file is missing",
                shown="… is missing.",
                kept="Every other model",
                goes_on="The other models answer",
            ),
        ),
        pytest.param(
            swapped,
            marks=pytest.mark.fault(
                area="model",
                fault="A model's file is that of another model",
                shown="… is damaged: it is not the file that was saved.",
                kept="Every other model",
                goes_on="The other models answer",
            ),
        ),
        pytest.param(
            pickled,
            marks=pytest.mark.fault(
                area="model",
                fault="A pickle has the name of a model's file (`.safetensors`, `.skops`, `.ubj`)",
                shown="… is damaged: it is not the file that was saved.",
                kept="Every other model; nothing of the pickle is run",
                goes_on="The other models answer",
            ),
        ),
    ],
    ids=lambda damage: damage.__name__,
)
def test_each_file_of_a_model(models: Path, damage: Callable[[Path, Path | None], None], says: Says) -> None:
    for name, other in MODELS.items():
        for file in checkpoint.read(models / name)["files"]:
            path = models / name / file
            whole = path.read_bytes()
            damage(path, SHIPPED / other / file if other else None)
            with pytest.raises(CheckpointError) as caught:
                registry.load(models / name, "cpu")
            says(caught.value)
            assert str(path) in str(caught.value)
            path.write_bytes(whole)
    assert not Path("ran").exists()
    assert registry.load(models / "severity-logistic", "cpu")


@pytest.mark.fault(
    area="model",
    fault="A pickle has the name of a model's file, and its hash was put into the metadata",
    shown="… does not hold a model this version can use (…); train it again.",
    kept="Every other model; nothing of the pickle is run",
    goes_on="The other models answer",
)
@pytest.mark.parametrize("packed", [False, True], ids=["alone", "in a zip"])
def test_a_pickle_with_the_right_hash(tmp_path: Path, packed: bool, says: Says) -> None:
    program = f"cos\nsystem\n(S'touch {tmp_path}/ran'\ntR.".encode()
    content = zipped({"schema.json": b"{}", "data.pkl": program}) if packed else program
    for name in MODELS:
        folder = tmp_path / name
        shutil.copytree(SHIPPED / name, folder)
        whole = json.loads((folder / "metadata.json").read_text())
        for file in whole["files"]:
            before = (folder / file).read_bytes()
            (folder / file).write_bytes(content)
            hashes = whole["files"] | {file: checkpoint.digest(folder / file)}
            (folder / "metadata.json").write_text(json.dumps(whole | {"files": hashes}))
            with pytest.raises(CheckpointError) as caught:
                registry.load(folder, "cpu")
            says(caught.value)
            (folder / file).write_bytes(before)
    assert not (tmp_path / "ran").exists()


def zipped(members: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)
    return made.getvalue()


def refused(models: Path, change: Callable[[Path], object]) -> str:
    """What is said of a model whose metadata were changed; the list holds it, and the next best answers."""
    before = champions.champion("collision")
    assert before
    path = models / "collision-blend" / "metadata.json"
    whole = path.read_text(encoding="utf-8")
    assert before.name == "collision-blend"
    change(path)
    try:
        with pytest.raises(CheckpointError) as caught:
            registry.load(path.parent, "cpu")
        errors = {entry.name: entry.error for entry in registry.entries()}
        now = champions.champion("severity")
    finally:
        path.unlink(missing_ok=True)
        path.write_text(whole, encoding="utf-8")
    assert now is not None
    assert [name for name, error in errors.items() if error] in ([], ["collision-blend"])
    return str(caught.value)


@pytest.mark.fault(
    area="model",
    fault="The metadata of a model are not JSON: binary, cut short, or empty",
    shown="…metadata.json cannot be read: …",
    kept="Every other model",
    goes_on="The other models answer; this one stands in the lists with its reason",
)
@pytest.mark.parametrize("content", [b"", b"\x80\x04\x95", b'{"format": 1, "kind"', b"[" * 100_000])
def test_metadata_that_are_not_json(models: Path, content: bytes, says: Says) -> None:
    says(refused(models, lambda path: path.write_bytes(content)))


@pytest.mark.fault(
    area="model",
    fault="The metadata of a model are JSON but no object, or lack what they need",
    shown="…metadata.json lacks 'format'.",
    kept="Every other model",
    goes_on="The other models answer; this one stands in the lists with its reason",
)
@pytest.mark.parametrize("content", ["[]", "null", "3", '"text"', "{}"])
def test_metadata_that_are_no_object(models: Path, content: str, says: Says) -> None:
    says(refused(models, lambda path: path.write_text(content)))


@pytest.mark.fault(
    area="model",
    fault="A model was saved by a later version of the product, in a format that this one does not know",
    shown="…metadata.json has format …; this version of the product reads format 1.",
    kept="Every other model",
    goes_on="The other models answer; this one stands in the lists with its reason",
)
@pytest.mark.parametrize("known", [2, 99, "2027-a", None, [1]])
def test_a_format_of_the_future(models: Path, known: object, says: Says) -> None:
    says(refused(models, lambda path: changed(path, format=known)))


@pytest.mark.fault(
    area="model",
    fault="A model is of a kind that this version does not know",
    shown="… holds a model of the unknown kind 'oracle'.",
    kept="Every other model",
    goes_on="The other models answer",
)
def test_a_kind_of_the_future(models: Path, says: Says) -> None:
    says(refused(models, lambda path: changed(path, kind="oracle")))


@pytest.mark.fault(
    area="model",
    fault="The folder of a model has no metadata",
    shown="… holds no metadata.json: it is not a checkpoint.",
    kept="Every other model",
    goes_on="The other models answer",
)
def test_no_metadata(models: Path, says: Says) -> None:
    says(refused(models, Path.unlink))


def changed(path: Path, **change: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
