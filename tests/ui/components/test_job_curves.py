"""What of a curve is drawn while it grows."""

import json
import time

import pytest

from models.jobs import Run
from ui.components import job_curves


def curve(n, lowest):
    return [{"step": step, "validation_loss": 0.5 if step == lowest else 1.0} for step in range(1, n + 1)]


@pytest.fixture
def run(tmp_path):
    """A training with as many points: run(81), run(81, "done")."""

    def write(n, *ends):
        points = [{"event": "progress", "done": step, "values": {"train_loss": 1.0}} for step in range(1, n + 1)]
        events = [{"event": "started"}, *points, *({"event": end} for end in ends)]
        lines = (json.dumps({"time": time.time(), **event}) + "\n" for event in events)
        folder = tmp_path / f"{n}{ends}"
        folder.mkdir()
        (folder / "spec.json").write_text(json.dumps({"spec": {}, "hash": "x", "created": time.time()}))
        (folder / "events.jsonl").write_text("".join(lines))
        (folder / "heartbeat").touch()
        return Run(folder)

    return write


@pytest.mark.parametrize("n", [0, 1, 400])
def test_a_short_curve_is_drawn_whole(n):
    assert job_curves.thinned(curve(n, 1)) == curve(n, 1)


def test_of_a_long_curve_the_last_point_and_the_lowest_are_drawn():
    steps = [point["step"] for point in job_curves.thinned(curve(1000, 500))]  # every third, from the first
    assert steps[:3] == [1, 4, 7]
    assert steps[-2:] == [997, 1000]
    assert {499, 500, 502} <= set(steps)
    assert len(steps) == 334 + 1, "500 is not among 1, 4, 7, ... 1000"


def test_a_curve_without_validation_is_thinned_too():
    points = [{"step": step, "train_loss": 1.0, "validation_loss": None} for step in range(1, 802)]
    assert len(job_curves.thinned(points)) == 268  # 1, 4, ... 799, and 801


def test_a_long_curve_is_drawn_anew_now_and_then(run):
    assert job_curves.looked_at(run(49)) == 49
    assert job_curves.looked_at(run(53)) == 52  # in twos from 50 on
    assert job_curves.looked_at(run(53, "done")) == 53
