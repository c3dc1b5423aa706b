"""Reading a training's folder: what any run has, and the curves and the model of a training."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import Any

from data import runs
from data.runs.run import picked
from models.jobs import queue

__all__ = ["MODEL", "PART", "STATE", "Run", "runs_folder"]

MODEL = "model"
PART = "model.part"  # the model, until it is certain that nobody stops the training any more
STATE = "state"  # what a network keeps to go on from, until there is a model


class Run(runs.Run):
    """One training as its folder shows it at the first look; make another `Run` to look again.

    `spec` holds the fields of a TrainSpec; `progress` has unit, done, total and share.
    """

    @cached_property
    def status(self) -> runs.Status:
        """That of any run, but whoever was killed after the model had its name has done all there was to do."""
        found = super().status
        return "done" if found == "lost" and self.model_folder else found

    @property
    def curve(self) -> list[dict[str, float]]:
        """The points of the loss curves, one an epoch: {"step": 1, "train_loss": ...}."""
        return picked(self.folder, _point)

    @cached_property
    def ahead(self) -> int | None:
        """How many trainings wait before this one, 0 for the next whose turn it is; None where it does not wait."""
        waits = self.status == "queued" and any(event["event"] == "queued" for event in self.tail)
        return queue.ahead(self.folder) if waits else None

    @property
    def model_folder(self) -> Path | None:
        """The checkpoint, once there is one."""
        folder = self.folder / MODEL
        return folder if folder.is_dir() else None

    @property
    def tuning(self) -> dict[str, Any]:
        """The budget of a search for better settings (`models.tuning`); empty for a training."""
        return dict(self.whole.get("tuning") or {})

    @property
    def resumed(self) -> str:
        """The name of the run it goes on from, if any."""
        return str(self.whole.get("resumed", ""))

    @property
    def resumable(self) -> bool:
        """Whether it was interrupted after an epoch that was kept; trees keep none and can only begin anew."""
        last = self.tail[-1] if self.tail else {}
        interrupted = self.status in {"lost", "cancelled"} or (self.status == "failed" and bool(last.get("stopped")))
        return interrupted and any((self.folder / STATE).glob("*.safetensors"))

    @property
    def remaining(self) -> float | None:
        """Seconds left if every epoch takes as long as those done; a training that stops early needs less."""
        last = self.progress
        share, began, before = last.get("share"), last.get("began"), last.get("from", 0.0)
        if self.status != "running" or not began or not share or share <= before:
            return None
        whole = float(last["time"] - began) / float(share - before) * (1 - before)
        return max(0.0, float(began + whole) - time.time())


def _point(event: runs.Event) -> dict[str, float] | None:
    values = event.get("values")
    return {"step": event["done"], **values} if values else None


def runs_folder() -> Path:
    """Where trainings lie; a worker, which asks nothing of the registry before its first beat, knows its own folder."""
    from models import registry

    return registry.runs_folder()
