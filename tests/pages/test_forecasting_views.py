"""What the Forecasting page shows of a choice: levels, intervals, baselines, past forecasts, effects, and addresses."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data import series
from models import checkpoint
from models.direct_forecasting import DirectRegression
from models.lstm_config import LSTMConfig
from models.score_words import score

ROOT = Path(__file__).resolve().parents[2]
PAGE = "pages/forecast/forecasting.py"
SMALL = LSTMConfig(window=28, hidden=4, layers=1, members=1, epochs=1, departement_epochs=1, departement_samples=64)

Open = Callable[..., AppTest]


def departements(france: pd.Series) -> pd.DataFrame:
    """Made-up counts of four départements; those of Corse-du-Sud end a week early."""
    draws = np.random.default_rng(0)
    shares = {"2A": 0.01, "48": 0.002, "69": 0.03, "75": 0.09}
    table = pd.DataFrame({code: draws.poisson(france * share) for code, share in shares.items()}, index=france.index)
    table = table.astype("float64")
    table.loc[table.index[-7:], "2A"] = np.nan
    return table


@pytest.fixture(scope="module")
def _models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A forecaster that knows four départements, and one of France alone; one epoch each."""
    from models.lstm_forecasting import LSTMForecaster

    folder = tmp_path_factory.mktemp("forecasters")
    france = series.france().iloc[-1000:]
    LSTMForecaster(SMALL, "quick", "cpu").fit(france, departements=departements(france)).save(folder / "knowing")
    LSTMForecaster(SMALL, "quick", "cpu").fit(france).save(folder / "national")
    return folder


@pytest.fixture
def page(folders: Path, _models: Path) -> Iterator[Open]:
    """Open the page at an address, with the models of these names."""

    def run(*models: str, **address: str | list[str]) -> AppTest:
        for name in models or ("knowing",):
            shutil.copytree(_models / name, folders / "checkpoints" / name)
        test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        test.switch_page(PAGE)
        for name, value in address.items():
            test.query_params[name] = value
        test.run()
        assert not test.exception
        return test

    st.cache_data.clear()
    st.cache_resource.clear()
    yield run
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def learnt_until(folders: Path) -> Callable[[AppTest, str], AppTest]:
    """Run a page again with a model that has learnt from the days until another."""

    def change(test: AppTest, day: str) -> AppTest:
        path = folders / "checkpoints" / "knowing" / "metadata.json"
        metadata = json.loads(path.read_text())
        metadata["learnt_until"] = metadata["split"]["validation"]["end"] = day
        path.write_text(json.dumps(metadata))
        test.run()
        assert not test.exception
        return test

    return change


def text(test: AppTest) -> str:
    kinds = (test.markdown, test.caption, test.info, test.warning, test.error)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def metrics(test: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in test.metric}


def lines(test: AppTest, chart: int = 0) -> dict[str, Any]:
    return {trace["name"]: trace for trace in json.loads(test.get("plotly_chart")[chart].proto.spec)["data"]}


def test_a_departement_is_chosen_by_name_and_number(page: Open, folders: Path) -> None:
    test = page()
    assert test.selectbox(key="level").options == ["France", "48 Lozère", "69 Rhône", "75 Paris"]
    assert "Left out, because a day of the last 28 is not counted: 2A Corse-du-Sud." in text(test)
    test.selectbox(key="level").set_value("75").run()
    assert not test.exception
    scores = checkpoint.read(folders / "checkpoints" / "knowing")["departements"]
    own = scores["metrics"]["held_out"]["by_departement"]["75"]
    assert metrics(test)["MASE, Paris"] == score(own["mase"])
    assert {"MASE, all départements", "In the 80% interval, all départements"} <= set(metrics(test))
    errors = {metric.label: metric for metric in test.metric}
    counted = departements(series.france().iloc[-1000:])["75"]
    origins = checkpoint.read(folders / "checkpoints" / "knowing")["held_out_forecasts"]["origins"]
    days = [counted.index.get_loc(day) for day in origins]
    again = np.mean([abs(counted.iloc[i + d] - counted.iloc[i - 7 + d % 7]) for i in days if i + 28 <= 1000
                     and i >= 1000 - 448 + 7 for d in range(28)])  # fmt: skip
    assert errors["Mean absolute error, Paris"].delta == f"last week again: {again:.{1 if again >= 10 else 2}f}"
    assert "Paris has about" in text(test)
    assert "Chance alone moves such a count" in text(test)
    assert "%" not in metrics(test)["Mean absolute error, Paris"], "never a percentage of a département's few accidents"
    rows = test.dataframe[0].value
    assert rows["mean"].between(5, 30).all(), "about 9 % of France's 160"


def test_a_model_of_france_alone_says_so(page: Open) -> None:
    test = page("national", level="75 Paris")
    assert (test.selectbox(key="level_alone").options, test.selectbox(key="level_alone").disabled) == (["France"], True)
    assert "Shown is France as a whole" in test.warning[0].value
    assert "learnt from one series alone, so it forecasts no département" in test.warning[0].value
    assert test.subheader[0].value.startswith("France, 1 October 2024")
    assert "Expected in 28 days" in metrics(test)


def test_the_level_leaves_with_a_model_that_does_not_know_it(page: Open) -> None:
    test = page("knowing", "national", level="69 Rhône")
    assert test.selectbox(key="level").value == "69"
    test.selectbox(key="forecaster").set_value("national").run()
    assert not test.exception
    assert test.selectbox(key="level_alone").value == "France"
    chart = json.loads(test.get("plotly_chart")[0].proto.spec)
    assert "Accidents a day, France" in json.dumps(chart["layout"])


def test_a_model_of_one_departement_names_it(page: Open, folders: Path) -> None:
    test = page("national")
    path = folders / "checkpoints" / "national" / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["data"]["departement"] = "33"
    # other days than France's, or they would be taken for France's
    metadata["context"]["counts"][-1] += 1
    path.write_text(json.dumps(metadata))
    test.run()
    assert test.selectbox(key="level_alone").options == ["Gironde"]
    assert "Shown is Gironde alone" in test.warning[0].value
    assert test.subheader[0].value.startswith("Gironde, ")


def test_an_address_gives_the_same_view(page: Open) -> None:
    test = page(
        level="69 Rhône",
        horizon="7",
        intervals=["50%"],
        beside=["Last week again (seasonal naive)"],
        look="Past forecasts",
        tested_from="2024-08-15",
        shown="1 year",
    )
    assert test.selectbox(key="level").value == "69"
    assert "Expected in 7 days" in metrics(test)
    assert {"50% interval", "Last week again (seasonal naive)"} <= set(lines(test))
    assert "80% interval" not in lines(test)
    assert not test.warning
    assert str(test.date_input(key="tested_from").value) == "2024-08-15"
    assert "Rhône, 15 August 2024 to 21 August 2024" in text(test)


def test_impossible_addresses_show_the_usual_view(page: Open) -> None:
    test = page(
        level="999 Nowhere",
        horizon="99",
        intervals=["12%"],
        beside=["A crystal ball"],
        look="Elsewhere",
        days_from="the moon",
        shown="a while",
        measure="luck",
        forecaster="../../etc",
    )
    assert test.selectbox(key="level").value == "france"
    assert "Expected in 28 days" in metrics(test)
    assert {"80% interval", "95% interval"} <= set(lines(test))
    assert len(test.dataframe[0].value) == 28
    assert not test.error
    for part in ("Level: 999 Nowhere", "Days ahead: 99", "Intervals: 12%", "Draw beside it: A crystal ball",
                 "Days to forecast from: the moon", "History shown: a while", "Model: ../../etc"):  # fmt: skip
        assert part in test.warning[0].value.replace("\\:", ":")
    test.slider(key="horizon").set_value(7).run()
    assert not test.warning


@pytest.mark.parametrize("day", ["1990-01-01", "2099-01-01", "yesterday"])
def test_a_day_that_cannot_be_tested_is_the_last_that_was_scored(page: Open, day: str) -> None:
    test = page(look="Past forecasts", tested_from=day)
    assert str(test.date_input(key="tested_from").value) == "2024-08-28"
    assert not test.error


def test_no_interval_is_a_line_and_a_word(page: Open) -> None:
    test = page(intervals="")
    assert not any("interval" in name for name in lines(test))
    assert "No interval is drawn" in text(test)
    assert test.dataframe[0].value.columns.tolist() == [
        "date", "weekday", "public_holiday", "mean", "counted_364_days_before",
    ]  # fmt: skip


def test_the_origin_and_the_yearly_counts_are_told(page: Open) -> None:
    words = text(page())
    assert "The forecast begins on 1 October 2024, its origin" in words
    assert "BAAC appears once a year" in words


def test_baselines_are_drawn_and_those_that_learn_learn_once(page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[int] = []
    whole = DirectRegression.refitted

    def counted(self: DirectRegression, *given: Any) -> DirectRegression:
        learnt.append(len(given[0]))
        return whole(self, *given)

    monkeypatch.setattr(DirectRegression, "refitted", counted)
    test = page()
    assert not learnt, "nothing learns before it is asked for"
    test.multiselect(key="beside").set_value(["last-year", "regression"]).run()
    test.slider(key="horizon").set_value(14).run()
    assert not test.exception
    assert {"Last year again, by weekday", "Regression on the calendar"} <= set(lines(test))
    assert learnt == [len(series.france())]


def test_a_baseline_that_cannot_learn_says_why(page: Open) -> None:
    test = page(level="75 Paris", beside=["Regression on the calendar", "Last week again (seasonal naive)"])
    assert "Last week again (seasonal naive)" in lines(test)
    assert "Regression on the calendar is not drawn: The series has 448 days" in text(test)


def test_a_past_forecast_stands_beside_what_came(page: Open) -> None:
    test = page(look="Past forecasts")
    came = lines(test, 1)["Counted afterwards"]
    assert len(came["x"]) == 28 or "bdata" in came["x"]
    actual = series.france().loc["2024-08-28":"2024-09-24"].to_numpy()  # the last forecast that was scored
    rows = test.dataframe[0].value
    np.testing.assert_array_equal(rows["counted"], actual)
    error = float(np.abs(rows["mean"] - actual).mean())
    again = float(np.abs(np.tile(series.france().loc["2024-08-21":"2024-08-27"], 4) - actual).mean())
    assert f"Off by **{error:.1f}** accidents a day on average; last week again, by {again:.1f}" in text(test)
    inside = int(((rows["low_80"] <= actual) & (actual <= rows["high_80"])).sum())
    assert f"Inside the 80% interval: {inside} of 28 days" in text(test)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("2024-09-01", "The model has **not seen** these days: it learnt from days to 1 September 2024"),
        ("2024-09-02", "The model **has seen** some of these days, those to 2 September 2024"),
        ("2024-09-30", "The model **has seen** these days"),
    ],
)
def test_whether_the_model_had_seen_the_days_is_told(
    page: Open, learnt_until: Callable[[AppTest, str], AppTest], until: str, words: str
) -> None:
    assert words in text(learnt_until(page(look="Past forecasts", tested_from="2024-09-02"), until))


def test_a_forecast_of_days_held_out_is_the_one_that_was_scored(page: Open, folders: Path) -> None:
    test = page(look="Past forecasts", tested_from="2024-08-21")
    assert "This is the forecast that was scored: the model had then **not seen** these days" in text(test)
    assert "alone. It has learnt from all days to 30 September 2024 since." in text(test)
    kept = checkpoint.read(folders / "checkpoints" / "knowing")["held_out_forecasts"]
    rows = test.dataframe[0].value
    np.testing.assert_array_equal(rows["mean"], kept["mean"][kept["origins"].index("2024-08-21")])
    path = folders / "checkpoints" / "knowing" / "metadata.json"
    metadata = json.loads(path.read_text())
    path.write_text(json.dumps(metadata | {"learnt_until": metadata["split"]["validation"]["end"]}))
    assert "It has learnt from all days to" not in text(test.run())


def test_a_model_that_learnt_from_all_days_after_its_scores_says_so(
    page: Open, learnt_until: Callable[[AppTest, str], AppTest]
) -> None:
    test = page()
    assert "had not seen when it was scored" in text(test)
    assert "Afterwards it learnt from all days to 30 September 2024." in text(learnt_until(test, "2024-09-30"))


def test_simulated_days_are_new_to_a_model_of_real_ones(page: Open, demo_data: Path) -> None:
    test = page(look="Past forecasts", days_from="Demonstration data (simulated)", level="75 Paris")
    assert test.selectbox(key="level").value == "75"
    assert "it learnt from other counts" in text(test)
    assert "Demonstration data, simulated" in text(test)


def test_errors_by_day_ahead_are_those_kept(page: Open, folders: Path) -> None:
    test = page(look="Errors by day ahead")
    scores = checkpoint.read(folders / "checkpoints" / "knowing")["metrics"]["held_out"]
    table = test.table[0].value
    assert table.columns.tolist() == [1, 7, 14, 28]
    assert table.loc["knowing", 7] == f"{scores['by_horizon']['7']['mae']:.1f}"
    assert len(table) == 1 + len(scores["baselines"])
    test.segmented_control(key="measure").set_value("mase").run()
    assert test.table[0].value.loc["knowing", 28] == f"{scores['by_horizon']['28']['mase']:.2f}"


def test_errors_of_a_departement_are_told_beside_the_others(page: Open) -> None:
    test = page(look="Errors by day ahead", level="75 Paris")
    assert "Paris: MASE **" in text(test)
    assert "of 3 other départements" in text(test)
    assert "chance alone gives about" in text(test)


def test_no_more_history_is_offered_than_there_is(page: Open) -> None:
    test = page(shown="3 years")
    assert test.segmented_control(key="shown").value == 1096
    test.selectbox(key="level").set_value("75").run()
    assert test.segmented_control(key="shown").options == ["4 weeks", "4 months", "1 year", "All"]
    assert test.segmented_control(key="shown").value == 120
    assert "keeps the last 448 of each département only" in text(test)


def test_calendar_effects_in_words_and_as_a_table(page: Open) -> None:
    test = page(look="Calendar effects", level="75 Paris")
    assert "The model expects:" in text(test)
    assert "How this was estimated" in text(test)
    assert "effects in France as a whole" in text(test)
    table = test.table[0].value
    assert {"Monday", "Sunday", "Public holiday", "August"} <= set(table.index)
    assert all(value.startswith("× ") for value in table["Expected"])


def test_reasons_of_the_forecast_in_words_and_by_day(page: Open) -> None:
    test = page(look="Reasons", level="75 Paris", horizon="14")
    assert "The forecast is **" in text(test)
    assert "exact Shapley values over all coalitions" in text(test)
    assert "reasons of the forecast of France as a whole" in text(test)
    steps = json.loads(test.get("plotly_chart")[-2].proto.spec)["data"][0]["x"]
    assert sum(steps[:-1]) == pytest.approx(steps[-1], abs=1e-6)
    days = json.loads(test.get("plotly_chart")[-1].proto.spec)["data"][0]["x"]
    assert len(days) == 14
    chosen = test.selectbox(key="reasons_day")
    assert len(chosen.options) == 15
    chosen.select_index(3).run()
    assert not test.exception
    other = json.loads(test.get("plotly_chart")[-2].proto.spec)["data"][0]["x"]
    assert other != steps
    assert sum(other[:-1]) == pytest.approx(other[-1], abs=1e-6)


def test_a_broken_model_leaves_the_others_and_says_why(page: Open, folders: Path) -> None:
    damaged = folders / "checkpoints" / "damaged"
    damaged.mkdir()
    (damaged / "metadata.json").write_text("{")
    test = page(level="48 Lozère")
    assert "damaged" in text(test)
    assert test.selectbox(key="level").value == "48"
