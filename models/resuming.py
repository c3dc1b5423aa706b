"""What the training of a network keeps after its epochs, so that one that was interrupted goes on from there.

Each network of a training has a file of its own, numbered in the order in which they are trained: weights, the best so
far, what the optimiser remembers and where the random numbers stand as tensors, the rest as JSON in the file's header.
Each file replaces the one before it in a single step.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # whoever gives a folder should not have to load torch for a model that does not need it
    import numpy as np
    import torch
    from torch import Tensor, nn
    from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau
    from torch.optim.swa_utils import AveragedModel

_EVERY = 20.0  # seconds between two keepings
_FILES: ContextVar[Iterator[Path] | None] = ContextVar("files", default=None)
_log = logging.getLogger(__name__)


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Networks trained inside keep their states in the folder, and go on from those they find there."""
    token = _FILES.set(folder / f"{number}.safetensors" for number in itertools.count())
    try:
        yield
    finally:
        _FILES.reset(token)


@dataclass
class State:
    """Where the training of a network stands between two epochs; `random` is what the loss draws from besides torch."""

    network: nn.Module
    optimizer: torch.optim.Optimizer
    plateau: ReduceLROnPlateau
    pace: LambdaLR | None
    mean: AveragedModel | None
    order: torch.Generator
    random: np.random.Generator | None
    best_weights: dict[str, Tensor]
    best: float = math.inf
    since_best: int = 0
    ended: bool = False
    curves: list[dict[str, float]] = field(default_factory=list)

    @property
    def judged(self) -> nn.Module:
        """The network whose weights count."""
        return self.network if self.mean is None else self.mean.module

    def tensors(self) -> dict[str, Tensor]:
        """All of it that is tensors, by names with a part before each slash."""
        import torch

        parts: dict[str, Mapping[str, Tensor]] = {"network": self.network.state_dict(), "best": self.best_weights}
        if self.mean is not None:
            parts["mean"] = self.mean.state_dict()
        for number, memory in self.optimizer.state_dict()["state"].items():
            parts[f"optimizer/{number}"] = memory
        parts["random"] = {"order": self.order.get_state(), "cpu": torch.get_rng_state()}
        if self._device.type == "cuda":
            parts["random"] = {**parts["random"], "cuda": torch.cuda.get_rng_state(self._device)}
        return {
            f"{part}/{name}": tensor.detach().cpu().contiguous().clone()
            for part, named in parts.items()
            for name, tensor in named.items()
        }

    def facts(self) -> dict[str, Any]:
        """All the rest, as JSON takes it."""
        groups = self.optimizer.state_dict()["param_groups"]
        return {
            "curves": self.curves,
            "best": self.best,
            "since_best": self.since_best,
            "ended": self.ended,
            "groups": [{name: value for name, value in group.items() if name != "params"} for group in groups],
            "plateau": self.plateau.state_dict(),
            "pace": None if self.pace is None else self.pace.state_dict(),
            "random": None if self.random is None else self.random.bit_generator.state,
        }

    def take_up(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Stand where another training of the same network, data and schedule stood."""
        import torch

        parts: dict[str, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            part, _slash, own = name.rpartition("/") if name.startswith("optimizer/") else name.partition("/")
            parts.setdefault(part, {})[own] = tensor
        self.network.load_state_dict(parts["network"])
        if self.mean is not None:
            self.mean.load_state_dict(parts["mean"])
        now = self.optimizer.state_dict()["param_groups"]
        groups = [{**kept, "params": group["params"]} for kept, group in zip(facts["groups"], now, strict=True)]
        memory = {int(part.partition("/")[2]): named for part, named in parts.items() if part.startswith("optimizer/")}
        self.optimizer.load_state_dict({"state": memory, "param_groups": groups})
        self.plateau.load_state_dict(facts["plateau"])
        if self.pace is not None:
            self.pace.load_state_dict(facts["pace"])
        self.order.set_state(parts["random"]["order"])
        torch.set_rng_state(parts["random"]["cpu"])
        if "cuda" in parts["random"]:
            torch.cuda.set_rng_state(parts["random"]["cuda"], self._device)
        if self.random is not None:
            self.random.bit_generator.state = facts["random"]
        self.best_weights, self.best = parts["best"], facts["best"]
        self.since_best, self.ended, self.curves = facts["since_best"], facts["ended"], facts["curves"]

    @property
    def _device(self) -> torch.device:
        return next(self.network.parameters()).device


class Keeper:
    """Keeps the state of one network's training in its file; does nothing where nobody gave a folder."""

    def __init__(self, network: nn.Module, asked: object, rows: Sequence[Tensor]) -> None:
        """`asked` and `rows`: the settings and the data, for nothing but a training of the same may be taken up."""
        files = _FILES.get()
        self._path = None if files is None else next(files)
        self._mark = "" if self._path is None else _mark(network, asked, rows)
        self._kept = time.monotonic()

    def take_up(self, state: State) -> None:
        """Go on from what the file holds, if it is of the same training."""
        from safetensors import SafetensorError, safe_open

        if self._path is None or not self._path.exists():
            return
        try:
            with safe_open(self._path, framework="pt") as file:
                facts = json.loads(file.metadata()["state"])
                tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            _log.warning("%s cannot be read; the training begins anew: %s", self._path, error)
            return
        if facts["mark"] != self._mark:
            _log.warning("%s is of another training; this one begins anew", self._path)
            return
        state.take_up(tensors, facts)
        _log.info("going on after epoch %d", len(state.curves))

    def keep(self, state: State) -> None:
        """Keep the state, if it has ended or was not kept lately; a full disk does not end a training."""
        from safetensors import SafetensorError
        from safetensors.torch import save_file

        if self._path is None or not (state.ended or time.monotonic() - self._kept >= _EVERY):
            return
        part = self._path.with_suffix(".part")
        try:
            self._path.parent.mkdir(exist_ok=True)
            save_file(state.tensors(), part, metadata={"state": json.dumps({"mark": self._mark, **state.facts()})})
            with part.open("r+b") as file:
                os.fsync(file.fileno())  # or a power cut may leave the new name with nothing in it
            part.replace(self._path)
        except (OSError, SafetensorError) as error:
            _log.warning("the state of the training could not be kept: %s", error)
            with suppress(OSError):
                part.unlink()
        self._kept = time.monotonic()


def _mark(network: nn.Module, asked: object, rows: Sequence[Tensor]) -> str:
    """What two trainings share where one may go on from the other."""
    import torch

    shapes = [(name, tuple(tensor.shape)) for name, tensor in network.state_dict().items()]
    found = hashlib.sha256(repr((torch.__version__, asked, shapes)).encode())
    for tensor in rows:
        found.update(repr(tuple(tensor.shape)).encode() + tensor.detach().cpu().contiguous().numpy().tobytes())
    return found.hexdigest()
