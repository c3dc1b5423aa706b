import json
import shutil

import pandas as pd
import pytest

from models import champions, score_words
from models.score_words import score

PAGE = "pages/models/comparison.py"


def scores(app):
    """All scores of the models, rows, whatever table they stand in."""
    tables = [t.value for t in app.table]
    return pd.concat([t for t in tables if "Class frequencies" in t.index], axis="columns")


def test_all_models_stand_beside_the_class_frequencies(open_page, trained):
    table = scores(open_page(PAGE))
    assert list(table.index) == ["XGBoost", "Random forest", "TabTransformer", "Class frequencies"]
    row = table["Log-loss (less is better)"]
    stored = json.loads((trained / "collision-xgboost" / "metadata.json").read_text())["metrics"]["held_out"]
    assert score(stored["log_loss"]) in row["XGBoost"]
    assert score(stored["intervals"]["log_loss"][0]) in row["XGBoost"]
    assert row["Class frequencies"] == score(stored["baseline"]["log_loss"])


def test_the_champion_comes_first_and_only_those_compared_with_it_follow(open_page, trained):
    champions.promote("collision-tab-transformer")
    champions.compare("collision-random-forest", wanted=False)
    table = scores(open_page(PAGE))
    assert list(table.index) == ["TabTransformer", "XGBoost", "Class frequencies"]


def test_the_best_model_of_each_metric_is_marked_by_its_direction(open_page, trained):
    table = scores(open_page(PAGE))
    for name, lowest in (("Log-loss (less is better)", True), ("Macro AUC (more is better)", False)):
        row = table.loc[["Random forest", "TabTransformer", "XGBoost"], name]
        values = row.map(lambda cell: float(cell.split(" ")[0].strip("*")))
        bold = row[row.str.startswith("**")]
        assert len(bold) == 1
        assert values[bold.index[0]] == (values.min() if lowest else values.max())


def test_period_and_simulated_training_are_stated(open_page, trained):
    app = open_page(PAGE)
    assert any("had not seen while learning" in m.value and "2024" in m.value for m in app.markdown)
    assert any("Trained and scored on simulated accidents" in w.value for w in app.warning)


def test_the_main_scores_are_also_given_without_what_comes_close_to_the_event(open_page, trained):
    row = scores(open_page(PAGE))["Log-loss with directions of travel unknown (less is better)"]
    stored = json.loads((trained / "collision-xgboost" / "metadata.json").read_text())["metrics"]
    assert score(stored["held_out_without_near_event"]["log_loss"]) in row["XGBoost"]


def test_severity_has_its_own_metrics(open_page, trained):
    app = open_page(PAGE)
    app.segmented_control(key="compare_target").set_value("severity").run()
    assert not app.exception
    assert "AUC, killed (more is better)" in scores(app).columns
    app.selectbox(key="compare_metric_severity").select("auc_killed").run()
    app.selectbox(key="compare_confusion_severity").select("severity-xgboost").run()
    assert not app.exception


def test_a_model_scored_before_a_metric_was_known_shows_a_dash(open_page, trained):
    path = trained / "severity-xgboost" / "metadata.json"
    metadata = json.loads(path.read_text())
    for found in metadata["metrics"].values():
        for part in (found, found["intervals"], found["baseline"]):
            part.pop("quadratic_kappa", None)
    path.write_text(json.dumps(metadata))
    app = open_page(PAGE)
    app.segmented_control(key="compare_target").set_value("severity").run()
    app.selectbox(key="compare_metric_severity").select("quadratic_kappa").run()
    assert not app.exception
    row = scores(app)["Quadratic kappa (more is better)"]
    assert row["XGBoost"] == "–"
    assert row["Random forest"] != "–"


def test_models_scored_on_different_accidents_are_not_passed_off_as_comparable(open_page, trained):
    path = trained / "collision-xgboost" / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["split"]["held_out"]["end"] = "2024-11-30"
    metadata["metrics"]["held_out"]["baseline"]["log_loss"] = 1.5
    path.write_text(json.dumps(metadata))
    app = open_page(PAGE)
    assert any("scored on different accidents" in w.value for w in app.warning)
    own, others = (t.value for t in app.table if "Log-loss (less is better)" in t.value.columns)
    assert list(own.index) == ["XGBoost", "Class frequencies"]
    assert list(others.index) == ["Random forest", "TabTransformer", "Class frequencies"]
    column = "Log-loss (less is better)"
    assert own.loc["Class frequencies", column] == "1.50" != others.loc["Class frequencies", column]
    assert "**" not in own.loc["XGBoost", column]  # the best of one is nothing to say
    assert sum("**" in cell for cell in others[column]) == 1
    told = [m.value for m in app.markdown if "had not seen while learning" in m.value]
    assert len(set(told)) == 2
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")][:2]
    assert [[trace["y"] for trace in chart["data"]] for chart in charts] == [
        [["XGBoost"]], [["Random forest"], ["TabTransformer"]]
    ]  # fmt: skip
    assert sum(c.value.startswith("Scored on") for c in app.caption) == 2
    one, other = (chart["layout"]["xaxis"]["range"] for chart in charts)
    assert one == other  # a place means the same in both
    assert one[0] < 1.5 < one[1]
    assert charts[0]["layout"]["margin"]["l"] == charts[1]["layout"]["margin"]["l"] > 0
    assert app.selectbox(key="compare_confusion_collision").options[0] == "XGBoost"  # the champion


def test_no_table_is_wider_than_a_narrow_window(open_page, trained):
    app = open_page(PAGE)
    app.segmented_control(key="compare_target").set_value("severity").run()
    assert max(len(t.value.columns) for t in app.table) <= 5
    topics = {metric for metrics in score_words.TOPICS.values() for metric in metrics}
    assert topics == score_words.METRICS.keys()


def test_without_models_it_says_how_to_get_them(open_page, demo_data):
    app = open_page(PAGE)
    assert any("There is no model for" in i.value for i in app.info)
    assert any("no trained forecaster" in i.value for i in app.info)


def test_a_broken_checkpoint_is_listed_and_the_rest_stays(open_page, trained):
    (trained / "collision-xgboost" / "metadata.json").write_text('{"format": 1')
    app = open_page(PAGE)
    assert "XGBoost" not in scores(app).index
    assert "Random forest" in scores(app).index
    assert any("collision-xgboost" in w.value for w in app.warning)


@pytest.fixture
def forecaster(trained):
    """The metadata of a forecaster; the page reads nothing else of it."""
    pooled = {"mae": 14.512, "mase": 0.71, "coverage_80": 0.793}
    held_out = {
        "origins": 12,
        "pooled": pooled,
        "baselines": {"seasonal-naive": {"pooled": {"mae": 23.04, "mase": 1.12}}},
    }
    folder = trained / "daily-lstm"
    folder.mkdir()
    metadata = {
        "format": 1, "kind": "lstm", "target": "daily", "config": {}, "files": {},
        "split": {"held_out": {"start": "2024-01-01", "end": "2024-09-30"}}, "metrics": {"held_out": held_out},
    }  # fmt: skip
    (folder / "metadata.json").write_text(json.dumps(metadata))


def test_the_forecaster_stands_beside_the_seasonal_naive(open_page, forecaster):
    table = open_page(PAGE).table[-1].value
    assert table["MAE (accidents a day)"].tolist() == ["14.5", "23.0"]
    assert table["Coverage of 80%"].tolist() == ["79%", "–"]
    assert table.index[1] == "Last week again (seasonal naive)"


def test_a_baseline_scored_on_the_same_days_is_told_once(open_page, forecaster, trained):
    shutil.copytree(trained / "daily-lstm", trained / "daily-lstm-again")
    table = open_page(PAGE).table[-1].value
    assert table["MAE (accidents a day)"].tolist() == ["14.5", "14.5", "23.0"]


def test_forecasters_by_level_and_by_the_day_ahead(open_page, forecaster, trained):
    path = trained / "daily-lstm" / "metadata.json"
    metadata = json.loads(path.read_text())
    held_out = metadata["metrics"]["held_out"]
    held_out["by_horizon"] = {"1": {"mae": 12.0, "coverage_80": 0.7}, "28": {"mae": 16.0, "coverage_80": 0.9}}
    held_out["baselines"]["seasonal-naive"]["by_horizon"] = {"1": {"mae": 20.0}, "28": {"mae": 22.0}}
    scores = {"mase": 0.9, "coverage_80": 0.81, "by_departement": {"69": {"mae": 1.234, "mase": 0.8}}}
    scores["baselines"] = {"seasonal-naive": {"mase": 1.1}}
    metadata["departements"] = {"metrics": {"held_out": scores}}
    path.write_text(json.dumps(metadata))
    app = open_page(PAGE)
    table = next(d.value for d in app.dataframe if "Days ahead" in d.value.columns)
    assert table["Days ahead"].tolist() == [1, 28]
    assert table["Last week again (seasonal naive)"].tolist() == [20.0, 22.0]
    app.selectbox(key="forecast_measure").select("coverage_80").run()
    table = next(d.value for d in app.dataframe if "Days ahead" in d.value.columns)
    assert table.iloc[:, 1].tolist() == [70.0, 90.0]
    app.selectbox(key="forecast_level").select("all-departements").run()
    assert app.table[-1].value["MASE"].tolist() == ["0.900", "1.10"]
    app.selectbox(key="forecast_level").select("69").run()
    assert not app.exception
    assert app.table[-1].value.iloc[0].to_dict() == {"MAE (accidents a day)": "1.23", "MASE": "0.800"}
    assert app.query_params["forecast_level"] == "69"


def test_every_score_is_told_in_words(open_page, trained):
    assert score_words.MEANINGS.keys() == score_words.METRICS.keys()
    app = open_page(PAGE)
    assert any("**Brier score**: Squared distance" in m.value for m in app.markdown)


def test_the_confusion_matrix_begins_with_the_best_model(open_page, trained):
    app = open_page(PAGE)
    row = scores(app)["Log-loss (less is better)"].drop("Class frequencies")
    best = row[row.str.startswith("**")].index[0]
    assert app.selectbox(key="compare_confusion_collision").options[0] == best


def test_scores_of_the_cuts_are_named_so_and_never_held_out(open_page, learnt_whole):
    app = open_page(PAGE)
    words = "Scores on months predicted before they were learnt, by models of the same settings: "
    (said,) = [m.value for m in app.markdown if m.value.startswith("Scores on")]
    assert said.startswith(words)
    assert "3,000 accidents" in said
    assert not any("cannot be compared" in w.value for w in app.warning)
    table = scores(app)
    stored = json.loads((learnt_whole / "collision-xgboost" / "metadata.json").read_text())["metrics"]
    assert score(stored["cuts"]["log_loss"]) in table.loc["XGBoost", "Log-loss (less is better)"]
    row = table["Log-loss with directions of travel unknown (less is better)"]
    assert score(stored["cuts_without_near_event"]["log_loss"]) in row["XGBoost"]
    origins = next(t.value for t in app.table if "Learnt from" in t.value.columns)
    assert "40,000" in origins.loc["XGBoost", "Learnt from"]
    for label in ("Calibrated on", "Scored on"):
        assert origins.loc["XGBoost", label].startswith("months predicted before they were learnt")
    for element in (*app.markdown, *app.caption, *app.warning, *app.info):
        assert "held out" not in element.value
        assert "held-out" not in element.value


def test_scores_of_the_cuts_are_not_compared_with_scores_on_days_held_out(open_page, learnt_whole):
    path = learnt_whole / "collision-random-forest" / "metadata.json"
    metadata = json.loads(path.read_text())
    metadata["metrics"]["held_out"] = metadata["metrics"].pop("cuts")
    metadata["split"]["held_out"] = {"start": "2024-08-01", "end": "2024-09-30", "rows": 3000}
    path.write_text(json.dumps(metadata))
    assert any("scored on different accidents" in w.value for w in open_page(PAGE).warning)
