"""Which requests the server answers, and what it tells browsers with each answer."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import config, file_util
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from data.errors import AppError
from ui.components import access, guard

HERE = "http://127.0.0.1:8501"
STREAM = "ws://127.0.0.1:8501/_stcore/stream"
ALL_METHODS = ["GET", "PUT", "POST", "DELETE"]


async def page(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("page")


async def stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("hello")
    await websocket.close()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Callable[..., TestClient]:
    """Make a client of a small app behind the guard: server(at="127.0.0.1", **environment)."""
    for name in (guard.HOSTS, guard.METRICS, guard.OPEN):
        monkeypatch.delenv(name, raising=False)

    def make(at: str = HERE, **environment: str) -> TestClient:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        routes = [WebSocketRoute("/_stcore/stream", stream), Route("/{path:path}", page, methods=ALL_METHODS)]
        return TestClient(guard.Guard(Starlette(routes=routes)), base_url=at)

    return make


@pytest.fixture
def sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "configured", lambda: True)


def directives(client: TestClient) -> dict[str, str]:
    policy = client.get("/").headers["content-security-policy"]
    return dict(part.split(" ", 1) for part in policy.split("; "))


def test_the_policy_lets_nothing_from_elsewhere_in(server: Callable[..., TestClient]) -> None:
    found = directives(server())
    assert found["default-src"] == "'none'"
    assert found["frame-ancestors"] == "'none'"
    assert found["base-uri"] == "'none'"
    assert "unsafe" not in found["script-src"]
    sources = set(" ".join(found.values()).split())
    assert {s for s in sources if not s.startswith("'")} == {
        "data:",
        "blob:",
        "ws://127.0.0.1:8501",
        "wss://127.0.0.1:8501",
    }


def test_the_policy_names_each_script_inside_the_page_of_streamlit(server: Callable[..., TestClient]) -> None:
    html = (Path(file_util.get_static_dir()) / "index.html").read_text()
    inside = [s for s in re.findall(r"<script[^>]*>(.*?)</script>", html, flags=re.DOTALL) if s.strip()]
    assert inside
    for script in inside:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in directives(server())["script-src"]


@pytest.mark.parametrize("path", ["/", "/missing", "/_stcore/metrics", "/media/x.csv"])
@pytest.mark.parametrize("host", ["127.0.0.1:8501", "evil.example"])
def test_every_answer_carries_the_headers(server: Callable[..., TestClient], path: str, host: str) -> None:
    headers = server().get(path, headers={"host": host}).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "evil" not in headers["content-security-policy"]


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "LOCALHOST:8501", "localhost.", "[::1]:8501"])
def test_own_names_are_answered(server: Callable[..., TestClient], host: str) -> None:
    assert server().get("/", headers={"host": host}).status_code == 200


STRANGE_HOSTS = [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:8501",
    "user@localhost",
    "localhost:8501:8501",
    "localhost:x",
    "localhost/evil",
    "localhost?x",
    "localhost evil",
    "local host",
    "",
    "192.0.2.7",
    "[::2]",
    "[::1",
    "*",
]


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_other_names_are_refused_in_words(server: Callable[..., TestClient], host: str) -> None:
    answer = server().get("/", headers={"host": host})
    assert answer.status_code == 403
    assert "BALISE_HOSTS" in answer.text
    if host:
        assert host not in answer.text or host == "*"


@pytest.mark.parametrize("host", STRANGE_HOSTS)
def test_a_websocket_under_another_name_is_refused(server: Callable[..., TestClient], host: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect) as refused,
        server().websocket_connect(STREAM, headers={"host": host}),
    ):
        pass
    assert refused.value.code == 1008


def test_names_can_be_added(server: Callable[..., TestClient]) -> None:
    client = server(BALISE_HOSTS="balise.example.org, [2001:db8::1] office")
    for host in ("balise.example.org", "BALISE.example.org:443", "[2001:db8::1]:8501", "office", "127.0.0.1"):
        assert client.get("/", headers={"host": host}).status_code == 200
    assert client.get("/", headers={"host": "other.example.org"}).status_code == 403
    assert "wss://office:8501" in client.get("/", headers={"host": "office:8501"}).headers["content-security-policy"]
    with client.websocket_connect(STREAM, headers={"host": "office"}) as websocket:
        assert websocket.receive_text() == "hello"


@pytest.mark.parametrize("names", ["https://balise.example.org", "office:8501", "*", "*.example.org", "a/b", "a_b c;d"])
def test_what_is_no_name_is_refused_at_the_start(server: Callable[..., TestClient], names: str) -> None:
    with pytest.raises(ValueError, match="BALISE_HOSTS holds"):
        server(BALISE_HOSTS=names)


def test_the_address_served_is_a_name_too(server: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"server.address": "192.0.2.7"}
    monkeypatch.setattr(config, "get_option", lambda name: found[name])
    assert server().get("/", headers={"host": "192.0.2.7:8501"}).status_code == 200
    found["server.address"] = "0.0.0.0"
    assert server().get("/", headers={"host": "0.0.0.0:8501"}).status_code == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:9999", "http://localhost:8501", "null"])
def test_another_site_may_neither_write_nor_open_a_websocket(server: Callable[..., TestClient], origin: str) -> None:
    client = server()
    for method in ("PUT", "POST", "DELETE"):
        assert client.request(method, "/", headers={"origin": origin}).status_code == 403
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(STREAM, headers={"origin": origin, "host": "127.0.0.1:8501"}),
    ):
        pass


def test_the_own_site_may(server: Callable[..., TestClient]) -> None:
    client = server()
    assert client.put("/", headers={"origin": HERE}).status_code == 200
    own = {"origin": HERE, "host": "127.0.0.1:8501"}
    with client.websocket_connect(STREAM, headers=own) as websocket:
        assert websocket.receive_text() == "hello"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/base/_stcore/metrics", "/_stcore/metrics/"])
def test_counters_are_closed_until_they_are_asked_for(server: Callable[..., TestClient], path: str) -> None:
    assert server().get(path).status_code == 404
    assert server(BALISE_METRICS="1").get(path).status_code == 200


@pytest.mark.parametrize("path", ["/_stcore/agent/mcp", "/_stcore/agent/interact", "/_stcore/agent/openapi.json"])
def test_the_interface_for_programs_is_closed(server: Callable[..., TestClient], path: str) -> None:
    assert server(BALISE_METRICS="1").post(path).status_code == 404


def test_an_open_address_needs_sign_in_or_the_word(
    server: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = "http://192.0.2.7:8501"
    answer = server(at, BALISE_HOSTS="192.0.2.7").get("/")
    assert answer.status_code == 403
    assert "--without-sign-in" in answer.text
    assert server(at, BALISE_HOSTS="192.0.2.7", BALISE_WITHOUT_SIGN_IN="1").get("/").status_code == 200
    monkeypatch.delenv(guard.OPEN)
    monkeypatch.setattr(access, "configured", lambda: True)
    assert server(at, BALISE_HOSTS="192.0.2.7").get("/").status_code == 200


@pytest.mark.parametrize(
    ("address", "open_to_others"),
    [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("::", True), ("192.0.2.7", True)],
)
def test_what_is_reachable_from_elsewhere(
    server: Callable[..., TestClient], address: str, open_to_others: bool
) -> None:
    server()
    assert bool(guard.exposed(address)) is open_to_others


def test_no_address_at_all_counts_as_every_address(
    server: Callable[..., TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    server()
    known = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: None if name == "server.address" else known(name))
    assert "0.0.0.0" in guard.exposed_at_start()


@pytest.mark.parametrize("path", ["/_stcore/upload_file/session/file", "/media/abc.csv", "/base/media/abc.csv"])
def test_files_of_sessions_need_the_cookie_of_a_sign_in(
    server: Callable[..., TestClient], sign_in: None, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(guard, "get_cookie_secret", lambda: "s" * 40)
    client = server()
    good = create_signed_value("s" * 40, "_streamlit_user", "{}").decode()
    forged = create_signed_value("t" * 40, "_streamlit_user", "{}").decode()
    for cookie, status in ((None, 401), (good, 200), (forged, 401), ("x", 401), ("", 401)):
        client.cookies.clear()
        if cookie is not None:
            client.cookies.set("_streamlit_user", cookie)
        assert client.put(path).status_code == status


def test_fonts_need_no_cookie(server: Callable[..., TestClient], sign_in: None) -> None:
    assert server().get("/static/media/font.woff2").status_code == 200


def test_without_sign_in_files_need_no_cookie(server: Callable[..., TestClient]) -> None:
    assert server().put("/_stcore/upload_file/session/file").status_code == 200


def test_the_server_ends_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from ui.components import server as served

    monkeypatch.setattr(guard, "exposed_at_start", lambda: "")
    served.check()
    monkeypatch.setattr(guard, "exposed_at_start", lambda: "open to all")
    with pytest.raises(SystemExit, match="open to all"):
        served.check()
    monkeypatch.setenv(guard.HOSTS, "a:b")
    with pytest.raises(SystemExit, match="BALISE_HOSTS holds 'a:b'"):
        served.check()

    def broken() -> bool:
        raise AppError("half a sign-in")

    monkeypatch.setattr(access, "configured", broken)
    with pytest.raises(SystemExit, match="half a sign-in"):
        served.check()
