import json
import shutil

import pandas as pd
import pytest
from streamlit import cache_data, cache_resource

from data import features
from models import champions, registry
from models.base import Explanation
from ui import words
from ui.components import cache, explanation, explanation_beside, explanation_general
from ui.components.accident_form import DESCRIBED

PAGE = "pages/models/explanation.py"
PREDICTION = "pages/models/prediction.py"


@pytest.fixture
def described(open_page, trained):
    """The page after an accident was described and asked about on the Prediction page."""
    app = open_page(PREDICTION)
    app.button(key="example_1").click().run()
    app.button(key="predict").click().run()
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def reasons(app):
    return [m.value for m in app.markdown if m.value.startswith("- **") and "the probability of" in m.value]


def opened(app, tab):
    """The page with another of its tabs open."""
    app.session_state["explain_view"] = tab
    app.run()
    assert not app.exception
    return app


def figure(app, at=0):
    return json.loads(app.get("plotly_chart")[at].proto.spec)


def test_without_a_described_accident_it_says_where_to_describe_one(open_page, trained):
    app = open_page(PAGE)
    assert any("No accident is described yet" in i.value for i in app.info)
    assert not reasons(app)
    for tab in ("Models side by side", "This accident"):
        assert any("No accident is described yet" in i.value for i in opened(app, tab).info)
    assert not app.get("plotly_chart")
    assert len(opened(app, "In general").get("plotly_chart")) == 1


def test_the_reasons_are_words_with_values_and_the_rule_is_stated(described):
    (text,) = reasons(described)
    assert text.count("\n") == 2  # three reasons
    assert "Motorcycle" in text or "Vehicles involved: 1" in text or "People involved: 1" in text
    caption = next(c.value for c in described.caption if "Rule:" in c.value)
    assert "TreeSHAP" in caption


def test_contributions_add_up_to_the_class_that_is_shown(described):
    table = described.table[0].value
    assert len(table) == len(explanation.features.PLAYERS)
    assert described.selectbox(key="explain_class_collision").value in "1234567"


@pytest.mark.parametrize("kind", ["random-forest", "tab-transformer"])
def test_other_models_explain_themselves_by_their_own_rule(described, kind):
    before = [c.value for c in described.caption]
    assert "Log-odds are the model's score of a class" in before[1]
    described.selectbox(key="explain_model_collision").select(f"collision-{kind}").run()
    assert not described.exception
    assert reasons(described)
    after = [c.value for c in described.caption]
    assert any("Rule:" in caption for caption in after)
    assert after != before


def test_another_class_and_target_can_be_chosen(described):
    first = reasons(described)
    described.selectbox(key="explain_class_collision").select("3").run()
    assert "Two vehicles - side" in reasons(described)[0]
    assert reasons(described) != first
    described.segmented_control(key="explain_target").set_value("severity").run()
    assert not described.exception
    likely = described.selectbox(key="explain_class_severity").value
    assert explanation.words.class_label("severity", likely) in reasons(described)[0]


def test_the_words_go_in_calibrated_probability_from_the_start_to_the_answer(described, trained):
    found = cache.explanation(
        registry.find("collision-xgboost"),
        described.session_state[DESCRIBED],
        described.selectbox(key="explain_class_collision").value,
    )
    first, *_others = reasons(described)[0].splitlines()
    strongest, after = next(iter(found.steps.items()))
    verb = "raises" if after > found.start else "lowers"
    assert f" {verb} the probability of " in first
    assert f"from {words.percent(found.start)} to **{words.percent(after)}**" in first
    assert words.input_label(strongest) in first


def test_groups_of_inputs_share_out_the_probability_itself(described, trained):
    described.segmented_control(key="explain_by").set_value("groups").run()
    assert not described.exception
    (told,) = reasons(described)
    assert told.count("\n") == len(features.GROUPS) - 1
    waterfall = figure(described)["data"][0]
    values = described.session_state[DESCRIBED]
    chosen = described.selectbox(key="explain_class_collision").value
    proba = registry.load(trained / "collision-xgboost", "cpu").predict_proba(features.row(values)).iloc[0][chosen]
    assert sum(waterfall["x"][:-1]) == pytest.approx(waterfall["x"][-1], abs=1e-6)
    assert waterfall["x"][-1] == pytest.approx(proba, abs=1e-6)
    captions = " ".join(c.value for c in described.caption)
    assert "exact Shapley values over all coalitions of the groups" in captions
    assert "that never happened" in captions  # nothing real is loaded, so the checkpoint describes the background


def test_side_by_side_all_models_play_one_game(described):
    opened(described, "Models side by side")
    drawn = figure(described)["data"]
    assert {trace["name"] for trace in drawn} == {"XGBoost", "Random forest", "TabTransformer"}
    assert all(len(trace["y"]) == len(features.GROUPS) for trace in drawn)
    table = described.table[0].value
    assert list(table.columns) == ["Background", *explanation.features.GROUPS.values(), "Answer"]
    assert any("agree" in m.value for m in described.markdown)


def test_a_damaged_model_does_not_keep_the_others_from_being_compared(described, trained):
    weights = trained / "collision-random-forest" / "forest.skops"
    weights.write_bytes(b"x" + weights.read_bytes()[1:])
    cache_data.clear()
    cache_resource.clear()
    opened(described, "Models side by side")
    assert {trace["name"] for trace in figure(described)["data"]} == {"XGBoost", "TabTransformer"}
    assert any("collision-random-forest" in w.value for w in described.warning)


@pytest.mark.parametrize("by", ["inputs", "groups"])
def test_in_general_every_view_is_drawn_for_a_class(described, by):
    opened(described, "In general")
    described.segmented_control(key="general_by").set_value(by).run()
    for view in ("Importance", "Every accident", "By value", "Pairs"):
        described.session_state["general_view"] = view
        described.run()
        assert not described.exception
        assert bool(described.get("plotly_chart")) == (view != "By value" or by == "inputs")
        assert any("no accident is kept" in c.value for c in described.caption)
    described.session_state["general_view"] = "Every accident"
    described.selectbox(key="general_class_collision").select("").run()
    assert described.get("plotly_chart")  # of the class that is explained


def test_a_checkpoint_of_before_says_how_to_get_the_views(described, trained):
    for folder in trained.glob("collision-*"):
        (folder / "explanations.json").unlink()
        path = folder / "metadata.json"
        metadata = json.loads(path.read_text())
        del metadata["files"]["explanations.json"]
        path.write_text(json.dumps(metadata))
    opened(described, "In general")
    assert "--global" in described.code[0].value
    assert str(trained / "collision-xgboost") in described.code[0].value
    assert len(described.get("plotly_chart")) == 1  # the importance that it has
    opened(described, "Models side by side")
    assert any("simulated accidents of the demonstration data" in c.value for c in described.caption)
    opened(described, "This accident")
    assert reasons(described)


def test_damaged_views_are_an_error_and_the_rest_stays(described, trained):
    path = trained / "collision-xgboost" / "explanations.json"
    path.write_text(path.read_text().replace("1", "2", 1))
    opened(described, "In general")
    assert "explanations.json is damaged" in described.error[0].value


def test_without_a_model_it_says_how_to_get_one(open_page, demo_data):
    app = open_page(PAGE)
    assert any("no model for collision type yet" in i.value for i in app.info)
    assert app.main.get("page_link")[0].proto.query_string == "predict=collision"


def test_a_damaged_model_is_an_error_and_the_others_remain(described, trained):
    weights = trained / "collision-random-forest" / "forest.skops"
    content = weights.read_bytes()
    weights.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    cache_data.clear()
    cache_resource.clear()
    described.selectbox(key="explain_model_collision").select("collision-random-forest").run()
    assert not described.exception
    assert "is damaged" in described.error[0].value
    described.selectbox(key="explain_model_collision").select("collision-xgboost").run()
    assert not described.error
    assert reasons(described)


def test_an_unreadable_model_is_listed(open_page, trained):
    (trained / "collision-random-forest" / "metadata.json").write_text("{")
    app = open_page(PAGE)
    assert any("collision-random-forest" in w.value for w in app.warning)
    assert app.selectbox(key="explain_model_collision").options == ["The champion", "XGBoost", "TabTransformer"]


FOUND = Explanation("a", "1", 0.5, {"light": -0.4, "cars": 0.1, "lanes": 0.0}, 0.2, "log-odds", "a rule")


def test_reasons_in_words_leave_out_what_does_nothing():
    text = explanation.in_words(FOUND, {"light": "3", "cars": None}, "Head-on")
    assert text.splitlines() == [
        "- **Light: Night, no street lighting** lowers the output for Head-on by 0.40 log-odds.",
        "- **Cars: unknown** raises the output for Head-on by 0.10 log-odds.",
    ]


def test_words_in_probability_follow_the_steps():
    steps = {"light": 0.09, "cars": 0.09, "lanes": 0.02}
    found = Explanation("a", "1", 0.5, {"light": -0.4, "cars": 0.1, "lanes": -0.05}, 0.2, "log-odds", "r", 0.05, steps)
    night = "- **Light: Night, no street lighting** raises the probability of Head-on from 5.0% to **9.0%**"
    assert explanation.in_words(found, {"light": "3", "cars": 1, "lanes": 2}, "Head-on").splitlines() == [
        f"{night} (\N{MINUS SIGN}0.40 log-odds).",
        "- **Cars: 1** leaves the probability of Head-on at 9.0% (+0.10 log-odds).",
        "- **Lanes: 2** lowers the probability of Head-on from 9.0% to **2.0%** (\N{MINUS SIGN}0.05 log-odds).",
    ]


def test_agreement_names_groups_and_where_models_differ():
    parts = pd.DataFrame({"A": {"Road": 0.10, "People": 0.01}, "B": {"Road": 0.02, "People": -0.03}})
    told = explanation_beside.agreement(parts, "Killed").splitlines()
    assert told == [
        "- **Road** moves the probability of Killed most in A (+10.0 points).",
        "- **People** moves the probability of Killed most in B (-3.0 points).",
        "- The models disagree whether these raise or lower it: People.",
    ]
    assert "All models agree" in explanation_beside.agreement(parts.abs(), "Killed")


def test_bins_of_values_are_told_in_words():
    label = explanation_general.value_label
    assert label("speed_limit", (50.0, 50.0)) == "50"
    assert label("oldest_age", (30.0, 41.0)) == "30\N{EN DASH}41"
    assert label("light", "3") == "Night, no street lighting"
    assert label("departement", "75").startswith("75 ")
    assert label("ages", "none") == "none"
    assert label("light", None) == "unknown"


def test_the_rest_of_the_waterfall_is_summed_by_what_it_does():
    players = list(explanation.features.PLAYERS)
    many = {name: 100.0 + i for i, name in enumerate(players[: explanation.SHOWN])}
    many |= dict(zip(players[explanation.SHOWN :], (3.0, -2.0, 0.5, 0.0), strict=False))
    found = Explanation("a", "1", 0, many, sum(many.values()), "log-odds", "a rule")
    steps = explanation.parts(found, {})
    assert steps["label"].tolist()[explanation.SHOWN :] == ["Others that raise it: 2", "Others that lower it: 1"]
    assert steps["contribution"].tolist()[explanation.SHOWN :] == [3.5, -2.0]
    assert steps["contribution"].sum() == sum(many.values())


def test_an_accident_is_told_by_what_is_known_and_not_zero():
    values = {"light": "3", "cars": 0, "seat_2": 2, "seat_3": 0, "heading_1": None}
    assert explanation.told(values) == [
        "Light: Night, no street lighting",
        "Seats: Front right; passenger of a two-wheeler:\N{NO-BREAK SPACE}2",
    ]


def test_a_model_that_disappears_gives_way_to_another(described, trained):
    described.selectbox(key="explain_model_collision").select("collision-random-forest").run()
    shutil.rmtree(trained / "collision-random-forest")
    described.run()
    assert not described.exception
    assert described.selectbox(key="explain_model_collision").value == ""  # the champion
    assert any(m.value.startswith("XGBoost gives **") for m in described.markdown)


def test_a_new_champion_is_explained_at_the_next_run(described):
    assert any(m.value.startswith("XGBoost gives **") for m in described.markdown)
    champions.promote("collision-random-forest")
    described.run()
    assert not described.exception
    assert any(m.value.startswith("Random forest gives **") for m in described.markdown)
    champions.roll_back("collision")
    described.run()
    assert any(m.value.startswith("XGBoost gives **") for m in described.markdown)


def test_the_probability_is_that_of_the_chosen_model_and_no_label_keeps_it(described, trained):
    values = described.session_state[DESCRIBED]
    for kind in ("random-forest", "tab-transformer", "xgboost"):
        described.selectbox(key="explain_model_collision").select(f"collision-{kind}").run()
        assert not any("%" in label for label in described.selectbox(key="explain_class_collision").options)
        (told,) = (m.value for m in described.markdown if " a probability of **" in m.value)
        shares = registry.load(trained / f"collision-{kind}", "cpu").predict_proba(features.row(values)).iloc[0]
        chosen = described.selectbox(key="explain_class_collision").value
        assert told.endswith(f"**{explanation.words.percent(shares[chosen])}**.")
