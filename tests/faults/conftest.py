"""What tests of faults share: runs in real processes, the words of their pages, and a disk that is soon full."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from models import jobs
from tests.models.jobs.conftest import begin, runs_folder, wait
from ui.components import job_monitor

__all__ = ["Disk", "begin", "outcome", "runs_folder", "seen", "small_disk", "wait"]

_TRAININGS = "from ui.components import job_monitor\njob_monitor.show()"
_IMPORTS = "from ui.components import intake_monitor\nintake_monitor.monitor()"


def seen(what: str, run: str = "") -> str:
    """What a person reads of `trainings` (of one, by its name) or `imports`."""
    app = AppTest.from_string({"trainings": _TRAININGS, "imports": _IMPORTS}[what], default_timeout=60)
    if run:
        app.query_params["run"] = run
    app.run()
    assert not app.exception
    kinds = ("progress", "markdown", "caption", "info", "success", "warning", "error")
    found = [element for kind in kinds for element in app.get(kind)]
    texts = [element.proto.text if element.type == "progress" else str(element.value) for element in found]
    return "\n".join(texts).replace("\\", "").replace("*", "")


def outcome(run: jobs.Run) -> str:
    """What a person reads first of a training that ended well; the model below it needs the whole page."""
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job_monitor.st, "success", lambda text, icon: said.append(text))
        job_monitor._outcome(run)
    return "\n".join(said)


class Disk:
    """A small disk of its own, in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / ".filler"

    def fill(self, left: int = 0) -> None:
        """Write until nothing but `left` bytes is free."""
        with self._filler.open("ab", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass
            file.truncate(max(0, file.tell() - left))

    def free(self) -> None:
        """Take away what filled it."""
        self._filler.unlink(missing_ok=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 2 MB; skipped where this user may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux":
        pytest.skip("a disk in memory is made on Linux only")
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only an administrator may mount a disk in memory")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
