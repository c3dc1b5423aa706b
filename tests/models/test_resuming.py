"""Trainings of networks that are interrupted and go on, beside the same that nobody interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor, nn

from models import resuming
from models.base import EnoughTrained, Progress, Report, TrainingCancelled, silent
from models.registry import KINDS
from models.resuming import kept_in
from models.training import Schedule, fit_network, seeded
from tests.models.test_training import line, squared

CPU = torch.device("cpu")
PLAIN = Schedule(epochs=12, batch_size=32, learning_rate=0.3, patience=4, plateau_patience=0, plateau_factor=0.5)
COSINE = Schedule(
    epochs=12, batch_size=32, learning_rate=0.05, patience=12, warm_up=0.1, averaging=0.9, clip=1.0, samples=100
)


@pytest.fixture(autouse=True)
def _every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "_EVERY", 0.0)


class Watch:
    """Cancels in the epoch after a given one, as a kill would, and keeps what it was told at the ends of epochs."""

    def __init__(self, after: int | None = None) -> None:
        self.after = after
        self.told: list[tuple[int, bool]] = []

    def __call__(self, progress: Progress) -> None:
        if progress.values:
            self.told.append((progress.done, progress.again))
        if progress.may_end and self.after is not None and progress.done > self.after:
            raise TrainingCancelled


def learn(
    schedule: Schedule,
    report: Report = silent,
    *,
    seed: int = 0,
    data: int = 0,
    judged: bool = True,
    loss: Callable[..., Tensor] | None = None,
    device: torch.device = CPU,
) -> tuple[list[dict[str, float]], dict[str, Tensor]]:
    """A small network with dropout whose loss draws noise of its own; its curves without times, and its weights."""
    random = np.random.default_rng(seed)

    def noisy(network: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        x, y = batch
        return squared(network, (x + float(random.normal()) * 0.1 * network.training, y))

    with seeded(seed):
        network = nn.Sequential(nn.Linear(1, 8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 1))
        curves = fit_network(
            network,
            train=line(256, noise=1.0, seed=data),
            validation=line(64, noise=1.0, seed=1) if judged else None,
            loss=loss or noisy,
            schedule=schedule,
            device=device,
            report=report,
            random=random,
        )
    points = [{name: value for name, value in point.items() if name != "seconds"} for point in curves]
    return points, {name: tensor.cpu() for name, tensor in network.state_dict().items()}


def assert_same(one: tuple[Any, Any], other: tuple[Any, Any]) -> None:
    assert one[0] == other[0]
    for name, weights in one[1].items():
        assert torch.equal(weights, other[1][name]), name


@pytest.mark.parametrize("schedule", [PLAIN, COSINE])
@pytest.mark.parametrize("judged", [True, False])
def test_the_curves_and_weights_are_those_of_a_training_that_nobody_interrupted(
    schedule: Schedule, judged: bool, tmp_path: Path
) -> None:
    whole = learn(schedule, judged=judged)
    assert len(whole[0]) > 6
    for after in (2, 5):
        with kept_in(tmp_path), pytest.raises(TrainingCancelled):
            learn(schedule, Watch(after), judged=judged)
    watch = Watch()
    with kept_in(tmp_path):  # whatever the numbers drawn before: they are those of the interrupted one
        assert_same(learn(schedule, watch, seed=7, judged=judged), whole)
    assert watch.told == [(epoch, epoch <= 5) for epoch in range(1, len(whole[0]) + 1)]


def test_one_that_had_ended_is_not_trained_again(tmp_path: Path) -> None:
    def refuse(*_given: Any) -> Tensor:
        raise AssertionError("trained again")

    with kept_in(tmp_path):
        whole = learn(PLAIN)
    with kept_in(tmp_path):
        assert_same(learn(PLAIN, loss=refuse), whole)


def test_who_had_enough_before_the_interruption_still_has(tmp_path: Path) -> None:
    def report(progress: Progress) -> None:
        if progress.may_end and progress.done == 3:
            raise EnoughTrained

    with kept_in(tmp_path):
        short = learn(PLAIN, report)
    assert len(short[0]) == 3
    with kept_in(tmp_path):
        assert_same(learn(PLAIN), short)


def test_each_network_of_a_training_goes_on_from_its_own(tmp_path: Path) -> None:
    first, second = learn(PLAIN), learn(COSINE, seed=1)
    with kept_in(tmp_path):
        learn(PLAIN)
        with pytest.raises(TrainingCancelled):
            learn(COSINE, Watch(2), seed=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.safetensors", "1.safetensors"]
    watch = Watch()
    with kept_in(tmp_path):
        assert_same(learn(PLAIN), first)
        assert_same(learn(COSINE, watch, seed=1), second)
    assert [again for _epoch, again in watch.told].count(True) == 2


@pytest.mark.parametrize("change", [{"data": 3}, {"judged": False}, {"schedule": COSINE}])
def test_what_was_kept_of_another_training_is_left_alone(
    change: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with kept_in(tmp_path):
        learn(PLAIN)
    asked = {"schedule": PLAIN} | change
    with kept_in(tmp_path):
        found = learn(**asked)
    assert_same(found, learn(**asked))
    assert "is of another training" in caplog.text


@pytest.mark.parametrize("content", [b"", b"{", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_damaged_file_means_beginning_anew(content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "0.safetensors").write_bytes(content)
    with kept_in(tmp_path):
        assert_same(learn(PLAIN), learn(PLAIN))
    assert "begins anew" in caplog.text


def test_a_disk_that_takes_nothing_does_not_end_the_training(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    with kept_in(tmp_path / "file"):
        found = learn(PLAIN)
    assert_same(found, learn(PLAIN))
    assert "could not be kept" in caplog.text


def test_nothing_is_kept_where_nobody_asks_nor_more_often_than_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resuming, "_EVERY", 3600.0)
    learn(PLAIN)
    with kept_in(tmp_path / "state"), pytest.raises(TrainingCancelled):
        learn(PLAIN, Watch(5))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["feed-forward", "tab-transformer"])
def test_a_classifier_gives_the_same_answers(kind: str, table: pd.DataFrame, tmp_path: Path) -> None:
    small = {"epochs": 4, "width": 16} | ({} if kind == "feed-forward" else {"blocks": 1, "heads": 2, "head": 16})
    preset, config = KINDS[kind].settings(None, small)

    def model() -> Any:
        return KINDS[kind].model(config, "severity", preset, "cpu")

    whole = model().fit(table)
    with kept_in(tmp_path), pytest.raises(TrainingCancelled):
        model().fit(table, Watch(2))
    watch = Watch()
    with kept_in(tmp_path):
        resumed = model().fit(table, watch)
    assert [again for _epoch, again in watch.told] == [True, True, False, False]
    pd.testing.assert_frame_equal(resumed.predict_proba(table), whole.predict_proba(table))


@pytest.mark.gpu
def test_it_goes_on_on_a_gpu_too(tmp_path: Path) -> None:
    cuda = torch.device("cuda")
    whole = learn(COSINE, device=cuda)
    with kept_in(tmp_path), pytest.raises(TrainingCancelled):
        learn(COSINE, Watch(4), device=cuda)
    with kept_in(tmp_path):
        found = learn(COSINE, seed=7, device=cuda)
    for one, other in zip(found[0], whole[0], strict=True):
        assert one == pytest.approx(other, rel=1e-3)
