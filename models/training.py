"""The one training loop of all networks: batches, schedule, early stopping, best weights, report."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from data.text import _
from models.base import AppError, EnoughTrained, Progress, Report
from models.device import autocast

Batch = tuple[Tensor, ...]
Loss = Callable[[nn.Module, Batch], Tensor]  # mean loss of a batch
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
) -> list[dict[str, float]]:
    """Train until the validation loss stops falling and leave the best weights in the network, in eval mode.

    Without validation rows it runs all epochs and leaves the last weights; only a warm-up then changes the rate.
    Shapes: every tensor of `train` has one row a sample, likewise `validation`. Tensors are moved to the device once
    and indexed there: a Python data set handing out rows is 50 to 100 times slower on a GPU.
    Returns: one dict an epoch with train_loss, validation_loss, learning_rate, gradient_norm and seconds.
    Raises: AppError where the loss is no longer a number; whatever `report` raises to cancel.
    """
    network.to(device)
    train = tuple(t.to(device) for t in train)
    later = None if validation is None else tuple(t.to(device) for t in validation)
    optimizer, plateau = _optimizer(network, schedule)
    in_epoch = min(len(train[0]), schedule.samples or len(train[0]))
    pace = _cosine(optimizer, schedule, math.ceil(in_epoch / schedule.batch_size))
    mean = _averaged(network, schedule)
    judged = network if mean is None else mean.module
    order = torch.Generator().manual_seed(schedule.seed)
    curves: list[dict[str, float]] = []
    best, best_weights, since_best = math.inf, _weights(judged), 0
    for epoch in range(schedule.epochs):
        start = time.monotonic()
        after_step = _after_step(network, pace, mean)
        train_loss, norm = _epoch(network, train, loss, optimizer, schedule, order, epoch, report, after_step)
        losses = {"train_loss": train_loss}
        if later is not None:
            losses["validation_loss"] = evaluate_loss(judged, later, loss)
        point = losses | {"learning_rate": optimizer.param_groups[0]["lr"], "gradient_norm": norm}
        curves.append(point | {"seconds": time.monotonic() - start})
        share, enough = (epoch + 1) / schedule.epochs, False
        try:
            report(Progress("epoch", epoch + 1, schedule.epochs, share, curves[-1], may_end=True))
        except EnoughTrained:
            enough = True
        # one who sees it happen may ask for the best so far
        if not all(map(math.isfinite, losses.values())) and not (enough and best < math.inf):
            raise AppError(_("The loss is no longer a number; try a smaller learning rate."))
        if later is None:
            best_weights = _weights(judged)
            if enough:
                break
            continue
        validation_loss = losses["validation_loss"]
        if pace is None:
            plateau.step(validation_loss)
        since_best += 1
        if validation_loss < best:
            best, best_weights, since_best = validation_loss, _weights(judged), 0
        if enough or since_best >= schedule.patience:
            break
    network.load_state_dict(best_weights)
    network.eval()
    return curves


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


def _after_step(
    network: nn.Module, pace: torch.optim.lr_scheduler.LambdaLR | None, mean: AveragedModel | None
) -> Callable[[], None]:
    def after_step() -> None:
        if pace is not None:
            pace.step()
        if mean is not None:
            mean.update_parameters(network)

    return after_step


def _epoch(
    network: nn.Module,
    train: Batch,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    schedule: Schedule,
    order: torch.Generator,
    epoch: int,
    report: Report,
    after_step: Callable[[], None],
) -> tuple[float, float]:
    """One pass over the training rows: mean loss and mean gradient norm."""
    network.train()
    device = train[0].device
    rows = torch.randperm(len(train[0]), generator=order)[: schedule.samples or None].to(device)
    batches = rows.split(schedule.batch_size)
    total, norms, reported = torch.zeros((), device=device), torch.zeros((), device=device), time.monotonic()
    for number, index in enumerate(batches):
        optimizer.zero_grad(set_to_none=True)
        with autocast(device):
            value = loss(network, tuple(t[index] for t in train))
        value.backward()
        norms += nn.utils.clip_grad_norm_(network.parameters(), schedule.clip or math.inf)
        optimizer.step()
        after_step()
        total += value.detach() * len(index)
        if time.monotonic() - reported > _REPORT_EVERY:
            share = (epoch + (number + 1) / len(batches)) / schedule.epochs
            report(Progress("epoch", epoch, schedule.epochs, share))
            reported = time.monotonic()
    return float(total) / len(rows), float(norms) / len(batches)


@torch.inference_mode()
def evaluate_loss(network: nn.Module, rows: Batch, loss: Loss) -> float:
    """The mean loss over all rows, without dropout."""
    network.eval()
    device = rows[0].device
    total = 0.0
    for index in torch.arange(len(rows[0]), device=device).split(_EVALUATION_BATCH):
        with autocast(device):
            total += float(loss(network, tuple(t[index] for t in rows))) * len(index)
    return total / len(rows[0])


def _weights(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
