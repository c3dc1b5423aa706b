"""A small benchmark on simulated accidents: fitted once, looked at by many tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from data import splits
from models.benchmark import runs
from models.benchmark.command import describe
from models.benchmark.tasks import Contender, Task, contender, reference
from models.description import fingerprint
from tests.models.conftest import described_briefly, simulated

QUICK = "rounds=12,learning_rate=0.3"


@pytest.fixture(scope="session")
def accidents() -> pd.DataFrame:
    return simulated(1800, seed=1)


@pytest.fixture(scope="session")
def cuts(accidents: pd.DataFrame) -> tuple[splits.Cut, ...]:
    return splits.months(accidents["date"], 2)


@pytest.fixture(scope="session")
def contenders() -> list[Contender]:
    """The reference, quickened, and two models."""
    settings = contender(f"xgboost::{QUICK}")
    plain = reference()
    quick = Contender(plain.name, plain.kind, plain.preset, settings.config, plain.hidden)
    return [quick, settings, contender(f"xgboost::{QUICK},depth=2,seed=5")]


@pytest.fixture(scope="session")
def measured(
    accidents: pd.DataFrame,
    cuts: tuple[splits.Cut, ...],
    contenders: list[Contender],
    made_once: Callable[..., Path],
) -> Path:
    """A folder of results: collision on two cuts, an ablation and a learning curve on the last. Nobody changes it."""

    def make(folder: Path) -> None:
        tasks = [Task(one, "collision", cut) for one in contenders for cut in cuts]
        told = ("pedestrians",)
        tasks += [
            Task(contenders[1], "collision", cuts[1], variant="without-people", hidden=told),
            Task(contenders[1], "collision", cuts[1], variant="share-0.5", share=0.5),
        ]
        data = fingerprint(accidents)
        with described_briefly():
            for task in tasks:
                runs.carry_out(task, accidents, data, "cpu").save(task.stem(folder))
        describe(folder, accidents, data, simulated=True)

    return made_once("measured", make)
