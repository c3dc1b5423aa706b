"""The working side of a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.errors import Cancelled
from data.runs import Run
from data.runs.worker import Diary


@pytest.fixture
def diary(tmp_path):
    return Diary(tmp_path)


def test_nothing_is_written_after_the_end(diary):
    diary.write("started")
    diary.end("cancelled", error="")
    diary.end("done")
    diary.write("progress", share=1.0)
    assert [event["event"] for event in Run(diary.folder).events] == ["started", "cancelled"]


def test_the_wish_to_cancel_is_heard(diary):
    diary.listen()
    (diary.folder / "cancel").touch()
    with pytest.raises(Cancelled):
        diary.listen()


def test_who_asks_to_stop_before_it_is_settled_is_obeyed(diary):
    kept = []
    (diary.folder / "cancel").touch()
    with pytest.raises(Cancelled):
        diary.settle(lambda: kept.append(1))
    assert diary.give_up()
    diary.end("done")
    assert not kept
    assert [event["event"] for event in Run(diary.folder).events] == ["cancelled"]


def test_once_it_is_settled_it_is_done(diary):
    kept = []
    diary.settle(lambda: kept.append(1))
    (diary.folder / "cancel").touch()
    assert not diary.give_up()
    diary.end("done")
    assert kept == [1]
    assert [event["event"] for event in Run(diary.folder).events] == ["done"]


def test_what_cannot_be_kept_is_not_settled(diary):
    def fail():
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        diary.settle(fail)
    assert diary.give_up()


@pytest.mark.parametrize(("asked", "by"), [(None, 10), ("3", 3), ("99", 19), ("-5", 10), ("much", 10)])
def test_a_worker_gives_way_also_where_sessions_share_the_processor(asked, by):
    """Linux shares processors between sessions before it looks at how nice a process is."""
    group = Path("/proc/self/autogroup")
    if not group.exists():
        pytest.skip("this system shares processors between processes alone")
    say = (
        "import os; from data.runs.worker import give_way; give_way(); "
        "print(os.nice(0), open('/proc/self/autogroup').read())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "BALISE_NICE"}
    environment |= {} if asked is None else {"BALISE_NICE": asked}
    begun = {"env": environment, "start_new_session": True, "cwd": Path(__file__).resolve().parents[3]}
    told = subprocess.run([sys.executable, "-c", say], capture_output=True, text=True, check=True, **begun).stdout
    assert told.startswith(f"{by} ")
    assert told.rstrip().endswith(f"nice {by}")
