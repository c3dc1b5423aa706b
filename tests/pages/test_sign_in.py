"""The pages where people sign in: nobody else sees one, and who may look finds nothing that acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models import jobs
from ui.components import access

ROOT = Path(__file__).resolve().parents[2]
AUTH = {
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
    "cookie_secret": "c" * 40,
    "client_id": "balise",
    "client_secret": "s",
    "server_metadata_url": "http://127.0.0.1:1/.well-known/openid-configuration",
}
Open = Callable[..., AppTest]


@pytest.fixture
def opened(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open a page as somebody whom a provider has named: opened(path, email="..."), or as nobody."""

    def run(path: str, auth: Mapping[str, Any] = AUTH, **claims: Any) -> AppTest:
        person = {"is_logged_in": bool(claims), **claims}
        monkeypatch.setattr(access, "_person", lambda: person)
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        app.secrets["auth"] = dict(auth)
        app.secrets["roles"] = {"train": ["ada@example.org"], "view": ["@example.org"]}
        app.switch_page(path).run()
        assert not app.exception
        return app

    return run


@pytest.mark.parametrize("path", ["pages/data/data.py", "pages/models/training.py", "pages/explore/overview.py"])
def test_nobody_sees_a_page_before_signing_in(opened: Open, path: str) -> None:
    app = opened(path)
    assert [title.value for title in app.title] == ["Balise"]
    assert [button.label for button in app.button] == ["Sign in"]
    assert not app.header
    assert not app.sidebar.button


def test_a_stranger_may_only_leave(opened: Open) -> None:
    app = opened("pages/data/data.py", email="eve@elsewhere.org")
    assert [title.value for title in app.title] == ["Balise"]
    assert "not among the people" in app.warning[0].value
    assert [button.label for button in app.button] == ["Sign out"]


def test_half_a_sign_in_is_said_and_shows_nothing(opened: Open) -> None:
    app = opened("pages/data/data.py", auth={"client_id": "balise"}, email="ada@example.org")
    assert [title.value for title in app.title] == ["Balise"]
    assert "lacks redirect_uri" in app.error[0].value
    assert not app.button


def test_who_may_look_sees_the_data_but_cannot_import(opened: Open, demo_data: Path) -> None:
    app = opened("pages/data/data.py", email="bob@example.org", name="Bob *B*")
    assert [title.value for title in app.title] == ["Data"]
    assert any("training, importing and deleting is for others" in info.value for info in app.info)
    assert next(b for b in app.button if b.label == "Download and import").disabled
    assert [text.value for text in app.sidebar.text] == ["Bob *B*"]
    assert "Sign out" in [button.label for button in app.sidebar.button]


def test_who_trains_may_import(opened: Open, demo_data: Path) -> None:
    app = opened("pages/data/data.py", email="ada@example.org")
    assert not next(b for b in app.button if b.label == "Download and import").disabled
    assert not any("is for others" in info.value for info in app.info)


def test_a_start_that_was_drawn_for_another_is_refused(
    opened: Open, demo_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser sends the click of a button that is drawn without effect, or the role is taken away meanwhile."""
    monkeypatch.setattr(access, "looking", lambda: False)
    app = opened("pages/models/training.py", email="bob@example.org")
    start = next(button for button in app.button if button.label == "Start training")
    assert not start.disabled
    start.click().run()
    assert any("is for others" in error.value for error in app.error)
    assert jobs.runs() == []
