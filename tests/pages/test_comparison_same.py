"""Any models on the same accidents, on the Comparison page."""

from __future__ import annotations

import csv
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from data import demo, store
from models import champions, comparison, evaluation, slices
from models.__main__ import main
from models.score_words import METRICS
from ui import words

PAGE = "pages/models/comparison.py"
TABS = ("Scores", "Curves and threshold", "Kinds of accidents", "Disagreements", "Learning and cost")


@pytest.fixture
def compare(open_page, monkeypatch):
    """Open the page on the same accidents, with what an address asks for, and a few draws of the bootstrap."""
    from streamlit.testing.v1 import AppTest

    from tests.pages.conftest import ROOT

    monkeypatch.setattr(comparison, "DRAWS", 40)

    def run(**asked):
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        for name, value in {"compare_scores": "same", "compare_size": "1000", **asked}.items():
            app.query_params[name] = value
        app.switch_page(PAGE).run()
        assert not app.exception
        return app

    return run


def numbers(app):
    """Every score as a number: model, score -> row."""
    frame = next(d.value for d in app.dataframe if "Score" in d.value.columns)
    return frame.set_index(["Model", "Score"])


def said(app):
    return "\n".join(e.value for e in (*app.markdown, *app.caption, *app.warning, *app.info))


def test_the_kept_scores_come_first(open_page, trained):
    app = open_page(PAGE)
    assert app.segmented_control(key="compare_scores").value == "kept"
    app.segmented_control(key="compare_scores").set_value("same").run()
    assert not app.exception
    assert app.query_params["compare_scores"] == "same"


def test_models_answer_for_accidents_that_none_has_learnt_from(compare, trained):
    app = compare()
    assert app.multiselect(key="models_collision").value == [e.name for e in champions.compared("collision")]
    table = numbers(app)
    assert set(table.index.get_level_values(0)) == {"XGBoost", "Random forest", "TabTransformer"}
    assert (table["Accidents"] == 1000).all()
    assert (table["Learnt from"] == 0).all()
    assert "None of these models has learnt" in said(app)
    assert "simulated" in said(app)
    assert "Only accidents with somebody injured" in said(app)
    assert any("Class frequencies" in t.value.index for t in app.table)


def test_accidents_learnt_from_are_counted_and_warned_of(compare, trained):
    app = compare(compare_accidents="all", compare_size="10000")
    table = numbers(app)
    seen = table["Learnt from"].groupby(level=0).first()
    assert (seen > 0).all()
    assert (seen < 10000).all()
    assert any(
        "scores flatter" in w.value and f"XGBoost: {seen['XGBoost']:,} of 10,000" in w.value for w in app.warning
    )
    assert "which is better cannot be said here" in said(app)
    assert "is worse than" not in said(app)
    assert "is better than" not in said(app)
    assert "In bold" not in said(app)
    assert any("No difference is told of Random forest, TabTransformer" in w.value for w in app.warning)


def test_scores_on_the_page_are_those_of_the_command_line(compare, trained, tmp_path, capsys):
    official = tmp_path / "official"
    official.mkdir()
    tables = demo.tables(seed=5, start="2024-03-01", end="2024-03-20", accidents_a_day=40)
    for name, frame in tables.items():
        frame.to_csv(official / f"{name}-2024.csv", sep=";", index=False, quoting=csv.QUOTE_ALL)
    store.import_paths([official])
    command = ["evaluate", str(trained / "severity-xgboost"), str(trained / "severity-random-forest")]
    capsys.readouterr()
    assert main([*command, "--data", "processed", "--bootstrap", str(comparison.DRAWS), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    app = compare(compare_target="severity", compare_accidents="all")
    table = numbers(app)
    for name, label in (("severity-xgboost", "XGBoost"), ("severity-random-forest", "Random forest")):
        found = told[name]
        assert found["rows"] == table.loc[label, "Accidents"].iloc[0] < 1000
        assert found["seen_rows"] == table.loc[label, "Learnt from"].iloc[0]
        for metric in evaluation.metrics_of("severity"):
            row = table.loc[(label, METRICS[metric].label)]
            assert f"{row['Value']:.4f}" == f"{found[metric]:.4f}"
            np.testing.assert_allclose(
                row[["Interval from", "Interval to"]].to_numpy(float), found["intervals"][metric], atol=5e-5
            )


def test_the_champion_leads_and_others_are_compared_with_it(compare, trained):
    champions.promote("severity-random-forest")
    app = compare(compare_target="severity")
    assert app.subheader[0].value == "Compared with Random forest"  # before any table
    assert not any("No difference is told" in w.value for w in app.warning)
    lines = next(m.value for m in app.markdown if "log-loss" in m.value and "XGBoost" in m.value)
    assert "**XGBoost**" in lines
    assert "**Random forest**" not in lines
    row = numbers(app).loc["XGBoost"]
    plain = row["Value"] - numbers(app).loc["Random forest", "Value"]
    np.testing.assert_allclose(row["Difference from Random forest"].to_numpy(float), plain.to_numpy(float))


def test_chosen_models_stand_in_the_address_and_come_from_it(compare, trained):
    app = compare(models_collision="collision-xgboost,collision-nobody,collision-random-forest")
    assert app.multiselect(key="models_collision").value == ["collision-xgboost", "collision-random-forest"]
    app.multiselect(key="models_collision").set_value(["collision-tab-transformer"]).run()
    assert not app.exception
    assert app.query_params["models_collision"] == "collision-tab-transformer"
    assert set(numbers(app).index.get_level_values(0)) == {"TabTransformer"}
    assert not any("Compared with" in h.value for h in app.subheader)
    app.multiselect(key="models_collision").set_value([]).run()
    assert any("at least one model" in i.value for i in app.info)


def test_the_list_of_models_follows_every_switch_of_the_target(compare, trained):
    app = compare()
    for target in ("severity", "collision", "severity", "collision"):
        app.segmented_control(key="compare_target").set_value(target).run()
        assert not app.exception
        wanted = [e.name for e in champions.compared(target)]
        assert app.multiselect(key=f"models_{target}").value == wanted
        champions.compare(wanted[-1], wanted=False)
        champions.compare(wanted[-1], wanted=True)
        assert app.selectbox(key=f"confusion_{target}").options == ["XGBoost", "Random forest", "TabTransformer"]


def test_the_confusion_matrix_has_counts_of_the_chosen_model(compare, trained):
    app = compare(compare_target="severity")
    app.selectbox(key="confusion_severity").select("Random forest").run()
    assert not app.exception
    frame = next(d.value for d in app.dataframe if "True class" in d.value.columns)
    assert frame.drop(columns="True class").to_numpy().sum() == 1000
    assert app.query_params["confusion_severity"] == "Random forest"


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("target", ["collision", "severity"])
def test_every_view_of_both_targets(compare, trained, tab, target):
    app = compare(compare_target=target, compare_view=tab)
    assert not app.error
    assert "1,000" in said(app)


def test_the_threshold_moves_all_that_depends_on_it(compare, trained):
    app = compare(compare_target="severity", compare_view="Curves and threshold")
    table = next(t.value for t in app.table if "Flagged" in t.value.columns)
    hindsight = next(t.value for t in app.table if "Threshold" in t.value.columns)
    assert (
        hindsight["Cost"].str.replace(",", "").astype(float) <= table["Cost"].str.replace(",", "").astype(float)
    ).all()
    app.slider(key="threshold").set_value(0.5).run()
    assert not app.exception
    moved = next(t.value for t in app.table if "Flagged" in t.value.columns)
    first, second = (int(t.loc["XGBoost", "Flagged"].split(" ")[0].replace(",", "")) for t in (table, moved))
    assert second < first
    counts = next(d.value for d in app.dataframe if "Flagged" in d.value.columns)
    assert int(counts["Flagged"].sum()) == second


def test_the_best_threshold_for_the_costs_is_said_and_taken(compare, trained):
    app = compare(compare_target="severity", compare_view="Curves and threshold", cost_miss="4", cost_false_alarm="1")
    assert app.slider(key="threshold").value == 0.2
    assert any("flagging pays **from 20% on**" in m.value for m in app.markdown)
    app.slider(key="threshold").set_value(0.6).run()
    next(b for b in app.button if b.label == "Best for these costs").click().run()
    assert app.slider(key="threshold").value == 0.2
    app.number_input(key="cost_miss").set_value(0.0)
    app.number_input(key="cost_false_alarm").set_value(0.0).run()
    assert not app.exception
    assert any("no threshold is better" in i.value for i in app.info)


@pytest.mark.parametrize(("asked", "shown"), [("0.4", 0.4), ("7", 0.09), ("much", 0.09)])
def test_a_threshold_comes_from_the_address_where_it_can(compare, trained, asked, shown):
    app = compare(compare_target="severity", compare_view="Curves and threshold", threshold=asked)
    assert app.slider(key="threshold").value == pytest.approx(shown)


def test_a_rare_event_is_said_to_be_mostly_chance(compare, trained):
    app = compare(compare_target="severity", compare_view="Curves and threshold", event_severity="killed")
    rare = any("mostly chance" in w.value for w in app.warning)
    n = int(next(m.value for m in app.markdown if "accidents have it" in m.value).split(" ")[0])
    assert rare == (n < 30)


def test_kinds_of_accidents_with_few_deaths_are_marked(compare, trained):
    app = compare(compare_target="severity", compare_view="Kinds of accidents")
    app.selectbox(key="part_score_severity").select("auc_killed").run()
    assert not app.exception
    tables = [d.value for d in app.dataframe if "Kind of accident" in d.value.columns]
    table = pd.concat(tables)
    few = table["Too few to say much"] == "yes"
    deaths = table["With somebody killed"]
    assert (few == ((table["Number of accidents"] < slices.LEAST) | (deaths < comparison.FEW_KILLED))).all()
    assert few.any()
    assert len(tables) == len(slices.DIVISIONS) + len(slices.MORE)
    sums = tables[0].groupby("Model")["Number of accidents"].sum()
    assert set(sums) == {sums["XGBoost"]}
    assert "mostly chance" in said(app)


def test_an_accident_the_models_disagree_on_is_told_and_opened(compare, trained):
    app = compare(compare_view="Disagreements")
    rows = next(d.value for d in app.dataframe if "What came" in d.value.columns)
    assert rows["Apart"].str.extract(r"(\d+) points")[0].astype(int).is_monotonic_decreasing
    first = rows.iloc[0]
    classes = {str(first[model]).rpartition(" (")[0] for model in ("XGBoost", "Random forest", "TabTransformer")}
    assert len(classes) > 1
    assert "Light: " in first["Conditions"]
    app.session_state["comparison-disagreements-classes"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    number = first["Accident number"]
    assert any(h.value == f"Accident {number}" for h in app.subheader)
    shares = next(t.value for t in app.table if t.value.index.name == "Probability of")
    assert list(shares.columns) == ["XGBoost", "Random forest", "TabTransformer"]
    assert f"It was: **{first['What came']}**." in said(app)
    (link,) = [element for element in app.get("page_link") if element.proto.label.startswith("Predict it")]
    assert f"accident={number}" in link.proto.query_string
    next(b for b in app.button if b.label == "Open the record").click().run()
    assert not app.exception


def test_one_model_cannot_disagree(compare, trained):
    app = compare(compare_view="Disagreements", models_collision="collision-xgboost")
    assert any("one alone cannot disagree" in i.value for i in app.info)


def test_costs_are_those_kept_and_an_answer_is_measured_when_asked(compare, trained):
    app = compare(compare_view="Learning and cost")
    table = next(t.value for t in app.table if "Training" in t.value.columns)
    metadata = json.loads((trained / "collision-tab-transformer" / "metadata.json").read_text())
    assert table.loc["TabTransformer", "Weights"] == f"{metadata['parameters']:,}"
    assert table.loc["TabTransformer", "Trained on"] == "CPU"
    assert "One answer" not in table.columns
    assert any("No model keeps how long" in c.value for c in app.caption)
    next(b for b in app.button if b.label.startswith("Measure one answer")).click().run()
    assert not app.exception
    table = next(t.value for t in app.table if "Training" in t.value.columns)
    assert table["One answer"].str.fullmatch(r"\d+\.\d ms").all()
    assert any("measured on this machine" in c.value for c in app.caption)
    curves = next(d.value for d in app.dataframe if "Steps" in d.value.columns).set_index("Model")
    assert curves.loc["XGBoost", "Last loss, not learnt from"] != "–"


def test_where_everything_was_learnt_from_it_says_what_to_do(compare, trained):
    from models.seen import Seen

    path = trained / "collision-xgboost" / "metadata.json"
    metadata = json.loads(path.read_text())
    everything = store.demo().accidents(["accident"])["accident"]
    metadata["seen"] = Seen.of(pd.Index(everything.astype("str"))).to_dict()
    path.write_text(json.dumps(metadata))
    app = compare()
    (why,) = [i.value for i in app.info if "have learnt from each of the" in i.value]
    days = metadata["split"]["train"]
    period = words.period(days["start"], days["end"])
    assert re.search(rf"{period} \([^()]*XGBoost[^()]*\)", why), why
    next(b for b in app.button if b.label == "Compare on any accidents").click().run()
    assert not app.exception
    assert app.segmented_control(key="compare_accidents").value == "all"
    assert len(numbers(app))


def test_without_models_it_says_how_to_get_them(compare, demo_data):
    assert any("There is no model for" in i.value for i in compare().info)


def test_a_broken_model_is_named_and_the_others_are_compared(compare, trained):
    shutil.rmtree(trained / "collision-tab-transformer")
    (trained / "collision-random-forest" / "forest.skops").write_bytes(b"no forest")
    app = compare()
    assert any("collision-random-forest" in w.value for w in app.warning)
    assert set(numbers(app).index.get_level_values(0)) == {"XGBoost"}


def test_a_period_the_wrong_way_round_is_turned(compare, trained):
    app = compare(compare_from="2024-05-01", compare_to="2024-03-01")
    assert any("before it begins" in w.value for w in app.warning)
    assert "1 May 2024" not in said(app) or len(numbers(app))


@pytest.mark.parametrize(
    "asked", [{"compare_size": "-3"}, {"compare_seed": "x"}, {"compare_from": "1850-01-01"}, {"threshold": "7"}]
)
def test_an_impossible_address_gives_the_usual(compare, trained, asked):
    assert len(numbers(compare(**asked)))
