"""The diagnosis as a page shows it."""

import json
import time

import pytest
from streamlit.testing.v1 import AppTest

LOSSES = ("train_loss", "validation_loss")


def page(folder):
    from pathlib import Path

    from models.jobs import Run
    from ui.components import diagnosis

    diagnosis.show(Run(Path(folder)))


@pytest.fixture
def shown(tmp_path):
    """Show the diagnosis of a training with such losses and such an end."""

    def show(losses, end="done"):
        created = time.time()
        spec = {"spec": {"kind": "lstm", "target": "daily"}, "hash": "x", "created": created}
        (tmp_path / "spec.json").write_text(json.dumps(spec))
        (tmp_path / "heartbeat").touch()
        points = [
            {"time": created, "event": "progress", "done": n, "share": 0.1, "values": dict.fromkeys(LOSSES, v)}
            for n, v in enumerate(losses, start=1)
        ]
        lines = [*points, *([{"time": created, "event": end}] if end else [])]
        (tmp_path / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        app = AppTest.from_function(page, args=(str(tmp_path),)).run()
        assert not app.exception
        return app

    return show


def test_what_is_wrong_is_a_warning_with_advice(shown):
    (warning,) = shown([1.0, 0.9, None], "failed").warning
    assert "stopped being a number at step 3" in warning.value
    assert "What to try: Try a learning rate" in warning.value


def test_nothing_unusual_is_one_calm_line(shown):
    app = shown([1.0, 0.7, 0.65, 0.645, 0.644, 0.6439], "done")
    assert not app.warning
    assert "Nothing unusual" in app.caption[0].value


@pytest.mark.parametrize("end", ["cancelled", "failed"])
def test_one_that_did_not_come_to_its_end_is_not_told_to_learn_longer(shown, end):
    falling = [1.0, 0.9, 0.8, 0.7]
    assert "Allow more epochs" in shown(falling, "done").warning[0].value
    app = shown(falling, end)
    assert not app.warning
    assert "Nothing unusual" in app.caption[0].value


def test_at_the_beginning_it_is_too_early(shown):
    assert "Too early to tell" in shown([1.0], None).caption[0].value


def test_what_ended_before_it_learnt_has_no_diagnosis(shown):
    app = shown([], "failed")
    assert not app.caption
    assert not app.warning
