"""The document names the language of its words, so that a screen reader reads them in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import file_util

from ui.components.spoken import Spoken

DOCUMENT = {"accept": "text/html,application/xhtml+xml;q=0.9"}


@pytest.fixture
def client() -> TestClient:
    """Streamlit's own page, packed where a browser can unpack it, behind the middleware."""

    async def page(_request: Request) -> FileResponse:
        return FileResponse(Path(file_util.get_static_dir()) / "index.html")

    async def other(_request: Request) -> PlainTextResponse:
        return PlainTextResponse('<html lang="en">')

    app = GZipMiddleware(Starlette(routes=[Route("/", page), Route("/other", other)]), minimum_size=1)
    return TestClient(Spoken(app))


@pytest.mark.parametrize(
    ("address", "browser", "told"),
    [
        ("/", "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("/", "en-GB,en;q=0.9", "en"),
        ("/", "de-DE", "en"),
        ("/", "", "en"),
        ("/?lang=fr", "en-GB", "fr"),
        ("/?lang=en&page=1", "fr", "en"),
        ("/?lang=%3Cscript%3E", "fr-CA;q=1", "fr"),
        ("/?lang=en&lang=fr", "en", "fr"),
    ],
)
def test_the_document_names_the_language(client: TestClient, address: str, browser: str, told: str) -> None:
    answer = client.get(address, headers={**DOCUMENT, "accept-language": browser})
    assert f'<html lang="{told}"' in answer.text
    assert "Accept-Language" in answer.headers["vary"]
    original = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    assert answer.text.replace(f'lang="{told}"', 'lang="en"', 1) == original
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_a_document_in_the_other_language_is_not_taken_from_the_browser(client: TestClient) -> None:
    first = client.get("/", headers={**DOCUMENT, "accept-language": "en"})
    again = {**DOCUMENT, "accept-language": "fr", "if-none-match": first.headers["etag"]}
    assert client.get("/", headers=again).status_code == 200


def test_what_is_no_document_stays_as_it_is(client: TestClient) -> None:
    french = {"accept-language": "fr"}
    assert client.get("/other", headers=french | DOCUMENT).text == '<html lang="en">'
    answer = client.get("/", headers=french | {"accept": "*/*"})
    assert (answer.headers["content-encoding"], '<html lang="en"' in answer.text) == ("gzip", True)
