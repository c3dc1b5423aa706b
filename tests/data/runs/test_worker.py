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
