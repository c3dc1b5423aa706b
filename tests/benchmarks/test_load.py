"""A visitor without a browser, and what people do; the server is played, with Streamlit's own messages."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.server import serve

from benchmarks import load, visitor
from benchmarks.visitor import Lost, Page, Visitor
from benchmarks.waits import Measured
from data import link
from data.filters import Filters

FINISHED = ForwardMsg.FINISHED_SUCCESSFULLY


def begun(run: str, page: str = "one", *fragments: str) -> ForwardMsg:
    message = ForwardMsg()
    message.new_session.page_script_hash, message.new_session.config.max_cached_message_age = page, 2
    message.metadata.run.script_run_id = run
    message.metadata.run.fragment_ids.extend(fragments)
    return message


def ended(run: str, how: Any = FINISHED) -> ForwardMsg:
    message = ForwardMsg(script_finished=how)
    message.metadata.run.script_run_id = run
    return message


def navigation(page: str = "one") -> ForwardMsg:
    message = ForwardMsg()
    message.navigation.page_script_hash = page
    for name in ("", "map"):
        message.navigation.app_pages.add(url_pathname=name, page_script_hash=name or "one")
    return message


def large(key: str) -> ForwardMsg:
    message = ForwardMsg(hash=key)
    message.metadata.cacheable = True
    message.delta.new_element.text.body = "much"
    return message


def alert(how: Any) -> ForwardMsg:
    message = ForwardMsg()
    message.delta.new_element.alert.body, message.delta.new_element.alert.format = "The file is damaged.", how
    return message


def test_a_first_page_is_asked_by_its_address_and_the_next_by_what_streamlit_calls_it() -> None:
    page = Page()
    assert page.asked(page="map").rerun_script.page_name == "map"
    assert page.asked(page="overview").rerun_script.page_name == ""
    page.take(navigation())
    assert page.asked(page="overview").rerun_script.page_script_hash == "one"
    assert page.asked(page="map").rerun_script.page_name == ""


def test_an_address_is_kept_until_another_page_is_opened() -> None:
    page = Page()
    for message in (begun("a", "main script"), navigation("map")):
        page.take(message)
    asked = page.asked(query="hours=3").rerun_script
    assert (asked.page_script_hash, asked.query_string) == ("map", "hours=3")
    written = ForwardMsg()
    written.page_info_changed.query_string = "hours=3&b=1"
    page.take(written)
    assert page.asked(fragment="live").rerun_script.query_string == "hours=3&b=1"
    assert page.asked(page="overview").rerun_script.query_string == ""


def test_a_page_is_there_when_the_run_that_was_asked_for_has_finished() -> None:
    page = Page()
    page.asked(page="map")
    page.take(ended("before"))
    assert not page.finished, "the run of before"
    page.take(begun("a"))
    page.take(ended("a", ForwardMsg.FINISHED_EARLY_FOR_RERUN))
    assert not page.finished, "it runs once more"
    page.take(begun("b"))
    page.take(begun("c", "one", "fragment"))
    page.take(ended("c", ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY))
    assert not page.finished, "a fragment"
    page.take(ended("b"))
    assert page.finished


def test_what_is_wrong_on_a_page_is_told() -> None:
    page = Page()
    raised, absent = ForwardMsg(), ForwardMsg()
    raised.delta.new_element.exception.type, raised.delta.new_element.exception.message = "KeyError", "x"
    absent.page_not_found.page_name = "nothing"
    assert page.take(raised) == "KeyError: x"
    assert page.take(absent) == "no such page: nothing"
    assert page.take(alert(Alert.ERROR)) == "The file is damaged."
    assert page.take(alert(Alert.INFO)) is None
    assert page.take(ended("a", ForwardMsg.FINISHED_WITH_COMPILE_ERROR)) == "the script cannot be compiled"
    assert page.finished


def test_large_elements_are_named_as_long_as_the_server_says() -> None:
    page = Page()
    page.take(begun("a"))
    page.take(large("figure"))
    for run in ("b", "c"):
        page.take(begun(run))
        assert list(page.asked(page="map").rerun_script.cached_message_hashes) == ["figure"]
    page.take(begun("d"))
    assert not page.asked(page="map").rerun_script.cached_message_hashes


def test_fragments_refresh_until_another_run_of_the_page() -> None:
    page, again, stop = Page(), ForwardMsg(), ForwardMsg()
    again.auto_rerun.fragment_id, again.auto_rerun.interval = "live", 1.5
    stop.stop_auto_rerun.fragment_ids.append("live")
    page.take(begun("a"))
    page.take(again)
    page.take(begun("b", "one", "live"))
    assert page.refreshing == {"live": 1.5}
    page.take(stop)
    assert page.refreshing == {}
    page.take(again)
    page.take(begun("c"))
    assert page.refreshing == {}


Answer = Callable[[ClientState], list[ForwardMsg] | None]


def visited(answer: Answer, what: Callable[[str], Any]) -> tuple[Any, list[ClientState], dict[str, str]]:
    """What a visitor does with a played server; what the server was asked, and the headers of the connection."""
    asked: list[ClientState] = []
    headers: dict[str, str] = {}

    async def stream(connection: Any) -> None:
        headers.update(connection.request.headers)
        async for told in connection:
            asked.append(BackMsg.FromString(told).rerun_script)
            answers = answer(asked[-1])
            if answers is None:
                return await connection.close()
            for message in answers:
                await connection.send(message.SerializeToString())
        return None

    def health(connection: Any, request: Any) -> Any:
        if request.path != "/_stcore/health":
            return None
        response = connection.respond(HTTPStatus.OK, "ok")
        response.headers["Set-Cookie"] = "_streamlit_xsrf=2|token; Path=/"
        return response

    async def play() -> Any:
        async with serve(stream, "127.0.0.1", 0, process_request=health, subprotocols=["streamlit"]) as server:
            return await what(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")

    return asyncio.run(play()), asked, headers


def good(state: ClientState) -> list[ForwardMsg]:
    run = f"{state.page_script_hash}{state.page_name}{state.query_string}"
    page = state.page_script_hash or state.page_name or "one"
    return [begun(run, state.page_script_hash or "main script"), navigation(page), large("f"), ended(run)]


def test_a_visitor_is_answered_like_a_browser() -> None:
    async def tour(address: str) -> Any:
        async with Visitor(address) as tab:
            return [await tab.visit("overview"), await tab.visit("map"), await tab.change("hours=3")], address

    (shown, address), asked, headers = visited(good, tour)
    assert [state.page_script_hash for state in asked] == ["", "map", "map"]
    assert asked[2].query_string == "hours=3"
    assert headers["origin"] == address
    assert headers["cookie"] == "_streamlit_xsrf=2|token"
    assert headers["sec-websocket-protocol"] == "streamlit, 2|token"
    messages = sum(len(message.SerializeToString()) for message in good(asked[1]))
    assert shown[1].received == messages
    assert all(0 < one.seconds < 5 and not one.errors for one in shown)


def test_fragments_are_asked_for_again_while_the_page_is_looked_at() -> None:
    again = ForwardMsg()
    again.auto_rerun.fragment_id, again.auto_rerun.interval = "live", 0.1

    async def look(address: str) -> int:
        async with Visitor(address) as tab:
            await tab.visit("overview")
            while tab.refreshed < 2:
                await asyncio.sleep(0.02)
            return tab.refreshed

    refreshed, asked, _headers = visited(
        lambda state: [] if state.fragment_id else [begun("a"), again, ended("a")], look
    )
    assert refreshed == 2
    assert {(state.fragment_id, state.is_auto_rerun) for state in asked[1:]} == {("live", True)}


@pytest.mark.parametrize(
    ("answer", "said"), [(lambda _state: None, "closed the connection"), (lambda _state: [], "not there within")]
)
def test_a_page_that_does_not_come_is_lost(answer: Answer, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitor, "PATIENCE", 0.3)

    async def one(address: str) -> None:
        async with Visitor(address) as tab:
            await tab.visit("overview")

    with pytest.raises(Lost, match=said):
        visited(answer, one)


def test_people_visit_all_pages_and_change_filters_until_time_is_over() -> None:
    async def crowd(address: str) -> Measured:
        measured = Measured()
        some = SimpleNamespace(address=address, held=lambda: 1)
        people = load.Crowd(some, ["overview", "map"], measured, think=0.01, seconds=0.6)
        await asyncio.gather(people.person("a"), people.person("b"))
        return measured

    measured, asked, _headers = visited(good, crowd)
    assert {(visit.page, visit.what) for visit in measured.visits} >= {("overview", "opened"), ("map", "clicked")}
    assert {visit.what for visit in measured.visits} == {"opened", "clicked", "filtered"}
    assert len(measured.visits) == len(asked)
    assert not any(visit.errors for visit in measured.visits)


def test_a_described_accident_whose_page_is_lost_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_AFTER_LOSS", 1.0)

    async def crowd(address: str) -> Measured:
        measured = Measured()
        people = load.Crowd(SimpleNamespace(address=address), ["prediction"], measured, think=0.01, seconds=0.5)
        await people.person("a")
        return measured

    measured, _asked, _headers = visited(lambda state: None if state.query_string else good(state), crowd)
    assert [(visit.what, visit.errors) for visit in measured.visits] == [
        ("opened", ()),
        ("described", ("the server closed the connection",)),
    ]


def test_a_tour_shows_every_page_once() -> None:
    pages = ["a", "b", "c"]
    tours = [load.tour(pages, random.Random(seed)) for seed in range(20)]
    assert {tuple(tour) for tour in tours} == {("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")}


def test_addresses_say_what_is_possible_and_are_always_the_same() -> None:
    for seed in range(50):
        asked = dict(parse_qsl(load.filters(random.Random(seed))))
        assert list(Filters.from_dict({name: text.split(",") for name, text in asked.items()}).active())
        values, problems = link.described(dict(parse_qsl(load.accident(random.Random(seed)))))
        assert len(values) == 8
        assert not problems
    assert load.filters(random.Random(1)) == load.filters(random.Random(1))
