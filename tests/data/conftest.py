"""The server that downloads are tested against, and one file on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data.addresses import Source
from tests.data.server import CONTENT, File, Server, Waits, serving


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as started:
        yield started


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def file(server: Server) -> File:
    server.files["/c"] = File(CONTENT)
    return server.files["/c"]


@pytest.fixture
def source(server: Server, file: File) -> Source:
    return Source(2024, "caracteristiques", server.address("/c"))
