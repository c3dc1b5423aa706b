"""Words of the job monitor."""

from typing import get_args

import pytest

from models.jobs import Status
from ui.components import job_monitor


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"), (3900, "1 h 05 min")],
)
def test_durations_as_people_read_them(seconds, words):
    assert job_monitor.duration(seconds) == words


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_has_words_and_an_icon(status):
    assert job_monitor.status_words(status)
    assert job_monitor._ICONS[status].startswith(":material/")
