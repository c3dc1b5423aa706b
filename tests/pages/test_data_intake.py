"""The part of the Data page that gets data, in every state of a run."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from data import intake
from tests.data.server import Server, publish
from ui import words
from ui.components import intake_form

PAGE = "pages/data/data.py"


@pytest.fixture
def published(demo_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Addresses of two years, and no process that would fetch them."""
    server = Server()
    monkeypatch.setenv("BALISE_ADDRESSES", str(publish(server, demo_data / "addresses.csv", (2023, 2024))))
    server.server_close()
    monkeypatch.setenv("BALISE_RAW", str(demo_data / "raw"))
    monkeypatch.setattr("data.runs.spawn", lambda folder, worker, environment: None)
    return demo_data


@pytest.fixture
def begun(published: Path) -> Path:
    """A download that is under way."""
    folder = intake.download([2023, 2024], ["borders"])
    (folder / "heartbeat").touch()
    return folder


def tell(folder: Path, event: str, **facts: object) -> None:
    with (folder / "events.jsonl").open("a") as file:
        file.write(json.dumps({"time": time.time(), "event": event, **facts}) + "\n")


def texts(elements) -> str:
    return "\n".join(element.value for element in elements)


def button(app, label: str):
    return next(b for b in app.button if b.label == label)


def test_every_known_year_is_offered_and_nothing_is_under_way(open_page, demo_data, monkeypatch):
    monkeypatch.setenv("BALISE_RAW", str(demo_data / "raw"))
    app = open_page(PAGE)
    assert list(app.pills(key="intake_years").options) == [str(year) for year in range(2005, 2025)]
    assert app.pills(key="intake_years").value == [2019, 2020, 2021, 2022, 2023, 2024]
    assert [box.value for box in app.checkbox if box.label.startswith(("Borders", "School"))] == [True, True]
    assert not button(app, "Download and import").disabled
    assert "Licence Ouverte 2.0" in texts(app.caption)
    assert not app.error


def test_years_are_chosen_at_once(open_page, published):
    app = open_page(PAGE)
    button(app, "No year").click()
    assert app.run().pills(key="intake_years").value == []
    button(app, "All years").click()
    assert app.run().pills(key="intake_years").value == list(range(2005, 2025))


def test_the_button_starts_what_was_chosen_and_shows_it(open_page, published):
    app = open_page(PAGE)
    app.pills(key="intake_years").set_value([2023])
    app.checkbox(key="intake_school-holidays").uncheck()
    app.checkbox(key="intake_replace_download").check()
    button(app, "Download and import").click()
    app.run()
    spec = intake.latest().spec
    assert (spec["years"], spec["references"], spec["replace"], spec["again"]) == ([2023], ["borders"], True, False)
    assert "Fetching 2023, borders" in texts(app.markdown)
    assert button(app, "Download and import").disabled
    assert not button(app, "Cancel").disabled
    assert "Fetching files" in texts(open_page("pages/models/comparison.py").sidebar.markdown)


def test_nothing_chosen_is_said(open_page, published):
    app = open_page(PAGE)
    app.pills(key="intake_years").set_value([])
    for kind in ("borders", "school-holidays"):
        app.checkbox(key=f"intake_{kind}").uncheck()
    button(app, "Download and import").click()
    assert "Nothing is chosen" in texts(app.run().error)
    assert intake.latest() is None


DOWNLOAD = {"phase": "download", "file": "lieux-2023.csv", "done": 1, "total": 9, "came": 4_200_000, "share": 0.2}


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({**DOWNLOAD, "state": "fetching", "bytes": 3_100_000, "bytes_total": 12_400_000},
         "1 of 9 files, 4.2 MB in all · lieux-2023.csv: 3.1 of 12.4 MB"),
        ({**DOWNLOAD, "state": "fetching", "bytes": 3_100_000, "bytes_total": None}, "lieux-2023.csv: 3.1 MB"),
        ({**DOWNLOAD, "state": "waiting", "bytes": 3_100_000, "bytes_total": None}, "lieux-2023.csv broke off"),
        ({**DOWNLOAD, "state": "fetched", "bytes": 4_200_000, "bytes_total": None}, "1 of 9 files, 4.2 MB in all"),
        ({"phase": "import", "file": "lieux-2023.csv", "year": 0, "done": 0, "total": 0, "share": 0.1},
         "Reading lieux-2023.csv."),
        ({"phase": "import", "file": "", "year": 2024, "done": 1, "total": 2, "share": 0.7},
         "Cleaning and joining 2024: 1 of 2 years imported."),
    ],
)  # fmt: skip
def test_a_run_under_way_says_how_far_it_is(open_page, begun, facts, says):
    tell(begun, "started", pid=1)
    tell(begun, "progress", **facts)
    app = open_page(PAGE)
    (bar,) = app.get("progress")
    assert says in bar.proto.text
    assert bar.proto.value == round(100 * facts["share"])


def test_cancelling_asks_the_run_to_stop(open_page, begun):
    app = open_page(PAGE)
    button(app, "Cancel").click()
    app.run()
    assert (begun / "cancel").exists()
    assert button(app, "Cancel").disabled
    tell(begun, "cancelled", error="Cancelled.")
    app = open_page(PAGE)
    assert "Cancelled. The data are as they were." in texts(app.info)
    assert not button(app, "Download and import").disabled


def test_a_failed_run_says_why_and_how_to_mend_it(open_page, begun):
    tell(begun, "failed", error="http://127.0.0.1/x_1 is no longer there; give the right address.")
    app = open_page(PAGE)
    assert r"x\_1 is no longer there; give the right address." in texts(app.error)
    assert not button(app, "Download and import").disabled


def test_a_lost_run_says_so(open_page, begun):
    (begun / "heartbeat").unlink()
    spec = json.loads((begun / "spec.json").read_text())
    (begun / "spec.json").write_text(json.dumps({**spec, "created": time.time() - 60}))
    assert "ended without a word" in texts(open_page(PAGE).warning)


def test_a_run_that_ended_well_says_what_came(open_page, begun):
    tell(begun, "done", years=[2023, 2024], fetched=8, there=1)
    app = open_page(PAGE)
    assert texts(app.success) == "Imported: 2023–2024. Files fetched: 8, there already and whole: 1."
    assert not app.warning


def test_a_part_of_a_year_is_not_passed_off_as_imported_whole(open_page, published, begun):
    path = published / "data" / "demo" / "current.json"
    kept = json.loads(path.read_text())
    kept["years"]["2024"]["report"]["last_day"] = "2024-09-30"
    path.write_text(json.dumps(kept))
    tell(begun, "done", years=[2023, 2024], fetched=8, there=1)
    app = open_page(PAGE)
    assert texts(app.warning) == "2024 ends on 30 September 2024: it is not a whole year."


def test_an_end_of_long_ago_is_not_told(open_page, begun, monkeypatch):
    tell(begun, "done", years=[2023], fetched=1, there=0)
    monkeypatch.setattr("ui.components.intake_monitor._SHOWN", 0.0)
    assert not open_page(PAGE).success


def test_files_of_ones_own_are_imported(open_page, published):
    app = open_page(PAGE)
    app.segmented_control(key="intake_way").set_value("upload")
    app.run()
    assert button(app, "Import").disabled
    app.file_uploader[0].upload("caract-2024.csv", b"a", "text/csv")
    app.run()
    button(app, "Import").click()
    app.run()
    run = intake.latest()
    assert [entry["name"] for entry in run.spec["files"]] == ["caract-2024.csv"]
    assert (run.folder / "files" / "caract-2024.csv").read_bytes() == b"a"
    assert "Importing 1 of your files" in texts(app.markdown)
    tell(run.folder, "done", years=[2024])
    app.run()
    assert texts(app.success) == "Imported: 2024."
    assert not app.file_uploader[0].value


def test_commands_are_given_as_they_are_typed(open_page, published):
    app = open_page(PAGE)
    app.segmented_control(key="intake_way").set_value("terminal")
    app.run()
    assert words.command("data import FOLDER") in [code.value for code in app.code]
    assert intake_form.DATASET_ADDRESS in texts(app.markdown)


def test_an_unreadable_import_can_be_mended_here(open_page, published):
    (published / "data" / "current.json").write_text("[]")
    app = open_page(PAGE)
    assert "current.json" in texts(app.error)
    assert not button(app, "Download and import").disabled
