"""Names and notes of models, and the file they are kept in."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from data.errors import AppError, DataError
from models import registry, versions
from tests.models.test_registry import checkpoint


def kept(runs: Path) -> Path:
    return runs / versions.FOLDER / versions.FILE


def test_names_and_notes_stand_beside_a_model_and_never_in_it(folders: Path) -> None:
    model = checkpoint(folders / "checkpoints" / "severity-mine")
    versions.describe(folders / "runs", "severity-mine", "  Été 2026 (test) ", "Trained for the prefect.")
    (entry,) = registry.entries()
    assert (entry.title, entry.notes, entry.own) == ("Été 2026 (test)", "Trained for the prefect.", False)
    assert [path.name for path in model.iterdir()] == ["metadata.json"]
    versions.describe(folders / "runs", "severity-mine", "", " ")
    assert registry.entries()[0].title == ""


@pytest.mark.parametrize("title", ["a" * 61, "<b>x</b>", "![x](http://y)", "two\nlines", "`x`", "$x$"])
def test_a_name_that_would_not_stay_a_name_is_refused(folders: Path, title: str) -> None:
    with pytest.raises(DataError, match="A model's name has at most 60"):
        versions.describe(folders / "runs", "x", title, "")
    assert not kept(folders / "runs").exists()


def test_notes_that_are_too_long_are_refused(folders: Path) -> None:
    with pytest.raises(DataError, match="2,000"):
        versions.describe(folders / "runs", "x", "", "a" * 2001)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"versions": []}',
        '{"versions": {"a": {"title": 3, "notes": ""}}}',
        '{"champions": {"severity": 3}}',
        '{"champions": {"severity": [{"model": "x"}]}}',
        '{"compared": {"severity": [3]}}',
        '{"compared": {"severity": {"name": "yes"}}}',
        '{"versions": {"x": {"title": "A name", "notes": "", "error": "none"}}}',
    ],
)
def test_a_damaged_file_counts_as_nothing_and_is_not_overwritten(folders: Path, text: str) -> None:
    runs = folders / "runs"
    kept(runs).parent.mkdir()
    kept(runs).write_text(text)
    assert versions.read(runs) == {"versions": {}, "champions": {}, "compared": {}}
    with pytest.raises(AppError, match="versions"):
        versions.describe(runs, "x", "A name", "")
    assert kept(runs).read_text() == text


def test_a_change_that_fails_keeps_nothing(folders: Path) -> None:
    runs = folders / "runs"
    versions.describe(runs, "x", "A name", "")

    def fail() -> None:
        with versions.changing(runs) as found:
            found["versions"].clear()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert versions.read(runs)["versions"] == {"x": {"title": "A name", "notes": ""}}


def _write(runs: str, name: str) -> None:
    for _round in range(20):
        versions.describe(Path(runs), name, name, "")


def test_two_writers_lose_nothing(folders: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(str(folders / "runs"), f"m{i}")) for i in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert set(versions.read(folders / "runs")["versions"]) == {"m0", "m1", "m2"}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("")
    with pytest.raises(AppError, match="cannot be written"):
        versions.describe(tmp_path / "runs", "x", "A name", "")
