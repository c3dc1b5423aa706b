"""The Training page in every state of its data and trainings, run from the frame."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs

import pytest
from streamlit.testing.v1 import AppTest

from data import series, store
from models import champions, durations, jobs
from models.jobs import log
from models.logistic_config import LogisticConfig
from models.lstm_config import LSTMConfig
from models.registry import KINDS
from models.settings import setting, settings_of
from ui import words
from ui.components import settings_form

PAGE = "pages/models/training.py"
NAME = "20240101-000000-000-xgboost-aaaa"
Open = Callable[[str], AppTest]
MakeRun = Callable[..., Path]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A forecaster of one epoch, learnt from the end of the published counts."""
    from models.lstm_forecasting import LSTMForecaster

    config = LSTMConfig(window=28, hidden=4, layers=1, members=1, epochs=1)
    folder = tmp_path_factory.mktemp("tiny") / "daily-lstm"
    LSTMForecaster(config, "quick", "cpu").fit(series.france().iloc[-1000:]).save(folder)
    return folder


@pytest.fixture
def run_folder(folders: Path) -> MakeRun:
    """Write a run's folder by hand: run_folder([events], beat=age in seconds, target="severity")."""

    def write(events: list[dict[str, Any]], beat: float | None = 0.0, name: str = NAME, **spec: Any) -> Path:
        folder = folders / "runs" / name
        folder.mkdir()
        asked = {"kind": "xgboost", "target": "collision", "preset": "base", "settings": {}} | spec
        (folder / "spec.json").write_text(json.dumps({"spec": asked, "hash": name, "created": time.time() - 60}))
        lines = [json.dumps({"time": time.time(), **event}) for event in events]
        (folder / "events.jsonl").write_text("".join(f"{line}\n" for line in lines))
        if beat is not None:
            (folder / "heartbeat").touch()
            os.utime(folder / "heartbeat", (time.time() - beat,) * 2)
        return folder

    return write


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the page wants to have trained; nothing is started."""
    found: list[Any] = []
    monkeypatch.setattr(jobs, "start", lambda spec: found.append(spec) or Path(NAME))
    return found


def step(done: int, **more: Any) -> dict[str, Any]:
    facts = {"event": "progress", "unit": "epoch", "done": done, "total": 10, "share": done / 10, **more}
    values = {
        "train_loss": 1 / done,
        "validation_loss": 1 / done,
        "validation_accuracy": 0.5,
        "learning_rate": 0.001,
        "gradient_norm": 2.0,
        "rows": 40_000 * done,
        "rows_a_second": 1234.0,
    }
    return facts | {"began": time.time() - 30, "values": values}


def text(test: AppTest) -> str:
    """All words on the page, to look for some of them."""
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error, test.success)
    return "\n".join(str(element.value) for kind in kinds for element in kind).replace("\\", "")


def metrics(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def start(test: AppTest) -> AppTest:
    button = next(button for button in test.button if button.label == "Start training")
    assert not button.disabled
    button.click().run()
    assert not test.exception
    return test


def choose(test: AppTest, target: str, kind: str = "") -> AppTest:
    if test.segmented_control(key="predict").value != target:
        test.segmented_control(key="predict").set_value(target).run()
    if kind:
        test.selectbox(key=f"train_kind_{target}").set_value(kind).run()
    assert not test.exception
    return test


# ---- the form


def test_without_a_training_it_says_what_to_do(open_page: Open, demo_data: Path) -> None:
    test = open_page(PAGE)
    assert "No training yet" in text(test)
    assert "Demonstration data (simulated)" in text(test)
    assert list(test.selectbox(key="train_kind_collision").options)[:3] == [
        "TabTransformer",
        "Random forest",
        "XGBoost",
    ]


def test_choices_are_still_there_when_one_comes_back(open_page: Open, demo_data: Path) -> None:
    test = choose(open_page(PAGE), "severity", "xgboost")
    test.number_input(key="train-xgboost-base-rounds").set_value(77).run()
    test.toggle(key="train_part").set_value(True).run()
    test.switch_page("pages/models/runs.py").run()
    test.switch_page(PAGE).run()
    assert not test.exception
    assert not test.warning
    assert test.segmented_control(key="predict").value == "severity"
    assert test.selectbox(key="train_kind_severity").value == "xgboost"
    assert test.number_input(key="train-xgboost-base-rounds").value == 77
    assert test.toggle(key="train_part").value
    test.switch_page("pages/models/runs.py").run()
    test.query_params["predict"] = "collision"  # a link asks for something else
    test.switch_page(PAGE).run()
    assert test.segmented_control(key="predict").value == "collision"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_setting_of_every_kind_is_in_the_one_form(open_page: Open, demo_data: Path, kind: Any) -> None:
    test = choose(open_page(PAGE), kind.targets[0], kind.name)
    preset = "quick" if "quick" in kind.presets else next(iter(kind.presets))
    assert kind.good_for in text(test)
    assert kind.preset_help[preset] in text(test)
    widgets = {w.key: w for some in (test.number_input, test.selectbox, test.checkbox) for w in some}
    for item in settings_of(kind.presets[preset]):
        widget = widgets[f"train-{kind.name}-{preset}-{item.name}"]
        assert (widget.label, widget.value) == (item.label, item.default)
    assert ("Rough guess" in text(test)) or ("not known" in text(test))


@dataclass(frozen=True)
class Extended(LogisticConfig):
    """Settings with one more field."""

    warmth: float = setting(0.5, "Warmth", "How warm it is.", minimum=0.0, maximum=1.0, advanced=False)


def test_a_further_setting_is_a_further_field(
    open_page: Open, demo_data: Path, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = ModuleType("extended_config")
    module.PRESETS, module.PRESET_HELP = {"base": Extended()}, {"base": "Warmer."}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "extended_config", module)
    monkeypatch.setitem(KINDS, "logistic", replaced(KINDS["logistic"], settings_module="extended_config"))
    test = choose(open_page(PAGE), "collision", "logistic")
    field = test.number_input(key="train-logistic-base-warmth")
    assert (field.label, field.help, field.min, field.max, field.value) == ("Warmth", "How warm it is.", 0.0, 1.0, 0.5)
    field.set_value(0.25)
    start(test)
    assert asked[0].settings == {"warmth": 0.25}


def test_what_is_chosen_is_what_is_asked_for(open_page: Open, demo_data: Path, asked: list[Any]) -> None:
    test = choose(open_page(PAGE), "severity", "xgboost")
    test.pills[0].set_value([2023, 2024])
    test.toggle(key="train_part").set_value(True).run()
    test.date_input[0].set_value("2024-06-30")
    test.number_input(key="train-xgboost-base-depth").set_value(4)
    test.number_input(key="train-xgboost-base-seed").set_value(7)
    start(test)
    (spec,) = asked
    assert (spec.kind, spec.target, spec.preset, spec.data) == ("xgboost", "severity", "base", "processed")
    assert (list(spec.years), spec.until, spec.device) == ([2023, 2024], "2024-06-30", "auto")
    assert spec.settings == {"depth": 4, "seed": 7}
    assert test.query_params["run"] == NAME


def test_a_year_that_does_not_tell_what_is_to_be_learnt_is_not_offered(
    open_page: Open, real_data: Path, folders: Path
) -> None:
    folder = real_data / "baac"
    store.import_paths([folder / "2016-extract", folder / "2023" / "caract-2023.csv"])
    test = choose(open_page(PAGE), "severity", "xgboost")
    assert not test.pills
    assert "Not learnt from: 2023, whose table usagers" in text(test)
    test = choose(test, "collision", "xgboost")
    assert test.pills[0].options == ["2016", "2023"]


def test_no_year_is_not_enough(open_page: Open, demo_data: Path) -> None:
    test = open_page(PAGE)
    test.pills[0].set_value([]).run()
    assert "Choose at least one year" in text(test)
    assert next(button for button in test.button if button.label == "Start training").disabled


@pytest.mark.parametrize(
    ("counts", "fields"),
    [
        ("france", {"series": "france", "data": None, "departements": None, "departement": None}),
        ("loaded", {"series": None, "data": "processed", "departements": None, "departement": None}),
        ("departements", {"data": "processed", "departements": "processed", "departement": None}),
        ("departement", {"data": None, "departements": "processed", "departement": "13"}),
    ],
)
def test_each_sort_of_daily_counts(
    open_page: Open, demo_data: Path, asked: list[Any], counts: str, fields: dict[str, Any]
) -> None:
    test = choose(open_page(PAGE), "daily")
    test.selectbox(key="train_counts_True").set_value(counts).run()
    if counts == "departement":
        test.selectbox(key="train_departement").set_value("13").run()
    start(test)
    spec = asked[0]
    assert {name: getattr(spec, name) for name in fields} == fields
    assert (spec.kind, spec.preset, spec.settings) == ("lstm", "quick", {})


def test_going_on_from_a_forecaster_asks_for_two_settings_only(
    open_page: Open, demo_data: Path, tiny: Path, asked: list[Any]
) -> None:
    shipped = shutil.copytree(tiny, demo_data / "checkpoints" / "daily-lstm")
    test = choose(open_page(PAGE), "daily", "lstm")
    test.selectbox(key="train_from_lstm").set_value("daily-lstm").run()
    assert {field.label for field in test.number_input} == {"Epochs at most", "Learning rate"}
    test.number_input[0].set_value(3)
    test.checkbox(key="train_freeze").set_value(True)
    start(test)
    spec = asked[0]
    assert (Path(spec.start_from), spec.freeze_encoder, spec.preset) == (Path(shipped), True, None)
    assert spec.settings == {"epochs": 3, "learning_rate": 0.0005}


def test_a_link_asks_for_a_target(folders: Path, demo_data: Path, open_page: Open) -> None:
    test = AppTest.from_file(str(Path(__file__).resolve().parents[2] / "app.py"), default_timeout=120)
    test.query_params["predict"] = "daily"
    test.switch_page(PAGE).run()
    assert test.segmented_control(key="predict").value == "daily"
    test.query_params["predict"] = "<b>"
    assert choose(open_page(PAGE), "collision").segmented_control(key="predict").value == "collision"


def test_settings_that_do_not_go_together_are_told_at_once(open_page: Open, demo_data: Path) -> None:
    test = open_page(PAGE)
    test.number_input(key="train-tab-transformer-quick-heads").set_value(3).run()
    assert "heads = 3 does not divide width = 32" in text(test)
    assert next(button for button in test.button if button.label == "Start training").disabled


def test_an_impossible_value_is_refused_on_the_server(
    open_page: Open, demo_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_form, "fields", lambda *_args, **_more: {"epochs": 10**6})
    test = open_page(PAGE)
    assert "epochs = 1000000 is not between 1 and 200" in text(test)
    assert next(button for button in test.button if button.label == "Start training").disabled


@pytest.mark.fault(
    area="together",
    fault="Two people ask for the very same training at the same moment, or one clicks twice",
    shown="This very training is under way already; here it is.",
    kept="One training, which both see",
    goes_on="That training",
)
def test_the_same_training_twice_is_one(
    open_page: Open,
    demo_data: Path,
    run_folder: MakeRun,
    monkeypatch: pytest.MonkeyPatch,
    says: Callable[[object], None],
) -> None:
    folder = run_folder([{"event": "started"}, step(1)])
    monkeypatch.setattr(jobs, "start", lambda spec: folder)
    test = start(open_page(PAGE))
    says(test.toast[0].value)
    assert test.query_params["run"] == NAME


def test_trainings_here_tell_how_long_it_takes(
    open_page: Open, demo_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durations, "estimate", lambda *_args, **_more: durations.Estimate(185.0, 4))
    assert "About 3 min, from 4 trainings with these settings here." in text(open_page(PAGE))


# ---- the training shown


def test_a_running_training_is_shown_whole(open_page: Open, demo_data: Path, run_folder: MakeRun) -> None:
    folder = run_folder([{"event": "started"}, step(1), step(2, device="cpu", memory_mib=512.4, note="Looking back.")])
    (folder / "log.txt").write_text("its last words")
    test = open_page(PAGE)
    assert "**Training** · XGBoost, collision type, Base" in text(test)
    found = metrics(test)
    assert found["Epochs"] == "2 of 10"
    assert found["Left at most"] != "–"
    assert (found["Rows seen"], found["Rows a second"]) == ("80,000", "1,234")
    assert (found["Computes on"], found["Memory"]) == ("Processor", "512 MB")
    charts = [json.loads(chart.proto.spec) for chart in test.get("plotly_chart")]
    titles = [chart["layout"]["yaxis"]["title"]["text"] for chart in charts]
    assert titles == ["Loss", "Accuracy", "Learning rate", "Gradient norm"]
    assert [code.value for code in test.code] == ["its last words"]
    assert "20% · Looking back." in str([bar.proto.text for bar in test.get("progress")])
    test.button(key=f"finish-{NAME}").click().run()
    assert (folder / "finish").exists()
    assert "the best so far is kept" in str([bar.proto.text for bar in test.get("progress")])
    test.button(key=f"cancel-{NAME}").click().run()
    assert (folder / "cancel").exists()


@pytest.mark.parametrize("page", ["pages/explore/overview.py", "pages/data/data.py"])
def test_every_page_leads_to_what_runs(open_page: Open, demo_data: Path, run_folder: MakeRun, page: str) -> None:
    run_folder([{"event": "started"}, step(1)])
    (link,) = open_page(page).sidebar.get("page_link")
    assert link.proto.label == "1 training under way"
    assert (link.proto.page, link.proto.query_string) == ("training", f"run={NAME}")


@pytest.mark.parametrize(
    ("tunings", "words"),
    [
        ([True], "1 tuning under way"),
        ([False, False], "2 trainings under way"),
        ([True, False], "Under way, trainings: 1, tunings: 1"),
    ],
)
def test_what_is_under_way_is_counted_by_its_name(
    open_page: Open, demo_data: Path, run_folder: MakeRun, tunings: list[bool], words: str
) -> None:
    for number, tuning in enumerate(tunings):
        folder = run_folder([{"event": "started"}, step(1)], name=f"{NAME}{number}")
        asked = json.loads((folder / "spec.json").read_text())
        (folder / "spec.json").write_text(json.dumps(asked | ({"tuning": {"trials": 3}} if tuning else {})))
    (link,) = open_page("pages/data/data.py").sidebar.get("page_link")
    assert link.proto.label == words


@pytest.mark.parametrize("end", [{"event": "cancelled"}, step(2)], ids=["cancelled", "lost"])
@pytest.mark.parametrize("kept", [True, False])
def test_what_to_do_is_what_the_button_does(
    open_page: Open, demo_data: Path, run_folder: MakeRun, end: dict[str, Any], kept: bool
) -> None:
    folder = run_folder([step(1), end], beat=60)
    if kept:
        (folder / "state").mkdir()
        (folder / "state" / "1.safetensors").touch()
    test = open_page(PAGE)
    (button,) = (button for button in test.button if button.key == f"resume-{NAME}")
    assert button.label == ("Go on where it stopped" if kept else "Start it again")
    assert ("Go on w" in text(test)) == kept
    assert ("Start it again" in text(test)) != kept


@pytest.mark.parametrize(
    ("end", "beat", "words", "again"),
    [
        ({"event": "failed", "error": "The disk is full."}, 60, "The disk is full.", True),
        ({"event": "cancelled"}, 60, "Stopped after", True),
        (step(2), 60, "ended without a word after 2 steps", True),
        ({"event": "done"}, 60, "Trained in", False),
    ],
    ids=["failed", "cancelled", "lost", "done"],
)
def test_an_ended_training_says_how_and_what_to_do(
    open_page: Open, demo_data: Path, run_folder: MakeRun, end: dict[str, Any], beat: float, words: str, again: bool
) -> None:
    run_folder([step(1), end], beat=beat)
    test = open_page(PAGE)
    assert words in text(test)
    assert not test.sidebar.get("page_link")
    assert any(button.key == f"resume-{NAME}" for button in test.button) == again


def test_one_that_was_ended_by_hand_says_so(open_page: Open, trained: Path, run_folder: MakeRun) -> None:
    """The last word of a forecaster of which somebody had enough is that all of its epochs are done."""
    whole = {**step(10), "values": {}}
    folder = run_folder([step(4), step(5), whole, {**whole, "event": "done"}], beat=60)
    shutil.copytree(trained / "collision-xgboost", folder / "model")
    path = folder / "model" / "metadata.json"
    metadata = json.loads(path.read_text())
    assert "by hand" not in text(open_page(PAGE))
    path.write_text(json.dumps(metadata | {"stopped_early": "asked"}))
    test = open_page(PAGE)
    assert "ended by hand after 5 of 10 steps" in text(test)
    assert metrics(test)["Epochs"] == "5 of 10"


def test_steps_are_those_of_the_curve_while_a_forecaster_learns_anew(
    open_page: Open, demo_data: Path, run_folder: MakeRun
) -> None:
    anew = {**step(8), "values": {}, "total": 8, "share": 0.9, "note": "Learning all départements."}
    run_folder([{"event": "started"}, step(6), step(7), anew], kind="lstm", target="daily", preset="quick")
    assert metrics(open_page(PAGE))["Epochs"] == "7 of 10"


def test_starting_again_shows_the_new_training(
    open_page: Open, demo_data: Path, run_folder: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_folder([step(1), {"event": "cancelled"}], beat=60)
    other = run_folder([{"event": "started"}, step(3)], name=NAME.replace("2024", "2025"))
    test = AppTest.from_file(str(Path(__file__).resolve().parents[2] / "app.py"), default_timeout=120)
    test.query_params["run"] = NAME
    test.switch_page(PAGE).run()
    assert "**Stopped**" in text(test)
    monkeypatch.setattr(jobs, "resume", lambda folder: other)
    test.button(key=f"resume-{NAME}").click().run()
    assert "**Training**" in text(test)
    assert test.query_params["run"] == other.name


def test_a_damaged_run_is_named(open_page: Open, demo_data: Path, run_folder: MakeRun) -> None:
    folder = run_folder([])
    (folder / "spec.json").write_text("{")
    assert "it no longer says what was to be trained" in text(open_page(PAGE))


def test_only_names_of_trainings_are_taken_from_the_address(
    open_page: Open, demo_data: Path, run_folder: MakeRun
) -> None:
    run_folder([step(1), {"event": "cancelled"}], beat=60)
    test = AppTest.from_file(str(Path(__file__).resolve().parents[2] / "app.py"), default_timeout=120)
    test.query_params["run"] = f"../runs/{NAME}"
    test.switch_page(PAGE).run()
    assert not test.exception
    assert "no training of this address" in text(test)
    assert test.query_params["run"] == NAME


def test_another_training_can_be_looked_at(open_page: Open, demo_data: Path, run_folder: MakeRun) -> None:
    older = run_folder([step(1), {"event": "cancelled"}], beat=60).name
    newer = run_folder([{"event": "failed", "error": "reason"}], name=NAME.replace("2024", "2025")).name
    test = open_page(PAGE)
    assert "reason" in text(test)
    assert test.selectbox(key="training_shown").value == newer
    test.selectbox(key="training_shown").set_value(older).run()
    assert "**Stopped**" in text(test)
    assert test.query_params["run"] == older


@pytest.mark.parametrize("apart", [0.0, 2.0], ids=["same second", "same minute"])
def test_trainings_asked_for_together_are_told_apart(
    open_page: Open, demo_data: Path, run_folder: MakeRun, apart: float
) -> None:
    """The browser sends back the label of a choice, so two that read alike would always open the first."""
    minute = time.time() // 60 * 60 - 600
    names = [NAME, NAME.replace("2024", "2025"), NAME.replace("2024", "2026")]
    for number, name in enumerate(names):
        folder = run_folder([{"event": "failed", "error": f"reason {number}"}], name=name)
        asked = json.loads((folder / "spec.json").read_text())
        (folder / "spec.json").write_text(json.dumps(asked | {"created": minute + number * apart}))
    test = open_page(PAGE)
    assert len(set(test.selectbox(key="training_shown").options)) == 3
    for number, name in enumerate(names):
        test.selectbox(key="training_shown").set_value(name).run()
        assert f"reason {number}" in text(test)
        test.run()  # as the page does by itself while something is under way
        assert f"reason {number}" in text(test)
        assert test.query_params["run"] == name


def test_a_finished_classifier_stands_beside_the_shipped_one(
    open_page: Open, trained: Path, run_folder: MakeRun
) -> None:
    folder = run_folder([step(1), {"event": "done"}], beat=60)
    shutil.copytree(trained / "collision-xgboost", folder / "model")
    test = open_page(PAGE)
    assert "always the class frequencies" in text(test)
    assert "The shipped XGBoost (`collision-xgboost`) had" in text(test)
    assert "on the same days." in text(test)
    assert [link.proto.page for link in test.get("page_link")] == ["prediction", "explanation", "comparison", "model"]
    compare, about = test.get("page_link")[-2:]
    asked = parse_qs(compare.proto.query_string)
    assert asked["compare_target"] == ["collision"]
    (models,) = asked["models_collision"]
    assert NAME in models.split(",")
    assert "collision-xgboost" in models.split(",")
    assert about.proto.query_string == f"model={NAME}"
    path = folder / "model" / "metadata.json"
    metadata = json.loads(path.read_text())
    scored = log.scored_on(metadata)
    days = words.period(scored["start"], scored["end"])
    path.write_text(json.dumps(metadata | {"data": metadata["data"] | {"fingerprint": "another"}}))
    assert f"on other accidents ({days}), so the two cannot be compared directly." in text(test.run())


def test_pages_that_leave_a_finished_classifier_out_are_not_offered(
    open_page: Open, trained: Path, run_folder: MakeRun
) -> None:
    folder = run_folder([step(1), {"event": "done"}], beat=60)
    shutil.copytree(trained / "collision-xgboost", folder / "model")
    champions.compare(folder.name, wanted=False)
    test = open_page(PAGE)
    assert [link.proto.page for link in test.get("page_link")] == ["explanation", "model"]
    assert "Prediction and Comparison do not show it" in text(test)


def test_a_finished_forecaster_can_be_used(open_page: Open, demo_data: Path, tiny: Path, run_folder: MakeRun) -> None:
    shutil.copytree(tiny, demo_data / "checkpoints" / "daily-lstm")
    folder = run_folder([step(1), {"event": "done"}], beat=60, kind="lstm", target="daily", preset="quick")
    shutil.copytree(tiny, folder / "model")
    test = open_page(PAGE)
    assert "accidents a day; last week again" in text(test)
    test.button(key=f"use-{NAME}").click().run()
    assert not test.exception
    assert test.title[0].value == "Forecasting"
    assert test.selectbox(key="forecaster").value == NAME
