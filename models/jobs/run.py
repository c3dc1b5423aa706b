"""Reading a training's folder: what any run has, and the curves and the model of a training."""

from __future__ import annotations

import time
from pathlib import Path

from data import runs

__all__ = ["MODEL", "Run"]

MODEL = "model"


class Run(runs.Run):
    """One training as its folder shows it at the first look; make another `Run` to look again.

    `spec` holds the fields of a TrainSpec; `progress` has unit, done, total and share.
    """

    @property
    def curve(self) -> list[dict[str, float]]:
        """The points of the loss curves, one an epoch: {"step": 1, "train_loss": ...}."""
        return [{"step": e["done"], **e["values"]} for e in self.events if e.get("values")]

    @property
    def model_folder(self) -> Path | None:
        """The checkpoint, once there is one."""
        folder = self.folder / MODEL
        return folder if folder.is_dir() else None

    @property
    def remaining(self) -> float | None:
        """Seconds left if every epoch takes as long as those done; a training that stops early needs less."""
        last = self.progress
        share, began = last.get("share"), last.get("began")
        if self.status != "running" or not began or not share:
            return None
        whole = float(last["time"] - began) / float(share)
        return max(0.0, float(began) + whole - time.time())
