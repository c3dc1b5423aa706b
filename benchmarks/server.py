"""A real server for a benchmark, on a port of its own, and what it takes of the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_PATIENCE = 60.0  # seconds until it has to answer


@dataclass(frozen=True)
class Served:
    """The app, which answers at an address."""

    address: str
    process: subprocess.Popen

    def calculated(self) -> float:
        """Seconds that the process has calculated, its system calls with them."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def held(self) -> int:
        """Bytes of memory that the process holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return 1024 * int(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def serving(**environment: str) -> Iterator[Served]:
    """A new server; it has this environment, and what is given.

    Raises: RuntimeError where it ends before it answers; TimeoutError.
    """
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", "ui/components/server.py", "--server.port", str(port)]
    process = subprocess.Popen(
        [*command, "--server.address", "127.0.0.1", "--server.headless", "true"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
    )
    served = Served(f"http://127.0.0.1:{port}", process)
    try:
        _wait(served)
        yield served
    finally:
        process.terminate()
        process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(served: Served) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if served.process.poll() is not None:
            raise RuntimeError("The server ended before it answered.")
        try:
            urllib.request.urlopen(f"{served.address}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(served.address)
