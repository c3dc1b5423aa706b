"""The Batch page in its states: no file, a file that is none, matched, under way, scored, without models."""

from __future__ import annotations

import io
import json
import shutil
import time
from pathlib import Path

import pytest

from data.batch import draft, matching
from data.runs.worker import Diary
from models import batch
from models.batch import worker

PAGE = "pages/models/batch.py"
FILE = """id;lum;vitesse;pietons;gravite;meteo
a;Plein jour;50;0;Au moins un tué;sunny
b;3;80;1;;rainy
c;9;30;0;light;
d;2;500;0;light;
"""


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process is started: the test is it."""
    monkeypatch.setattr("data.runs.spawn", lambda folder, worker, environment: None)


@pytest.fixture
def scored(trained: Path, still: None) -> Path:
    """A file scored by three models of severity and one of collision."""
    drafted = draft.take_in("mine.csv", io.BytesIO(FILE.encode()))
    chosen = {c: f.field for c, f in matching.match(draft.load(drafted)).items()}
    names = [*(f"severity-{kind}" for kind in ("xgboost", "random-forest", "tab-transformer")), "collision-xgboost"]
    folder = batch.start(drafted, chosen, names)
    diary = Diary(folder)
    diary.end("done", **worker._score(diary))
    return folder


def texts(elements) -> str:
    return "\n".join(element.value for element in elements)


def button(app, label: str):
    return next(b for b in app.button if b.label == label)


def given(open_page, content: str = FILE):
    app = open_page(PAGE)
    app.file_uploader[0].set_value(("mine.csv", content.encode(), "text/csv"))
    return app.run()


def test_without_a_file_the_page_says_what_it_takes(open_page, demo_data):
    app = open_page(PAGE)
    assert "`lum`" in texts(app.caption)
    assert not app.error
    assert not app.button


def test_a_file_that_is_none_is_refused_in_words(open_page, demo_data):
    app = given(open_page, "")
    assert "mine.csv is empty" in texts(app.error)
    official = "Num_Acc;jour;mois;an;hrmn;lum;dep;com;agg;int;atm;col;adr;lat;long\n" + ";".join("1" * 15) + "\n"
    assert "Data page" in texts(given(open_page, official).error).replace("\\", "")


def test_columns_are_matched_and_can_be_corrected(open_page, trained, still):
    app = given(open_page)
    choices = {box.label: box.value for box in app.selectbox}
    assert choices == {
        "lum": "light", "vitesse": "speed_limit", "pietons": "pedestrians", "gravite": "outcome_severity",
    }  # fmt: skip
    said = texts(app.caption).replace("\\", "")
    assert "'Plein jour' → Daylight (1)" in said
    assert "Not understood: '9' (1)" in said
    assert "2 of 4 rows have a value that is not understood. They are not scored" in said

    next(box for box in app.selectbox if box.label == "lum").set_value("")
    app.run()
    assert "lum" not in {box.label for box in app.selectbox}
    assert "1 of 4 rows" in texts(app.caption)
    next(box for box in app.selectbox if box.label == "vitesse").set_value("pedestrians")
    app.run()
    assert "vitesse and pietons are both used as" in texts(app.error)
    assert button(app, "Score the file").disabled


def test_the_champion_is_ticked_and_the_file_is_scored(open_page, trained, still):
    app = given(open_page)
    assert [box.value for box in app.multiselect] == [["collision-xgboost"], ["severity-xgboost"]]
    app.multiselect[1].set_value(["severity-xgboost", "severity-random-forest"])
    app.checkbox[0].check()
    button(app.run(), "Score the file").click()
    app.run()
    (run,) = batch.runs()
    assert run.spec["models"] == ["collision-xgboost", "severity-xgboost", "severity-random-forest"]
    assert (run.spec["lenient"], run.spec["columns"]["lum"], run.spec["rows"]) == (True, "light", 4)
    assert run.name in app.query_params["scored"]
    assert "mine.csv" in texts(app.markdown).replace("\\", "")
    assert "Scoring a file" in {link.proto.label for link in app.sidebar.get("page_link")}
    button(app, "Cancel").click()
    app.run()
    assert run.asked == "cancel"


def test_a_file_under_way_is_shown_again_with_its_progress(open_page, scored):
    (scored / "summary.json").unlink()
    (scored / "events.jsonl").unlink()
    (scored / "heartbeat").touch()
    with (scored / "events.jsonl").open("a") as file:
        facts = {"phase": "score", "model": "XGBoost", "done": 2000, "total": 8000, "share": 0.3}
        file.write(json.dumps({"time": time.time(), "event": "progress", **facts}) + "\n")
    app = open_page(PAGE)
    bar = app.get("progress")[0]
    assert "2,000 of 8,000" in bar.proto.text


def test_a_result_is_shown(open_page, scored):
    app = open_page(PAGE)
    assert {m.label: m.value for m in app.metric} == {"Rows": "4", "Scored": "2", "Not scored": "2"}
    assert [b.label for b in app.get("download_button")][-3:] == [
        "Result as CSV", "Result as Excel", "Result as Parquet",
    ]  # fmt: skip
    problems = next(frame.value for frame in app.dataframe if "Why" in frame.value)
    assert problems["Value"].tolist() == ["9", "500"]
    assert problems["First of them"].tolist() == ["4", "5"]
    preview = next(frame.value for frame in app.dataframe if "problem" in frame.value)
    assert preview["id"].tolist() == ["a", "b", "c", "d"]
    assert "whose severity is known" in texts(app.caption)
    assert {h.value for h in app.subheader} >= {"Collision type", "Severity"}


def test_a_result_is_deleted_after_a_second_question(open_page, scored):
    app = open_page(PAGE)
    button(app, "Delete for good").click()
    app.run()
    assert batch.runs() == []
    assert not app.error


def test_how_a_run_failed_is_said(open_page, scored):
    (scored / "events.jsonl").unlink()
    Diary(scored).end("failed", error="The disk is full.")
    assert "The disk is full" in texts(open_page(PAGE).error)


def test_a_result_that_is_gone_is_said(open_page, scored):
    (scored / "summary.json").unlink()
    assert "no longer" in texts(open_page(PAGE).error)


def test_an_address_of_another_file_says_so(open_page, scored, folders):
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import ROOT

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["scored"] = "../../nothing"
    app.switch_page(PAGE).run()
    assert "no scored file of this address" in texts(app.warning)


def test_without_models_there_is_nothing_to_score_with(open_page, demo_data, still):
    app = given(open_page)
    assert "There is no model for severity yet" in texts(app.info)
    assert button(app, "Score the file").disabled


def test_a_broken_model_does_not_hide_the_others(open_page, trained, still):
    (trained / "severity-xgboost" / "metadata.json").write_text("{")
    app = given(open_page)
    assert app.multiselect[1].value == ["severity-random-forest"]


def test_a_draft_of_yesterday_is_asked_for_again(open_page, trained):
    app = given(open_page)
    shutil.rmtree(draft.folder() / "drafts")
    from ui.components import batch_columns

    batch_columns.table.clear()
    app.run()
    assert "choose it again" in texts(app.error)
    assert app.file_uploader
