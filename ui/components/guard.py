"""What every request passes before the app: which names and machines are answered, and what browsers are told."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import os
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose
from streamlit import config, file_util
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from data.text import _
from ui.components import access

HOSTS = "BALISE_HOSTS"  # further names under which the server may be called
METRICS = "BALISE_METRICS"
OPEN = "BALISE_WITHOUT_SIGN_IN"  # run.py --without-sign-in sets it
_OWN_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})
_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_REMEDY = (
    "set sign-in up (docs/security.md), or start it with --without-sign-in (or {variable}=1) if everybody who reaches "
    "it may see, change and delete all there is"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "same-origin",  # filters and names of models stand in addresses
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Streamlit writes its styles into the page
    "img-src": "'self' data: blob:",  # icons of Streamlit and sprites of MapLibre
    "font-src": "'self' data:",  # a font inside Streamlit's table
    "worker-src": "blob:",  # MapLibre makes its workers itself
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# the server's counters, and what Streamlit offers to programs, which is off and is not to describe itself either
_CLOSED = ("/_stcore/metrics", "/_stcore/agent/")
# what belongs to a session: files on their way in and out; /static/media/ holds the fonts of Streamlit
_PERSONAL = re.compile(r"/_stcore/upload_file/|(?<!/static)/media/")
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class Guard:
    """ASGI middleware round the whole server, its websocket included.

    Raises: ValueError where BALISE_HOSTS holds what is no name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.names = _OWN_NAMES | _address_served() | named_hosts()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        told = _telling(send, Headers(scope=scope).get("host", ""))
        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, told)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008)(scope, receive, send)
        else:
            status, reason = refusal
            await PlainTextResponse(reason + "\n", status)(scope, receive, _telling(send, ""))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and words for a request that is not answered."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _name(host) not in self.names:
            return 403, _(
                "Balise does not answer under this name. Whoever runs it can allow the name with {variable}."
            ).format(variable=HOSTS)
        origin = headers.get("origin")
        writes = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
        if writes and origin is not None and urlsplit(origin).netloc != host:
            return 403, _("Another website may not act here.")
        problem = exposed(str((scope.get("server") or ("",))[0]))
        if problem:
            return 403, problem
        if _closed(scope["path"]):
            return 404, _("Not found.")
        if _PERSONAL.search(scope["path"]) and access.configured() and not _signed(headers):
            return 401, _("Sign in first.")
        return None


def named_hosts() -> frozenset[str]:
    """The names in BALISE_HOSTS, between commas or spaces.

    Raises: ValueError naming what is no name of a machine.
    """
    names = {name.lower().strip("[]") for name in re.split(r"[,\s]+", os.environ.get(HOSTS, "")) if name}
    for name in sorted(names):
        if not _is_name(name):
            raise ValueError(
                _("{variable} holds {name!r}, which is no name: give names or addresses only, without port.").format(
                    variable=HOSTS, name=name
                )
            )
    return frozenset(names)


def exposed(address: str) -> str:
    """Why the server may not be reached at an address of this machine: nobody would have to sign in. Else empty."""
    if not address or is_loopback(address) or access.configured() or os.environ.get(OPEN) == "1":
        return ""
    message = _("Balise would be open to everybody who reaches {address}: {remedy}.")
    return message.format(address=address, remedy=_(_REMEDY).format(variable=OPEN))


def exposed_at_start() -> str:
    """`exposed` for the address that the server is about to take; all addresses where none is set."""
    return exposed(str(config.get_option("server.address") or "0.0.0.0"))  # noqa: S104 # Streamlit's default, refused


def is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address.startswith("/")  # a socket in the file system


def policy(host: str) -> str:
    """The content security policy of a page served under a host."""
    own = dict(_POLICY)
    own["script-src"] += "".join(f" '{digest}'" for digest in _inline_scripts())
    if host:
        own["connect-src"] += f" ws://{host} wss://{host}"  # 'self' leaves websockets out in older browsers
    return "; ".join(f"{name} {value}" for name, value in own.items())


@cache
def _inline_scripts() -> tuple[str, ...]:
    """Hashes of the scripts that Streamlit's page holds itself."""
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    return tuple("sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts)


def _telling(send: Send, host: str) -> Send:
    """Send with our headers on each response; what a response says of itself stays."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, "Content-Security-Policy": policy(host)}.items():
                headers.setdefault(name, value)
        await send(message)

    return told


def _signed(headers: Headers) -> bool:
    """Whether a request carries the cookie that this server gave at a sign-in."""
    cookie = cookie_parser(headers.get("cookie", "")).get(USER_COOKIE_NAME)
    return bool(cookie) and decode_signed_value(get_cookie_secret(), USER_COOKIE_NAME, cookie) is not None


def _closed(path: str) -> bool:
    first, agent = _CLOSED
    return agent in f"{path}/" or (path.rstrip("/").endswith(first) and os.environ.get(METRICS) != "1")


def _name(host: str) -> str:
    """Name or address in a Host header, without its port; empty where it is neither."""
    try:
        parts = urlsplit(f"//{host}")
        name, _port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:  # a port that is no number, too
        return ""
    plain = parts.netloc == host and parts.username is None and not (parts.path or parts.query or parts.fragment)
    return name if plain and _is_name(name) else ""


def _is_name(text: str) -> bool:
    try:
        return bool(_NAME.fullmatch(text)) or bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False


def _address_served() -> frozenset[str]:
    """The address that the server was given, unless it stands for all."""
    address = str(config.get_option("server.address") or "")
    try:
        own = ipaddress.ip_address(address)
    except ValueError:
        return frozenset()
    return frozenset() if own.is_unspecified else frozenset({address})
