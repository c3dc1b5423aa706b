"""The Forecasting page in every state of its models, data and trainings, run from the frame."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data import accidents, series, store
from models import checkpoint, jobs
from models.lstm_config import LSTMConfig
from ui.components import forecaster_training

ROOT = Path(__file__).resolve().parents[2]
PAGE = "pages/forecast/forecasting.py"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A forecaster of one epoch, learnt from the end of the published counts."""
    from models.lstm_forecasting import LSTMForecaster

    config = LSTMConfig(window=28, hidden=4, layers=1, epochs=1)
    folder = tmp_path_factory.mktemp("tiny") / "daily-lstm"
    LSTMForecaster(config, "quick", "cpu").fit(series.france().iloc[-1000:]).save(folder)
    return folder


@pytest.fixture
def page(folders: Path) -> Iterator[Callable[[], AppTest]]:
    """Run the page with empty folders, which a test fills before."""

    def run() -> AppTest:
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        test.switch_page(PAGE).run()
        assert not test.exception
        return test

    st.cache_data.clear()
    st.cache_resource.clear()
    yield run
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def shipped(tiny: Path, folders: Path) -> Path:
    """The tiny forecaster in the checkpoints folder."""
    return Path(shutil.copytree(tiny, folders / "checkpoints" / "daily-lstm"))


@pytest.fixture
def run_folder(folders: Path) -> Callable[..., Path]:
    """Write a run's folder by hand: run_folder("20240101-...", [events], beat=age in seconds)."""

    def write(name: str, events: list[dict[str, Any]], beat: float | None = 0.0) -> Path:
        folder = folders / "runs" / name
        folder.mkdir()
        spec = {"kind": "lstm", "target": "daily", "preset": "quick", "settings": {}}
        (folder / "spec.json").write_text(json.dumps({"spec": spec, "hash": name, "created": time.time() - 60}))
        lines = [json.dumps({"time": time.time(), **event}) for event in events]
        (folder / "events.jsonl").write_text("".join(f"{line}\n" for line in lines))
        if beat is not None:
            (folder / "heartbeat").touch()
            os.utime(folder / "heartbeat", (time.time() - beat,) * 2)
        return folder

    return write


def step(done: int) -> dict[str, Any]:
    facts = {"event": "progress", "unit": "epoch", "done": done, "total": 10, "share": done / 10}
    return facts | {"began": time.time() - 30, "values": {"train_loss": 3.0, "validation_loss": 4.0}}


def text(test: AppTest) -> str:
    """All words on the page, to look for some of them."""
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error, test.success, test.sidebar.markdown)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def metrics(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def test_without_a_model_it_offers_training(page: Callable[[], AppTest]) -> None:
    test = page()
    assert "no trained forecaster yet" in text(test)
    assert [button.label for button in test.button if "Start" in button.label] == ["Start training"]
    assert "No training yet" in text(test)


def test_a_broken_model_is_named_and_the_others_work(page: Callable[[], AppTest], shipped: Path) -> None:
    broken = Path(shutil.copytree(shipped, shipped.with_name("other-lstm")))
    (broken / "metadata.json").write_text("{")
    test = page()
    assert "other-lstm" in text(test)
    assert "Expected in 28 days" in metrics(test)


def test_damaged_weights_are_told_and_training_stays(page: Callable[[], AppTest], shipped: Path) -> None:
    weights = next(shipped.glob("*.safetensors"))
    weights.write_bytes(b"no weights")
    test = page()
    assert "is damaged" in text(test)
    assert "Expected in 28 days" not in metrics(test)
    assert any(button.label == "Start training" for button in test.button)


def test_the_shipped_model_forecasts_on_a_bare_clone(page: Callable[[], AppTest], shipped: Path) -> None:
    test = page()
    found, scores = metrics(test), checkpoint.read(shipped)["metrics"]["held_out"]
    assert int(found["Expected in 28 days"].replace(",", "")) > 1000
    assert found["Mean absolute error"] == f"{scores['pooled']['mae']:.1f}"
    assert "Learnt from the daily counts of" in text(test)
    assert "ONISR, BAAC 2005-2024" in text(test)
    rows = test.dataframe[0].value
    assert rows["date"].tolist() == [str(day.date()) for day in pd.date_range("2024-10-01", periods=28)]
    assert (rows["low_95"] <= rows["low_80"]).all()
    assert (rows["low_80"] <= rows["mean"]).all()
    assert (rows["mean"] <= rows["high_80"]).all()


def test_the_horizon_follows_the_slider(page: Callable[[], AppTest], shipped: Path) -> None:
    test = page()
    whole = test.dataframe[0].value
    test.slider(key="horizon").set_value(7).run()
    assert "Expected in 7 days" in metrics(test)
    pd.testing.assert_frame_equal(test.dataframe[0].value, whole.iloc[:7])


@pytest.mark.parametrize("shown", [365, 0])
def test_longer_history_can_be_shown(page: Callable[[], AppTest], shipped: Path, shown: int) -> None:
    test = page()
    test.segmented_control(key="shown").set_value(shown).run()
    assert not test.exception
    traces = {trace["name"]: trace for trace in json.loads(test.get("plotly_chart")[0].proto.spec)["data"]}
    days = shown or len(series.france())
    counted = traces["Counted"]["y"]
    length = (
        len(counted) if isinstance(counted, list) else len(np.frombuffer(_bytes(counted["bdata"]), counted["dtype"]))
    )
    assert length == days


def _bytes(text: str) -> bytes:
    import base64

    return base64.b64decode(text)


def test_it_forecasts_from_the_demonstration_data(page: Callable[[], AppTest], shipped: Path, demo_data: Path) -> None:
    test = page()
    assert "only what is called demonstration data here is simulated" in text(test)
    test.selectbox(key="days_from").set_value("loaded").run()
    assert not test.exception
    assert test.dataframe[0].value["date"].iloc[0] == "2025-01-01"


def test_it_forecasts_from_imported_data(page: Callable[[], AppTest], shipped: Path, real_data: Path) -> None:
    store.save_import([accidents.from_paths([real_data / "baac" / "2024" / "caract-2024.csv"])])
    test = page()
    assert "demonstration" not in text(test)
    test.selectbox(key="days_from").set_value("loaded").run()
    assert not test.exception
    assert test.dataframe[0].value["date"].iloc[0] == "2024-10-01"


def test_what_the_imported_series_leaves_out_is_told(
    page: Callable[[], AppTest], shipped: Path, real_data: Path
) -> None:
    store.import_paths([real_data / "baac" / "2016-extract", real_data / "baac" / "2024" / "caract-2024.csv"])
    test = page()
    test.selectbox(key="days_from").set_value("loaded").run()
    assert test.dataframe[0].value["date"].iloc[0] == "2024-10-01"
    assert "2016: an extract, 2,237 of about 59,432 accidents; the year counts as missing." in text(test)


def test_imported_years_without_dates_are_a_sentence(
    page: Callable[[], AppTest], shipped: Path, real_data: Path
) -> None:
    store.import_paths([real_data / "baac" / "2018"])
    test = page()
    test.selectbox(key="days_from").set_value("loaded").run()
    assert not test.exception
    assert "no accident has a date" in test.error[0].value


def test_a_running_training_shows_curve_and_progress(
    page: Callable[[], AppTest], run_folder: Callable[..., Path]
) -> None:
    folder = run_folder("20240101-000000-000-lstm-aaaa", [{"event": "started"}, step(1), step(2)])
    test = page()
    assert "**Training**" in text(test)
    assert "1 training running" in text(test)
    assert metrics(test)["Epochs"] == "2 of 10"
    assert metrics(test)["Left at most"] != "–"
    test.button(key=f"cancel-{folder.name}").click().run()
    assert (folder / "cancel").exists()
    assert "**Finishing**" in text(test)


def test_a_waiting_training_says_so(page: Callable[[], AppTest], run_folder: Callable[..., Path]) -> None:
    folder = run_folder("20240101-000000-000-lstm-aaaa", [], beat=None)
    whole = json.loads((folder / "spec.json").read_text()) | {"created": time.time()}
    (folder / "spec.json").write_text(json.dumps(whole))
    assert "**Starting**" in text(page())


@pytest.mark.parametrize(
    ("end", "beat", "words"),
    [
        ({"event": "failed", "error": "The disk is full. Free some room and train again."}, 60, "The disk is full"),
        ({"event": "cancelled"}, 60, "Cancelled (epochs done: 1)"),
        (step(2), 60, "ended without a word (epochs done: 2)"),
    ],
    ids=["failed", "cancelled", "lost"],
)
def test_an_ended_training_says_how_and_what_to_do(
    page: Callable[[], AppTest], run_folder: Callable[..., Path], end: dict[str, Any], beat: float, words: str
) -> None:
    folder = run_folder("20240101-000000-000-lstm-aaaa", [step(1), end], beat=beat)
    (folder / "log.txt").write_text("the last words")
    test = page()
    assert words in text(test)
    assert "training running" not in text(test)
    told = [code.value for code in test.code]
    assert told == ([] if end["event"] == "cancelled" else ["the last words"])


def test_a_finished_training_is_compared_and_can_be_used(
    page: Callable[[], AppTest], run_folder: Callable[..., Path], shipped: Path
) -> None:
    folder = run_folder("20240101-000000-000-lstm-aaaa", [step(1), {"event": "done"}], beat=60)
    shutil.copytree(shipped, folder / "model")
    test = page()
    assert "on the same days." in text(test)
    assert len(test.selectbox(key="forecaster").options) == 2
    assert test.selectbox(key="forecaster").value == "daily-lstm", "the shipped model stands first"
    test.button(key=f"use-{folder.name}").click().run()
    assert test.selectbox(key="forecaster").value != "daily-lstm"
    assert any(option.startswith("Trained here ") for option in test.selectbox(key="forecaster").options)
    assert test.button(key=f"use-{folder.name}").disabled


def test_spoilt_and_earlier_runs_are_listed(page: Callable[[], AppTest], run_folder: Callable[..., Path]) -> None:
    spoilt = run_folder("20240103-000000-000-lstm-cccc", [])
    (spoilt / "spec.json").write_text("{")
    run_folder("20240102-000000-000-lstm-bbbb", [step(1), {"event": "cancelled"}])
    run_folder("20240101-000000-000-lstm-aaaa", [step(1), {"event": "failed", "error": "reason"}])
    test = page()
    assert "holds no readable spec" in text(test)
    assert test.dataframe[-1].value["Ended as"].tolist() == ["Cancelled", "Failed"]


def test_submitting_starts_one_training(page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(jobs, "start", lambda spec: asked.append(spec) or Path("a-run"))
    test = page()
    test.number_input(key="train-quick-epochs").set_value(2)
    test.number_input(key="train-quick-hidden").set_value(8)
    test.selectbox(key="train_counts").set_value("loaded")
    next(button for button in test.button if button.label == "Start training").click().run()
    assert not test.exception
    assert len(asked) == 1
    spec = asked[0]
    assert (spec.kind, spec.target, spec.preset, spec.data) == ("lstm", "daily", "quick", "processed")
    assert spec.settings == {"epochs": 2, "hidden": 8}


def test_the_form_follows_the_preset(page: Callable[[], AppTest]) -> None:
    test = page()
    test.segmented_control(key="train_preset").set_value("recommended").run()
    assert test.number_input(key="train-recommended-epochs").value == LSTMConfig().epochs


def test_an_impossible_value_is_refused_on_the_server(
    page: Callable[[], AppTest], monkeypatch: pytest.MonkeyPatch, folders: Path
) -> None:
    monkeypatch.setattr(forecaster_training.settings_form, "fields", lambda *_args, **_more: {"epochs": 10**6})
    test = page()
    next(button for button in test.button if button.label == "Start training").click().run()
    assert "epochs = 1000000 is not between 1 and 500" in text(test).replace("\\", "")
    assert not list((folders / "runs").iterdir())


def test_models_scored_on_other_days_are_not_compared() -> None:
    own = {
        "split": {"held_out": {"start": "2024-01-01", "end": "2024-06-30"}},
        "data": {"fingerprint": "a"},
        "metrics": {"held_out": {"pooled": {"mae": 5.0}, "baselines": {}}},
    }
    other = own | {"data": {"fingerprint": "b"}}
    assert "cannot be compared" in forecaster_training.comparison(own, "daily-lstm", other)
    assert forecaster_training.comparison(own, "daily-lstm", own).endswith("daily-lstm 5.0 on the same days.")
    assert forecaster_training.comparison(own, "", None) == (
        "Mean absolute error on held-out days: **5.0** accidents a day."
    )
