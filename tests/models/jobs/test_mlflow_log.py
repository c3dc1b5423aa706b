"""Telling MLflow, with a stand-in that writes down what it is told."""

import contextlib
import json
import logging
import sys
import time
import types

import pytest

from models.jobs import mlflow_log


@pytest.fixture
def told(monkeypatch):
    """Everything the stand-in for mlflow was told, as (what, argument, step)."""
    calls = []
    fake = types.ModuleType("mlflow")
    for name in ("set_tracking_uri", "set_experiment", "set_tags", "log_params"):
        setattr(fake, name, lambda value, name=name: calls.append((name, value, None)))
    fake.log_metrics = lambda values, step=None: calls.append(("log_metrics", values, step))

    @contextlib.contextmanager
    def start_run(run_name):
        calls.append(("start_run", run_name, None))
        yield

    fake.start_run = start_run
    monkeypatch.setitem(sys.modules, "mlflow", fake)
    for name in mlflow_log._PATIENCE:
        monkeypatch.setenv(name, "1")
    return calls


@pytest.fixture
def run(tmp_path):
    """A training that ended well."""
    folder = tmp_path / "20260101-000000-xgboost-0001"
    (folder / "model").mkdir(parents=True)
    spec = {"kind": "xgboost", "target": "severity"}
    (folder / "spec.json").write_text(json.dumps({"spec": spec, "hash": "x", "created": time.time()}))
    values = [{"train_loss": 1.0, "validation_loss": 1.1}, {"train_loss": 0.9, "validation_loss": None}]
    events = [{"event": "progress", "done": n, "share": n / 2, "values": v} for n, v in enumerate(values, start=1)]
    lines = [json.dumps({"time": time.time(), **event}) for event in [*events, {"event": "done"}]]
    (folder / "events.jsonl").write_text("\n".join(lines))
    metadata = {
        "format": 1, "kind": "xgboost", "target": "severity", "preset": "base", "device": "cpu", "files": {},
        "config": {"rounds": 2, "depth": 5}, "data": {"fingerprint": "abc"},
        "metrics": {"held_out": {"log_loss": 0.7, "baseline": {"log_loss": 0.8}}},
    }  # fmt: skip
    (folder / "model" / "metadata.json").write_text(json.dumps(metadata))
    return folder


def test_settings_curves_and_score_are_told(told, run, monkeypatch):
    monkeypatch.setenv("BALISE_MLFLOW_URI", "http://127.0.0.1:5000")
    mlflow_log.tell(run)
    tags = {"kind": "xgboost", "target": "severity", "preset": "base", "device": "cpu", "fingerprint": "abc"}
    assert told == [
        ("set_tracking_uri", "http://127.0.0.1:5000", None),
        ("set_experiment", "balise", None),
        ("start_run", run.name, None),
        ("set_tags", tags, None),
        ("log_params", {"rounds": 2, "depth": 5}, None),
        ("log_metrics", {"train_loss": 1.0, "validation_loss": 1.1}, 1),
        ("log_metrics", {"train_loss": 0.9}, 2),
        ("log_metrics", {"unseen_log_loss": 0.7}, None),
    ]


def test_without_an_address_nobody_is_told(told, run, monkeypatch):
    monkeypatch.delenv("BALISE_MLFLOW_URI", raising=False)
    mlflow_log.tell(run)
    assert told == []


def test_only_what_ended_well_is_told(told, run, monkeypatch):
    monkeypatch.setenv("BALISE_MLFLOW_URI", "http://127.0.0.1:5000")
    with (run / "events.jsonl").open("a") as file:
        file.write("\n" + json.dumps({"time": time.time(), "event": "cancelled"}))
    mlflow_log.tell(run)
    assert told == []


def test_a_server_that_cannot_be_reached_is_only_written_down(told, run, monkeypatch, caplog):
    monkeypatch.setenv("BALISE_MLFLOW_URI", "http://127.0.0.1:5000")

    def refuse(name):
        raise ConnectionError("refused")

    sys.modules["mlflow"].set_experiment = refuse
    with caplog.at_level(logging.WARNING):
        mlflow_log.tell(run)
    assert "could not be logged" in caplog.text
    assert "refused" in caplog.text


def test_a_password_in_the_address_is_not_written_down(told, run, monkeypatch, caplog):
    monkeypatch.setenv("BALISE_MLFLOW_URI", "http://me:secret@127.0.0.1:5000/")

    def refuse(name):
        raise ConnectionError("http://me:secret@127.0.0.1:5000/api/2.0 did not answer")

    sys.modules["mlflow"].set_experiment = refuse
    with caplog.at_level(logging.WARNING):
        mlflow_log.tell(run)
    assert "BALISE_MLFLOW_URI/api/2.0 did not answer" in caplog.text
    assert "secret" not in caplog.text


def test_an_address_without_mlflow_is_written_down(run, monkeypatch, caplog):
    monkeypatch.setenv("BALISE_MLFLOW_URI", "http://127.0.0.1:5000")
    for name in mlflow_log._PATIENCE:
        monkeypatch.setenv(name, "1")
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with caplog.at_level(logging.WARNING):
        mlflow_log.tell(run)
    assert "not installed" in caplog.text


STAND_IN = """
import contextlib, pathlib
set_tracking_uri = set_experiment = set_tags = log_params = lambda value: None
log_metrics = lambda values, step=None: None

@contextlib.contextmanager
def start_run(run_name):
    pathlib.Path(__file__).with_name("told").write_text(run_name)
    yield
"""


def test_the_worker_tells_once_the_training_has_ended(begin, wait, tmp_path, monkeypatch):
    (tmp_path / "mlflow.py").write_text(STAND_IN)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("BALISE_MLFLOW_URI", "http://127.0.0.1:5000")
    run = wait(begin(), "done")
    end = time.monotonic() + 20
    while not (tmp_path / "told").exists():
        assert time.monotonic() < end, run.log()
        time.sleep(0.05)
    assert (tmp_path / "told").read_text() == run.name
