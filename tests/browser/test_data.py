"""A person downloads a year, watches it come, cancels, goes on, and imports files of their own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data import intake
from tests.data import official
from tests.data.server import File, Server, publish, serving

pytestmark = pytest.mark.browser


@pytest.fixture
def publisher(demo_data: Path) -> Iterator[Server]:
    """A server of the files of 2024, and their addresses."""
    with serving() as started:
        publish(started, demo_data / "addresses.csv")
        yield started


@pytest.fixture
def app(publisher: Server, start_server: Callable[..., Any], demo_data: Path) -> Any:
    return start_server(
        BALISE_ADDRESSES=str(demo_data / "addresses.csv"), BALISE_RAW=str(demo_data / "raw"), NO_PROXY="127.0.0.1"
    )


def open_page(page: Any, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("heading", name="Get data").wait_for()


def years(page: Any) -> Any:
    """The key figure that says which years are loaded."""
    return page.get_by_test_id("stMetric").filter(has_text="Years")


def test_download_watch_cancel_and_go_on(
    app: Any, publisher: Server, new_window: Callable[..., Any], watched: Any
) -> None:
    content = official.text(official.rows("lieux", *[{}] * 3000)).encode()
    publisher.files["/lieux-2024"] = File(content, faults=["stall"] * 20)  # however slow this machine is
    publisher.patience = 60
    page = new_window()
    open_page(page, app.url)
    page.get_by_role("button", name="2023", exact=True, pressed=True).wait_for()
    page.get_by_role("button", name="No year").click()
    page.get_by_role("button", name="2023", exact=True, pressed=False).wait_for()
    page.get_by_role("button", name="2024", exact=True).click()
    page.get_by_role("button", name="2024", exact=True, pressed=True).wait_for()
    page.get_by_role("button", name="Download and import").click()
    page.get_by_text("Fetching 2024, borders, school holidays").wait_for()
    page.get_by_text(re.compile(r"1 of 6 files.*lieux-2024\.csv: 0\.\d of 0\.\d MB")).wait_for()
    page.get_by_role("button", name="Cancel").click()
    asked = time.monotonic()
    while (run := intake.latest()) is None or run.active:
        assert time.monotonic() - asked < 5
        time.sleep(0.05)
    assert run.status == "cancelled"
    page.get_by_text(re.compile("Cancelled.*goes on from there")).wait_for()

    page.get_by_role("button", name="Download and import").click()
    page.get_by_text("Fetching files").wait_for()
    page.get_by_role("link", name="Comparison").click()
    page.get_by_role("heading", name="Comparison", exact=True).wait_for()
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_text("Fetching 2024, borders, school holidays").wait_for()
    other = new_window(width=800)
    open_page(other, app.url)
    other.get_by_text("Fetching 2024, borders, school holidays").wait_for()
    assert other.get_by_role("button", name="Download and import").is_disabled()
    page.reload()
    page.get_by_text("Fetching 2024, borders, school holidays").wait_for()
    publisher.files["/lieux-2024"].faults.clear()
    publisher.released.set()
    for window in (page, other):
        window.get_by_text("Imported: 2024. Files fetched: 5, there already and whole: 1.").wait_for()
        years(window).get_by_text("2024", exact=True).wait_for()
    assert publisher.count("/caracteristiques-2024") == 1
    assert watched.console == []
    assert watched.foreign == []


def test_import_files_of_ones_own(app: Any, new_window: Callable[..., Any], watched: Any, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    paths = [official.write(folder, table) for table in ("caracteristiques", "usagers")]
    page = new_window()
    open_page(page, app.url)
    page.get_by_text("Import files you have").click()
    page.locator("input[type=file]").set_input_files([str(path) for path in paths])
    page.get_by_role("button", name="Import", exact=True).click()
    page.get_by_text("Imported: 2024.").wait_for()
    years(page).get_by_text("2024", exact=True).wait_for()
    assert page.get_by_test_id("stFileUploaderFile").count() == 0
    assert watched.console == []
    assert watched.foreign == []
