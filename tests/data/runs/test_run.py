"""A run's status from its files alone."""

import json
import os
import time

import pytest

from data.runs import Run
from data.runs import run as run_module


@pytest.fixture
def folder(tmp_path):
    whole = {"spec": {"years": [2024]}, "hash": "x", "created": time.time()}
    (tmp_path / "spec.json").write_text(json.dumps(whole))
    return tmp_path


def beat(folder, age=0.0):
    (folder / "heartbeat").touch()
    os.utime(folder / "heartbeat", (time.time() - age,) * 2)


def write(folder, *events):
    lines = [json.dumps({"time": time.time(), **event}) + "\n" for event in events]
    with (folder / "events.jsonl").open("a") as file:
        file.writelines(lines)


def step(done, total=10):
    return {"event": "progress", "done": done, "total": total, "share": done / total}


def test_waits_for_the_first_beat_then_is_lost(folder):
    assert Run(folder).status == "queued"
    whole = json.loads((folder / "spec.json").read_text())
    (folder / "spec.json").write_text(json.dumps({**whole, "created": time.time() - 31}))
    assert Run(folder).status == "lost"


def test_runs_while_the_heart_beats(folder):
    beat(folder)
    write(folder, {"event": "started"}, step(3))
    assert Run(folder).status == "running"
    assert Run(folder).progress["share"] == 0.3
    beat(folder, age=11)
    assert Run(folder).status == "lost"
    assert not Run(folder).active


@pytest.mark.parametrize("end", ["done", "failed", "cancelled"])
def test_the_last_event_outlives_the_heart(folder, end):
    beat(folder, age=1000)
    write(folder, step(3), {"event": end, "error": "a sentence"})
    run = Run(folder)
    assert run.status == end
    assert run.error == ("a sentence" if end == "failed" else "")


def test_finishing_when_cancelled_or_saving(folder):
    beat(folder)
    write(folder, step(10))
    (folder / "cancel").touch()
    assert Run(folder).status == "finishing"
    (folder / "cancel").unlink()
    write(folder, {"event": "saving"})
    assert Run(folder).status == "finishing"


def test_waits_until_it_says_that_it_has_started(folder):
    beat(folder)
    assert Run(folder).status == "queued"
    write(folder, {"event": "queued"})
    assert Run(folder).status == "queued"
    write(folder, {"event": "started"})
    assert Run(folder).status == "running"
    beat(folder, age=11)
    assert Run(folder).status == "lost"


def test_what_somebody_wants_of_it(folder):
    beat(folder)
    write(folder, step(1))
    assert Run(folder).asked == ""
    (folder / "finish").touch()
    assert (Run(folder).status, Run(folder).asked) == ("finishing", "finish")
    (folder / "cancel").touch()
    assert (Run(folder).status, Run(folder).asked) == ("finishing", "cancel")


def test_half_a_line_is_passed_over(folder):
    beat(folder)
    write(folder, step(1))
    with (folder / "events.jsonl").open("a") as file:
        file.write('{"time": 1.0, "event": "prog')
    run = Run(folder)
    assert run.status == "running"
    assert [event["done"] for event in run.events] == [1]


def test_the_line_after_half_a_line_counts(folder):
    with (folder / "events.jsonl").open("w") as file:
        file.write('{"time": 1.0, "eve\n{"time": 2.0, "event": "done"}\n[1]\n"word"\n')
    assert Run(folder).status == "done"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"spec": 1}', '{"spec": {}, "created": "yesterday"}'])
def test_a_spoilt_spec_is_damaged(folder, text):
    (folder / "spec.json").write_text(text)
    run = Run(folder)
    assert run.status == "damaged"
    assert run.spec == {}
    assert run.created == 0.0


def test_the_end_of_a_long_file_is_enough_for_the_status(folder):
    beat(folder)
    write(folder, *(step(n, 5000) for n in range(1, 5001)))
    run = Run(folder)
    assert run.progress["done"] == 5000
    assert len(run.tail) < 200
    assert len(run.events) == 5000


def test_of_a_file_that_grows_only_what_is_new_is_read(folder, monkeypatch):
    read = []
    parse = run_module._parse
    monkeypatch.setattr(run_module, "_parse", lambda text: read.append(text) or parse(text))
    write(folder, step(1), step(2))
    assert [event["done"] for event in Run(folder).events] == [1, 2]
    before = (folder / "events.jsonl").stat().st_size
    write(folder, step(3))
    with (folder / "events.jsonl").open("a") as file:
        file.write('{"time": 1.0, "event": "progress", "do')
    assert [event["done"] for event in Run(folder).events] == [1, 2, 3]
    with (folder / "events.jsonl").open("a") as file:
        file.write('ne": 4}\n')
    assert [event["done"] for event in Run(folder).events] == [1, 2, 3, 4]
    assert b"".join(read) == (folder / "events.jsonl").read_bytes(), "each line once"
    assert len(read[0]) == before


def test_a_shorter_file_of_the_same_name_is_read_anew(folder):
    write(folder, step(1), step(2))
    assert len(Run(folder).events) == 2
    (folder / "events.jsonl").unlink()
    assert Run(folder).events == []
    write(folder, step(7))
    assert [event["done"] for event in Run(folder).events] == [7]


def test_the_log_is_read_from_its_end(folder):
    assert Run(folder).log() == ""
    (folder / "log.txt").write_bytes(b"x" * 9000 + "fin é".encode())
    assert Run(folder).log(20).endswith("fin é")


def test_many_ended_runs_are_not_read_again(folder, monkeypatch):
    write(folder, step(1), {"event": "done"})
    assert Run(folder).status == "done"

    def refuse(*_):
        raise AssertionError("read again")

    monkeypatch.setattr("data.runs.run._parse", refuse)
    assert Run(folder).status == "done"
