"""Trainings that wait for their turn, as real processes, and how many may work at once."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data import locks
from data.runs import Run as AnyRun
from models import jobs
from models.jobs import queue
from tests.models.jobs.conftest import pid

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def one(monkeypatch, runs_folder):
    monkeypatch.setenv(queue.VARIABLE, "1")


def started(run):
    return [event["time"] for event in run.events if event["event"] == "started"]


def test_they_begin_in_the_order_they_were_asked_for(one, begin, wait):
    first = begin(epochs=1000, pause=0.05)
    wait(first, "running")
    folders = [begin(epochs=n) for n in (1, 2, 3)]
    while any(jobs.Run(folder).ahead is None for folder in folders):
        time.sleep(0.05)
    assert [jobs.Run(folder).ahead for folder in (first, *folders)] == [None, 0, 1, 2]
    assert {jobs.Run(folder).status for folder in folders} == {"queued"}
    jobs.cancel(first)
    runs = [wait(folder, "done") for folder in folders]
    begun = [started(run)[0] for run in runs]
    ended = [run.tail[-1]["time"] for run in runs]
    assert begun[0] < ended[0] < begun[1] < ended[1] < begun[2]
    assert jobs.Run(folders[2]).elapsed < ended[2] - runs[2].created, "waiting is not training"


def test_no_more_than_allowed_work_at_once(begin, wait, monkeypatch):
    monkeypatch.setenv(queue.VARIABLE, "2")
    folders = [begin(epochs=2, pause=0.4 + n / 100) for n in range(6)]
    spans = [(started(run)[0], run.tail[-1]["time"]) for run in (wait(folder, "done") for folder in folders)]
    together = [sum(begun <= moment < ended for begun, ended in spans) for moment, _ended in spans]
    assert max(together) == 2


def test_the_next_takes_the_place_of_one_that_was_killed_at_once(one, begin, wait):
    first, second = begin(epochs=1000, pause=0.05), begin(epochs=1001, pause=0.05)
    run = wait(first, "running")
    os.kill(pid(run), signal.SIGKILL)
    wait(second, "running", seconds=5)
    assert wait(first, "lost").active is False


def test_one_that_died_waiting_is_passed_over(one, begin, wait):
    first, dead, last = (begin(epochs=1000 + n, pause=0.05) for n in range(3))
    wait(first, "running")
    while pid(jobs.Run(dead)) is None or jobs.Run(last).ahead is None:
        time.sleep(0.05)
    os.kill(pid(jobs.Run(dead)), signal.SIGKILL)
    jobs.cancel(first)
    wait(dead, "lost")
    wait(last, "running", seconds=3)
    assert started(jobs.Run(dead)) == []


def test_one_that_waits_is_cancelled_at_once(one, begin, wait):
    first, second = begin(epochs=1000, pause=0.05), begin(epochs=1001, pause=0.05)
    wait(first, "running")
    while jobs.Run(second).ahead is None:
        time.sleep(0.05)
    jobs.finish(second)
    assert jobs.Run(second).asked == "", "there is nothing yet to finish"
    jobs.cancel(second)
    run = wait(second, "cancelled", seconds=2)
    assert started(run) == []
    assert run.elapsed < 60


def test_one_that_waits_costs_next_to_nothing(one, begin, wait):
    first, second = begin(epochs=1000, pause=0.05), begin(epochs=1001, pause=0.05)
    wait(first, "running")
    while jobs.Run(second).ahead is None:
        time.sleep(0.05)
    status = Path(f"/proc/{pid(jobs.Run(second))}/status")
    if not status.exists():
        pytest.skip("memory of another process is read on Linux only")
    kilobytes = next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    assert kilobytes < 40_000


ASK = """
import sys
from models import jobs
from models.train import TrainSpec
for epochs in map(int, sys.argv[2:]):
    spec = TrainSpec(kind="fake", target="daily", preset="base", settings={"epochs": epochs, "pause": 0.3})
    print(jobs.start(spec, worker=(sys.argv[1],)))
"""


def ask(*epochs):
    worker = str(Path(__file__).with_name("fake_worker.py"))
    command = [sys.executable, "-c", ASK, worker, *map(str, epochs)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_those_that_wait_outlive_the_server(one, wait):
    server = ask(40, 2, 3)
    folders = [Path(line) for line in server.communicate(timeout=60)[0].split()]
    assert {run.status for run in jobs.runs()} <= {"queued", "running"}, "the server ended before they did"
    assert [wait(folder, "done").curve[-1]["step"] for folder in folders] == [40, 2, 3]


def test_two_servers_at_the_same_moment_make_one_run_of_the_same_wish(one):
    servers = [ask(1000) for _ in range(3)]
    told = {server.communicate(timeout=60)[0].strip() for server in servers}
    assert len(told) == 1
    assert len(jobs.runs()) == 1


def test_what_died_while_no_server_looked_is_lost(one, begin, wait):
    """As after the machine was switched off: neither the one that worked nor the one that waited is left."""
    folders = [begin(epochs=1000 + n, pause=0.05) for n in range(2)]
    wait(folders[0], "running")
    while pid(jobs.Run(folders[1])) is None:
        time.sleep(0.05)
    for folder in reversed(folders):
        os.kill(pid(jobs.Run(folder)), signal.SIGKILL)
    for folder in folders:
        os.utime(folder / "heartbeat", (time.time() - 3600,) * 2)
    assert [run.status for run in jobs.runs()] == ["lost", "lost"]
    assert jobs.Run(folders[0]).elapsed < 60, "it ended with its last word, not just now"
    wait(begin(epochs=1), "done")


@pytest.mark.parametrize(("asked", "n"), [("3", 3), ("1", 1), ("0", 4), ("-2", 4), ("many", 4), ("", 4), ("²", 4)])
def test_the_variable_says_how_many(monkeypatch, asked, n):
    monkeypatch.setenv(queue.VARIABLE, asked)
    monkeypatch.setattr(queue, "_gpus", lambda: ())
    monkeypatch.setattr(os, "cpu_count", lambda: 9)
    assert jobs.at_once() == n


@pytest.mark.parametrize(("cores", "n"), [(1, 1), (2, 1), (3, 1), (4, 2), (16, 8), (None, 1)])
def test_without_a_gpu_each_has_two_cores(monkeypatch, cores, n):
    monkeypatch.delenv(queue.VARIABLE, raising=False)
    monkeypatch.setattr(queue, "_gpus", lambda: ())
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert jobs.at_once() == n


@pytest.fixture
def driver(tmp_path, monkeypatch):
    """A driver that tells of two GPUs, one of them in parts."""
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'GPU 0: H200 (UUID: a)'\necho '  MIG 1g.18gb'\necho 'GPU 1: H200 (UUID: b)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.delenv(queue.VARIABLE, raising=False)
    queue._gpus.cache_clear()
    yield
    queue._gpus.cache_clear()


@pytest.mark.skipif(os.name == "nt", reason="the driver is a shell script")
@pytest.mark.parametrize(
    ("visible", "names"), [(None, ("0", "1")), ("4, 7,9", ("4", "7", "9")), ("GPU-a", ("GPU-a",)), ("", ()), ("-1", ())]
)
def test_one_a_gpu_that_cuda_may_use(driver, monkeypatch, visible, names):
    if visible is None:
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    else:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert queue._gpus() == names
    assert jobs.at_once() == (len(names) or max(1, (os.cpu_count() or 1) // 2))


def test_each_place_has_a_gpu_of_its_own(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "4,7")
    queue._gpus.cache_clear()
    used = []
    for place in (0, 1, 2):
        queue._use_gpu(place)
        used.append(os.environ["CUDA_VISIBLE_DEVICES"])
    queue._gpus.cache_clear()
    assert used == ["4", "7", "4"]


def test_a_place_is_free_once_who_held_it_is_killed(tmp_path):
    code = "import sys, time; from pathlib import Path; from data import locks; "
    code += "file = locks.held(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    path = tmp_path / "0"
    holder = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    assert locks.held(path) is None
    holder.kill()
    holder.wait()
    file = locks.held(path)
    assert file is not None
    assert locks.held(path) is None, "nor may this process have it twice"
    file.close()


def test_the_line_is_the_same_for_whoever_looks(one, begin, wait):
    first, second = begin(epochs=1000, pause=0.05), begin(epochs=1001, pause=0.05)
    wait(first, "running")
    while jobs.Run(second).ahead is None:
        time.sleep(0.05)
    assert AnyRun(second).status == "queued"
    assert queue.ahead(second) == 0
