"""The table of all trainings and models, on folders written by hand."""

import json
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from models import versions
from models.jobs import log

ROOT = Path(__file__).resolve().parents[3]
CREATED = 1_767_225_600.0


def metadata(**more):
    found = {
        "format": 1, "kind": "xgboost", "target": "severity", "preset": "base", "files": {}, "classes": [],
        "config": {"rounds": 80, "depth": 5}, "data": {"source": "BAAC 2024", "fingerprint": "abc"}, "split": {},
        "metrics": {"held_out": {"log_loss": 0.6, "baseline": {"log_loss": 0.8}}},
    }  # fmt: skip
    return found | more


def write_model(folder, **more):
    folder.mkdir(parents=True)
    (folder / "metadata.json").write_text(json.dumps(metadata(**more)))


@pytest.fixture
def begin(folders):
    """Write a training: begin("name", losses, "done", kind="xgboost")."""

    def write(name, losses, end, created=CREATED, **spec):
        folder = folders / "runs" / name
        folder.mkdir()
        whole = {"spec": {"kind": "xgboost", "target": "severity", "preset": None, **spec}, "created": created}
        (folder / "spec.json").write_text(json.dumps(whole))
        events = [
            {"time": created + n, "event": "progress", "done": n, "total": 9, "share": n / 9,
             "values": {"train_loss": 1.0, "validation_loss": loss}}
            for n, loss in enumerate(losses, start=1)
        ]  # fmt: skip
        lines = [*events, {"time": created + 60, "event": end}]
        (folder / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return folder

    return write


def row(name):
    found = log.table().set_index("name")
    return found.loc[name]


def test_a_training_without_a_model_has_what_its_events_say(begin):
    begin("20260101-a", [1.0, 0.8, None, 0.9], "cancelled", preset="quick")
    found = row("20260101-a")
    assert (found["status"], found["preset"], found["seconds"], found["steps"]) == ("cancelled", "quick", 60.0, 4.0)
    assert (found["best"], found["last"], found["curve"]) == (0.8, 0.9, [1.0, 0.8, 0.9])
    assert found["started"] == datetime.fromtimestamp(CREATED)
    assert log.table()["score"].isna().all()


def test_new_events_are_seen(begin):
    folder = begin("20260101-a", [1.0], "cancelled")
    assert row("20260101-a")["best"] == 1.0
    with (folder / "events.jsonl").open("a") as file:
        event = {"time": time.time(), "event": "progress", "done": 2, "values": {"validation_loss": 0.5}}
        file.write(json.dumps(event) + "\n")
    assert row("20260101-a")["best"] == 0.5


def test_a_name_given_since_is_seen_and_what_a_caller_changes_stays_with_the_caller(begin, folders):
    write_model(begin("20260101-a", [1.0], "done") / "model")
    assert list(log.table()["title"]) == [""]
    versions.describe(folders / "runs", "20260101-a", "For the prefect", "")
    found = log.table()
    found["title"] = "mine"
    assert list(log.table()["title"]) == ["For the prefect"]


def test_a_training_that_ended_well_has_its_score_and_curve(begin):
    folder = begin("20260101-a", [1.0], "done")
    write_model(folder / "model", curves=[{"train_loss": 1.0, "validation_loss": v} for v in (0.9, 0.7, 0.8)])
    found = row("20260101-a")
    assert found["curve"] == [0.9, 0.7, 0.8]
    assert (found["best"], found["last"], found["score"]) == (0.7, 0.8, 0.6)
    assert found["gain"] == pytest.approx(0.25)  # 1 - 0.6 / 0.8
    assert found["preset"] == "base"


def test_trainings_stand_newest_first_then_models(begin, folders):
    begin("20260101-a", [1.0], "done")
    begin("20260102-b", [1.0], "failed")
    write_model(folders / "checkpoints" / "severity-xgboost", created="2026-01-01T00:00:00+00:00", seconds=12.5)
    write_model(folders / "runs" / "20260103-c" / "model")  # came in as a zip: nobody trained it here
    found = log.table()
    assert list(found["name"]) == ["20260102-b", "20260101-a", "20260103-c", "severity-xgboost"]
    assert list(found["status"]) == ["failed", "done", "imported", "shipped"]
    assert found["seconds"].iloc[-1] == 12.5


def test_a_blend_has_the_curve_of_its_last_member(folders):
    first, last = ([{"validation_loss": v} for v in values] for values in ((0.9, 0.8), (0.7, 0.6, 0.65)))
    members = {"xgboost": {"curves": first}, "tab-transformer": {"curves": last}}
    write_model(folders / "checkpoints" / "severity-blend", kind="blend", curves=[], members=members)
    found = row("severity-blend")
    assert (found["curve"], found["steps"], found["best"]) == ([0.7, 0.6, 0.65], 3.0, 0.6)


def test_long_curves_are_thinned(folders):
    curve = [{"validation_loss": float(n)} for n in range(100)]
    write_model(folders / "checkpoints" / "severity-xgboost", curves=curve)
    found = row("severity-xgboost")["curve"]
    assert found == [float(n) for n in range(0, 100, 3)]  # 100 / 40, rounded up


def test_nothing_there_is_an_empty_table(folders):
    found = log.table()
    assert found.empty
    assert list(found.columns) == list(log.COLUMNS)


def test_what_cannot_be_read_is_listed_all_the_same(folders):
    broken = folders / "runs" / "20260101-x"
    broken.mkdir()
    (broken / "spec.json").write_text("{")
    (folders / "checkpoints" / "severity-odd").mkdir()
    (folders / "checkpoints" / "severity-odd" / "metadata.json").write_text("{")
    assert list(log.table()["status"]) == ["damaged", "damaged"]


def test_settings_are_offered_where_models_of_a_kind_differ(folders):
    shipped = folders / "checkpoints"
    write_model(shipped / "severity-xgboost")
    write_model(shipped / "severity-xgboost-b")
    names = {"severity-xgboost", "severity-xgboost-b", "severity-xgboost-c"}
    assert log.comparable(names) == []
    write_model(shipped / "severity-xgboost-c", config={"rounds": 40, "depth": 5})
    assert log.comparable(names) == [("xgboost", "severity", "")]
    assert log.comparable({"severity-xgboost", "severity-xgboost-b"}) == []
    found = log.settings("xgboost", "severity", "")
    assert list(found.columns) == ["score", "rounds", "depth"]
    assert found.loc["severity-xgboost-c"].tolist() == [0.6, 40, 5]


def end_with(folder, *events):
    lines = [json.dumps({"time": CREATED + 50, "event": "progress", "share": 0.9, **event}) for event in events]
    with (folder / "events.jsonl").open("a") as file:
        file.write("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("last", "steps"),
    [
        ({"done": 9, "total": 9}, 2),  # enough for somebody: the rest was left out
        ({"done": 30, "total": 30, "note": "Learning anew."}, 2),
        ({"done": 0, "total": 30}, 0),  # the next member of a blend begins
    ],
)
def test_steps_are_those_that_were_learnt(begin, last, steps):
    end_with(begin("20260101-a", [1.0, 0.9], "cancelled"), last)
    assert row("20260101-a")["steps"] == steps


def test_how_it_ended_is_laid_side_by_side(folders):
    curves = [{"validation_loss": v} for v in (0.9, 0.8)]
    write_model(folders / "checkpoints" / "severity-xgboost", curves=curves, stopped_early="asked")
    write_model(folders / "checkpoints" / "severity-xgboost-b")
    found = log.differences("severity-xgboost", "severity-xgboost-b").set_index(["part", "what"])
    assert found.loc[("How it went", "Ended")].tolist() == ["by a person, early", "by itself", False]
    assert found.loc[("How it went", "Steps learnt")].tolist() == ["2", "–", False]


def held_out(start, end):
    return {"split": {"held_out": {"start": start, "end": end, "rows": 9}}}


def test_the_days_and_the_measure_of_a_score_are_told(begin, folders):
    write_model(folders / "checkpoints" / "severity-xgboost", **held_out("2024-07-01", "2024-12-31"))
    metrics = {"held_out": {"pooled": {"mae": 8.0}}}
    write_model(
        folders / "checkpoints" / "daily-lstm", target="daily", kind="lstm", metrics=metrics,
        **held_out("2024-04-02", "2024-09-30"),
    )  # fmt: skip
    begin("20260101-a", [1.0], "cancelled")
    assert row("severity-xgboost")[["measure", "days"]].tolist() == ["log_loss", "2024-07-01 – 2024-12-31"]
    assert row("daily-lstm")[["measure", "days"]].tolist() == ["mae", "2024-04-02 – 2024-09-30"]
    assert row("20260101-a")[["measure", "days"]].tolist() == ["", ""]


def test_models_scored_on_other_days_are_not_laid_on_one_axis(folders):
    shipped = folders / "checkpoints"
    later, sooner = held_out("2024-07-01", "2024-12-31"), held_out("2023-07-01", "2023-12-31")
    write_model(shipped / "a", **later)
    write_model(shipped / "b", config={"rounds": 40, "depth": 5}, **sooner)
    assert log.comparable({"a", "b"}) == []
    write_model(shipped / "c", config={"rounds": 20, "depth": 5}, **later)
    assert log.comparable({"a", "b", "c"}) == [("xgboost", "severity", "2024-07-01 – 2024-12-31")]
    assert list(log.settings("xgboost", "severity", "2024-07-01 – 2024-12-31").index) == ["a", "c"]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"target": "collision"}, False),
        (held_out("2023-07-01", "2023-12-31"), False),
        ({"data": {"fingerprint": "other"}}, False),
    ],
)
def test_only_scores_of_the_same_days_of_the_same_data_are_compared(change, same):
    one = metadata(**held_out("2024-07-01", "2024-12-31"))
    assert log.asked_the_same(one, one | change) == same


def test_differences_of_two_models_are_told_in_words(folders):
    write_model(folders / "checkpoints" / "severity-xgboost")
    metrics = {"held_out": {"log_loss": 0.5, "baseline": {"log_loss": 0.8}}}
    write_model(folders / "checkpoints" / "severity-xgboost-b", config={"rounds": 40, "depth": 5}, metrics=metrics)
    found = log.differences("severity-xgboost", "severity-xgboost-b").set_index(["part", "what"])
    assert found.loc[("Settings", "Rounds")].tolist() == ["80", "40", False]
    assert found.loc[("Settings", "Tree depth"), "same"]
    assert found.loc[("Scores", "Log-loss")].tolist() == ["0.600", "0.500", False]


def test_a_training_without_a_model_is_compared_by_what_was_asked(begin, folders):
    begin("20260101-a", [1.0], "cancelled", settings={"rounds": 33})
    write_model(folders / "checkpoints" / "severity-xgboost")
    found = log.differences("20260101-a", "severity-xgboost").set_index(["part", "what"])
    assert found.loc[("Settings", "Rounds")].tolist() == ["33", "80", False]
    assert found.loc[("Scores", "Log-loss")].tolist() == ["–", "0.600", False]


def test_a_request_that_makes_no_sense_is_compared_as_nothing(begin):
    begin("20260101-a", [1.0], "cancelled", kind="unknown")
    begin("20260102-b", [1.0], "cancelled", settings={"rounds": -1})
    assert log.differences("20260101-a", "20260102-b").empty


def test_the_log_needs_no_learning_library():
    code = (
        "import sys, models.jobs.log as log; log.table(); "
        "heavy = {'torch', 'xgboost', 'sklearn', 'plotly'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
