"""What every classifying network shares: training with half-described rows, answers, explanations and files.

A network adds its settings and one short method, `_network`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
import safetensors.torch
import torch
from torch import Tensor, nn

from data.text import N_
from models import device as devices
from models import explain
from models.base import Report
from models.classifier import Classifier
from models.encoder import Encoded, hidden_columns, random_absence
from models.parallel import in_batches
from models.settings import Config, as_dict
from models.training import Batch, Schedule, fit_network, seeded

_FILE = "weights.safetensors"
_BATCH, _CPU_BATCH = 8192, 256  # rows a forward pass when predicting; a CPU's cache holds no more


class NetworkConfig(Config, Protocol):
    """Settings that every network has, whatever it is made of.

    `hidden_share`: of the training rows of each batch, those with some inputs hidden, so that 'unknown' is learnt.
    """

    @property
    def hidden_share(self) -> float: ...

    @property
    def seed(self) -> int: ...


class NetworkClassifier(Classifier):
    """A network that takes codes and numbers and answers logits, behind the product's classifier contract."""

    length: ClassVar[str | None] = "epochs"
    unit: ClassVar[str] = N_("log-odds")
    game: ClassVar[str] = explain.GAME

    config: NetworkConfig
    network: nn.Module

    # ---- what a network adds

    @abstractmethod
    def _network(self) -> nn.Module:
        """A network that has learnt nothing, for the inputs of the encoder.

        Shapes: called with codes (n, categories) int64, 0 = unknown, and numbers (n, numbers) as `_tensors` gives them;
        answers logits (n, classes).
        """

    def _prepare(self, train: Encoded) -> None:
        """Take what the network needs to know of its training rows before it learns."""

    # ---- what a classifier adds

    def _fit(
        self,
        train: Encoded,
        truth: np.ndarray,
        validation: Encoded | None,
        validation_truth: np.ndarray | None,
        report: Report,
    ) -> None:
        self._random = np.random.default_rng(self.config.seed)
        with seeded(self.config.seed):
            self.network = self._network()
            self._prepare(train)
            self.curves = fit_network(
                self.network,
                train=(*self._tensors(train), torch.as_tensor(truth)),
                validation=None
                if validation is None
                else (*self._tensors(validation), torch.as_tensor(validation_truth)),
                loss=self._loss,
                schedule=self._schedule,
                device=devices.pick(self.device),
                report=report,
                judge=self._judge,
                random=self._random,
            )

    def _lasting(self, lengths: Sequence[int]) -> Config:
        # a rate that warms up falls to zero at the last epoch: what comes before was not meant to be the end
        return self.config if self._schedule.warm_up else super()._lasting(lengths)

    def _proba(self, rows: Encoded) -> np.ndarray:
        return np.asarray(self._logits(rows).softmax(dim=1).numpy())

    def _shares(self, rows: Encoded) -> np.ndarray:
        return explain.contributions(lambda copies: np.asarray(self._logits(copies).numpy()), rows)

    def _write(self, folder: Path) -> None:
        weights = {name: t.detach().cpu().contiguous() for name, t in self.network.state_dict().items()}
        safetensors.torch.save_file(weights, folder / _FILE)

    def _read(self, folder: Path) -> None:
        self.network = self._network()
        self.network.load_state_dict(safetensors.torch.load_file(folder / _FILE))
        self.network.to(devices.pick(self.device)).eval()

    @property
    def parameters(self) -> int:
        return sum(p.numel() for p in self.network.parameters())

    @property
    def computes_on(self) -> str:
        return str(next(self.network.parameters()).device)

    # ---- steps

    @property
    def _schedule(self) -> Schedule:
        """How it is trained: whatever a schedule and the settings have a common name for."""
        own = as_dict(self.config)
        named: dict[str, Any] = {f.name: own[f.name] for f in fields(Schedule) if f.name in own}
        return Schedule(**named, plateau_patience=1)

    def _tensors(self, rows: Encoded) -> tuple[Tensor, Tensor]:
        return torch.as_tensor(rows.codes), torch.as_tensor(self.encoder.standardise(rows.numbers))

    @property
    def _n_numbers(self) -> int:
        return 2 * len(self.encoder.centres)  # the values, then the flags that say they are known

    def _loss(self, network: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy; in training, some rows are half described."""
        codes, numbers, truth = batch
        if network.training and self.config.hidden_share:
            codes, numbers = self._hide(codes, numbers)
        return nn.functional.cross_entropy(network(codes, numbers), truth)

    def _judge(self, network: nn.Module, batch: Batch) -> dict[str, Tensor]:
        codes, numbers, truth = batch
        logits = network(codes, numbers)
        right = (logits.argmax(dim=1) == truth).float().mean()
        return {"loss": nn.functional.cross_entropy(logits, truth), "accuracy": right}

    def _hide(self, codes: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        absent = random_absence(self.encoder.inputs, len(codes), self._random)
        absent &= self._random.random((len(codes), 1)) < self.config.hidden_share
        no_code, no_number = (torch.as_tensor(hidden, device=codes.device) for hidden in hidden_columns(absent))
        return codes * ~no_code, numbers * ~no_number.repeat(1, 2)  # a value and its flag go together

    def _logits(self, rows: Encoded) -> Tensor:
        return torch.as_tensor(self._outputs(self.network, rows)).double()

    def _outputs(self, answering: Callable[[Tensor, Tensor], Tensor], rows: Encoded) -> np.ndarray:
        """What a part of the network, or all of it, makes of rows. Shape: (n, ...) float32"""
        if self.network.training:
            self.network.eval()
        place = next(self.network.parameters()).device
        on_cpu = place.type == "cpu"

        @torch.inference_mode()  # here, for it holds in one thread only
        def answer(batch: Encoded) -> np.ndarray:
            codes, numbers = (t.to(place) for t in self._tensors(batch))
            return np.asarray(answering(codes, numbers).float().cpu().numpy())

        size = _CPU_BATCH if on_cpu else _BATCH
        with devices.answering(place, min(len(rows), size)):
            return in_batches(answer, rows, size, None if on_cpu else 1)
