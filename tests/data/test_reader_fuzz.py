"""For any bytes: a correct table or a DataError; never another exception, a hang or a half-written store."""

from __future__ import annotations

import codecs
import csv
import io
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data import cells, load, schema, store
from data.errors import DataError
from data.files import Given
from tests.data import official
from tests.data.damage import ARCHIVES, TABLES, damaged

Drawn = TypeVar("Drawn")
SECONDS = 60  # an example takes some hundredths
# an exception inside a callback of Arrow is printed, not raised
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")


@contextmanager
def no_hang() -> Iterator[None]:
    def stop(*_args: object) -> None:
        raise AssertionError(f"still reading after {SECONDS} seconds")

    earlier = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, earlier)


def told(error: DataError) -> None:
    """A person can read why: one line that names something."""
    message = str(error)
    assert "\n" not in message
    assert 20 < len(message) < 1500


def check_table(content: bytes) -> None:
    """A file of these bytes, and every table in it where it is an archive."""
    with tempfile.TemporaryDirectory() as folder, no_hang():
        path = Path(folder, "file.csv")
        path.write_bytes(content)
        try:
            found = load.find([path])[0]
        except DataError as error:
            told(error)
            return
        for one in found:
            try:
                raw = load.read_table(one)
            except DataError as error:
                told(error)
            else:
                check_raw(raw, one)


def check_raw(raw: load.RawTable, given: Given) -> None:
    official_names = {column.official for column in schema.TABLES[raw.table]}
    frame = raw.frame
    assert len(frame) == len(raw.numbers) > 0
    assert set(frame) <= official_names
    assert set(raw.absent) <= official_names - set(frame)
    assert set(raw.repairs) <= set(load.REPAIRS)
    assert set(raw.years) <= set(schema.YEARS)
    assert set(raw.numbers // 10**8) <= {0, *raw.years}
    assert all(isinstance(cell, str) for name in frame for cell in frame[name].unique())
    content = given.read()
    if b'"' not in content and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        assert len(frame) == sum(line.strip() != b"" for line in content.splitlines()) - 1, "no row is lost"
    reference = as_the_standard_library_reads_it(content, frame)
    if not raw.repairs and reference is not None:
        pd.testing.assert_frame_equal(frame.astype("str"), reference)


def as_the_standard_library_reads_it(content: bytes, frame: pd.DataFrame) -> pd.DataFrame | None:
    """The same columns, where the file is without fault for its strict reader."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\ufeff" in text:
        return None  # Arrow removes one before the first row
    for separator in ";,\t|":
        try:
            header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        except (csv.Error, ValueError):
            continue
        names = {name.strip(cells.SPACES): i for i, name in enumerate(header)}
        rows = [row for row in rows if row]
        if set(frame) <= set(names) and all(len(row) == len(header) for row in rows):
            return pd.DataFrame({name: [row[names[name]] for row in rows] for name in frame}, dtype="str")
    return None


class Store:
    """A store with a year in it that imports are tried on."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.earlier = os.environ.get("BALISE_DATA")
        os.environ["BALISE_DATA"] = str(self.folder / "data")
        official.folder_of(self.folder / "first", caracteristiques=official.rows("caracteristiques"))
        store.import_paths([self.folder / "first"])

    def close(self) -> None:
        if self.earlier is None:
            del os.environ["BALISE_DATA"]
        else:
            os.environ["BALISE_DATA"] = self.earlier
        shutil.rmtree(self.folder)

    def check(self, contents: list[bytes]) -> None:
        """Import files of these bytes: all is as it was, or the years are there whole."""
        files = self.folder / "files"
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        for i, content in enumerate(contents):
            (files / f"{i}.csv").write_bytes(content)
        before = store.current()
        assert before is not None
        with no_hang():
            try:
                after = store.import_paths([files], replace=True)
            except DataError as error:
                told(error)
                assert store.current() == before
            else:
                assert store.current() == after
                assert set(before.years) <= set(after.years)
                check_dataset(after)
                before = after
        lying = {path.name for path in (self.folder / "data").iterdir()} - {".lock", store.POINTER}
        assert {folder.name for folder in before.folders} <= lying
        assert not [name for name in lying if name.startswith(".")]


def check_dataset(dataset: store.Dataset) -> None:
    """What every page and model takes for granted."""
    frame = dataset.accidents()
    assert frame["accident"].is_unique
    assert frame["accident"].str.fullmatch(r"20\d{10}").all()
    assert (frame["accident"].str.slice(0, 4).astype("int") == frame["year"]).all()
    dated = frame[frame["date"].notna()]
    assert (dated["date"].dt.year == dated["year"]).all()
    assert (dated["date"].dt.month == dated["month"]).all()
    assert (dated["date"].dt.isocalendar().day == dated["weekday"]).all()
    assert frame["hour"].dropna().between(0, 23).all()
    assert frame["speed_limit"].dropna().between(10, 130).all()
    assert dataset.people()["age"].dropna().between(0, 110).all()
    for other in (dataset.vehicles(), dataset.people()):
        assert other["accident"].isin(frame["accident"]).all()
    for year, entry in dataset.report["years"].items():
        assert entry["accidents"] == (frame["year"] == int(year)).sum()


@pytest.fixture
def kept() -> Iterator[Store]:
    there = Store()
    yield there
    there.close()


ANY_SPEED = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
BYTES = st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-16", errors="replace"))
WHOLE = list(TABLES.values())
FILES = st.lists(damaged(WHOLE) | damaged(ARCHIVES) | st.sampled_from(WHOLE), min_size=1, max_size=4)


def tried(examples: int, files: st.SearchStrategy[Drawn], test: Callable[[Drawn], None]) -> None:
    settings(ANY_SPEED, max_examples=examples)(given(files)(test))()


def test_any_bytes() -> None:
    tried(100, BYTES, check_table)


def test_a_damaged_table() -> None:
    tried(250, damaged(WHOLE), check_table)


def test_a_damaged_archive() -> None:
    tried(150, damaged(ARCHIVES), check_table)


def test_damaged_files_are_imported_whole_or_not_at_all(kept: Store) -> None:
    tried(15, FILES, kept.check)


@pytest.mark.slow
def test_for_as_long_as_asked(kept: Store) -> None:
    """Minutes: BALISE_FUZZ_MINUTES, or 10."""
    end = time.monotonic() + 60 * float(os.environ.get("BALISE_FUZZ_MINUTES", "10"))
    while time.monotonic() < end:
        tried(1000, damaged(WHOLE) | damaged(ARCHIVES) | BYTES, check_table)
        tried(100, FILES, kept.check)
