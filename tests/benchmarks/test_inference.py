"""What is measured of each classifier, on small models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import inference
from models import registry
from models.logistic import LogisticClassifier, LogisticConfig
from tests.models.conftest import simulated


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inference, "_MANY", 400)
    monkeypatch.setattr(inference, "_ROW_RUNS", 2)
    monkeypatch.setattr(inference, "_RUNS", 1)
    monkeypatch.setattr(inference, "simulated", lambda: simulated(1500))


def test_every_checkpoint_and_every_preset_has_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BALISE_CHECKPOINTS", str(tmp_path))
    LogisticClassifier(LogisticConfig(iterations=1), "severity").fit(simulated(1500)).save(tmp_path / "severity-small")
    kind = registry.KINDS["tab-transformer"]
    monkeypatch.setitem(vars(kind), "presets", {"quick": kind.presets["quick"]})
    inference.main(["--json"])
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["severity-small", "untrained quick"]
    for line in found.values():
        assert all(line[name] > 0 for name in ("load_ms", "one_row_ms", "rows_per_s", "explanation_ms", "parameters"))
    on_disk = sum(file.stat().st_size for file in (tmp_path / "severity-small").iterdir())
    assert found["severity-small"]["size_mb"] == on_disk / 1e6


def test_the_table_has_a_line_a_model(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = {"load_ms": 1.04, "parameters": None}
    monkeypatch.setattr(inference, "lines", lambda table: [("forest", line)])
    inference.main([])
    assert capsys.readouterr().out.split() == ["load_ms", "parameters", "forest", "1.0", "NaN"]
