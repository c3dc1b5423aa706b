"""What-if: scenarios, one and two inputs, single changes; in each state of accident, models and address."""

from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from data import features
from data.measures import Change
from models import champions, registry, what_if
from ui.charts.what_if import points
from ui.components import what_if_measures, what_if_state
from ui.components.accident_form import EXAMPLES

ROOT = Path(__file__).resolve().parents[2]
PAGE = "pages/models/what_if.py"
PREDICTION = "pages/models/prediction.py"
MOTORCYCLE = EXAMPLES["Motorcycle alone on a departmental road"]


@pytest.fixture(autouse=True)
def _nothing_cached():
    st.cache_data.clear()
    st.cache_resource.clear()


def said(app):
    shown = (*app.info, *app.warning, *app.error, *app.caption, *app.markdown)
    return "\n".join(e.value for e in shown).replace("\\", "")


def from_example(number=1):
    app = opened()
    app.button(key=f"whatif_example-{number}").click().run()
    assert not app.exception
    return app


def opened(address=None):
    """The page as somebody new opens it, by an address."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app._page_hash = calc_hash("what-if")  # before its first run `switch_page` knows a page by the name of its file
    for name, value in (address or {}).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def show(app, view):
    app.session_state["whatif_view"] = view
    app.run()
    assert not app.exception


def table(app, row):
    """The first table that has a row."""
    return next(t.value for t in app.table if row in t.value.index)


def change(app, scenario, name, value):
    """Choose an input of a scenario, then its value."""
    number = app.session_state[what_if_state._SCENARIOS][scenario].number
    chosen = app.multiselect(key=f"whatif_{number}_inputs")
    chosen.set_value([*chosen.value, name]).run()
    widget = app.selectbox if features.BY_NAME[name].kind == "category" else app.number_input
    widget(key=f"whatif_{number}_{name}").set_value(value).run()
    assert not app.exception


def answers(trained, values, kind="xgboost", target="severity"):
    return registry.load(trained / f"{target}-{kind}", "cpu").predict_proba(features.row(values)).iloc[0]


def test_without_an_accident_it_says_what_to_do(trained):
    app = opened()
    assert "No accident is described yet" in said(app)
    assert not app.table
    assert len([b for b in app.button if b.key and b.key.startswith("whatif_example")]) == len(EXAMPLES)


def test_without_a_model_it_says_how_to_get_one(demo_data):
    app = from_example()
    assert "no model for severity yet" in said(app)


def test_it_starts_from_the_accident_described_on_prediction(trained):
    app = opened()
    app.switch_page(PREDICTION).run()
    app.button(key="example_2").click().run()
    app.button(key="predict").click().run()
    app.switch_page(PAGE).run()
    assert not app.exception
    assert app.selectbox(key=what_if_state.START).value == what_if_state.DESCRIBED
    proba = answers(trained, EXAMPLES["Two cars on a wet motorway"])
    found = table(app, "XGBoost")["As described"]["XGBoost"]
    assert found == what_if_measures.words.percent(proba["hospitalised"] + proba["killed"])
    assert "Nothing is changed yet" in said(app)


def test_a_scenario_is_answered_by_every_model_with_the_difference(trained):
    app = from_example()
    change(app, 0, "speed_limit", 30)
    differs = table(app, "Speed limit")
    assert differs.loc["Speed limit"].tolist() == ["80 km/h", ":orange-background[**30 km/h**]"]
    before = answers(trained, MOTORCYCLE, "random-forest")
    after = answers(trained, {**MOTORCYCLE, "speed_limit": 30}, "random-forest")
    difference = points(after["hospitalised"] + after["killed"] - before["hospitalised"] - before["killed"])
    found = table(app, "Random forest").loc["Random forest"]
    assert list(found.index) == ["As described", "Scenario 1"]
    assert found["Scenario 1"].endswith(f"({difference})")
    assert set(table(app, "XGBoost").index) == {"XGBoost", "Random forest", "TabTransformer"}
    every = table(app, "At least one killed · XGBoost")
    assert len(every) == 3 * 3


def test_scenarios_are_added_renamed_and_removed_up_to_three(trained):
    app = from_example()
    for _more in range(2):
        app.button(key="whatif_add").click().run()
    assert len(app.session_state[what_if_state._SCENARIOS]) == 3
    assert not [b for b in app.button if b.key == "whatif_add"]
    first, second, _third = app.session_state[what_if_state._SCENARIOS]
    app.text_input(key=f"whatif_{second.number}_name").set_value("Scenario 1").run()
    change(app, 1, "light", "3")
    names = list(table(app, "XGBoost").columns)
    assert names == ["As described", "Scenario 1", "Scenario 1 (2)", "Scenario 3"]
    app.button(key=f"whatif_{first.number}_remove").click().run()
    assert not app.exception
    assert [s.name for s in app.session_state[what_if_state._SCENARIOS]] == ["Scenario 1", "Scenario 3"]
    assert app.session_state[what_if_state._SCENARIOS][0].changes == {"light": "3"}


def test_scenarios_are_kept_over_other_pages(trained):
    app = from_example()
    change(app, 0, "light", "3")
    app.switch_page(PREDICTION).run()
    app.switch_page(PAGE).run()
    assert not app.exception
    assert table(app, "Light").loc["Light"].tolist() == [
        "Daylight",
        ":orange-background[**Night, no street lighting**]",
    ]


def test_a_contradiction_is_said_in_its_scenario(trained):
    app = from_example()
    assert not app.warning
    change(app, 0, "light", "3")  # at 15:00
    assert [w.value for w in app.warning] == ["The light (Night, no street lighting) does not fit the hour (15:00)."]


def test_the_address_holds_the_accident_and_the_scenarios(trained):
    app = from_example()
    change(app, 0, "speed_limit", 50)
    number = app.session_state[what_if_state._SCENARIOS][0].number
    app.text_input(key=f"whatif_{number}_name").set_value("Slower").run()
    written = dict(app.query_params)
    assert written == {"start": "example-1", "s1": "Slower~speed_limit.50"}
    other = opened(written)
    assert table(other, "XGBoost").equals(table(app, "XGBoost"))
    assert other.text_input(key="whatif_1_name").value == "Slower"


def test_a_described_accident_is_opened_elsewhere_by_its_address(trained):
    app = opened()
    app.switch_page(PREDICTION).run()
    app.button(key="example_0").click().run()
    app.button(key="predict").click().run()
    app.switch_page(PAGE).run()
    written = dict(app.query_params)
    assert (written["light"], written["people"], written["none"]) == ("5", "2", "kinds")
    other = opened(written)
    assert other.selectbox(key=what_if_state.START).value == what_if_state.LINKED
    assert table(other, "XGBoost").equals(table(app, "XGBoost"))


def test_wrong_values_of_an_address_are_left_out_and_said(trained):
    app = opened(
        {
            "light": "99",
            "speed_limit": "80",
            "road_class": "3",
            "s1": "<b>x</b>~speed_limit.9000~light.3~bogus.1",
            "s2": "~~~",
            "question": "nonsense",
            "outcome_severity": "7",
            "model_severity": "../../etc",
        }
    )
    text = said(app)
    for part in (
        "Light: the address asks for '99'",
        "The address changes 'bogus'",
        "Speed limit: the address asks for '9000'",
    ):
        assert part in text
    assert app.session_state[what_if_state._OF_ADDRESS] == {"speed_limit": 80, "road_class": "3"}
    first, second = app.session_state[what_if_state._SCENARIOS]
    assert (first.name, first.changes) == ("bx/b", {"light": "3"})
    assert (second.name, second.changes) == ("Scenario 1", {})
    assert app.segmented_control(key="question").value == "severity"
    assert table(app, "XGBoost").columns.tolist() == ["As described", "bx/b", "Scenario 1"]


def test_an_address_without_a_usable_accident_asks_for_one(trained):
    app = opened({"start": "example-99"})
    assert "No accident is described yet" in said(app)
    assert "'example-99', which is no example" in said(app)


def numbers(app):
    """The numbers behind the figure."""
    return next(frame.value for frame in app.dataframe)


def test_one_input_is_swept_for_the_accident_and_on_average(trained):
    app = from_example()
    show(app, "One input")
    assert "drawn at random (always the same ones)" in said(app)
    assert "lies between" in said(app)
    found = numbers(app).set_index("Speed limit")
    own = next(c for c in found.columns if "this accident" in c)
    for limit in ("50", "80"):
        proba = answers(trained, {**MOTORCYCLE, "speed_limit": int(limit)})
        assert found.loc[limit, own] == what_if_measures.words.percent(proba["hospitalised"] + proba["killed"])
    app.selectbox(key="sweep").select("light").run()
    app.segmented_control(key="sweep_of").set_value("all").run()
    assert not app.exception
    every = numbers(app)
    assert "Daylight" in every["Light"].tolist()
    assert len(every.columns) == 1 + 2 * 3
    assert "Hollow points contradict" in said(app)
    assert app.query_params["sweep"] == "light"


def test_two_inputs_are_a_table_of_all_combinations(trained):
    app = from_example()
    show(app, "Two inputs")
    found = numbers(app).set_index("Speed limit")
    proba = answers(trained, {**MOTORCYCLE, "speed_limit": 50, "light": "2"})
    told = what_if_measures.words.percent(proba["hospitalised"] + proba["killed"])
    assert found.loc["50", "Dusk or dawn"] == told
    assert found.loc["50", "Night, no street lighting"] == ""  # at 15:00
    assert "contradicts the rest of the description" in said(app)
    app.selectbox(key="first").select("light").run()
    assert not app.exception
    assert "light" not in app.selectbox(key="second").options


def test_single_changes_are_ranked_and_called_association(trained):
    app = from_example()
    show(app, "What lowers severity")
    assert "Association, not cause" in said(app)
    assert "Not known of this accident, so not looked at: Infrastructure, Reserved lane." in said(app)
    ranking = app.table[0].value
    assert list(ranking.columns) == ["Change", "Before", "After", "Points", "Do the models agree?"]
    moved = [float(p.replace("−", "-").replace("±", "")) for p in ranking["Points"]]
    assert moved == sorted(moved)
    proba = answers(trained, {**MOTORCYCLE, "speed_limit": 50})
    slower = ranking.set_index("Change").loc["Speed limit: 80 km/h → 50 km/h"]
    assert slower["After"] == what_if_measures.words.percent(proba["hospitalised"] + proba["killed"])
    assert not any("Light" in change for change in ranking["Change"])  # by day
    assert set(app.table[1].value.columns) == {"XGBoost", "Random forest", "TabTransformer"}
    app.segmented_control(key="question").set_value("collision").run()
    assert not app.exception
    assert app.table[0].value.equals(ranking)  # of severity, whatever is asked above


def test_where_nothing_can_be_changed_it_says_so(trained):
    app = opened({"hour": "7", "whatif_view": "What lowers severity"})
    assert "No change of the list fits" in said(app)


def test_collisions_offer_the_most_likely_class_first(trained):
    app = from_example(0)
    app.segmented_control(key="question").set_value("collision").run()
    likely = answers(trained, EXAMPLES["Pedestrian at night in town"], target="collision").idxmax()
    assert app.selectbox(key="outcome_collision").value == likely


def test_a_new_champion_answers_at_the_next_run(trained):
    app = from_example()
    assert "XGBoost; in brackets" in said(app)
    champions.promote("severity-random-forest")
    app.run()
    assert "Random forest; in brackets" in said(app)
    app.selectbox(key="model_severity").select("severity-tab-transformer").run()
    assert "TabTransformer; in brackets" in said(app)


def test_a_broken_model_is_named_and_the_others_answer(trained):
    weights = trained / "severity-random-forest" / "forest.skops"
    weights.write_bytes(b"x" + weights.read_bytes()[1:])
    (trained / "severity-tab-transformer" / "metadata.json").write_text("{")
    app = from_example()
    assert table(app, "XGBoost").index.tolist() == ["XGBoost"]
    text = said(app)
    assert "Random forest" in text or "severity-random-forest" in text
    assert "severity-tab-transformer" in text
    show(app, "What lowers severity")
    assert "one model only" in app.table[0].value["Do the models agree?"].tolist()


def test_one_batch_a_model_and_nothing_is_asked_twice(trained, monkeypatch):
    asked = []
    for kind in ("xgboost", "random-forest", "tab-transformer"):
        model = registry.KINDS[kind].model

        def counted(self, rows, of=model.predict_proba):
            asked.append((self.kind, len(rows)))
            return of(self, rows)

        monkeypatch.setattr(model, "predict_proba", counted)
    app = from_example()
    assert sorted(asked) == [("random-forest", 2), ("tab-transformer", 2), ("xgboost", 2)]
    for view, calls in (("One input", 1), ("Two inputs", 1), ("What lowers severity", 3)):
        asked.clear()
        show(app, view)
        assert len(asked) == calls
        asked.clear()
        app.run()
        assert asked == []


CHANGES = [Change("speed_limit", 80, 50, "Slower."), Change("light", "3", "5", "Lit.")]
CHANCES = pd.DataFrame({"A": [0.4, 0.3, 0.5], "B": [0.5, 0.48, 0.502]})


def test_agreement_in_words():
    told = what_if_measures.agreement
    assert told(pd.Series({"A": -0.1, "B": -0.02})) == "all 2 models: lower (−2.0 to −10.0 points)"
    assert told(pd.Series({"A": -0.1, "B": 0.02})) == "1 of 2 models: lower; not B (+2.0 to −10.0 points)"
    assert told(pd.Series({"A": -0.1, "B": -0.0001})) == "1 of 2 models: lower; not B (±0.0 to −10.0 points)"
    assert told(pd.Series({"A": 0.1, "B": 0.0})) == "no model finds it lower (+10.0 to ±0.0 points)"
    assert told(pd.Series({"A": -0.001, "B": 0.002})) == "all 2 models: hardly any change (+0.2 to −0.1 points)"
    assert told(pd.Series({"A": -0.1})) == "one model only"


def test_the_best_change_in_words_and_where_there_is_none():
    answers = {name: pd.DataFrame({"killed": CHANCES[name], "hospitalised": 0.0}) for name in CHANCES}
    ranking = what_if.ranked(answers["A"], ("hospitalised", "killed"))
    text = what_if_measures.best(ranking, CHANGES, CHANCES, "A")
    assert text == (
        "A: **Speed limit: 80 km/h → 50 km/h** lowers it most, from 40% to **30%** (−10.0 percentage points); "
        "all 2 models: lower (−2.0 to −10.0 points)."
    )
    shown = what_if_measures.by_model(ranking, CHANGES, CHANCES)
    assert shown["B"].tolist() == ["50%", "48% (−2.0)", "50% (+0.2)"]
    risen = {name: frame.assign(killed=[0.4, 0.5, 0.6]) for name, frame in answers.items()}
    none = what_if_measures.best(what_if.ranked(risen["A"], ("killed",)), CHANGES, CHANCES, "A")
    assert none == "A: no single change of the list lowers the probability, which is 40%."
