"""The processed data: whole before, during and after an import, whatever happens."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from data import accidents, clean, demo, schema, store
from data.errors import DataError
from tests.data import official

ROOT = Path(__file__).resolve().parents[2]


def year(number: int, *, rows: int = 2, **changes: str) -> accidents.Joined:
    """A small year of four tables."""
    keys = [{"Num_Acc": f"{number}9000000{i + 1}", **changes} for i in range(rows)]
    tables: dict[schema.Table, pd.DataFrame] = {table: official.rows(table, *keys) for table in schema.TABLES}
    tables["caracteristiques"]["an"] = str(number)
    return accidents.from_tables(tables)


def read(dataset: store.Source) -> list[pd.DataFrame]:
    return [dataset.accidents(), dataset.vehicles(), dataset.people()]


def same(first: list[pd.DataFrame], second: list[pd.DataFrame]) -> None:
    for one, other in zip(first, second, strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The simulated data cut to a few accidents; the list grows with every time they are made."""
    made: list[int] = []

    def tables(seed: int = 0) -> dict[schema.Table, pd.DataFrame]:
        made.append(seed)
        return {table: official.rows(table) for table in schema.TABLES}

    monkeypatch.setattr(demo, "tables", tables)
    return made


def test_nothing_is_loaded_at_first(folders: Path) -> None:
    assert store.processed_folder() == folders / "data"
    assert store.current() is None


def test_what_is_read_is_what_was_saved(folders: Path) -> None:
    joined = year(2024)
    saved = store.save_import([joined])
    same(read(saved), [joined.accidents, joined.vehicles, joined.people])
    current = store.current()
    assert current == saved
    assert (saved.years, saved.simulated) == ((2024,), True)
    assert saved.report == joined.report


def test_only_the_columns_asked_for_are_read(folders: Path) -> None:
    saved = store.save_import([year(2024)])
    assert list(saved.accidents(["severity", "hour"]).columns) == ["severity", "hour"]
    assert list(saved.accidents(columns=["light"])["light"].cat.categories) == list(schema.CODES["light"])
    with pytest.raises(DataError, match="no column colour"):
        saved.accidents(["colour"])


def test_a_year_replaces_the_same_year_and_leaves_others(folders: Path) -> None:
    first = store.save_import([year(2023)])
    store.save_import([year(2024, rows=1)])
    again = store.save_import([year(2024, rows=3)])
    assert again.years == (2023, 2024)
    assert again.accidents(["year"])["year"].tolist() == [2023, 2023, 2024, 2024, 2024]
    assert again.report["years"]["2023"] == first.report["years"]["2023"]
    assert again.report["years"]["2024"]["accidents"] == 3


def test_the_version_follows_the_content(folders: Path) -> None:
    versions = [store.save_import([joined]).version for joined in (year(2024), year(2024), year(2024, lum="5"))]
    assert versions[0] == versions[1] != versions[2]
    both = store.save_import([year(2023)]).version
    assert both not in versions


def test_real_years_are_not_simulated(folders: Path) -> None:
    real = official.rows("caracteristiques", {"Num_Acc": "202400000001"})
    assert not store.save_import([accidents.from_tables({"caracteristiques": real})]).simulated
    assert store.save_import([year(2023)]).simulated, "one simulated year is enough to say so"


def test_other_columns_need_another_format(folders: Path) -> None:
    saved = store.save_import([year(2024)])
    columns = {name: len(frame.columns) for name, frame in zip(store.FRAMES, read(saved), strict=True)}
    assert (store.FORMAT, columns) == (4, {"accidents": 118, "vehicles": 12, "people": 22}), "raise store.FORMAT"


@pytest.mark.parametrize("broken", ["to_parquet", "rename", "replace"])
def test_an_import_that_fails_midway_leaves_the_earlier_whole(
    folders: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    before = store.save_import([year(2024)])
    frames = read(before)
    calls: list[int] = []

    def fail_second(original: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **kwargs: object) -> object:
            calls.append(1)
            if len(calls) == 2 or broken == "replace":
                raise OSError(28, "No space left on device")
            return original(*args, **kwargs)

        return wrapped

    owner = {"to_parquet": pd.DataFrame, "rename": Path, "replace": store.os}[broken]
    joined = accidents.from_tables({table: pd.concat([raw(2024, table), raw(2023, table)]) for table in schema.TABLES})
    with monkeypatch.context() as patch:
        patch.setattr(owner, broken, fail_second(getattr(owner, broken)))
        with pytest.raises(DataError, match="No space left on device"):
            store.save_import([joined])
    assert store.current() == before
    same(read(before), frames)
    assert not list((folders / "data").glob(".part-*"))


def raw(number: int, table: schema.Table) -> pd.DataFrame:
    change = {"Num_Acc": f"{number}90000001", "an": str(number)} if table == "caracteristiques" else {}
    return official.rows(table, {"Num_Acc": f"{number}90000001", **change})


def test_a_process_killed_midway_leaves_the_earlier_whole(folders: Path) -> None:
    before = store.save_import([year(2024)])
    frames = read(before)
    program = (
        "import os, pandas as pd\n"
        "from data import accidents, store\n"
        "from tests.data import official\n"
        "real, calls = pd.DataFrame.to_parquet, []\n"
        "def dying(frame, *args, **kwargs):\n"
        "    calls.append(1)\n"
        "    if len(calls) == 2: os._exit(9)\n"
        "    return real(frame, *args, **kwargs)\n"
        "pd.DataFrame.to_parquet = dying\n"
        "store.save_import([accidents.from_tables({'caracteristiques': official.rows('caracteristiques')})])\n"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 9
    assert list((folders / "data").glob(".part-*")), "the process died while it wrote"
    (folders / "data" / f".part-{store.POINTER}").write_text("{", encoding="utf-8")  # or while it wrote this one
    assert store.current() == before
    same(read(before), frames)
    store.save_import([year(2023)])
    assert not list((folders / "data").glob(".part-*")), "the next import clears up"


def test_what_was_just_replaced_can_still_be_read_but_nothing_older(folders: Path) -> None:
    first, second, third = (store.save_import([year(2024, rows=n)]) for n in (1, 2, 3))
    assert (len(second.accidents()), len(third.accidents())) == (2, 3)
    with pytest.raises(DataError, match="missing or damaged"):
        first.accidents()


def test_imports_at_once_lose_nothing(folders: Path) -> None:
    years = [year(number) for number in (2021, 2022, 2023, 2024)]
    threads = [threading.Thread(target=store.save_import, args=([joined],)) for joined in years]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    current = store.current()
    assert current is not None
    assert current.years == (2021, 2022, 2023, 2024)
    assert len(current.accidents()) == 8


def test_damaged_files_are_named(folders: Path) -> None:
    saved = store.save_import([year(2024)])
    path = saved.folders[0] / "accidents.parquet"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match=r"accidents\.parquet is missing or damaged"):
        saved.accidents()
    pointer = folders / "data" / store.POINTER
    pointer.write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match=r"current\.json cannot be read"):
        store.loaded()
    pointer.write_text(json.dumps({"format": 99}), encoding="utf-8")
    with pytest.raises(DataError, match="another version"):
        store.save_import([year(2024)])


def test_an_import_of_an_earlier_version_is_told_and_replaced(folders: Path) -> None:
    store.save_import([year(2024)])
    pointer = folders / "data" / store.POINTER
    pointer.write_text(json.dumps({**json.loads(pointer.read_text(encoding="utf-8")), "format": 1}), encoding="utf-8")
    with pytest.raises(DataError, match="earlier version of the product; import the official files again"):
        store.loaded()
    assert store.save_import([year(2023)]).years == (2023,)
    assert store.loaded().years == (2023,)


@pytest.fixture
def files(folders: Path) -> Path:
    """Two small years as files: 2023 of four tables, 2024 of three."""
    for number in (2023, 2024):
        tables = {table: raw(number, table) for table in schema.TABLES if (number, table) != (2024, "lieux")}
        official.folder_of(folders / "files" / str(number), **tables)
    return folders / "files"


def test_files_are_imported_year_by_year_and_say_how_far_they_are(files: Path) -> None:
    told: list[store.ImportProgress] = []
    saved = store.import_paths([files], told.append)
    assert saved.years == (2023, 2024)
    assert saved.report["years"]["2024"]["absent"] == ["lieux"]
    reading = [progress for progress in told if progress.file]
    assert len(reading) == 7
    assert told[len(reading) :] == [
        store.ImportProgress(2023, 0, 2),
        store.ImportProgress(2024, 1, 2),
        store.ImportProgress(2024, 2, 2),
    ]


@pytest.mark.parametrize("moment", range(10))
def test_an_import_may_be_stopped_at_any_moment(files: Path, moment: int) -> None:
    before = store.import_paths([files / "2023"])
    left = [moment]

    def stop(progress: store.ImportProgress) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.import_paths([files], stop)
    assert store.current() == before
    assert [path.name for path in store.processed_folder().glob("2*")] == [before.folders[0].name]


def test_a_year_is_not_replaced_by_less_unless_asked(files: Path) -> None:
    before = store.import_paths([files / "2023"])
    part = files / "2023" / "caracteristiques-2024.csv"
    with pytest.raises(DataError, match=r"2023 was imported with lieux, vehicules, usagers.*--replace"):
        store.import_paths([part])
    assert store.current() == before
    assert store.import_paths([part], replace=True).report["years"]["2023"]["people"] is None


def test_the_record_names_every_source_and_its_hash(files: Path) -> None:
    store.import_paths([files])
    record = json.loads((store.processed_folder() / store.POINTER).read_text(encoding="utf-8"))
    path = files / "2023" / "usagers-2024.csv"
    assert record["years"]["2023"]["report"]["tables"]["usagers"]["files"] == [
        {
            "name": path.name,
            "archive": None,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "repairs": [],
        }
    ]


def test_a_folder_that_cannot_be_written(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = folders / "a file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("BALISE_DATA", str(blocked / "data"))
    for write in (lambda: store.save_import([year(2024)]), store.demo):
        with pytest.raises(DataError, match=r"cannot be written .* BALISE_DATA"):
            write()


def test_simulated_data_are_made_once_and_again_when_their_code_changes(
    folders: Path, few: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = store.demo()
    assert (first.simulated, len(few)) == (True, 1)
    assert store.demo() == first
    assert store.loaded() == first
    assert len(few) == 1
    monkeypatch.setattr(store, "_demo_code", lambda: "changed")
    again = store.demo()
    assert (len(few), again.version) == (2, first.version)


def test_imported_data_come_before_the_simulated(folders: Path, few: list[int]) -> None:
    store.demo()
    saved = store.save_import([year(2023)])
    assert store.loaded() == saved
    assert store.demo().years == (2024,)


def test_damaged_simulated_data_are_made_again(folders: Path, few: list[int]) -> None:
    made = store.demo()
    (made.folders[0] / "people.parquet").unlink()
    assert len(store.demo().people()) == 1
    (folders / "data" / "demo" / store.POINTER).write_text("{", encoding="utf-8")
    assert len(store.demo().people()) == 1
    assert len(few) == 3


def test_two_processes_make_the_simulated_data_once(folders: Path) -> None:
    program = (
        "from data import demo, schema, store\n"
        "from tests.data import official\n"
        "def tables():\n"
        "    print('made', flush=True)\n"
        "    return {table: official.rows(table) for table in schema.TABLES}\n"
        "demo.tables = tables\n"
        "print(len(store.demo().accidents()))\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _i in range(3)
    ]
    words = [word for run in runs for word in run.communicate(timeout=120)[0].split()]
    assert sorted(words) == ["1", "1", "1", "made"]


def test_the_code_that_makes_the_simulated_data_is_watched() -> None:
    here = Path(clean.__file__).parent
    watched = {path.name for pattern in store._DEMO_CODE for path in here.glob(pattern)}
    assert {Path(module.__file__ or "").name for module in (demo, clean, accidents, schema, store)} <= watched


def test_open_data_reads_folders_files_and_what_is_processed(folders: Path, few: list[int]) -> None:
    tables = {table: official.rows(table) for table in schema.TABLES}
    folder = official.folder_of(folders / "files", **tables)
    opened = store.open_data(str(folder))
    imported = store.save_import([accidents.from_paths([folder])])
    same(read(opened), read(imported))
    assert (opened.version, opened.years, opened.simulated) == (imported.version, (2024,), True)
    assert store.open_data("processed") == imported
    alone = store.open_data(str(folder / "caracteristiques-2024.csv"))
    assert alone.accidents(["severity"])["severity"].isna().all()
    with pytest.raises(DataError, match="no column colour"):
        opened.accidents(["colour"])
    with pytest.raises(DataError, match="does not exist"):
        store.open_data(str(folders / "nowhere"))


def test_the_whole_simulated_data_set(demo_data: Path) -> None:
    dataset = store.loaded()
    assert dataset.simulated
    assert len(dataset.years) == 3
    frame = dataset.accidents()
    assert 50_000 < len(frame) < 70_000
    assert frame["accident"].is_unique
    assert frame[["date", "severity", "collision", "vehicles", "people"]].notna().all(axis=None)
    counted = {(rule, table) for entry in dataset.report["years"].values() for table, t in entry["tables"].items()
               for rule in t["rules"] if rule in {"orphan", "duplicate", "bad_key", "impossible_date"}}  # fmt: skip
    assert counted == set()
