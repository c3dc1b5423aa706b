"""Imports in processes of their own, killed at any moment or several at once: the store is whole, old or new."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from data import schema, store
from data.errors import DataError
from tests.data import official

STAGES = ("starting", "reading", "cleaning", "writing", "pointing", "sweeping", "done")
PROCESSES = multiprocessing.get_context("forkserver")
# so that a process starts at once
PROCESSES.set_forkserver_preload([__name__, "data.clean", "pyarrow.csv", "pyarrow.dataset", "pyarrow.parquet"])


def files(folder: Path, rows: int, years: tuple[int, ...] = (2023, 2024)) -> Path:
    """A folder of some years, each with so many accidents."""
    for year in years:
        keys = [{"Num_Acc": f"{year}9000000{i + 1}"} for i in range(rows)]
        tables = {table: official.rows(table, *keys) for table in schema.TABLES}
        tables["caracteristiques"]["an"] = str(year)
        official.folder_of(folder / str(year), **tables)
    return folder


def run_import(data: Path, folder: Path, stage: Synchronized[int], together: Barrier | None) -> None:
    """What a process does; `stage` is the place in STAGES of what it does just now."""

    def at(name: str) -> None:
        stage.value = STAGES.index(name)

    def staged(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def told(*args: object, **kwargs: object) -> object:
            at(name)
            return function(*args, **kwargs)

        return told

    for name, function in {"writing": "_write_year", "pointing": "_replace", "sweeping": "_sweep"}.items():
        setattr(store, function, staged(name, getattr(store, function)))
    os.environ["BALISE_DATA"] = str(data)  # the environment here is that of the first of all processes
    if together is not None:
        together.wait()
    at("reading")
    store.import_paths([folder], lambda progress: at("cleaning" if progress.year else "reading"))
    at("done")


def started(folder: Path, together: Barrier | None = None) -> tuple[BaseProcess, Synchronized[int]]:
    stage: Synchronized[int] = PROCESSES.Value("i", 0)
    process = PROCESSES.Process(target=run_import, args=(store.processed_folder(), folder, stage, together))
    process.start()
    return process, stage


def stage_lengths(folder: Path) -> dict[str, float]:
    """Seconds of each stage of an import that is left alone."""
    process, stage = started(folder)
    seconds: Counter[str] = Counter()
    before = time.perf_counter()
    while process.is_alive():
        now = time.perf_counter()
        seconds[STAGES[stage.value]] += now - before
        before = now
    process.join()
    assert process.exitcode == 0
    return seconds


def killed_in(folder: Path, aim: str, seconds: float) -> str:
    """Start an import and kill it a while after a stage began.

    Returns: the stage it was in.
    """
    process, stage = started(folder)
    while stage.value < STAGES.index(aim) and process.is_alive():
        pass
    time.sleep(seconds)
    process.kill()
    process.join()
    return STAGES[stage.value]


def check_whole(dataset: store.Dataset) -> None:
    """Everything can be read, and is what the report says."""
    frames = dataset.accidents(), dataset.vehicles(), dataset.people()
    for name, frame in zip(("accidents", "vehicles", "people"), frames, strict=True):
        assert len(frame) == sum(entry[name] for entry in dataset.report["years"].values())


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {".lock", store.POINTER}


def kill_and_look(folders: Path, times: int, chance: random.Random) -> Counter[tuple[str, str]]:
    """Kill imports at random moments of all stages in turn.

    Returns: how often each stage was hit, with what the store was afterwards.
    """
    old, new = files(folders / "old", 2), files(folders / "new", 3)
    after = store.import_paths([new])
    lengths = stage_lengths(new)
    before = earlier = store.import_paths([old])
    outcomes: Counter[tuple[str, str]] = Counter()
    for i in range(times):
        aim = STAGES[1:-1][i % len(STAGES[1:-1])]
        stage = killed_in(new, aim, chance.uniform(0, lengths[aim]))
        found = store.current()
        assert found is not None
        state = {before.version: "old", after.version: "new"}[found.version]
        assert found.report == (before if state == "old" else after).report
        check_whole(found)
        outcomes[stage, state] += 1
        assert (stage, state) not in {(name, "new") for name in STAGES[:4]} | {(name, "old") for name in STAGES[5:]}
        last = store.import_paths([old])
        assert last.version == before.version
        kept = {folder.name for dataset in (earlier, found, last) for folder in dataset.folders}
        assert {folder.name for folder in last.folders} <= names(folders / "data") <= kept, "nothing is left behind"
        earlier = last
    return outcomes


def test_an_import_killed_at_any_moment_leaves_the_old_or_the_new(folders: Path) -> None:
    outcomes = kill_and_look(folders, 5, random.Random(7))
    assert outcomes.total() == 5


@pytest.mark.slow
def test_fifty_imports_killed_at_random_moments(folders: Path) -> None:
    outcomes = kill_and_look(folders, 50, random.Random())
    for (stage, state), times in sorted(outcomes.items(), key=lambda item: STAGES.index(item[0][0])):
        print(f"killed while {stage}: {state} {times} times")


def at_once(folders: Path, *, victims: int = 0) -> None:
    """Four imports of the same and of other years start together; some of them are killed."""
    given = {
        files(folders / "a", 1, (2024,)): {2024},
        files(folders / "b", 2, (2024,)): {2024},
        files(folders / "c", 3, (2023,)): {2023},
        files(folders / "d", 4, (2022, 2023)): {2022, 2023},
    }
    together = PROCESSES.Barrier(len(given))
    kept_alive = [started(folder, together) for folder in given]
    processes = [process for process, _stage in kept_alive]
    for process, stage in kept_alive[:victims]:
        while stage.value < STAGES.index("reading"):  # none starts before all have come
            time.sleep(0.001)
        time.sleep(random.uniform(0, 0.3))
        process.kill()
    while any(process.is_alive() for process in processes):
        look()
    for process in processes:
        process.join()
    alive = processes[victims:]
    assert [process.exitcode for process in alive] == [0] * len(alive)
    current = store.current()
    assert current is not None
    check_whole(current)
    certain = set().union(*list(given.values())[victims:])
    assert certain <= set(current.years) <= {2022, 2023, 2024}
    allowed = {2022: {4}, 2023: {3, 4}, 2024: {1, 2}}
    assert all(current.report["years"][str(year)]["accidents"] in allowed[year] for year in current.years)
    last = store.import_paths([next(iter(given))])
    kept = {folder.name for dataset in (current, last) for folder in dataset.folders}
    assert {folder.name for folder in last.folders} <= names(folders / "data") <= kept


def look() -> None:
    """What a page sees while others import; files that were replaced twice meanwhile are gone, and it looks again."""
    dataset = store.current()
    try:
        if dataset is not None:
            check_whole(dataset)
    except DataError as error:
        assert "missing or damaged" in str(error)  # noqa: PT017


def test_imports_of_several_processes_at_once(folders: Path) -> None:
    at_once(folders)


@pytest.mark.slow
def test_imports_at_once_of_which_some_are_killed(folders: Path) -> None:
    for victims in (0, 1, 2, 3) * 5:
        at_once(folders, victims=victims)
