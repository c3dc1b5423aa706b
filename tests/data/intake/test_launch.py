"""Asking for files: once at a time, within limits, and with names that do no harm."""

from __future__ import annotations

import io
import json
import os
import threading
import time
from pathlib import Path

import pytest

from data import intake
from data.errors import AppError, DataError
from data.intake import Options, launch
from data.runs import Run

SILENT = ("-c", "pass")  # a worker that never shows itself: its run waits for it


def bytes_of(*names: str) -> list[tuple[str, io.BytesIO]]:
    return [(name, io.BytesIO(name.encode())) for name in names]


def old(folder: Path) -> None:
    """Let a run that nobody works on be lost."""
    path = folder / "spec.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "created": time.time() - 60}))


def test_what_is_asked_for_is_written_down(published: Path) -> None:
    folder = intake.download([2024, 2023, 2024], ["borders"], Options(replace=True), SILENT)
    assert Run(folder).spec == {
        "kind": "download", "years": [2023, 2024], "references": ["borders"],
        "again": False, "new_issues": False, "replace": True,
    }  # fmt: skip
    found = intake.latest()
    assert found is not None
    assert found.folder == folder


def test_what_cannot_be_fetched_is_not_started(published: Path) -> None:
    with pytest.raises(DataError, match="Nothing is chosen"):
        intake.download([], [])
    with pytest.raises(DataError, match="No address is known for 2004"):
        intake.download([2004])
    assert intake.latest() is None


def test_the_same_wish_at_once_makes_one_run_and_another_is_refused(published: Path) -> None:
    made: list[Path] = []
    clicks = [threading.Thread(target=lambda: made.append(intake.download([2024], worker=SILENT))) for _i in range(5)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert len(set(made)) == 1
    with pytest.raises(AppError, match="already: wait for the end, or cancel it"):
        intake.download([2023], worker=SILENT)
    with pytest.raises(AppError, match="already"):
        intake.upload(bytes_of("a.csv"), worker=SILENT)
    old(made[0])
    assert intake.download([2023], worker=SILENT) != made[0]


def test_uploads_are_kept_for_nobody_else_under_names_without_folders(published: Path) -> None:
    names = [
        "caract-2024.csv",
        "../../caract-2024.csv",
        "C:\\data\\Caract-2024.csv",
        ".hidden",
        "a\0b/é.csv.gz",
        "/",
        "..",
    ]
    folder = intake.upload(bytes_of(*names), worker=SILENT)
    files = folder / launch.FILES
    plain = ["caract-2024.csv", "caract-2024 (2).csv", "Caract-2024 (3).csv", "hidden", "é.csv.gz", "file", "file (2)"]
    assert sorted(path.name for path in files.iterdir()) == sorted(plain)
    assert [entry["name"] for entry in Run(folder).spec["files"]] == plain
    assert [(files / name).read_bytes() for name in plain] == [name.encode() for name in names]
    if os.name == "posix":
        assert files.stat().st_mode & 0o777 == 0o700
    assert not list(folder.parent.glob(".upload-*"))


def test_the_same_upload_is_not_imported_twice(published: Path) -> None:
    folder = intake.upload(bytes_of("a.csv", "b.csv"), worker=SILENT)
    assert intake.upload(bytes_of("a.csv", "b.csv"), worker=SILENT) == folder
    with pytest.raises(AppError, match="already"):
        intake.upload([("a.csv", io.BytesIO(b"other")), *bytes_of("b.csv")], worker=SILENT)


def test_too_much_is_refused_and_leaves_nothing(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "MOST_BYTES", 10)
    with pytest.raises(DataError, match="larger than 10 bytes together"):
        intake.upload(bytes_of("123456.csv", "1234567.csv"), worker=SILENT)
    with pytest.raises(DataError, match=r"Choose 1 to 200 files, not 0"):
        intake.upload([], worker=SILENT)
    with pytest.raises(DataError, match="not 201"):
        intake.upload(bytes_of("a") * 201, worker=SILENT)
    assert [path.name for path in launch._folder().iterdir()] == []


def test_old_runs_and_files_left_behind_are_removed(published: Path) -> None:
    folders = []
    for n in range(launch._KEPT + 2):
        folders.append(intake.upload(bytes_of(f"{n}.csv"), worker=SILENT))
        old(folders[-1])
    assert [folder.exists() for folder in folders] == [False, False, *[True] * launch._KEPT]
    assert [folder for folder in folders if (folder / launch.FILES).exists()] == [folders[-1]]


def test_a_folder_that_cannot_be_written_is_told(published: Path) -> None:
    launch._folder().write_text("a file stands where the folder should be")
    for start in (lambda: intake.download([2024]), lambda: intake.upload(bytes_of("a.csv"))):
        with pytest.raises(AppError, match=r"intake cannot be written .*BALISE_DATA"):
            start()
