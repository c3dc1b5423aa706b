"""Many rows answered on all cores, for models whose libraries let go of Python while they calculate.

The libraries' own threads are not used for it: they wait for each other by spinning, so that on a busy machine one row
takes as long as thousands.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from models.encoder import Encoded

Answer = Callable[[Encoded], np.ndarray]


def allowed_threads() -> int:
    """How many threads this process may use: one a core, or fewer where OMP_NUM_THREADS says so, as for a training."""
    allowed = os.environ.get("OMP_NUM_THREADS", "")
    return int(allowed) if allowed.isdecimal() and int(allowed) else os.cpu_count() or 1


def in_batches(answer: Answer, rows: Encoded, size: int, threads: int | None = None) -> np.ndarray:
    """The answers to all rows, asked for `size` rows at a time, on so many threads, by default all allowed."""
    if len(rows) <= size:
        return answer(rows)
    batches = [rows.take(slice(start, start + size)) for start in range(0, len(rows), size)]
    threads = threads or allowed_threads()
    if threads == 1:
        return np.concatenate([answer(batch) for batch in batches])
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate(list(pool.map(answer, batches)))
