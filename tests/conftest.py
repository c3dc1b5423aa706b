"""What tests of every part share: the folders of real files, and folders of their own to write to."""

from __future__ import annotations

import csv
import os
import re
import shutil
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from data.locks import locked
from data.text import LANGUAGE

ROOT = Path(__file__).resolve().parent.parent
if "PYTEST_XDIST_WORKER" in os.environ:  # one of several processes: threads of theirs would wait for each other
    os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("BALISE_NICE", "0")  # a test has nobody to give way to
_SAID = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of official files; the test is skipped where there is none."""
    folder = Path(os.environ.get("BALISE_REAL_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "baac" / "2024").is_dir():
        pytest.skip(f"no official files under {folder}: name their folder in BALISE_REAL_DATA")
    return folder


@pytest.fixture(autouse=True)
def _nothing_downloaded(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the school calendar or the borders that somebody downloaded on this machine."""
    monkeypatch.setenv("BALISE_RAW", str(tmp_path_factory.getbasetemp() / "nothing-downloaded"))


@pytest.fixture
def says(request: pytest.FixtureRequest) -> Callable[[object], None]:
    """Assert that a text holds the sentence of the test's `fault` marker, in which … stands for anything."""

    def compare(text: object) -> None:
        shown = request.node.get_closest_marker("fault").kwargs["shown"]
        assert re.search(".*".join(map(re.escape, shown.split("…"))), str(text), re.DOTALL), (
            f"{str(text)!r} is not what the table says: {shown!r}"
        )
        request.node.stash[_SAID] = True

    return compare


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist, which `-n 0` leaves out
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests of a file share what it prepares, so one process runs them; a second browser would make the first wait."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "browser" if file.startswith("tests/browser/") else file

    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """A test of a fault has to look at what a person sees."""
    yield
    if item.get_closest_marker("fault"):
        assert item.stash.get(_SAID, False), "what a person sees was not compared by `says`"


@pytest.fixture
def french() -> Generator[None, None, None]:
    """Whoever is served reads French."""
    before = LANGUAGE.set("fr")
    yield
    LANGUAGE.reset(before)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty folders for data, checkpoints and runs: what the test writes touches nothing else."""
    for name in ("data", "checkpoints", "runs"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"BALISE_{name.upper()}", str(tmp_path / name))
    return tmp_path


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """The folder of a name, which the first process of this run that asks for it makes: made_once("demo", make)."""
    own = tmp_path_factory.getbasetemp()
    parent = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    def once(name: str, make: Callable[[Path], object]) -> Path:
        folder, making = parent / name, parent / f"{name}.making"
        making.mkdir(exist_ok=True)
        with locked(making):
            if not folder.exists():
                part = making / "part"
                shutil.rmtree(part, ignore_errors=True)  # of one that failed
                part.mkdir()
                make(part)
                part.rename(folder)
        return folder

    return once


@pytest.fixture(scope="session")
def official(made_once: Callable[..., Path]) -> Path:
    """Files in the official layout: seven simulated accidents on each day of 2024. Nobody changes them."""
    from data import demo

    def make(folder: Path) -> None:
        for name, frame in demo.tables(start="2024-01-01", end="2024-12-31", accidents_a_day=7).items():
            frame.to_csv(folder / f"{name}-2024.csv", sep=";", index=False, quoting=csv.QUOTE_ALL)

    return made_once("official-files", make)


@pytest.fixture(scope="session")
def _demo_made(made_once: Callable[..., Path]) -> Path:
    """The simulated data, made once for all tests that look at them."""
    from data import store

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BALISE_DATA", str(folder))
            store.demo()

    return made_once("demo", make)


@pytest.fixture
def demo_data(folders: Path, _demo_made: Path) -> Path:
    """The folders of `folders` with the simulated data already made."""
    shutil.copytree(_demo_made, folders / "data", dirs_exist_ok=True)
    return folders


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a CUDA GPU its tests are skipped; torch is only asked where there are such tests."""
    marked = [item for item in items if item.get_closest_marker("gpu")]
    if not marked:
        return
    import torch

    if not torch.cuda.is_available():
        for item in marked:
            item.add_marker(pytest.mark.skip(reason="no CUDA GPU"))
