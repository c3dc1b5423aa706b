"""What is measured of networks on a CPU and on a GPU, and that the document takes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from benchmarks import gpu
from models.benchmark.document import markdown
from models.benchmark.summary import summary
from models.benchmark.tasks import contender
from tests.models.conftest import simulated

SMALL = "feed-forward::epochs=1"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "_MANY", 400)
    monkeypatch.setattr(gpu, "simulated", lambda: simulated(1500))


def test_without_a_gpu_the_cpu_is_measured_and_the_document_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    gpu.main(["--out", str(tmp_path / "out"), "--models", SMALL])
    found = json.loads((tmp_path / "out" / "gpu.json").read_text())
    assert found["gpu"] is None
    assert found["cpu"].endswith(" cores")
    label = contender(SMALL).label
    assert [(row["model"], row["what"]) for row in found["rows"]] == [
        (label, "training, seconds"), (label, "batches, rows a second")
    ]  # fmt: skip
    assert all(row["cpu"] > 0 and row["gpu"] is None for row in found["rows"])
    text = markdown(summary(tmp_path / "out"))
    assert f"CPU: {found['cpu']}. GPU: not measured." in text
    lines = [line for line in text.splitlines() if line.startswith(f"| {label} |")]
    assert [line.endswith("| not measured |") for line in lines] == [True, True]


def test_as_many_accidents_are_learnt_as_asked_for_and_the_latest(monkeypatch: pytest.MonkeyPatch) -> None:
    table = simulated(1500).sort_values("date", ascending=False)
    monkeypatch.setattr(gpu, "_LEARNT", 1200)
    one = contender(SMALL)
    model = gpu.KINDS[one.kind].model
    seen = []
    fit = model.fit
    monkeypatch.setattr(model, "fit", lambda self, rows: (seen.append(rows), fit(self, rows))[1])
    gpu.measure(one, table, "cpu")
    assert len(seen[0]) == 1200
    assert seen[0]["date"].min() >= table["date"].iloc[1200:].max()


@pytest.mark.gpu
def test_a_gpu_is_measured_beside_the_cpu() -> None:
    found = gpu.figures([contender(SMALL)], simulated(1500), cuda=True)
    assert found["gpu"] == torch.cuda.get_device_name()
    assert all(row["cpu"] > 0 and row["gpu"] > 0 for row in found["rows"])
