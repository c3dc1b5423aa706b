"""The one training loop of all networks: batches, schedule, early stopping, best weights, report."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from data.text import _
from models.base import AppError, Progress, Report, has_enough, speed
from models.device import autocast
from models.resuming import Keeper, State

Batch = tuple[Tensor, ...]
Loss = Callable[[nn.Module, Batch], Tensor]  # mean loss of a batch
Judge = Callable[[nn.Module, Batch], dict[str, Tensor]]  # means over a batch, "loss" among them
_EVALUATION_BATCH = 4096
_REPORT_EVERY = 0.5  # seconds between reports inside an epoch


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """What torch draws inside follows from the seed, and the process's own numbers go on undisturbed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


@dataclass(frozen=True)
class Schedule:
    """How a network is trained. `patience`: epochs without a better validation loss before stopping.

    With `warm_up` (a share of all steps) the learning rate rises to its value and falls to 0 along a cosine; without,
    it falls where the validation loss does not. With `averaging` (a decay a step) the weights that are judged and kept
    are a running mean of those that learn. `clip` is the longest gradient of a step, 0 for no limit. `samples` is how
    many rows, drawn anew, make an epoch, 0 for all.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float = 0.0
    patience: int = 5
    optimizer: Literal["adam", "adamw"] = "adamw"
    plateau_patience: int = 2
    plateau_factor: float = 0.5
    clip: float = 0.0
    warm_up: float = 0.0
    averaging: float = 0.0
    samples: int = 0
    seed: int = 0


def fit_network(
    network: nn.Module,
    *,
    train: Batch,
    validation: Batch | None,
    loss: Loss,
    schedule: Schedule,
    device: torch.device,
    report: Report,
    judge: Judge | None = None,
    random: np.random.Generator | None = None,
) -> list[dict[str, float]]:
    """Train until the validation loss stops falling and leave the best weights in the network, in eval mode.

    Without validation rows it runs all epochs and leaves the last weights; only a warm-up then changes the rate.
    `judge` gives the measures of validation rows, the loss among them, where there are more than that. `random` is what
    the loss draws from besides torch. In `resuming.kept_in` it goes on from the last epoch that was kept.
    Shapes: every tensor of `train` has one row a sample, likewise `validation`. Tensors are moved to the device once
    and indexed there: a Python data set handing out rows is 50 to 100 times slower on a GPU.
    Returns: one dict an epoch with train_loss, validation_loss, learning_rate, gradient_norm and seconds.
    Raises: AppError where the loss is no longer a number; whatever `report` raises to cancel.
    """
    keeper = Keeper(network, schedule, (*train, *(validation or ())))
    network.to(device)
    train = tuple(t.to(device) for t in train)
    later = None if validation is None else tuple(t.to(device) for t in validation)
    state = _begun(network, schedule, len(train[0]), random)
    keeper.take_up(state)
    for done, point in enumerate(state.curves, start=1):
        report(Progress("epoch", done, schedule.epochs, done / schedule.epochs, point, again=True))
    while not state.ended:
        start, epoch = time.monotonic(), len(state.curves)
        train_loss, norm = _epoch(state, train, loss, schedule, report)
        seen = _samples(schedule, len(train[0]))
        told = speed(seen, time.monotonic() - start, (epoch + 1) * seen)
        point = {"train_loss": train_loss}
        if later is not None:
            found = evaluate(state.judged, later, judge or _only(loss))
            point |= {f"validation_{name}": value for name, value in found.items()}
        point |= {"learning_rate": state.optimizer.param_groups[0]["lr"], "gradient_norm": norm}
        state.curves.append(point | {"seconds": time.monotonic() - start})
        share = (epoch + 1) / schedule.epochs
        progress = Progress("epoch", epoch + 1, schedule.epochs, share, told | state.curves[-1])
        _judge_epoch(state, schedule, has_enough(report, progress))
        keeper.keep(state)
    network.load_state_dict(state.best_weights)
    network.eval()
    return state.curves


def _begun(network: nn.Module, schedule: Schedule, rows: int, random: np.random.Generator | None) -> State:
    """A training before its first epoch."""
    optimizer, plateau = _optimizer(network, schedule)
    return State(
        network=network,
        optimizer=optimizer,
        plateau=plateau,
        pace=_cosine(optimizer, schedule, math.ceil(_samples(schedule, rows) / schedule.batch_size)),
        mean=_averaged(network, schedule),
        order=torch.Generator().manual_seed(schedule.seed),
        random=random,
        best_weights=_weights(network),
    )


def _judge_epoch(state: State, schedule: Schedule, enough: bool) -> None:
    """Keep the weights of the last epoch if they are the best, and see whether it was the last.

    Raises: AppError where the loss is no longer a number.
    """
    point = state.curves[-1]
    losses = [point[name] for name in ("train_loss", "validation_loss") if name in point]
    # one who sees it happen may ask for the best so far
    if not all(map(math.isfinite, losses)) and not (enough and state.best < math.inf):
        raise AppError(_("The loss is no longer a number; try a smaller learning rate."))
    if "validation_loss" in point:
        if state.pace is None:
            state.plateau.step(point["validation_loss"])
        state.since_best += 1
        if point["validation_loss"] < state.best:
            state.best, state.best_weights, state.since_best = point["validation_loss"], _weights(state.judged), 0
        enough = enough or state.since_best >= schedule.patience
    else:
        state.best_weights = _weights(state.judged)
    state.ended = enough or len(state.curves) >= schedule.epochs


def _samples(schedule: Schedule, rows: int) -> int:
    """How many rows make an epoch."""
    return min(rows, schedule.samples or rows)


def _only(loss: Loss) -> Judge:
    return lambda network, batch: {"loss": loss(network, batch)}


def _optimizer(
    network: nn.Module, schedule: Schedule
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.ReduceLROnPlateau]:
    kind = torch.optim.AdamW if schedule.optimizer == "adamw" else torch.optim.Adam
    optimizer = kind(network.parameters(), lr=schedule.learning_rate, weight_decay=schedule.weight_decay)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=schedule.plateau_factor, patience=schedule.plateau_patience
    )
    return optimizer, plateau


def _cosine(
    optimizer: torch.optim.Optimizer, schedule: Schedule, steps: int
) -> torch.optim.lr_scheduler.LambdaLR | None:
    """The learning rate of each step: a straight rise, then half a cosine down to 0 at the last step."""
    if not schedule.warm_up:
        return None
    whole = steps * schedule.epochs
    rise = max(1, round(schedule.warm_up * whole))

    def factor(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - rise) / max(1, whole - rise))))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def _averaged(network: nn.Module, schedule: Schedule) -> AveragedModel | None:
    """Source: Polyak and Juditsky 1992, Acceleration of Stochastic Approximation by Averaging."""
    if not schedule.averaging:
        return None
    return AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(schedule.averaging))


def _epoch(state: State, train: Batch, loss: Loss, schedule: Schedule, report: Report) -> tuple[float, float]:
    """One pass over the training rows: mean loss and mean gradient norm."""
    network, epoch = state.network, len(state.curves)
    network.train()
    device = train[0].device
    rows = torch.randperm(len(train[0]), generator=state.order)[: schedule.samples or None].to(device)
    batches = rows.split(schedule.batch_size)
    total, norms, reported = torch.zeros((), device=device), torch.zeros((), device=device), time.monotonic()
    for number, index in enumerate(batches):
        state.optimizer.zero_grad(set_to_none=True)
        with autocast(device):
            value = loss(network, tuple(t[index] for t in train))
        value.backward()
        norms += nn.utils.clip_grad_norm_(network.parameters(), schedule.clip or math.inf)
        state.optimizer.step()
        if state.pace is not None:
            state.pace.step()
        if state.mean is not None:
            state.mean.update_parameters(network)
        total += value.detach() * len(index)
        if time.monotonic() - reported > _REPORT_EVERY:
            share = (epoch + (number + 1) / len(batches)) / schedule.epochs
            report(Progress("epoch", epoch, schedule.epochs, share))
            reported = time.monotonic()
    return float(total) / len(rows), float(norms) / len(batches)


@torch.inference_mode()
def evaluate(network: nn.Module, rows: Batch, judge: Judge) -> dict[str, float]:
    """The mean of each measure over all rows, without dropout."""
    network.eval()
    device = rows[0].device
    totals: dict[str, float] = {}
    for index in torch.arange(len(rows[0]), device=device).split(_EVALUATION_BATCH):
        with autocast(device):
            for name, value in judge(network, tuple(t[index] for t in rows)).items():
                totals[name] = totals.get(name, 0.0) + float(value) * len(index)
    return {name: total / len(rows[0]) for name, total in totals.items()}


def _weights(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
