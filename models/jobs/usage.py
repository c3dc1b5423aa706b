"""What a training takes of the machine, asked without importing anything that is not there already."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_MIB = 1 << 20


def used() -> dict[str, Any]:
    """Of this process: "device", "memory_mib" where the system tells it, "gpu_memory_mib" where a GPU is used."""
    facts: dict[str, Any] = {"device": "cpu"}
    memory = _resident()
    if memory is not None:
        facts["memory_mib"] = round(memory / _MIB)
    torch = sys.modules.get("torch")
    if torch is None:
        return facts
    if torch.cuda.is_initialized() and torch.cuda.memory_allocated():
        facts |= {"device": "cuda", "gpu_memory_mib": round(torch.cuda.memory_reserved() / _MIB)}
    elif torch.backends.mps.is_available() and torch.mps.current_allocated_memory():
        facts |= {"device": "mps", "gpu_memory_mib": round(torch.mps.driver_allocated_memory() / _MIB)}
    return facts


def _resident() -> int | None:
    """Bytes of this process in memory: now on Linux, the most so far on other POSIX systems, unknown elsewhere."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        pass
    if sys.platform == "win32":
        return None
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
