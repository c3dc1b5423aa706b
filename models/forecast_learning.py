"""How a forecaster learns: first without the latest days, which score it, then anew from all of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import torch

from data.text import _
from models import forecast_windows as windows
from models.base import Progress, Report, has_enough
from models.forecast_designs import Design
from models.forecast_periods import Periods, samples
from models.forecasts import HORIZON
from models.lstm_config import LSTMConfig
from models.training import Schedule, fit_network

SCORED = 0.6  # of the time of a training: learning what is scored


def schedule_of(config: LSTMConfig) -> Schedule:
    """How the national network of a configuration is trained."""
    return Schedule(
        epochs=config.epochs,
        batch_size=config.batch_size,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        patience=config.patience,
        warm_up=config.warm_up,
        clip=1.0,
        seed=config.seed,
    )


def before_held_out(
    design: Design, series: pd.Series, cuts: Periods, schedule: Schedule, device: torch.device, report: Report
) -> list[dict[str, float]]:
    """Train the network on the training days; the days to tune on only tell when to stop. Returns: its curves."""
    series = series.iloc[: cuts.validation]
    curves = fit_network(
        design.network,
        train=samples(series, design.window, cuts.train, design.step),
        validation=samples(series, cuts.train, cuts.validation, design.step),
        loss=design.loss(series, device),
        schedule=schedule,
        device=device,
        report=report,
    )
    design.learn_residuals(series, windows.learnable(series, cuts.train, cuts.validation, HORIZON))
    return curves


def on_all_days(
    design: Design,
    scored: Design,
    curves: list[dict[str, float]],
    series: pd.Series,
    schedule: Schedule,
    device: torch.device,
    report: Report,
) -> None:
    """Train a network as `scored` was, with its curves, on every day.

    Where the rate falls along a cosine it takes all epochs, else as many as were best. Spread and standardisation stay
    those of `scored`: errors of days learnt from would make the spread too small.
    """
    design.restore(scored.state())
    best = int(np.argmin([point["validation_loss"] for point in curves])) + 1
    fit_network(
        design.network,
        train=samples(series, design.window, len(series), design.step),
        validation=None,
        loss=design.loss(series, device),
        schedule=schedule if schedule.warm_up else replace(schedule, epochs=best),
        device=device,
        report=unseen(report, _("Learning anew, now from all days.")),
    )


def wants_all_days(report: Report, epochs: int) -> bool:
    """Whether the training goes on after what is scored: one who asked to end early is left with that."""
    return not has_enough(report, Progress("epoch", epochs, epochs, SCORED))


def part(report: Report, first: float, last: float) -> Report:
    """The report of a training that is the part of a longer one between two shares."""

    def told(progress: Progress) -> None:
        report(replace(progress, share=first + (last - first) * progress.share))

    return told


def unseen(report: Report, note: str) -> Report:
    """The report of a training that has no curves of its own to watch, and cannot end early."""

    def told(progress: Progress) -> None:
        report(replace(progress, done=progress.total, values={}, may_end=False, note=note))

    return told
