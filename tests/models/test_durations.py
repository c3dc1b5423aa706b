"""How long a training will take: from those that ended here, else from the shipped models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from models import durations
from models.blend_config import BlendConfig
from models.durations import Estimate, estimate
from models.lstm_config import LSTMConfig
from models.tab_transformer_config import PRESETS, TabTransformerConfig
from models.xgb_config import XGBoostConfig

PROBE = durations._probe
QUICK = PRESETS["quick"]
Metadata = dict[str, Any]


@pytest.fixture(autouse=True)
def _same_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine is as fast as the one that trained the shipped models."""
    monkeypatch.setattr(durations, "_probe", lambda: durations._PROBE)


@pytest.fixture
def checkpoint(folders: Path) -> Callable[..., Metadata]:
    """Write the metadata of a checkpoint: checkpoint(folder, kind, config, ...)."""

    def write(folder: Path, kind: str, config: Any, **more: Any) -> Metadata:
        metadata = {"format": 1, "kind": kind, "target": "collision", "config": asdict(config), "files": {}}
        metadata |= {"data": {"rows": 1000}, "split": {"train": {}, "validation": {}}, "device": "cpu", **more}
        folder.mkdir(parents=True)
        (folder / "metadata.json").write_text(json.dumps(metadata))
        return metadata

    return write


@pytest.fixture
def ended(folders: Path, checkpoint: Callable[..., Metadata]) -> Callable[..., None]:
    """Write a training that ended here: it began at second 10, learnt from 20 on, and ended 5 seconds later."""

    def write(name: str, kind: str, config: Any, *, steps: int, seconds: float, **more: Any) -> None:
        folder = folders / "runs" / name
        checkpoint(folder / "model", kind, config, **more)
        spec = {"kind": kind, "target": "collision", "settings": {}}
        (folder / "spec.json").write_text(json.dumps({"spec": spec, "hash": name, "created": 0.0}))
        last = {"time": 20.0 + seconds, "event": "progress", "done": steps, "total": 99, "share": 1.0}
        events = [
            {"time": 10.0, "event": "started"},
            last | {"began": 20.0, "values": {"train_loss": 1.0}},
            {"time": 25.0 + seconds, "event": "done", "share": 1.0},
        ]
        (folder / "events.jsonl").write_text("\n".join(map(json.dumps, events)))

    return write


def test_nothing_is_said_where_nothing_is_known(folders: Path) -> None:
    assert estimate("tab-transformer", QUICK, 1000) is None
    assert estimate("blend", BlendConfig(), 1000) is None


def test_the_same_settings_here_tell_best(ended: Callable[..., None]) -> None:
    """8 epochs of 1,000 rows took 80 s, and 15 s passed before and after: 4 of 2,000 rows take 80 + 15."""
    ended("20240101-a", "tab-transformer", QUICK, steps=8, seconds=80.0)
    assert estimate("tab-transformer", replace(QUICK, epochs=4, seed=9), 2000) == Estimate(pytest.approx(95.0), 1)


def test_other_settings_here_are_a_rough_guess_by_their_cost(ended: Callable[..., None]) -> None:
    ended("20240101-a", "tab-transformer", QUICK, steps=8, seconds=80.0)
    dearer = replace(QUICK, blocks=2)
    expected = 80.0 * dearer.cost / QUICK.cost + 15.0
    assert estimate("tab-transformer", dearer, 1000) == Estimate(pytest.approx(expected), 0)


def test_the_median_of_several_is_taken(ended: Callable[..., None]) -> None:
    for number, seconds in enumerate((80.0, 88.0, 400.0)):
        ended(f"20240101-{number}", "tab-transformer", QUICK, steps=8, seconds=seconds)
    assert estimate("tab-transformer", QUICK, 1000) == Estimate(pytest.approx(103.0), 3)


def test_one_that_always_stops_early_will_do_so_again(ended: Callable[..., None]) -> None:
    """100 of at most 1,500 rounds took 50 s."""
    ended("20240101-a", "xgboost", XGBoostConfig(), steps=100, seconds=50.0)
    assert estimate("xgboost", XGBoostConfig(), 1000) == Estimate(pytest.approx(65.0), 1)
    assert estimate("xgboost", XGBoostConfig(rounds=50), 1000) == Estimate(pytest.approx(40.0), 1)


def test_one_that_a_person_ended_tells_nothing(ended: Callable[..., None]) -> None:
    ended("20240101-a", "tab-transformer", QUICK, steps=2, seconds=20.0, stopped_early="asked")
    assert estimate("tab-transformer", QUICK, 1000) is None


def test_shipped_models_are_a_rough_guess(
    folders: Path, checkpoint: Callable[..., Metadata], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It learnt 8 epochs from all of 800 rows in 40 s; from 1,000, of which 800 are learnt from, it takes as long."""
    curves = [{"seconds": 5.0}] * 8
    checkpoint(folders / "checkpoints" / "a", "tab-transformer", QUICK, split={"train": {}}, curves=curves,
               seconds=42.0, data={"rows": 800})  # fmt: skip
    assert estimate("tab-transformer", QUICK, 1000) == Estimate(pytest.approx(10 + 40 + 2), 0)
    monkeypatch.setattr(durations, "_probe", lambda: 3 * durations._PROBE)
    assert estimate("tab-transformer", QUICK, 1000) == Estimate(pytest.approx(10 + 3 * 42), 0)
    assert estimate("tab-transformer", QUICK, 1000, device="cuda") is None, "a processor tells nothing of a GPU"


def test_a_blend_takes_as_long_as_its_members(folders: Path, checkpoint: Callable[..., Metadata]) -> None:
    checkpoint(folders / "checkpoints" / "a", "tab-transformer", TabTransformerConfig(), curves=[{"seconds": 1.0}] * 20,
               seconds=20.0)  # fmt: skip
    checkpoint(folders / "checkpoints" / "b", "xgboost", XGBoostConfig(rounds=70), seconds=30.0)
    alone = [estimate("tab-transformer", PRESETS["quick"], 1000), estimate("xgboost", XGBoostConfig(), 1000)]
    together = estimate("blend", BlendConfig(tab_transformer="quick"), 1000)
    assert together == Estimate(pytest.approx(sum(one.seconds for one in alone if one)), 0)


def test_departements_take_their_own_time(folders: Path, checkpoint: Callable[..., Metadata]) -> None:
    """60 s for 8 epochs of départements; 2 epochs take a quarter, and France's own time stays."""
    config = LSTMConfig(epochs=30, departement_epochs=8)
    checkpoint(folders / "checkpoints" / "a", "lstm", config, target="daily", data={"days": 1000}, seconds=100.0,
               curves=[{"seconds": 1.0}] * 30, departements={"seconds": 60.0})  # fmt: skip
    france = estimate("lstm", config, 1000)
    assert france == Estimate(pytest.approx(10 + 30 + 10), 0)
    assert estimate("lstm", replace(config, departement_epochs=2), 1000, places=True) == Estimate(
        pytest.approx(10 + 30 + 10 + 15), 0
    )


def test_what_cannot_be_read_tells_nothing(folders: Path, ended: Callable[..., None]) -> None:
    ended("20240101-a", "tab-transformer", QUICK, steps=8, seconds=80.0)
    (folders / "runs" / "20240101-a" / "model" / "metadata.json").write_text("{")
    assert estimate("tab-transformer", QUICK, 1000) is None


def test_a_busy_machine_is_not_taken_for_a_slow_one() -> None:
    PROBE.cache_clear()
    alone = PROBE()
    PROBE.cache_clear()
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _core in range(2 * (os.cpu_count() or 1))]
    try:
        assert PROBE() < 5 * alone
    finally:
        for process in busy:
            process.kill()
            process.wait()
        PROBE.cache_clear()
