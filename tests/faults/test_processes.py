"""Processes killed at each of their phases (kill -9): what is left of a training, an import, and the server."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data import intake, store
from models import checkpoint, jobs
from tests.data.intake.test_worker import archive
from tests.faults.conftest import outcome, seen
from tests.models.jobs.conftest import pid
from tests.models.jobs.test_queue import ask

SLOW = str(Path(__file__).with_name("slow_intake.py"))
Says = Callable[[object], None]


def long_ago(folder: Path) -> None:
    """As if a minute had passed since the run was asked for and last beat."""
    path = folder / "spec.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "created": time.time() - 60}))
    with contextlib.suppress(FileNotFoundError):
        os.utime(folder / "heartbeat", (time.time() - 60, time.time() - 60))


@pytest.mark.fault(
    area="process",
    fault="A training is killed while it waits for its turn, loads its data, learns, or keeps its model",
    shown="The training process ended without a word after … steps: it was killed, memory ran out or the machine "
    "stopped. No model was kept. Start it again; if it is lost too, choose a smaller network or batch.",
    kept="Every other model; what was asked, what was learnt so far as a curve, and what the process printed",
    goes_on="The other trainings, and those that wait; the same can be started again",
)
def test_a_training_killed_at_each_phase(
    begin: Callable[..., Path], wait: Callable[..., jobs.Run], monkeypatch: pytest.MonkeyPatch, says: Says
) -> None:
    monkeypatch.setenv("BALISE_TRAININGS_AT_ONCE", "4")
    asked = {
        "loading": {"loading": 60.0},
        "learning": {"epochs": 1000, "pause": 0.05},
        "saving": {"epochs": 1, "saving": 60.0},
    }
    folders = {phase: begin(**settings) for phase, settings in asked.items()}
    bystander = begin(epochs=100, pause=0.05, loading=0.1)
    for folder in (*folders.values(), bystander):
        wait(folder, "running", "finishing")
    folders["waiting"], asked["waiting"] = begin(epochs=2), {"epochs": 2}
    last = begin(epochs=3)
    while not (
        any(event["event"] == "saving" for event in jobs.Run(folders["saving"]).events)
        and len(jobs.Run(folders["learning"]).curve) > 1
        and pid(jobs.Run(folders["waiting"]))
        and jobs.Run(last).ahead == 1
    ):
        time.sleep(0.05)
    time.sleep(0.3)  # until the model is being written
    for phase in ("waiting", "loading", "learning", "saving"):
        os.kill(pid(jobs.Run(folders[phase])), signal.SIGKILL)
    time.sleep(0.1)
    for phase, folder in folders.items():
        long_ago(folder)
        assert wait(folder, "lost").model_folder is None, phase
        says(seen("trainings", folder.name))
    assert wait(last, "done").model_folder, "it takes the place of one that was killed"
    assert wait(bystander, "done").model_folder
    assert len(jobs.Run(folders["learning"]).curve) > 1
    assert begin(**asked["waiting"]) not in {*folders.values(), bystander, last}


@pytest.mark.fault(
    area="process",
    fault="A training is killed, or the system asks it to end, once its model is kept and before it says so",
    shown="Trained in",
    kept="The model",
    goes_on="Every page, with the new model",
)
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "asked"])
def test_a_training_killed_at_its_very_end(
    begin: Callable[..., Path], wait: Callable[..., jobs.Run], number: signal.Signals, says: Says
) -> None:
    folder = begin("ended", epochs=2, signal=int(number))
    while not (folder / "model").is_dir():
        time.sleep(0.05)
    time.sleep(0.3)
    long_ago(folder)
    run = wait(folder, "done")
    assert (run.tail[-1]["event"] == "done") == (number == signal.SIGTERM)
    assert checkpoint.read(run.model_folder)["kind"] == "fake"
    says(outcome(run))


@pytest.fixture
def imports(folders: Path) -> Iterator[Path]:
    """Where an import that still works at the end of a test is killed."""
    yield folders
    run = intake.latest()
    if run and run.active and pid(run):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid(run), signal.SIGKILL)


@pytest.mark.fault(
    area="process",
    fault="An import is killed before it begins, while it works, or just after it counts",
    shown="The process ended without a word: it was killed, memory ran out or the machine stopped. The data are whole: "
    "as they were or, had it just ended, as imported. Start again: a download goes on where it stopped.",
    kept="The earlier import, whole; the new one, whole, once it counts",
    goes_on="Every page on the earlier data; the same files can be imported at once",
)
def test_an_import_killed_at_each_phase(imports: Path, says: Says) -> None:
    earlier = store.import_paths(official(imports / "2023.zip", 2023))
    for phase in ("queued", "starting", "writing", "sweeping"):
        folder = intake.upload([("all.zip", archive(2024))], worker=(SLOW, phase))
        kill_at_its_phase(folder)
        long_ago(folder)
        assert intake.Run(folder).status == "lost", phase
        says(seen("imports"))
        now = store.current()
        assert (now == earlier) == (phase != "sweeping"), phase
        assert len(now.accidents()) == len(now.years)
    assert store.import_paths(official(imports / "2022.zip", 2022)).years == (2022, 2023, 2024)
    left = [path.name for path in (imports / "data").iterdir() if path.name.startswith(".part")]
    assert left == [], "what the killed ones had begun"


def official(path: Path, *years: int) -> list[Path]:
    path.write_bytes(archive(*years).getvalue())
    return [path]


def kill_at_its_phase(folder: Path) -> None:
    """Kill the process that works on a folder once it has come to where it stays."""
    end = time.monotonic() + 60
    while not (folder / "here").exists():
        assert time.monotonic() < end, intake.Run(folder).log()
        time.sleep(0.02)
    os.kill(int((folder / "here").read_text()), signal.SIGKILL)


@pytest.mark.fault(
    area="process",
    fault="The server is killed while trainings run and wait",
    shown="Training · …, accidents a day",
    kept="The trainings and all that they wrote so far",
    goes_on="They run to their end without a server, those that waited too; the next server shows them",
)
def test_the_server_is_killed(
    runs_folder: Path, wait: Callable[..., jobs.Run], monkeypatch: pytest.MonkeyPatch, says: Says
) -> None:
    monkeypatch.setenv("BALISE_TRAININGS_AT_ONCE", "1")
    server = ask(6, 2)
    assert server.stdout
    working, waiting = (Path(server.stdout.readline().strip()) for _run in range(2))
    server.kill()
    server.wait()
    wait(working, "running")
    says(seen("trainings", working.name))
    assert "Next in line" in seen("trainings", waiting.name)
    assert [wait(folder, "done").curve[-1]["step"] for folder in (working, waiting)] == [6, 2]
