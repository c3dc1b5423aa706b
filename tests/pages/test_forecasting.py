"""The Forecasting page in every state of its models, data and trainings, run from the frame."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data import accidents, series, store
from models import checkpoint
from models.lstm_config import LSTMConfig
from tests.pages.reports import watch

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


def text(test: AppTest) -> str:
    """All words on the page, to look for some of them."""
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error, test.success, test.sidebar.markdown)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def metrics(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def test_without_a_model_it_offers_training(page: Callable[[], AppTest]) -> None:
    test = page()
    assert "no trained forecaster yet" in text(test)
    assert training_link(test)


def training_link(test: AppTest) -> bool:
    """Whether the page leads to the training of forecasters."""
    links = [(link.proto.page, link.proto.query_string) for link in test.get("page_link")]
    return ("training", "predict=daily") in links


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
    assert training_link(test)


def test_the_shipped_model_forecasts_on_a_bare_clone(page: Callable[[], AppTest], shipped: Path) -> None:
    test = page()
    found, scores = metrics(test), checkpoint.read(shipped)["metrics"]["held_out"]
    total, low, high = (int(n.replace(",", "")) for n in re.findall(r"[\d,]+(?!%)\b", found["Expected in 28 days"]))
    assert 1000 < low < total < high, "of a whole, with its 80% interval"
    before = series.france().loc["2023-10-03":"2023-10-30"].sum()  # Tuesdays both, 3 October 2023 and 1 October 2024
    assert found["Same days, year before"] == f"{before:,.0f}"
    assert found["Mean absolute error"] == f"{scores['pooled']['mae']:.1f}"
    assert "Learnt from the daily counts of" in text(test)
    assert "ONISR, BAAC 2005-2024" in text(test)
    rows = test.dataframe[0].value
    assert rows["date"].tolist() == [str(day.date()) for day in pd.date_range("2024-10-01", periods=28)]
    assert (rows["low_95"] <= rows["low_80"]).all()
    assert (rows["low_80"] <= rows["mean"]).all()
    assert (rows["mean"] <= rows["high_80"]).all()


def test_the_forecast_can_be_kept_as_a_report(
    page: Callable[[], AppTest], shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clicks = watch(monkeypatch)
    test = page()
    html, words = clicks.text("report_forecast_html"), clicks.text("report_forecast_pdf")
    assert clicks.buttons["report_forecast_pdf"]["file_name"] == "balise-forecast-daily-lstm-france-2024-10-01.pdf"
    total, low, high = re.findall(r"[\d,]+(?!%)\b", metrics(test)["Expected in 28 days"])
    rows = test.dataframe[0].value
    for report in (html, words):
        assert total in report
        assert f"{low}–{high}" in report
        for row in rows.itertuples():
            assert f"{row.low_80:,.0f}–{row.high_80:,.0f}" in report
        for told in ("Monday 28 October 2024", "Last week again (seasonal naive)", "Mayotte (976)", "neither weather"):
            assert told in report
    assert html.count("<svg") == 2


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
    page: Callable[[], AppTest], shipped: Path, import_official: Callable[..., None]
) -> None:
    import_official("2018")
    test = page()
    test.selectbox(key="days_from").set_value("loaded").run()
    assert not test.exception
    assert "no accident has a date" in test.error[0].value
