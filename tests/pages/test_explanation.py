import shutil

import pytest

from data import features
from models import champions, registry
from models.base import Explanation
from ui.components import explanation
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
    return [m.value for m in app.markdown if "the output for" in m.value]


def test_without_a_described_accident_it_says_where_to_describe_one(open_page, trained):
    app = open_page(PAGE)
    assert any("No accident is described yet" in i.value for i in app.info)
    assert not reasons(app)
    assert [s.value for s in app.header] == ["What matters to this model in general"]


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


def test_without_a_model_it_says_how_to_get_one(open_page, demo_data):
    app = open_page(PAGE)
    assert any("no model for collision type yet" in i.value for i in app.info)
    assert app.main.get("page_link")[0].proto.query_string == "predict=collision"


def test_a_damaged_model_is_an_error_and_the_others_remain(described, trained):
    weights = trained / "collision-random-forest" / "forest.skops"
    content = weights.read_bytes()
    weights.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    from streamlit import cache_data, cache_resource

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
