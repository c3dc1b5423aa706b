"""Tuning on the Training page: its form, a search under way and how it ended, run from the frame."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from models import durations, jobs, tuning
from models.registry import KINDS
from models.tuning import Findings, Period, Trial

PAGE = "pages/models/training.py"
NAME = "20240201-000000-000-xgboost-bbbb"
DAYS = {
    "learnt": Period("2024-01-01", "2024-06-30", 60),
    "judged": Period("2024-07-01", "2024-09-30", 20),
    "held_out": Period("2024-10-01", "2024-12-31", 20),
}
FIRST = Trial(1, "complete", {"learning_rate": 0.12, "depth": 5}, 0.6543, 20.0)
BETTER = Trial(2, "complete", {"learning_rate": 0.05, "depth": 8}, 0.6483, 25.0)
WORSE = Trial(3, "pruned", {"learning_rate": 0.3, "depth": 9}, 0.7, 3.0)
Open = Callable[[str], AppTest]


@pytest.fixture
def write(folders: Path) -> Callable[..., Path]:
    """Write the folder of a search: write(trials, last event, beat=age in seconds)."""

    def make(trials: tuple[Trial, ...], event: dict[str, Any] | None = None, beat: float = 60.0, **more: Any) -> Path:
        folder = folders / "runs" / NAME
        folder.mkdir()
        spec = {"kind": "xgboost", "target": "severity", "preset": "base", "settings": {"seed": 3}, "data": "processed"}
        budget = {"minutes": 10.0, "trials": 50}
        whole = {"spec": spec | more, "tuning": budget, "hash": NAME, "created": time.time() - 90}
        (folder / "spec.json").write_text(json.dumps(whole))
        now = time.time()
        share = {"unit": "trial", "done": len(trials), "total": 50, "share": 0.4, "began": now - 60}
        events = [{"event": "started"}, {"event": "progress", **share}, *([event] if event else [])]
        (folder / "events.jsonl").write_text("".join(json.dumps({"time": now, **one}) + "\n" for one in events))
        (folder / "heartbeat").touch()
        os.utime(folder / "heartbeat", (now - beat,) * 2)
        if trials:
            tuning.write(folder, Findings(DAYS, trials, {"depth": 0.75, "learning_rate": 0.25}))
        return folder

    return make


def text(test: AppTest) -> str:
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error, test.success)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def tune(test: AppTest, target: str = "severity", kind: str = "xgboost") -> AppTest:
    """Go to the form that tunes a kind of model."""
    test.segmented_control(key="training_view").set_value("tune").run()
    test.segmented_control(key="predict").set_value(target).run()
    test.selectbox(key=f"train_kind_{target}").set_value(kind).run()
    assert not test.exception
    return test


def press(test: AppTest, label: str) -> AppTest:
    next(button for button in test.button if button.label == label).click().run()
    assert not test.exception
    return test


# ---- the form


def test_the_page_trains_unless_somebody_wants_to_tune(open_page: Open, demo_data: Path) -> None:
    test = open_page(PAGE)
    assert "No training yet" in text(test)
    test = tune(test)
    assert "No tuning yet" in text(test)
    assert "Searched: Learning rate (0.03 to 0.3)" in text(test)
    assert {button.label for button in test.button} >= {"Start tuning"}


def test_kinds_without_a_space_are_not_offered(open_page: Open, demo_data: Path) -> None:
    test = tune(open_page(PAGE))
    labels = [KINDS[name].label for name in KINDS if "severity" in KINDS[name].targets and name != "blend"]
    assert list(test.selectbox(key="train_kind_severity").options) == labels


def test_what_is_chosen_is_what_is_asked_for(open_page: Open, demo_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(jobs, "tune", lambda *what: asked.append(what) or Path(NAME))
    test = tune(open_page(PAGE))
    test.number_input(key="tune-budget-minutes").set_value(3.0)
    test.number_input(key="tune-budget-trials").set_value(20)
    test.number_input(key="tune-xgboost-base-rounds").set_value(100)
    test.pills[0].set_value([2024]).run()
    press(test, "Start tuning")
    ((spec, budget),) = asked
    assert (spec.kind, spec.target, spec.preset, spec.settings) == ("xgboost", "severity", "base", {"rounds": 100})
    assert (spec.data, spec.years) == ("processed", [2024])
    assert budget == tuning.Budget(3.0, 20)
    assert test.query_params["run"] == NAME


def test_a_forecaster_is_tuned_on_one_series(open_page: Open, demo_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(jobs, "tune", lambda *what: asked.append(what) or Path(NAME))
    test = tune(open_page(PAGE), "daily", "lstm")
    assert "departements" not in test.selectbox(key="train_counts_False").options
    press(test, "Start tuning")
    assert (asked[0][0].kind, asked[0][0].series, asked[0][0].departements) == ("lstm", "france", None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30.0, "about 30 s, so some 20 trials may fit"), (1200.0, "takes about 20 min: there would be little time")],
)
def test_it_says_how_many_trials_may_fit(
    open_page: Open, demo_data: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, words: str
) -> None:
    monkeypatch.setattr(durations, "estimate", lambda *_args, **_more: durations.Estimate(seconds, 1))
    assert words in text(tune(open_page(PAGE)))


# ---- a search under way


def test_a_running_search_is_live_and_can_be_stopped(open_page: Open, demo_data: Path, write: Any) -> None:
    folder = write((FIRST, BETTER, Trial(3, "running", {"depth": 4, "learning_rate": 0.2})), beat=0.0)
    test = open_page(PAGE)
    assert test.segmented_control(key="training_view").value == "train", "nobody asked for the search"
    test = tune(test)
    assert test.query_params["run"] == NAME
    assert "**Searching** · Tuning of XGBoost, severity, Base" in text(test)
    found = {metric.label: metric.value for metric in test.metric}
    assert (found["Trials"], found["To begin with"], found["Best so far"]) == ("2 of 50", "0.6543", "0.6483")
    assert "Train with these settings" not in {button.label for button in test.button}
    assert test.dataframe[0].value["state"].tolist() == ["at its end", "at its end", "running"]
    press(test, "Stop after this trial")
    assert (folder / "finish").exists()
    press(test, "Stop now")
    assert (folder / "cancel").exists()


def test_the_sidebar_leads_to_it(open_page: Open, demo_data: Path, write: Any) -> None:
    write((FIRST,), beat=0.0)
    (link,) = open_page("pages/data/data.py").sidebar.get("page_link")
    assert link.proto.query_string == f"run={NAME}"
    test = AppTest.from_file(str(Path(__file__).resolve().parents[2] / "app.py"), default_timeout=120)
    test.query_params["run"] = NAME
    test.switch_page(PAGE).run()
    assert test.segmented_control(key="training_view").value == "tune"
    assert "Searching" in text(test)


# ---- how it ended


def opened(open_page: Open) -> AppTest:
    test = open_page(PAGE)
    test.segmented_control(key="training_view").set_value("tune").run()
    assert not test.exception
    return test


def test_what_was_found_is_told_with_its_doubts(open_page: Open, demo_data: Path, write: Any) -> None:
    write((FIRST, BETTER, WORSE), {"event": "done"})
    test = opened(open_page)
    words = text(test)
    assert "**Trial 2 did best**: a validation loss of 0.6483 instead of 0.6543." in words
    assert "- Learning rate: **0.05** instead of 0.12" in words
    assert "- Tree depth: **8** instead of 5" in words
    assert "flatters it: it is the lowest of 3" in words
    assert "judged on 1 July 2024 to 30 September 2024" in words
    assert "1 October 2024 to 31 December 2024 is held out" in words
    charts = [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]
    assert [trace["name"] for trace in charts[0]["data"]][-2:] == ["Lowest so far", "To begin with"]
    assert charts[1]["data"][0]["y"] == ["Learning rate", "Tree depth"]
    assert test.dataframe[0].value["number"].tolist() == [2, 1, 3]


def test_training_with_the_best_is_one_button(
    open_page: Open, demo_data: Path, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write((FIRST, BETTER), {"event": "cancelled", "error": ""})
    asked: list[Any] = []

    def start(spec: Any) -> Path:
        asked.append(spec)
        training = folder.with_name(NAME.replace("bbbb", "cccc"))
        training.mkdir()
        whole = {"spec": vars(spec), "hash": "c", "created": time.time()}
        (training / "spec.json").write_text(json.dumps(whole))
        return training

    monkeypatch.setattr(jobs, "start", start)
    test = opened(open_page)
    assert "Stopped; what was found until then stays." in text(test)
    press(test, "Train with these settings")
    assert asked[0].settings == {"seed": 3, "learning_rate": 0.05, "depth": 8}
    assert (asked[0].kind, asked[0].target, asked[0].data) == ("xgboost", "severity", "processed")
    assert test.query_params["run"].endswith("cccc")
    assert test.segmented_control(key="training_view").value == "train"
    assert "**Waiting** · XGBoost, severity, Base" in text(test)


@pytest.mark.parametrize(
    ("trials", "words"),
    [
        ((FIRST, WORSE, Trial(3, "complete", {"depth": 4}, 0.66)), "None of 2 other trials was better"),
        ((FIRST, WORSE), "The one other trial was not better"),
        ((FIRST,), "There was time only for the settings to begin with"),
        ((Trial(1, "running", {"depth": 5}),), "not tried to their end: nothing can be said yet"),
    ],
)
def test_where_nothing_better_was_found_it_says_so(
    open_page: Open, demo_data: Path, write: Any, trials: tuple[Trial, ...], words: str
) -> None:
    write(trials, {"event": "done"})
    test = opened(open_page)
    assert words in text(test)
    assert "Train with these settings" not in {button.label for button in test.button}


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"event": "failed", "error": "The disk is full."}, "The disk is full."),
        (None, "The process ended without a word"),
    ],
)
def test_what_was_found_stays_however_it_ended(
    open_page: Open, demo_data: Path, write: Any, event: dict[str, Any] | None, words: str
) -> None:
    write((FIRST, BETTER), event)
    test = opened(open_page)
    assert words in text(test)
    assert "**Trial 2 did best**" in text(test)


def test_settings_of_another_version_are_told(open_page: Open, demo_data: Path, write: Any) -> None:
    write((FIRST,), {"event": "done"}, settings={"rounds": 10, "no_longer": 1})
    assert "XGBoost" in text(test := opened(open_page))
    assert "The settings of this tuning cannot be read" in text(test)


def test_the_runs_page_lists_it_and_leads_to_it(open_page: Open, demo_data: Path, write: Any) -> None:
    write((FIRST, BETTER), {"event": "done"})
    test = open_page("pages/models/runs.py")
    rows = test.dataframe[0].value
    assert (rows["title"].tolist(), rows["status"].tolist()) == (["Tuning"], ["Done"])


def test_no_page_loads_optuna(demo_data: Path, write: Any) -> None:
    write((FIRST, BETTER), {"event": "done"})
    code = (
        "import sys\nfrom streamlit.testing.v1 import AppTest\n"
        "test = AppTest.from_file('app.py', default_timeout=120)\n"
        f"test.query_params['run'] = '{NAME}'\ntest.switch_page('{PAGE}').run()\n"
        "assert not test.exception\nassert 'did best' in str([m.value for m in test.markdown])\n"
        "heavy = {'optuna', 'torch', 'xgboost', 'sklearn', 'sqlalchemy'} & set(sys.modules)\nassert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).resolve().parents[2])
