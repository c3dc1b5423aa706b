"""The working side of a run."""

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
