"""Who may look and who may train; and that whatever acts asks for it at the moment it acts."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit import config

from data.errors import AppError
from ui.components import access

ROOT = Path(__file__).resolve().parents[3]
AUTH = {
    "redirect_uri": "http://127.0.0.1:8501/oauth2callback",
    "cookie_secret": "c" * 40,
    "client_id": "balise",
    "client_secret": "s",
    "server_metadata_url": "http://127.0.0.1:1/.well-known/openid-configuration",
}
# what changes something for everybody
ACTING = {
    "jobs": {"start", "tune", "resume", "finish", "cancel", "delete"},
    "intake": {"download", "upload", "cancel"},
    "champions": {"promote", "roll_back", "compare", "delete"},
    "versions": {"describe"},
    "archive": {"take_in"},
    "store": {"import_paths", "save_import"},
}


class Secrets(dict):
    """Secrets as a file would hold them."""

    def __init__(self, content: Mapping[str, Any] | None) -> None:
        super().__init__(content or {})
        self._there = content is not None

    def load_if_toml_exists(self) -> bool:
        return self._there


@pytest.fixture
def people(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put somebody before the session: people({"email": ...}, roles={...}), or nobody with None."""
    monkeypatch.delenv(access.TRAINERS, raising=False)

    def put(claims: Mapping[str, Any] | None, roles: Mapping[str, Any] | None = None) -> None:
        monkeypatch.setattr(st, "secrets", Secrets({"auth": AUTH, **({"roles": roles} if roles else {})}))
        person = {"is_logged_in": False} if claims is None else {"is_logged_in": True, **claims}
        monkeypatch.setattr(access, "_person", lambda: person)

    return put


def test_without_secrets_everybody_may_do_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "secrets", Secrets(None))
    assert not access.configured()
    assert access.admitted()
    assert access.may("train")
    access.require("train")


def test_secrets_for_something_else_are_no_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "secrets", Secrets({"mlflow": {"token": "x"}}))
    assert not access.configured()


@pytest.mark.parametrize("missing", sorted(AUTH))
def test_half_a_sign_in_lets_nobody_in(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    monkeypatch.setattr(st, "secrets", Secrets({"auth": {k: v for k, v in AUTH.items() if k != missing}}))
    with pytest.raises(AppError, match=missing):
        access.configured()
    assert not access.admitted()


def test_a_short_secret_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "secrets", Secrets({"auth": {**AUTH, "cookie_secret": "hunter2"}}))
    with pytest.raises(AppError, match="too short") as refused:
        access.configured()
    assert "hunter2" not in str(refused.value)


def test_a_file_that_cannot_be_read_lets_nobody_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text("[auth")
    monkeypatch.setattr(st, "secrets", Secrets(None))
    monkeypatch.setattr(config, "get_option", lambda name: [str(tmp_path / "secrets.toml")])
    with pytest.raises(AppError, match="cannot be read"):
        access.configured()
    assert not access.admitted()


def test_nobody_signed_in_sees_nothing(people: Callable[..., None]) -> None:
    people(None, {"train": ["@example.org"]})
    assert not access.admitted()
    assert not access.may("train")
    people({"email": "ada@example.org", "is_logged_in": False}, {"train": ["@example.org"]})
    assert not access.admitted()


@pytest.mark.parametrize(
    ("claims", "roles", "view", "train"),
    [
        ({"email": "bob@example.org"}, {}, True, False),
        ({"email": "ada@example.org"}, {"train": ["ada@example.org"]}, True, True),
        ({"email": "Ada@Example.ORG"}, {"train": ["ada@example.org"]}, True, True),
        ({"email": "ada@example.org"}, {"train": "ada@example.org"}, True, True),
        ({"email": "bob@example.org"}, {"train": ["ada@example.org"]}, True, False),
        ({"email": "bob@example.org"}, {"train": ["@example.org"]}, True, True),
        ({"email": "bob@evil-example.org"}, {"train": ["@example.org"]}, True, False),
        ({"email": "bob@sub.example.org"}, {"train": ["@example.org"]}, True, False),
        ({"email": "x@evil.org@example.org"}, {"train": ["x@evil.org"]}, True, False),
        ({"email": "ada@example.org", "email_verified": False}, {"train": ["ada@example.org"]}, True, False),
        ({"email": "ada@example.org", "email_verified": False}, {"view": ["@example.org"]}, False, False),
        ({"email": "bob@other.org"}, {"view": ["@example.org"], "train": ["ada@example.org"]}, False, False),
        ({"email": "ada@other.org"}, {"view": ["@example.org"], "train": ["ada@other.org"]}, True, True),
        ({"groups": ["a", "chiefs"]}, {"claim": "groups", "train_claim": ["chiefs"]}, True, True),
        ({"groups": "chiefs"}, {"claim": "groups", "train_claim": "chiefs"}, True, True),
        ({"groups": ["a"]}, {"claim": "groups", "train_claim": ["chiefs"]}, True, False),
        ({"groups": ["a"]}, {"claim": "groups", "train_claim": ["c"], "view_claim": ["b"]}, False, False),
        ({"groups": ["b"]}, {"claim": "groups", "train_claim": ["c"], "view_claim": ["b"]}, True, False),
        ({"groups": None}, {"claim": "groups", "train_claim": [None]}, True, False),
        ({"email": None}, {"train": [""], "view": [""]}, False, False),
        ({}, {"train": ["@"]}, True, False),
    ],
)
def test_roles(people: Callable[..., None], claims: dict, roles: dict, view: bool, train: bool) -> None:
    people(claims, roles)
    assert access.may("view") is view
    assert access.may("train") is train
    assert access.admitted() is view
    assert access.looking() is not train


def test_trainers_of_the_environment(people: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    people({"email": "ada@example.org"})
    monkeypatch.setenv(access.TRAINERS, "bob@example.org, ada@example.org")
    assert access.may("train")
    monkeypatch.setenv(access.TRAINERS, "")
    assert not access.may("train")


def test_an_action_asks_when_it_is_done_and_not_when_it_is_drawn(people: Callable[..., None]) -> None:
    done: list[int] = []
    action = access.checked(done.append)
    people({"email": "bob@example.org"})
    with pytest.raises(access.Denied, match="is for others"):
        action(1)
    assert done == []
    people({"email": "bob@example.org"}, {"train": ["bob@example.org"]})
    action(2)
    assert done == [2]


def acting(tree: ast.AST) -> Iterator[tuple[ast.Attribute, list[ast.AST]]]:
    """Every mention of what acts, with what it stands in."""

    def walk(node: ast.AST, within: list[ast.AST]) -> Iterator[tuple[ast.Attribute, list[ast.AST]]]:
        named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if named and node.attr in ACTING.get(node.value.id, ()):
            yield node, within
        for child in ast.iter_child_nodes(node):
            yield from walk(child, [*within, node])

    yield from walk(tree, [])


def unchecked(source: str) -> list[str]:
    """What acts without `access.checked` right round it."""
    return [
        f"line {node.lineno}: {ast.unparse(node)}"
        for node, within in acting(ast.parse(source))
        if not (isinstance(within[-1], ast.Call) and ast.unparse(within[-1].func) == "access.checked")
    ]


@pytest.mark.parametrize(
    "path",
    [
        p.relative_to(ROOT).as_posix()
        for part in ("ui/components", "pages")
        for p in sorted((ROOT / part).rglob("*.py"))
    ],
)
def test_whatever_acts_is_checked(path: str) -> None:
    assert unchecked((ROOT / path).read_text(encoding="utf-8")) == []


def test_the_search_for_what_acts_finds_it() -> None:
    assert unchecked("jobs.start(spec)")
    assert unchecked("st.button('x', on_click=jobs.cancel)")
    assert unchecked("access.may(jobs.start(spec))")
    assert not unchecked("access.checked(jobs.start)(spec)")
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "ui" / "components").glob("*.py")]
    found = {ast.unparse(node) for source in sources for node, _within in acting(ast.parse(source))}
    assert {"jobs.start", "jobs.tune", "jobs.cancel", "intake.upload", "champions.promote", "archive.take_in"} <= found


def test_nothing_that_acts_is_imported_by_its_own_name() -> None:
    names = {name for some in ACTING.values() for name in some}
    for path in [*(ROOT / "ui" / "components").glob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("models", "data")):
                module = str(node.module).rpartition(".")[2]
                assert not {alias.name for alias in node.names} & (names & ACTING.get(module, set())), path
