"""Models handed on from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import champions, registry, versions
from models.__main__ import main
from tests.models.conftest import simulated


@pytest.fixture
def shipped(folders: Path) -> Path:
    """Two small models among the checkpoints."""
    for name, seed in (("severity-blend", 0), ("severity-logistic", 1)):
        preset, config = registry.KINDS["logistic"].settings(None, {"iterations": 2, "seed": seed})
        model = registry.KINDS["logistic"].model(config, "severity", preset, "cpu")
        model.fit(simulated(300), source={"source": "Simulated"}).save(folders / "checkpoints" / name)
    return folders


def test_a_model_is_promoted_listed_and_rolled_back(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    versions.describe(shipped / "runs", "severity-logistic", "Mine", "")
    assert main(["promote", "severity-logistic"]) == 0
    assert main(["list"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["severity-blend", "severity"], ["severity-logistic", "severity", "champion", "Mine"]]
    assert main(["roll-back", "severity"]) == 0
    found = champions.champion("severity")
    assert found is not None
    assert found.name == "severity-blend"
    assert main(["roll-back", "severity"]) == 2
    assert "no champion to go back to" in capsys.readouterr().err


def test_a_model_goes_out_and_comes_in(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shipped / "mine.zip"
    assert main(["export", "severity-logistic", "--out", str(file)]) == 0
    assert main(["export", "severity-logistic", "--out", str(file)]) == 2
    assert main(["import", str(file)]) == 2
    assert "is here already" in capsys.readouterr().err
    (shipped / "checkpoints" / "severity-logistic").rename(shipped / "data" / "away")
    assert main(["import", str(file)]) == 0
    (entry,) = [e for e in registry.entries() if e.own]
    assert main(["check", str(entry.folder)]) == 0
    assert "one answer takes" in capsys.readouterr().out
