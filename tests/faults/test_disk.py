"""A disk that is full: nothing that was there is lost, and it is said."""

from __future__ import annotations

import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from data import intake, runs, store
from data.errors import AppError, DataError
from data.runs.worker import Diary
from models import archive, champions, checkpoint, jobs, registry, versions
from tests.data.intake.test_worker import archive as official
from tests.faults.conftest import Disk, outcome, seen
from tests.models.jobs.conftest import FAKE
from tests.models.test_registry import checkpoint as model_at

Says = Callable[[object], None]
ROOT = Path(__file__).resolve().parents[2]
BIG = 8_000_000  # bytes, more than the small disk has


@pytest.fixture
def small_runs(small_disk: Disk, runs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """The folder of runs on the small disk."""
    monkeypatch.setenv("BALISE_RUNS", str(small_disk.folder))
    return small_disk


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


@pytest.mark.fault(
    area="disk",
    fault="The disk is full while a training keeps its model",
    shown="The disk is full. Free some room and train again.",
    kept="Every other model; nothing of the half model stays to take room",
    goes_on="Trainings whose models are small enough",
)
def test_a_model_that_the_disk_cannot_take(
    small_runs: Disk, begin: Callable[..., Path], wait: Callable[..., jobs.Run], says: Says
) -> None:
    other = wait(begin(epochs=1), "done")
    run = wait(begin(epochs=1, weights=BIG), "failed")
    says(run.error)
    says(seen("trainings", run.name))
    assert visible(run.folder) == ["events.jsonl", "heartbeat", "log.txt", "spec.json"]
    assert [path.name for path in run.folder.iterdir() if path.name.startswith(".")] == []
    assert checkpoint.read(other.model_folder)["kind"] == "fake"
    assert wait(begin(epochs=2), "done").model_folder


@pytest.mark.fault(
    area="disk",
    fault="The disk is full while a training writes how far it is, and room is made before its end",
    shown="Trained in",
    kept="All that was learnt: only points of the curve are missing",
    goes_on="The training",
)
def test_events_that_the_disk_cannot_take(
    small_runs: Disk, begin: Callable[..., Path], wait: Callable[..., jobs.Run], says: Says
) -> None:
    folder = begin(epochs=200, pause=0.02)
    while not jobs.Run(folder).curve:
        time.sleep(0.05)
    small_runs.fill()
    wait_for_no_more(folder / "events.jsonl")
    assert jobs.Run(folder).status == "running"
    small_runs.free()
    run = wait(folder, "done")
    assert run.curve[-1]["step"] == 200
    assert len(run.curve) < 200
    assert checkpoint.read(run.model_folder)["kind"] == "fake"
    says(outcome(run))


def wait_for_no_more(path: Path) -> None:
    """Wait until a file has not grown for half a second."""
    size, since = -1, time.monotonic()
    while time.monotonic() - since < 0.5:
        if (now := path.stat().st_size) != size:
            size, since = now, time.monotonic()
        time.sleep(0.02)


@pytest.mark.fault(
    area="disk",
    fault="The disk is full and stays so, until a training has ended",
    shown="The disk is full. Free some room and train again.",
    kept="Every other model; there is always room for the last word of a training, which was set aside at its start",
    goes_on="The other runs; the same can be started again once there is room",
)
def test_the_last_word_has_room_on_a_full_disk(
    small_runs: Disk, begin: Callable[..., Path], wait: Callable[..., jobs.Run], says: Says
) -> None:
    folder = begin(epochs=100, pause=0.02, weights=5000)
    wait(folder, "running")
    small_runs.fill()
    run = wait(folder, "failed", "lost", "done")
    assert run.status == "failed"
    says(run.error)
    assert run.model_folder is None
    small_runs.free()
    assert wait(begin(epochs=1), "done").model_folder


def test_room_for_the_last_word_is_set_aside(small_disk: Disk) -> None:
    diary = Diary(small_disk.folder)
    diary.set_room_aside()
    small_disk.fill()
    sizes = []
    for number in range(100):
        diary.write("progress", share=number / 100)
        sizes.append((small_disk.folder / "events.jsonl").stat().st_size)
    assert sizes[-1] == sizes[-2], "there is no room any more"
    diary.end("failed", error="x" * 1000)
    assert runs.Run(small_disk.folder).tail[-1]["error"] == "x" * 1000
    assert (small_disk.folder / "heartbeat").stat().st_size == 0


@pytest.mark.fault(
    area="disk",
    fault="The disk is full when a training is to start",
    shown="The training cannot start because … cannot be written: No space left on device",
    kept="Everything; no half run stays in the lists",
    goes_on="What runs already",
)
def test_a_training_that_cannot_be_written_down(
    small_runs: Disk, begin: Callable[..., Path], wait: Callable[..., jobs.Run], says: Says
) -> None:
    small_runs.fill()
    with pytest.raises(AppError) as caught:
        begin()
    says(caught.value)
    assert visible(small_runs.folder) == []
    small_runs.free()
    wait(begin(), "done")


@pytest.mark.fault(
    area="disk",
    fault="The disk is full when an interrupted training is to go on",
    shown="The training cannot start because … cannot be written: No space left on device",
    kept="The interrupted training with what it had learnt; nothing of the new one stays",
    goes_on="It can be resumed once there is room",
)
def test_a_state_that_the_disk_cannot_take(
    small_runs: Disk, begin: Callable[..., Path], wait: Callable[..., jobs.Run], says: Says
) -> None:
    folder = begin(epochs=1000, pause=0.05)
    wait(folder, "running")
    jobs.cancel(folder)
    wait(folder, "cancelled")
    (folder / "state").mkdir()
    (folder / "state" / "0.safetensors").write_bytes(bytes(600_000))
    small_runs.fill(left=300_000)
    with pytest.raises(AppError) as caught:
        jobs.resume(folder, worker=FAKE)
    says(caught.value)
    assert visible(small_runs.folder) == [folder.name]
    assert jobs.Run(folder).resumable
    small_runs.free()
    resumed = jobs.Run(jobs.resume(folder, worker=FAKE))
    assert resumed.resumed == folder.name
    assert (resumed.folder / "state" / "0.safetensors").stat().st_size == 600_000


@pytest.mark.fault(
    area="disk",
    fault="The disk is full while files are imported",
    shown="… cannot be written (No space left on device); name another folder in the variable BALISE_DATA.",
    kept="The earlier import, whole",
    goes_on="Every page on the earlier data; the same files can be imported once there is room",
)
def test_an_import_that_the_disk_cannot_take(
    small_disk: Disk, folders: Path, monkeypatch: pytest.MonkeyPatch, says: Says
) -> None:
    monkeypatch.setenv("BALISE_DATA", str(small_disk.folder))
    (folders / "old.zip").write_bytes(official(2023).getvalue())
    (folders / "new.zip").write_bytes(official(2024).getvalue())
    earlier = store.import_paths([folders / "old.zip"])
    for left in (0, 8192, 40960):
        small_disk.fill(left)
        with pytest.raises(DataError) as caught:
            store.import_paths([folders / "new.zip"])
        says(caught.value)
        assert store.current() == earlier
        assert len(earlier.people()) == 1
        small_disk.free()
        assert not list(small_disk.folder.glob(".part-*"))
    assert store.import_paths([folders / "new.zip"]).years == (2023, 2024)


@pytest.mark.fault(
    area="disk",
    fault="The disk is full while files are uploaded",
    shown="… cannot be written (No space left on device); name another folder in the variable BALISE_DATA.",
    kept="The earlier import, whole; nothing of the files stays",
    goes_on="Every page on the earlier data",
)
def test_an_upload_that_the_disk_cannot_take(
    small_disk: Disk, folders: Path, monkeypatch: pytest.MonkeyPatch, says: Says
) -> None:
    monkeypatch.setenv("BALISE_DATA", str(small_disk.folder))
    small_disk.fill(left=100_000)
    with pytest.raises(AppError) as caught:
        intake.upload([("a.csv", io.BytesIO(bytes(400_000)))])
    says(caught.value)
    assert visible(small_disk.folder / "intake") == []
    assert not list((small_disk.folder / "intake").glob(".upload-*"))
    assert intake.latest() is None


@pytest.mark.fault(
    area="disk",
    fault="The disk is full while a model's file is imported",
    shown="The disk is full. Free some room and import the model again.",
    kept="Every other model; nothing of the new one stays",
    goes_on="The models there are",
)
def test_a_models_file_that_the_disk_cannot_take(
    small_disk: Disk, folders: Path, monkeypatch: pytest.MonkeyPatch, says: Says
) -> None:
    monkeypatch.setenv("BALISE_RUNS", str(small_disk.folder))
    monkeypatch.setattr(archive, "_require_working", lambda folder: None)
    model = registry.Entry("m", ROOT / "checkpoints" / "severity-logistic", None, None)
    entry = registry.Entry("m", model.folder, checkpoint.read(model.folder), None, title="Of the prefect")
    packed = archive.export(entry)
    small_disk.fill(left=60_000)
    with pytest.raises(AppError) as caught:
        archive.take_in(io.BytesIO(packed))
    says(caught.value)
    assert visible(small_disk.folder) == []
    assert visible(small_disk.folder / versions.FOLDER) == []
    small_disk.free()
    assert archive.take_in(io.BytesIO(packed)).title == "Of the prefect"


@pytest.mark.fault(
    area="disk",
    fault="The disk is full when a model is made the champion, or gets a name",
    shown="… cannot be written: No space left on device",
    kept="The champion there was, and all names and notes",
    goes_on="Every page with that champion",
)
def test_a_promotion_that_the_disk_cannot_take(
    small_disk: Disk, folders: Path, monkeypatch: pytest.MonkeyPatch, says: Says
) -> None:
    monkeypatch.setenv("BALISE_RUNS", str(small_disk.folder))
    monkeypatch.setattr(registry, "load", lambda folder, device: None)
    for name in ("severity-blend", "severity-xgboost", "severity-logistic"):
        model_at(folders / "checkpoints" / name)
    champions.promote("severity-xgboost")
    small_disk.fill()
    for change in (
        lambda: champions.promote("severity-logistic"),
        lambda: champions.roll_back("severity"),
        lambda: versions.describe(small_disk.folder, "severity-xgboost", "Name", "Notes"),
    ):
        with pytest.raises(AppError) as caught:
            change()
        says(caught.value)
    found = champions.champion("severity")
    assert found
    assert (found.name, found.title) == ("severity-xgboost", "")
    small_disk.free()
    champions.promote("severity-logistic")
    assert [step["model"] for step in champions.history("severity")] == ["severity-logistic", "severity-xgboost"]
    assert not list((small_disk.folder / versions.FOLDER).glob("*.part"))


def test_a_worker_that_cannot_be_started_for_want_of_room(small_disk: Disk, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = runs.create(small_disk.folder, "x", {}, "")
    small_disk.fill()
    monkeypatch.setattr("sys.executable", str(small_disk.folder / "nothing"))
    runs.spawn(folder, (), {})
    shutil.rmtree(folder)
