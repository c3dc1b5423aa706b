"""How long a training will take on this machine: as those did that ended here, else as those of the shipped models."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from models import checkpoint, jobs, registry
from models.base import CheckpointError
from models.blend_config import BlendConfig
from models.settings import Config, as_dict

_LENGTHS = ("epochs", "rounds", "trees", "iterations")
_EASY = {*_LENGTHS, "seed"}  # settings that leave the time of a step as it is
_TRAIN_SHARE = 0.8  # of the accidents are learnt from, as `data.splits` cuts them; shipped models learnt from all
_NEWEST = 10  # trainings of a kind that are looked at
_START = 10.0  # seconds for libraries and data, which the time of a shipped model leaves out
_PROBE = 1.05e-3  # seconds of `_probe` on the machine that trained the shipped models


@dataclass(frozen=True)
class Estimate:
    """Seconds of a training; `trainings` are those of the same settings that ended here, 0 for a rough guess."""

    seconds: float
    trainings: int


@dataclass(frozen=True)
class _Sample:
    """What one training took. `step`: seconds a row, step and unit of cost; `rest`: seconds beside learning.

    `early`: after how many steps it stopped by itself. `places`: seconds a sample of the départements.
    """

    config: Mapping[str, Any]
    device: str
    cost: float
    step: float
    early: int | None
    rest: float
    places: float | None


def estimate(kind: str, config: Config, rows: int, *, places: bool = False, device: str = "cpu") -> Estimate | None:
    """How long a training on so many accidents or days takes; None where nothing tells.

    `places`: with départements. `device`: where networks compute.
    """
    here = [s for s in _here(kind) if _fits(s, places, device)]
    same = [s for s in here if _hard(s.config) == _hard(as_dict(config))]
    if same:
        return Estimate(_seconds(same, config, rows, places), len(same))
    if here:
        return Estimate(_seconds(here, config, rows, places), 0)
    if isinstance(config, BlendConfig):
        return _of_members(config, rows, device)
    # a smaller model is scored and explained sooner too
    shipped = [
        replace(s, rest=s.rest * min(1.0, _cost(config) / s.cost)) for s in _shipped(kind) if _fits(s, places, device)
    ]
    if not shipped:
        return None
    return Estimate(_START + _seconds(shipped, config, rows, places) * _probe() / _PROBE, 0)


def _of_members(config: BlendConfig, rows: int, device: str) -> Estimate | None:
    """A blend learns its members one after the other."""
    members = {"xgboost": None, "tab-transformer": config.tab_transformer}
    if config.feed_forward:
        members["feed-forward"] = None
    found = [estimate(k, registry.KINDS[k].settings(p)[1], rows, device=device) for k, p in members.items()]
    known = [one.seconds for one in found if one is not None]
    return Estimate(sum(known), 0) if len(known) == len(members) else None


def _seconds(samples: Sequence[_Sample], config: Config, rows: int, places: bool) -> float:
    values = as_dict(config)
    steps = float(_length(values) or 1)
    early = [s.early for s in samples if s.early is not None]
    if len(early) == len(samples):
        steps = min(steps, median(early))
    whole = median(s.step for s in samples) * rows * steps * _cost(config) + median(s.rest for s in samples)
    if places:
        whole += median(s.places or 0.0 for s in samples) * _place_samples(values)
    return whole


def _fits(sample: _Sample, places: bool, device: str) -> bool:
    """Whether a training was of the same sort: on the same device, where that matters, and with départements."""
    network = "epochs" in sample.config
    same_device = (sample.device == "cpu") == (device == "cpu" or not network)
    return same_device and not (places and sample.places is None)


def _here(kind: str) -> list[_Sample]:
    """The newest trainings of a kind that ended well on this machine."""
    ended = (run for run in jobs.runs() if run.spec.get("kind") == kind and not run.tuning)
    done = (run.folder for run in ended if run.status == "done")
    return [sample for folder in islice(done, _NEWEST) if (sample := _of_run(folder)) is not None]


@lru_cache(maxsize=512)
def _of_run(folder: Path) -> _Sample | None:
    """What a training that ended took, which does not change any more; None where it was not a whole one."""
    run = jobs.Run(folder)
    started = next((e["time"] for e in run.events if e["event"] == "started"), None)
    points = [e for e in run.events if e.get("values")]
    if started is None or not points or run.spec.get("start_from") or run.resumed:
        return None
    try:
        metadata = checkpoint.read(folder / jobs.run.MODEL)
    except CheckpointError:
        return None
    if metadata.get("stopped_early"):
        return None
    whole, last = float(run.tail[-1]["time"] - started), points[-1]
    planned = _length(metadata["config"])
    if planned is None:
        return _sample(metadata, 1, None, whole, whole)
    steps = int(last["done"])
    return _sample(metadata, steps, steps if steps < planned else None, float(last["time"] - last["began"]), whole)


def _shipped(kind: str) -> list[_Sample]:
    """The models of a kind that came with the product; a blend's time leaves out its members."""
    found = []
    for entry in registry.entries():
        metadata = entry.metadata
        if metadata is None or entry.own or metadata["kind"] != kind or "members" in metadata:
            continue
        config, curves = metadata["config"], metadata.get("curves") or []
        whole = float(metadata.get("seconds") or 0.0)
        steps = len(curves) if "epochs" in config and curves else _length(config) or 1
        # one that learnt from everything went on for as long as was best; a search goes on for the patience
        early = steps + int(config["patience"]) if "rounds" in config else None
        learning = sum(float(point.get("seconds") or 0.0) for point in curves) or whole
        sample = _sample(metadata, steps, early, learning, whole)
        found += [sample] if sample is not None else []
    return found


def _sample(
    metadata: Mapping[str, Any], steps: int, early: int | None, learning: float, whole: float
) -> _Sample | None:
    data, config = metadata.get("data", {}), metadata["config"]
    rows = data.get("days") or data.get("rows") or 0
    if "validation" not in metadata.get("split", {}):
        rows /= _TRAIN_SHARE
    if not rows or not whole or metadata["kind"] not in registry.KINDS:
        return None
    part = metadata.get("departements")
    try:
        cost = _cost(registry.KINDS[metadata["kind"]].settings(None, config)[1])
    except ValueError:
        return None  # settings of another version
    return _Sample(
        config=config,
        device=str(metadata.get("device", "cpu")),
        cost=cost,
        step=learning / (rows * max(1, steps) * cost),
        early=early,
        rest=max(0.0, whole - learning - (part["seconds"] if part else 0.0)),
        places=part["seconds"] / _place_samples(config) if part else None,
    )


def _hard(config: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in config.items() if name not in _EASY}


def _length(config: Mapping[str, Any]) -> int | None:
    """The most steps of a training; None for one that has no such setting."""
    return next((int(config[name]) for name in _LENGTHS if name in config), None)


def _place_samples(config: Mapping[str, Any]) -> int:
    return int(config["departement_epochs"] * config["departement_samples"])


def _cost(config: Config) -> float:
    """How dear a step of these settings is beside others of the same kind; a kind need not say."""
    return float(getattr(config, "cost", 1.0))


@lru_cache(maxsize=1)
def _probe() -> float:
    """Seconds of a little arithmetic, the best of some tries: how fast a core of this machine is, busy or not."""
    import numpy as np
    from threadpoolctl import threadpool_limits

    numbers = np.random.default_rng(0).random((256, 256), dtype=np.float32)
    best = float("inf")
    with threadpool_limits(1):  # on a busy machine several threads wait for each other, a hundred times as long
        for _again in range(15):
            start = time.thread_time()
            for _product in range(4):
                numbers @ numbers
            best = min(best, time.thread_time() - start)
    return best
