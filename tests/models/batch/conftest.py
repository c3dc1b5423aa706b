"""Two quick models of severity and one of collision, and a file to score."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from data.batch import draft, matching
from models.registry import KINDS
from tests.models.conftest import simulated

FILE = """id;lum;vitesse;pietons;gravite
=1+1;Plein jour;50;0;Au moins un tué
b;3;80;1;
c;9;30;0;light
d;Daylight;500;1;light
e;2;-1;2;hospitalised
f;;;;
"""


@pytest.fixture(scope="session")
def _models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("batch-models")
    table = simulated(400)
    for kind, changes in (("xgboost", {"rounds": 3}), ("random-forest", {"trees": 3, "depth": 3})):
        for target in ("severity", "collision"):
            if (kind, target) == ("random-forest", "collision"):
                continue
            preset, config = KINDS[kind].settings(None, changes)
            model = KINDS[kind].model(config, target, preset, "cpu")
            model.fit(table, source={"source": "Simulated", "simulated": True, "years": [2024]})
            model.save(folder / f"{target}-{kind}")
    return folder


@pytest.fixture
def models(folders: Path, _models: Path) -> Path:
    """The checkpoints, in folders of this test's own."""
    return Path(shutil.copytree(_models, folders / "checkpoints", dirs_exist_ok=True))


@pytest.fixture
def take_in(models: Path) -> Callable[[str], tuple[str, dict[str, str]]]:
    """Make a draft of a text; gives its name and what its columns are taken for."""

    def taken(text: str = FILE) -> tuple[str, dict[str, str]]:
        drafted = draft.take_in("mine.csv", io.BytesIO(text.encode()))
        return drafted, {c: found.field for c, found in matching.match(draft.load(drafted)).items()}

    return taken
