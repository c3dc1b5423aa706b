"""Where networks run; nobody else asks torch about devices."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext

import torch

from data.text import _
from models.settings import Device

# One answer at a time on an accelerator: concurrent sessions would otherwise add up their memory.
LOCK = threading.Lock()


def pick(wanted: Device | str = "auto") -> torch.device:
    """The device to use: the one asked for, or the best there is (cuda, then mps, then cpu).

    Raises: ValueError where the device asked for does not exist on this machine.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(name for name, there in available.items() if there))
    if not available.get(wanted, False):
        there = ", ".join(name for name, yes in available.items() if yes)
        raise ValueError(
            _("device = {wanted!r} is not on this machine; there is {there}").format(wanted=wanted, there=there)
        )
    return torch.device(wanted)


def autocast(device: torch.device) -> AbstractContextManager:
    """bfloat16 arithmetic where CUDA supports it, plain float32 elsewhere."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported():
        return torch.autocast(device_type="cuda", dtype=torch.bfloat16)
    return nullcontext()
