"""Where networks run; nobody else asks torch about devices."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch

from data.text import _
from models.settings import Device

# One answer at a time on an accelerator: concurrent sessions would otherwise add up their memory.
LOCK = threading.Lock()
_FEW_ROWS = 1024


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


@contextmanager
def answering(device: torch.device, rows: int) -> Iterator[None]:
    """Alone on the device, in its best precision, and without starting threads for few rows.

    Waking a second thread for one row costs more than the row itself: 0.3 s against 0.05 s on two busy cores.
    """
    with LOCK, autocast(device):
        threads = torch.get_num_threads()
        torch.set_num_threads(1 if rows < _FEW_ROWS else threads)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
