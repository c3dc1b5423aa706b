"""The Runs page in each state, over trainings written by hand."""

import json
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from models import jobs
from models.jobs import log

PAGE = "pages/models/runs.py"
ROOT = Path(__file__).resolve().parents[2]
HOUR = 3600.0


@pytest.fixture
def begin(demo_data):
    """Write a training that has ended: begin("name", "failed", hours=2, error="...")."""

    def write(name, end, hours=1, losses=(1.0, 0.8, 0.75), **facts):
        folder = demo_data / "runs" / name
        folder.mkdir()
        created = time.time() - hours * HOUR
        spec = {"kind": "xgboost", "target": "severity", "preset": "base", "settings": {}}
        spec |= {key: facts.pop(key) for key in ("kind", "target", "preset", "settings") if key in facts}
        (folder / "spec.json").write_text(json.dumps({"spec": spec, "hash": name, "created": created}))
        points = [
            {"time": created + n, "event": "progress", "done": n, "total": len(losses), "share": n / len(losses),
             "values": {"train_loss": loss, "validation_loss": loss, "learning_rate": 0.1}}
            for n, loss in enumerate(losses, start=1)
        ]  # fmt: skip
        lines = [*points, {"time": created + 60, "event": end, **facts}]
        (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        (folder / "heartbeat").touch()
        return folder

    return write


def table(app):
    return app.dataframe[0].value


def mark(app, *names):
    """Mark rows of the table by the names of their folders."""
    listed = list(table(app)["name"])
    rows = [listed.index(name) for name in names]
    app.session_state[app.dataframe[0].key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    return app


def said(app):
    return [element.value for kind in ("markdown", "caption", "info", "warning", "error") for element in app.get(kind)]


def test_with_nothing_there_it_says_what_to_do(open_page, demo_data):
    app = open_page(PAGE)
    assert any("Nothing was trained yet" in line for line in said(app))
    assert "Train a model" in [link.value for link in app.get("page_link")]
    assert not app.dataframe


def test_shipped_models_and_trainings_are_listed_in_words(open_page, trained, begin):
    begin("20260101-a", "failed", error="The loss is no longer a number.")
    found = table(open_page(PAGE)).set_index("name")
    assert len(found) == 7
    assert found.loc["20260101-a", ["target", "kind", "preset", "status"]].tolist() == [
        "Severity", "XGBoost", "Base", "Failed",
    ]  # fmt: skip
    assert found.loc["20260101-a", "best"] == 0.75
    stored = json.loads((trained / "collision-xgboost" / "metadata.json").read_text())
    assert found.loc["collision-xgboost", "status"] == "Shipped"
    assert found.loc["collision-xgboost", "score"] == stored["metrics"]["held_out"]["log_loss"]


def by_address(**asked):
    """The page as its address shows it."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in asked.items():
        app.query_params[name] = value
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def test_filters_order_and_columns_come_from_the_address(demo_data, trained, begin):
    begin("20260101-a", "cancelled", hours=1, kind="xgboost")
    begin("20260101-b", "cancelled", hours=2, kind="random-forest")
    app = by_address(runs_status="Stopped", runs_order="By model", runs_columns=["Model", "Folder"])
    assert list(table(app)["kind"]) == ["Random forest", "XGBoost"]
    assert list(app.dataframe[0].proto.column_order) == ["kind", "name"]


def test_filters_and_order_work_together(open_page, trained, begin):
    begin("20260101-a", "cancelled", hours=2, kind="xgboost")
    begin("20260101-b", "cancelled", hours=1, kind="random-forest")
    app = open_page(PAGE)
    app.selectbox(key="runs_status").select("Stopped").run()
    assert list(table(app)["name"]) == ["20260101-b", "20260101-a"]
    app.selectbox(key="runs_order").select("By model").run()
    assert list(table(app)["kind"]) == ["Random forest", "XGBoost"]
    app.selectbox(key="runs_kind").select("XGBoost").run()
    assert list(table(app)["name"]) == ["20260101-a"]
    assert not app.exception


def test_words_of_any_column_are_found(open_page, trained):
    app = open_page(PAGE)
    app.text_input(key="runs_find").set_value("SEVERITY forest").run()
    assert list(table(app)["name"]) == ["severity-random-forest"]
    app.text_input(key="runs_find").set_value("nothing like it").run()
    assert not app.dataframe
    assert any("None fits" in line for line in said(app))


def test_columns_are_chosen(open_page, trained):
    app = open_page(PAGE)
    pills = app.get("button_group")[0]
    pills.set_value(["name", "score"]).run()
    assert not app.exception
    assert list(app.dataframe[0].proto.column_order) == ["score", "name"]


def test_a_marked_training_has_its_error_and_diagnosis(open_page, begin):
    begin("20260101-a", "failed", losses=(1.0, 1.5, None), error="The loss is no longer a number.")
    app = mark(open_page(PAGE), "20260101-a")
    assert any("The loss is no longer a number" in line for line in said(app))
    assert any("the training diverged" in w.value for w in app.warning)
    link = app.get("page_link")[0]
    assert "run=20260101-a" in link.proto.query_string


def test_a_damaged_training_can_be_deleted(open_page, begin):
    folder = begin("20260101-a", "failed", error="-")
    (folder / "spec.json").write_text("{")
    app = mark(open_page(PAGE), "20260101-a")
    next(b for b in app.button if b.label == "Delete for good").click().run()
    assert not app.exception
    assert not folder.exists()


def test_a_marked_model_has_its_diagnosis(open_page, trained):
    app = mark(open_page(PAGE), "collision-xgboost")
    assert any("steeply" in line or "Nothing unusual" in line for line in said(app))
    assert app.main.get("page_link")[0].proto.query_string == "model=collision-xgboost"
    assert not [b for b in app.button if b.label == "Delete for good"]


def test_two_marked_are_laid_side_by_side(open_page, begin):
    begin("20260101-a", "cancelled", settings={"rounds": 33})
    begin("20260101-b", "cancelled", hours=2)
    app = mark(open_page(PAGE), "20260101-a", "20260101-b")
    (shown,) = [t.value for t in app.table]
    assert shown.loc["Rounds"].iloc[0] == "33"
    assert "Tree depth" not in shown.index
    app.checkbox(key="runs_same").check().run()
    assert any("Tree depth" in t.value.index for t in app.table)


def test_three_marked_are_too_many(open_page, trained):
    app = mark(open_page(PAGE), "collision-xgboost", "severity-xgboost")
    app = mark(app, "collision-xgboost", "severity-xgboost", "severity-random-forest")
    assert any("More than two" in line for line in said(app))
    assert "runs_marked" not in app.query_params


def test_a_link_shows_the_same_comparison(open_page, trained, begin):
    begin("20260101-a", "cancelled", settings={"rounds": 33})
    begin("20260101-b", "cancelled", hours=2)
    app = mark(open_page(PAGE), "20260101-a", "20260101-b")
    assert app.query_params["runs_marked"] == ["20260101-a", "20260101-b"]
    other = by_address(runs_marked=app.query_params["runs_marked"])
    assert other.table[0].value.equals(app.table[0].value)
    mark(other)
    assert "runs_marked" not in other.query_params
    assert not other.table


def test_marks_outlive_a_filter_that_keeps_their_rows(demo_data, trained, begin):
    begin("20260101-a", "cancelled")
    app = by_address(runs_marked=["severity-xgboost", "20260101-a"])
    app.selectbox(key="runs_status").select("Stopped").run()
    assert app.query_params["runs_marked"] == "20260101-a"
    assert app.main.get("page_link")[0].proto.query_string == "run=20260101-a"


def test_an_address_that_marks_what_is_not_there_says_so(demo_data, trained):
    app = by_address(runs_marked=["no*such", "severity-xgboost"])
    assert any(r"no\*such" in w.value for w in app.warning)
    assert app.query_params["runs_marked"] == "severity-xgboost"
    app.run()
    assert not any(r"no\*such" in w.value for w in app.warning)


def test_an_address_decides_what_is_drawn_whatever_it_marks(demo_data, trained):
    for name in ("severity-xgboost", "severity-random-forest"):
        metadata = json.loads((trained / name / "metadata.json").read_text())
        metadata["config"]["depth"] = 2
        (trained / f"{name}-b").mkdir()
        (trained / f"{name}-b" / "metadata.json").write_text(json.dumps(metadata))
    asked = {"runs_settings": "true", "runs_marked": ["severity-xgboost"]}
    assert by_address(**asked).selectbox(key="runs_drawn").value[0] == "xgboost"
    forest = "Random forest, severity"
    assert by_address(**asked, runs_drawn=forest).selectbox(key="runs_drawn").value[0] == "random-forest"


def test_what_a_row_is_and_how_good_it_is_come_first(open_page, trained):
    from models import registry, versions

    versions.describe(registry.runs_folder(), "severity-xgboost", "Winter model", "")
    first = list(open_page(PAGE).dataframe[0].proto.column_order)[:5]
    assert first == ["kind", "title", "target", "status", "score"]


def test_no_text_of_the_table_is_a_formula_for_a_spreadsheet(open_page, trained):
    from models import registry, versions

    versions.describe(registry.runs_folder(), "severity-xgboost", "-1 winter model", "=cmd()")
    found = table(open_page(PAGE)).set_index("name")
    assert found.loc["severity-xgboost", ["title", "notes"]].tolist() == ["'-1 winter model", "'=cmd()"]


def test_a_training_is_deleted_after_being_asked_twice(open_page, begin):
    folder = begin("20260101-a", "cancelled")
    app = mark(open_page(PAGE), "20260101-a")
    assert any("cannot be undone" in line for line in said(app))
    app.button(key="delete-20260101-a").click().run()
    assert not app.exception
    assert not folder.exists()
    assert jobs.runs() == []
    assert not app.warning, "who deleted it need not be told that it is gone"


def test_a_training_under_way_is_not_deleted(open_page, begin):
    folder = begin("20260101-a", "progress")
    (folder / "heartbeat").touch()
    app = mark(open_page(PAGE), "20260101-a")
    assert any("once it has ended" in line for line in said(app))
    assert not [b for b in app.button if b.label == "Delete for good"]


@pytest.fixture
def easier(trained):
    """A copy of a shipped model with a better score, of other days."""
    metadata = json.loads((trained / "severity-xgboost" / "metadata.json").read_text())
    metadata["split"]["held_out"] |= {"start": "2020-01-01", "end": "2020-01-31"}
    metadata["metrics"]["held_out"]["log_loss"] = 0.001
    (trained / "severity-easier").mkdir()
    (trained / "severity-easier" / "metadata.json").write_text(json.dumps(metadata))
    return metadata


DIFFERENT = "Some scores are of different days"


def test_scores_of_different_days_are_said_not_to_compare(open_page, trained, easier):
    app = open_page(PAGE)
    assert any(DIFFERENT in line for line in said(app))
    found = table(app).set_index("name")
    assert found.loc["severity-easier", ["measure", "days"]].tolist() == ["Log-loss", "2020-01-01 – 2020-01-31"]
    assert {"measure", "days"} <= set(app.dataframe[0].proto.column_order)
    mark(app, "severity-easier", "severity-xgboost")
    assert any("do not tell which is better" in w.value and "2020-01-31" in w.value for w in app.warning)
    mark(app, "severity-random-forest", "severity-xgboost")
    assert not app.warning


def test_where_all_were_scored_on_the_same_days_nothing_is_said(open_page, trained):
    app = open_page(PAGE)
    assert not any(DIFFERENT in line for line in said(app))
    mark(app, "collision-xgboost", "severity-xgboost")
    assert "predict different things" in app.warning[0].value


def test_the_best_come_first_among_those_that_can_be_compared(open_page, trained, easier, begin):
    begin("20260101-a", "cancelled")
    app = open_page(PAGE)
    app.selectbox(key="runs_order").select("Best score first").run()
    found = table(app).reset_index(drop=True)
    assert found["name"].iloc[-1] == "20260101-a"
    scored = found[found["score"].notna()]
    groups = list(dict.fromkeys(zip(scored["target"], scored["days"], strict=True)))
    assert len(groups) == 3
    for target, days in groups:
        together = scored[(scored["target"] == target) & (scored["days"] == days)]
        assert together["score"].is_monotonic_increasing
        assert list(together.index) == list(range(together.index[0], together.index[0] + len(together)))


def open_settings(app):
    app.session_state["runs_settings"] = True
    return app.run()


def test_nothing_is_drawn_before_it_is_asked_for(open_page, trained):
    app = open_page(PAGE)
    assert "Settings and scores" in [element.label for element in app.expander]
    assert not any("differ in their settings" in line for line in said(app))


def test_settings_are_drawn_once_models_differ(open_page, trained):
    app = open_settings(open_page(PAGE))
    assert any("differ in their settings are drawn here" in line for line in said(app))
    path = trained / "severity-xgboost" / "metadata.json"
    metadata = json.loads(path.read_text())
    other = trained / "severity-xgboost-b"
    other.mkdir()
    metadata["config"]["depth"] = 2
    (other / "metadata.json").write_text(json.dumps(metadata))
    app.run()
    assert not app.exception
    assert app.selectbox(key="runs_drawn").options == ["XGBoost, severity"]
    app.selectbox(key="runs_target").select("Collision type").run()
    assert not [box for box in app.selectbox if box.key == "runs_drawn"], "only what the table shows is drawn"


def test_settings_open_on_the_kind_that_is_marked(open_page, trained):
    for name, setting in (("severity-xgboost", "depth"), ("severity-random-forest", "depth")):
        metadata = json.loads((trained / name / "metadata.json").read_text())
        metadata["config"][setting] = 2
        (trained / f"{name}-b").mkdir()
        (trained / f"{name}-b" / "metadata.json").write_text(json.dumps(metadata))
    app = open_settings(open_page(PAGE))
    for name, kind in (("severity-random-forest", "random-forest"), ("severity-xgboost", "xgboost")):
        mark(app, name)
        assert app.selectbox(key="runs_drawn").value[0] == kind
    other = next(o for o in app.selectbox(key="runs_drawn").options if o.startswith("Random"))
    app.selectbox(key="runs_drawn").select(other).run()
    assert not app.exception
    assert app.selectbox(key="runs_drawn").value[0] == "random-forest"


def test_two_marked_models_lead_to_their_pages(open_page, trained, begin):
    begin("20260101-a", "cancelled")
    app = mark(open_page(PAGE), "severity-xgboost", "severity-random-forest")
    assert {link.proto.query_string for link in app.main.get("page_link")} == {
        "model=severity-xgboost", "model=severity-random-forest",
    }  # fmt: skip
    mark(app, "severity-xgboost", "20260101-a")
    assert [link.proto.query_string for link in app.main.get("page_link")] == ["model=severity-xgboost"]


def test_what_people_wrote_is_found_and_shown(open_page, trained, begin):
    from models import registry, versions

    versions.describe(registry.runs_folder(), "severity-xgboost", "Winter model", "for the *prefecture*")
    app = open_page(PAGE)
    app.text_input(key="runs_find").set_value("prefecture").run()
    assert list(table(app)["title"]) == ["Winter model"]
    app = mark(app, "severity-xgboost")
    assert "for the *prefecture*" in [text.value for text in app.text]


def test_every_column_of_the_log_is_offered(open_page, trained):
    app = open_page(PAGE)
    assert set(log.COLUMNS) == set(table(app).columns)
    assert len(app.get("button_group")[0].options) == len(log.COLUMNS)
