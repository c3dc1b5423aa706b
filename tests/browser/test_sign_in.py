"""A person signs in with a provider, sees the pages with the rights of their role, and signs out."""

from __future__ import annotations

import http.server
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

pytestmark = pytest.mark.browser
COOKIE_SECRET, CLIENT_SECRET = "cookie-secret-of-this-test-0123456789", "client-secret-of-this-test"


class Provider(http.server.ThreadingHTTPServer):
    """An OpenID Connect provider where everybody is Bob, without asking."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.nonce = ""

    def token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": "balise", "sub": "1", "iat": now, "exp": now + 600, "nonce": self.nonce}
        person = {"email": "bob@example.org", "name": "Bob"}
        return jwt.encode({"alg": "RS256", "kid": "one"}, {**claims, **person}, self.key)


class Answers(http.server.BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        path, query = urllib.parse.urlsplit(self.path).path, urllib.parse.urlsplit(self.path).query
        if path == "/authorize":
            asked = dict(urllib.parse.parse_qsl(query))
            self.server.nonce = asked["nonce"]
            back = urllib.parse.urlencode({"code": "one", "state": asked["state"]})
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri']}?{back}")
            self.end_headers()
        elif path == "/keys":
            self.say({"keys": [self.server.key.as_dict(private=False)]})
        else:
            ends = {"authorization": "authorize", "token": "token"}
            self.say(
                {
                    "issuer": self.server.url,
                    "jwks_uri": f"{self.server.url}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                    **{f"{name}_endpoint": f"{self.server.url}/{end}" for name, end in ends.items()},
                }
            )

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": self.server.token()})

    def say(self, answer: object) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def status(url: str, method: str = "GET") -> int:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method)) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def test_signing_in_and_out(
    start_server: Callable[..., Any],
    new_window: Callable[..., Any],
    watched: Any,
    demo_data: Path,
    provider: Provider,
) -> None:
    home = demo_data / "home"
    (home / ".streamlit").mkdir(parents=True)
    (home / ".streamlit" / "secrets.toml").write_text(
        f"""[auth]
        redirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"
        cookie_secret = "{COOKIE_SECRET}"
        client_id = "balise"
        client_secret = "{CLIENT_SECRET}"
        server_metadata_url = "{provider.url}/.well-known/openid-configuration"
        """
    )
    server = start_server(HOME=str(home))
    assert status(f"{server.url}/_stcore/upload_file/a/b", "PUT") == 401
    page = new_window()
    page.goto(f"{server.url}/data")
    page.get_by_role("heading", name="Balise").wait_for()
    assert page.get_by_role("link", name="Training").count() == 0
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("Bob", exact=True).wait_for()
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_text("training, importing and deleting is for others").first.wait_for()
    assert page.get_by_role("button", name="Download and import").is_disabled()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in").wait_for()
    assert watched.console == []
    assert watched.foreign == []
    log = (server.folder / "server.log").read_text()
    assert COOKIE_SECRET not in log
    assert CLIENT_SECRET not in log
