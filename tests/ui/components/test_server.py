"""The server starts without what pages need, and has it once it is warm."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import ast, sys
from ui.components import server
heavy = {"pandas", "torch", "models"} & set(sys.modules)
assert not heavy, f"imported before the server answers: {heavy}"
server.warm_up()
imports = [node for node in ast.parse(open("app.py").read()).body if isinstance(node, ast.ImportFrom)]
frame = {f"{node.module}.{name.name}" for node in imports if node.module == "ui.components" for name in node.names}
assert frame and frame <= set(sys.modules), f"left to the first visitor: {frame - set(sys.modules)}"
assert not {"torch", "xgboost", "sklearn", "optuna"} & set(sys.modules)
from models.jobs import log
assert log._from_events.cache_info().currsize == 1, "the training was not read"
"""


def test_the_first_visitor_finds_the_server_warm(tmp_path, monkeypatch):
    run = tmp_path / "20260101-a"
    run.mkdir()
    (run / "spec.json").write_text('{"spec": {"kind": "xgboost", "target": "severity"}, "hash": "a", "created": 1.0}')
    (run / "events.jsonl").write_text('{"time": 2.0, "event": "failed", "error": "-"}\n')
    monkeypatch.setenv("BALISE_RUNS", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_folder_that_cannot_be_read_does_not_stop_it(tmp_path, monkeypatch):
    from ui.components import server

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BALISE_RUNS", str(tmp_path / "file"))
    server.warm_up()


@pytest.mark.parametrize(("asked", "sent_to"), [("", "./"), ("?years=2024&lang=fr", "./?years=2024&lang=fr")])
def test_the_first_page_is_found_under_its_name_with_its_filters(asked, sent_to):
    from starlette.applications import Starlette
    from starlette.routing import Route
    from starlette.testclient import TestClient

    from ui.components import server

    client = TestClient(Starlette(routes=[Route("/overview", server.first_page)]))
    answer = client.get(f"/overview{asked}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, sent_to)
