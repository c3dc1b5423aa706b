"""Pages run from the frame, over folders of their own: simulated data made once, and small models trained on them."""

from __future__ import annotations

import functools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from tests.models.conftest import described_briefly
from ui.charts import kept

ROOT = Path(__file__).resolve().parents[2]
SMALL = {
    "xgboost": {"rounds": 8},
    "random-forest": {"trees": 8, "depth": 6},
    "tab-transformer": {"epochs": 1, "width": 16, "blocks": 1, "heads": 2, "feed_forward": 16},
}

Open = Callable[[str], AppTest]


@pytest.fixture(scope="session", autouse=True)
def _components_are_looked_for_once() -> Iterator[None]:
    """Each new visitor of AppTest would look through all installed libraries for components, as a server does once."""
    looked = functools.cache(manifest_scanner.scan_component_manifests)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", looked)
        yield


@pytest.fixture
def open_page(folders: Path) -> Iterator[Open]:
    """Open a page of the app as somebody new, on what the test put into its folders; a page never fails."""

    def run(path: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        app.switch_page(path).run()
        assert not app.exception
        return app

    _forget()
    yield run
    _forget()


@pytest.fixture(scope="session")
def _trained(_demo_made: Path, made_once: Callable[..., Path]) -> Path:
    """Three small models of both targets, learnt from a part of the simulated data."""
    from data import features, store
    from models.registry import KINDS

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BALISE_DATA", str(_demo_made))
            table = features.table(store.demo().accidents()).iloc[::25]
        source = {"source": "Simulated", "simulated": True, "years": [2022, 2023, 2024]}
        with described_briefly():
            for kind, changes in SMALL.items():
                for target in features.TARGETS:
                    preset, config = KINDS[kind].settings(None, changes)
                    model = KINDS[kind].model(config, target, preset, "cpu")
                    model.fit(table, source=source).save(folder / f"{target}-{kind}")

    return made_once("trained", make)


@pytest.fixture
def trained(demo_data: Path, _trained: Path) -> Path:
    """The simulated data and the small models, in folders of this test's own; gives the checkpoints folder."""
    return Path(shutil.copytree(_trained, demo_data / "checkpoints", dirs_exist_ok=True))


@pytest.fixture
def import_official(real_data: Path, folders: Path, made_once: Callable[..., Path]) -> Callable[..., None]:
    """Import official files, read once for all tests that look at them: import_official("2018", "2023/caract")."""
    from data import store

    def put(*names: str) -> None:
        def make(folder: Path) -> None:
            paths = [real_data / "baac" / (f"{n}-{n.partition('/')[0]}.csv" if "/" in n else n) for n in names]
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("BALISE_DATA", str(folder))
                store.import_paths(paths)

        made = made_once("official-" + "-".join(names).replace("/", "-"), make)
        shutil.copytree(made, folders / "data", dirs_exist_ok=True)

    return put


@pytest.fixture
def learnt_whole(trained: Path) -> Path:
    """`trained` where two models of collision learnt from everything and were scored before cuts; the third is gone."""
    months = {
        f"2024-{month}": {"held_out": {"start": f"2024-{month}-01", "end": f"2024-{month}-30", "rows": 1500}}
        for month in ("08", "09")
    }
    for kind in ("xgboost", "random-forest"):
        path = trained / f"collision-{kind}" / "metadata.json"
        metadata = json.loads(path.read_text())
        metrics = metadata["metrics"]
        metadata["metrics"] = {
            "cuts": metrics["held_out"],
            "cuts_without_near_event": metrics["held_out_without_near_event"],
            "each_cut": {},
        }
        metadata |= {"cuts": months, "split": {"train": {"start": "2024-01-01", "end": "2024-09-30", "rows": 40000}}}
        path.write_text(json.dumps(metadata))
    shutil.rmtree(trained / "collision-tab-transformer")
    return trained


def _forget() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()
    kept.forget()
