"""The language that the document itself names, by which screen readers choose their voice.

Streamlit's page always names English; the words in it are in the language that the address or the browser asks for.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.text import LANGUAGES, Language, supported
from ui.components.language import PARAMETER

_NAMED = re.compile(rb'<html lang="[a-z-]*"')
# what would bring the document back packed, or not at all as the browser has it already, maybe in the other language
_WITHOUT = (b"accept-encoding", b"if-none-match", b"if-modified-since")


class Spoken:
    """ASGI middleware that puts the person's language into each document."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        plain = [header for header in scope["headers"] if header[0] not in _WITHOUT]
        await self.app({**scope, "headers": plain}, receive, _naming(send, language_of(scope)))


def language_of(scope: Scope) -> Language:
    """What a request asks for: by its address, else by the first language of the browser."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get(PARAMETER, [""])[-1]
    if asked in LANGUAGES:
        return asked  # type: ignore[return-value]
    return supported(re.split("[,;]", Headers(scope=scope).get("accept-language", ""))[0].strip())


def _naming(send: Send, language: Language) -> Send:
    """Send with the language in place of the one that a document names."""
    document = False

    async def naming(message: Message) -> None:
        nonlocal document
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            document = headers.get("content-type", "").startswith("text/html")
            if document:
                headers.add_vary_header("Accept-Language")
        elif document and message["type"] == "http.response.body":
            # both are as long, so the length that was told stays true
            body = _NAMED.sub(f'<html lang="{language}"'.encode(), message.get("body", b""), count=1)
            message = {**message, "body": body}
        await send(message)

    return naming
