"""The one training loop, on networks small enough to follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from models.base import AppError, EnoughTrained, Progress, Report, TrainingCancelled, silent
from models.training import Schedule, evaluate, fit_network

CPU = torch.device("cpu")


def squared(network: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
    x, y = batch
    return ((network(x) - y) ** 2).mean()


def line(n: int = 256, noise: float = 0.0, seed: int = 0) -> tuple[Tensor, Tensor]:
    random = torch.Generator().manual_seed(seed)
    x = torch.rand(n, 1, generator=random)
    return x, 3 * x - 1 + noise * torch.randn(n, 1, generator=random)


def mean_loss(network: nn.Module, rows: tuple[Tensor, Tensor]) -> float:
    return evaluate(network, rows, lambda network, batch: {"loss": squared(network, batch)})["loss"]


def schedule(**changes: object) -> Schedule:
    return Schedule(**{"epochs": 60, "batch_size": 32, "learning_rate": 0.1, "patience": 60} | changes)


def test_learns_a_line() -> None:
    network = nn.Linear(1, 1)
    curves = fit_network(
        network, train=line(), validation=line(64, seed=1), loss=squared, schedule=schedule(), device=CPU, report=silent
    )
    assert network.weight.item() == pytest.approx(3, abs=0.05)
    assert network.bias.item() == pytest.approx(-1, abs=0.05)
    assert curves[-1]["validation_loss"] < 1e-3 < curves[0]["validation_loss"]
    assert not network.training


def test_stops_early_and_keeps_the_best_weights() -> None:
    network = nn.Sequential(nn.Linear(1, 64), nn.ReLU(), nn.Linear(64, 1))
    train, validation = line(24, noise=1.0), line(256, noise=1.0, seed=1)
    curves = fit_network(
        network,
        train=train,
        validation=validation,
        loss=squared,
        schedule=schedule(epochs=400, patience=10, learning_rate=0.02, plateau_patience=400),
        device=CPU,
        report=silent,
    )
    losses = [point["validation_loss"] for point in curves]
    assert len(losses) < 400
    assert losses.index(min(losses)) == len(losses) - 11
    assert mean_loss(network, validation) == pytest.approx(min(losses), rel=1e-5)


def test_the_rate_falls_on_a_plateau() -> None:
    network = nn.Linear(1, 1)
    curves = fit_network(
        network,
        train=line(noise=1.0),
        validation=line(64, noise=1.0, seed=1),
        loss=squared,
        schedule=schedule(plateau_patience=1),
        device=CPU,
        report=silent,
    )
    assert curves[-1]["learning_rate"] < 0.1


def test_the_rate_rises_and_falls_along_a_cosine() -> None:
    curves = fit_network(
        nn.Linear(1, 1),
        train=line(320),
        validation=line(64, seed=1),
        loss=squared,
        schedule=schedule(epochs=10, warm_up=0.2),
        device=CPU,
        report=silent,
    )
    rates = [point["learning_rate"] for point in curves]
    # 10 steps an epoch, 20 of them to rise, 80 to fall: half-way down after the sixth epoch
    assert rates[0] == pytest.approx(0.1 * 11 / 20)
    assert rates[1] == pytest.approx(0.1)
    assert rates[5] == pytest.approx(0.05)
    assert rates[9] == pytest.approx(0.0, abs=1e-9)


def test_the_mean_of_the_weights_is_judged_and_kept() -> None:
    noisy = line(noise=3.0)
    settings = schedule(epochs=40, learning_rate=0.2, plateau_patience=99)
    losses = []
    for averaging in (0.0, 0.97):
        torch.manual_seed(0)
        network = nn.Linear(1, 1)
        curves = fit_network(
            network, train=noisy, validation=line(64, seed=1), loss=squared,
            schedule=replace(settings, averaging=averaging), device=CPU, report=silent,
        )  # fmt: skip
        losses.append([point["validation_loss"] for point in curves][10:])
        assert mean_loss(network, line(64, seed=1)) == pytest.approx(
            min(p["validation_loss"] for p in curves), rel=1e-5
        )
    assert np.std(losses[1]) < 0.7 * np.std(losses[0]), "a mean is steadier than what it is a mean of"


def test_tells_of_every_epoch_and_can_be_cancelled() -> None:
    told: list[Progress] = []

    def report(progress: Progress) -> None:
        told.append(progress)
        if progress.done == 3:
            raise TrainingCancelled

    with pytest.raises(TrainingCancelled):
        fit_network(
            nn.Linear(1, 1),
            train=line(),
            validation=line(),
            loss=squared,
            schedule=schedule(),
            device=CPU,
            report=report,
        )
    epochs = [p for p in told if p.values]
    assert [p.done for p in epochs] == [1, 2, 3]
    assert {"train_loss", "validation_loss", "learning_rate", "gradient_norm"} <= set(epochs[0].values)
    assert [p.values["rows"] for p in epochs] == [256, 512, 768]
    for p in epochs:
        assert 256 / p.values["rows_a_second"] <= p.values["seconds"], "without the validation"


def enough_after(epoch: int) -> Report:
    def report(progress: Progress) -> None:
        if progress.may_end and progress.done == epoch:
            raise EnoughTrained

    return report


def test_who_has_enough_gets_the_best_so_far() -> None:
    network = nn.Linear(1, 1)
    validation = line(64, noise=1.0, seed=1)
    curves = fit_network(
        network, train=line(noise=1.0), validation=validation, loss=squared,
        schedule=schedule(learning_rate=1.0), device=CPU, report=enough_after(7),
    )  # fmt: skip
    losses = [point["validation_loss"] for point in curves]
    assert len(losses) == 7
    assert losses[-1] > min(losses), "or the last would do"
    assert mean_loss(network, validation) == pytest.approx(min(losses), rel=1e-5)


def test_who_has_enough_when_the_loss_is_no_number_any_more_gets_the_best_so_far() -> None:
    network = nn.Linear(1, 1)
    epochs = 0

    def spoilt(network: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        return squared(network, batch) * (float("nan") if epochs == 2 else 1.0)

    def report(progress: Progress) -> None:
        nonlocal epochs
        epochs += progress.may_end
        enough_after(3)(progress)

    curves = fit_network(
        network, train=line(), validation=line(), loss=spoilt, schedule=schedule(), device=CPU, report=report
    )
    assert np.isnan(curves[-1]["validation_loss"])
    assert mean_loss(network, line()) == pytest.approx(curves[1]["validation_loss"], rel=1e-5)


def test_without_validation_who_has_enough_gets_the_last_weights() -> None:
    short, cut = (nn.Linear(1, 1) for _ in range(2))
    cut.load_state_dict(short.state_dict())
    for network, epochs, report in ((short, 2, silent), (cut, 9, enough_after(2))):
        fit_network(
            network, train=line(), validation=None, loss=squared,
            schedule=schedule(epochs=epochs), device=CPU, report=report,
        )  # fmt: skip
    assert cut.weight.item() == short.weight.item()


def test_a_loss_that_is_no_number_ends_it_with_advice() -> None:
    with pytest.raises(AppError, match="smaller learning rate"):
        fit_network(
            nn.Linear(1, 1),
            train=line(),
            validation=line(),
            loss=lambda network, batch: squared(network, batch) * float("inf"),
            schedule=schedule(),
            device=CPU,
            report=silent,
        )


def test_without_validation_every_epoch_is_run() -> None:
    """The same steps as with validation rows that never stop it."""
    alone, judged = (
        fit_network(
            nn.Linear(1, 1, bias=False),
            train=line(noise=3.0),
            validation=validation,
            loss=squared,
            device=CPU,
            report=silent,
            schedule=schedule(epochs=7, learning_rate=1e-9),
        )
        for validation in (None, line(64, seed=1))
    )
    assert len(alone) == len(judged) == 7
    assert set(judged[0]) - set(alone[0]) == {"validation_loss"}


def test_an_epoch_is_made_of_rows_drawn_anew() -> None:
    seen: list[list[float]] = []

    def record(network: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
        seen.append(batch[1].flatten().tolist())
        return squared(network, batch)

    curves = fit_network(
        nn.Linear(1, 1),
        train=(torch.rand(100, 1), torch.arange(100.0)[:, None]),
        validation=None,
        loss=record,
        schedule=schedule(epochs=3, batch_size=16, samples=40, learning_rate=1e-3, warm_up=0.1),
        device=CPU,
        report=silent,
    )
    assert [len(batch) for batch in seen] == [16, 16, 8] * 3
    epochs = [{row for batch in seen[i : i + 3] for row in batch} for i in (0, 3, 6)]
    assert [len(rows) for rows in epochs] == [40, 40, 40]
    assert epochs[0] != epochs[1] != epochs[2]
    assert curves[-1]["learning_rate"] == 0.0  # the cosine ends with the last of the nine steps


@pytest.mark.parametrize("averaging", [0.0, 0.25])
def test_without_validation_the_last_weights_are_kept(averaging: float) -> None:
    """One weight, one row, one step an epoch: the weights before each step are those that the loss is asked about."""
    one = (torch.ones(1, 1), torch.ones(1, 1))

    def run(epochs: int) -> tuple[list[float], float]:
        network = nn.Linear(1, 1, bias=False)
        nn.init.zeros_(network.weight)
        before: list[float] = []

        def watched(net: nn.Module, batch: tuple[Tensor, ...]) -> Tensor:
            before.append(next(net.parameters()).item())
            return squared(net, batch)

        # so large a rate that the second step overshoots: the last weights are not the best
        steps = schedule(epochs=epochs, learning_rate=0.9, averaging=averaging)
        fit_network(network, train=one, validation=None, loss=watched, device=CPU, report=silent, schedule=steps)
        return before, network.weight.item()

    (_start, first, second, third), _last = run(4)
    _before, kept = run(3)
    mean = first
    for weight in (second, third):
        mean = averaging * mean + (1 - averaging) * weight
    assert kept == pytest.approx(mean)
    assert abs(third - 1) > abs(first - 1)


@pytest.mark.gpu
def test_learns_on_a_gpu_too() -> None:
    network = nn.Linear(1, 1)
    cuda = torch.device("cuda")
    fit_network(network, train=line(), validation=line(), loss=squared, schedule=schedule(), device=cuda, report=silent)
    assert network.weight.item() == pytest.approx(3, abs=0.1)
    assert network.weight.device.type == "cuda"
