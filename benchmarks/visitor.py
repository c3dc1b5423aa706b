"""A person's tab without a browser: what Streamlit's front end would send over its websocket, and how it is answered.

Like the front end it keeps large elements and names them instead of having them sent again, sends the address that the
page wrote, and runs again the fragments that refresh themselves. It fetches no files and draws nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import urllib.request
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import TracebackType
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

FIRST = "overview"  # the page without a name in its address
PATIENCE = 60.0  # seconds for a page
_XSRF = "_streamlit_xsrf"


class Lost(Exception):
    """The server closed the connection, or a page was not there in time."""


@dataclass
class Shown:
    """How a page was answered."""

    seconds: float = 0.0
    received: int = 0  # bytes
    errors: list[str] = field(default_factory=list)


@dataclass
class Page:
    """What the front end knows from the messages so far."""

    hashes: dict[str, str] = field(default_factory=dict)  # page by its name in the address -> what Streamlit calls it
    current: str = ""  # what Streamlit calls the page that is shown
    query: str = ""
    refreshing: dict[str, float] = field(default_factory=dict)  # fragment -> seconds
    runs: int = 0
    kept: dict[str, int] = field(default_factory=dict)  # large elements -> run in which they were last sent
    longest: int = 2  # runs for which they are kept
    finished: bool = True
    _run: str | None = None

    def asked(self, page: str | None = None, query: str | None = None, fragment: str = "") -> BackMsg:
        """The message that asks for a page: by its name, by a changed address, or for a fragment that refreshes."""
        message = BackMsg()
        state = message.rerun_script
        if page is not None and page in self.hashes:
            state.page_script_hash, self.query = self.hashes[page], ""
        elif page is not None:  # the first one is named as in the address
            state.page_name = "" if page == FIRST else page
        else:
            state.page_script_hash = self.current
        if query is not None:
            self.query = query
        state.query_string = self.query
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        state.cached_message_hashes.extend(self.kept)
        state.context_info.locale, state.context_info.timezone = "en", "Europe/Paris"
        state.context_info.color_scheme = "light"
        if not fragment:
            self.finished, self._run = False, None
            if page is not None:
                self.refreshing.clear()
        return message

    def take(self, message: ForwardMsg) -> str | None:
        """Learn from a message; gives what is wrong, in words."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin(message)
        elif kind == "navigation":
            self.hashes = {
                found.url_pathname or FIRST: found.page_script_hash for found in message.navigation.app_pages
            }
            self.current = message.navigation.page_script_hash  # asked by its address, a run begins as the main script
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auto_rerun":
            self.refreshing[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "stop_auto_rerun":
            for fragment in message.stop_auto_rerun.fragment_ids:
                self.refreshing.pop(fragment, None)
        elif kind == "page_not_found":
            return f"no such page: {message.page_not_found.page_name}"
        elif kind == "script_finished":
            return self._end(message)
        elif kind == "delta":
            if message.metadata.cacheable:
                self.kept[message.hash] = self.runs
            return _wrong(message)
        return None

    def _begin(self, message: ForwardMsg) -> None:
        fragments = set(message.metadata.run.fragment_ids)
        self.runs += 1
        self.longest = message.new_session.config.max_cached_message_age
        if fragments:
            return
        self.kept = {known: run for known, run in self.kept.items() if self.runs - run <= self.longest}
        self._run = message.metadata.run.script_run_id
        self.current = message.new_session.page_script_hash
        self.refreshing.clear()

    def _end(self, message: ForwardMsg) -> str | None:
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.finished = True
            return "the script cannot be compiled"
        # a run of before may still end after the next was asked for
        if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY and self._run is not None:
            self.finished = message.metadata.run.script_run_id in {self._run, ""}
        return None


def _wrong(message: ForwardMsg) -> str | None:
    element = message.delta.new_element
    if element.WhichOneof("type") == "exception":
        return f"{element.exception.type}: {element.exception.message}"
    if element.WhichOneof("type") == "alert" and element.alert.format == Alert.ERROR:
        return element.alert.body
    return None


class Visitor:
    """A tab: `async with Visitor(address) as tab: await tab.visit("overview")`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.page = Page()
        self.refreshed = 0  # fragments that were run again
        self._shown = Shown()
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Visitor:
        token = await asyncio.to_thread(_token, self.address)
        where = urlsplit(self.address)
        try:
            self._socket = await connect(
                f"ws://{where.netloc}/_stcore/stream",
                origin=self.address,
                subprotocols=["streamlit", token or "PLACEHOLDER_AUTH_TOKEN"],
                additional_headers={"Cookie": f"{_XSRF}={token}"} if token else {},
                max_size=None,
                ping_interval=None,
                proxy=None,
            )
        except (OSError, TimeoutError) as error:
            raise Lost(f"not connected: {error!r}") from error
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._refresh())]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    async def visit(self, page: str) -> Shown:
        """Open a page: the first by its address, the others by a click on their name.

        Raises: Lost.
        """
        return await self._ask(self.page.asked(page=page))

    async def change(self, query: str) -> Shown:
        """Open the same page with another address, as a changed filter writes it.

        Raises: Lost.
        """
        return await self._ask(self.page.asked(query=query))

    async def _ask(self, message: BackMsg) -> Shown:
        shown = self._shown = Shown()
        begun = time.perf_counter()
        await self._send(message)
        try:
            async with asyncio.timeout(PATIENCE):
                while not self.page.finished:
                    self._changed.clear()
                    if self._tasks[0].done():
                        raise Lost("the server closed the connection")
                    await self._changed.wait()
        except TimeoutError:
            raise Lost(f"not there within {PATIENCE:.0f} s") from None
        shown.seconds = time.perf_counter() - begun
        self._shown = Shown(errors=shown.errors)
        return shown

    async def _send(self, message: BackMsg) -> None:
        try:
            await self._socket.send(message.SerializeToString())
        except ConnectionClosed as error:
            raise Lost(f"the connection is closed: {error}") from error

    async def _read(self) -> None:
        try:
            async for told in self._socket:
                message = ForwardMsg.FromString(told)
                wrong = self.page.take(message)
                self._shown.received += len(told)
                if wrong:
                    self._shown.errors.append(wrong)
                if self.page.finished or wrong:
                    self._changed.set()
        except ConnectionClosed:
            pass  # whoever waits for a page says so
        finally:
            self._changed.set()

    async def _refresh(self) -> None:
        """Run fragments again as often as the page asked for, while nothing else runs."""
        due: dict[str, float] = {}
        with contextlib.suppress(Lost):
            while True:
                await asyncio.sleep(0.1)
                now = time.monotonic()
                due = {fragment: due.get(fragment, now + every) for fragment, every in self.page.refreshing.items()}
                for fragment, at in due.items():
                    if at <= now and self.page.finished:
                        due[fragment] = now + self.page.refreshing[fragment]
                        self.refreshed += 1
                        await self._send(self.page.asked(fragment=fragment))


def _token(address: str) -> str:
    """What the server gives a browser against requests of other sites; empty where it gives none."""
    with urllib.request.urlopen(f"{address}/_stcore/health", timeout=PATIENCE) as answer:
        cookies = SimpleCookie(answer.headers.get("Set-Cookie", ""))
    return cookies[_XSRF].value if _XSRF in cookies else ""
