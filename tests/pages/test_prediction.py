import shutil

import numpy as np
import pandas as pd
import pytest

from data import features, link, plausibility, record, store
from data.unusual import Unusual
from models import certainty, champions, registry, versions
from ui import words
from ui.components import accident_form, cache, past_accident, prediction, similar, unusual

PAGE = "pages/models/prediction.py"


def answered(app):
    return [m.value for m in app.markdown if "most likely" in m.value]


def predicted(open_page, example=0):
    app = open_page(PAGE)
    app.button(key=f"example_{example}").click().run()
    app.button(key="predict").click().run()
    assert not app.exception
    return app


def test_nothing_is_answered_before_the_click(open_page, trained):
    app = open_page(PAGE)
    assert not answered(app)
    assert any("press **Predict**" in i.value for i in app.info)
    app.button(key="example_0").click().run()
    assert not answered(app)
    assert app.selectbox(key="accident_light").value == "5"
    assert app.number_input(key="accident_pedestrians").value == 1


def test_every_input_can_be_unknown(open_page, trained):
    app = open_page(PAGE)
    widgets = {"category": app.selectbox, "number": app.number_input, "commune": app.text_input}
    for item in features.INPUTS:
        if not item.detail:
            assert widgets[item.kind](key=accident_form.key(item.name)).value in (None, "")
    for group in ("vehicles", "people"):
        assert app.multiselect(key=accident_form.details_key(group)).value == []
    app.button(key="predict").click().run()
    assert len(answered(app)) == 2
    assert any("0 of 36 inputs" in c.value.replace(str(len(features.INPUTS)), "36") for c in app.caption)


def test_details_are_asked_for_where_somebody_wants_to_give_them(open_page, trained):
    app = predicted(open_page)
    app.multiselect(key=accident_form.details_key("people")).select("women_driving").run()
    app.number_input(key="accident_women_driving").set_value(1).run()
    assert not app.exception
    assert app.session_state[accident_form.DESCRIBED]["women_driving"] == 1
    app.multiselect(key=accident_form.details_key("people")).unselect("women_driving").run()
    assert not app.exception
    assert app.session_state[accident_form.DESCRIBED]["women_driving"] is None


def test_a_commune_is_an_insee_code(open_page, trained):
    app = predicted(open_page)
    app.text_input(key="accident_commune").set_value("2a004").run()
    assert not app.exception
    app.text_input(key="accident_commune").set_value("Lille").run()
    assert any("LILLE is no INSEE code" in c.value for c in app.caption)
    assert not app.exception


def test_all_models_answer_both_questions_and_follow_each_edit(open_page, trained):
    app = predicted(open_page)
    assert len(answered(app)) == 2
    before = [t.value for t in app.table][:3]
    collision, more, _severity = before  # no table is wider than the answers
    assert list(collision.index) == ["XGBoost", "Random forest", "TabTransformer", "Frequency of the class"]
    assert [len(table.columns) for table in before] == [4, 3, 3]
    assert list(more.index) == list(collision.index)
    assert any("learnt from: Simulated (simulated accidents)." in c.value for c in app.caption)
    app.number_input(key="accident_pedestrians").set_value(0).run()
    assert not app.table[0].value.equals(collision)


def test_a_new_champion_and_another_choice_of_the_compared_are_followed(open_page, trained):
    app = predicted(open_page)
    assert any(m.value.startswith("The champion, XGBoost, finds **") for m in app.markdown)
    champions.promote("collision-tab-transformer")
    champions.compare("collision-random-forest", wanted=False)
    versions.describe(registry.runs_folder(), "collision-tab-transformer", "The new one", "")
    app.run()
    assert not app.exception
    assert any(m.value.startswith("The champion, The new one, finds **") for m in app.markdown)
    assert list(app.table[0].value.index) == ["The new one", "XGBoost", "Frequency of the class"]


def test_inputs_and_answers_survive_a_visit_elsewhere(open_page, trained):
    app = predicted(open_page)
    app.number_input(key="accident_speed_limit").set_value(30).run()
    before = app.table[0].value
    app.switch_page("pages/models/comparison.py").run()
    app.switch_page(PAGE).run()
    assert app.number_input(key="accident_speed_limit").value == 30
    assert app.selectbox(key="accident_hour").value == "19"
    pd.testing.assert_frame_equal(app.table[0].value, before)


def test_clear_forgets_description_and_answer(open_page, trained):
    app = predicted(open_page)
    app.button(key="clear").click().run()
    assert not answered(app)
    assert app.selectbox(key="accident_light").value == ""
    assert app.number_input(key="accident_people").value is None


def test_a_contradiction_is_said_and_answered_all_the_same(open_page, trained):
    app = predicted(open_page)
    app.number_input(key="accident_pedestrians").set_value(9).run()
    assert any("more pedestrians (9)" in w.value for w in app.warning)
    assert len(answered(app)) == 2


def test_a_value_the_browser_should_have_refused_is_an_error_in_words(open_page, trained, monkeypatch):
    monkeypatch.setattr(accident_form, "show", lambda: {"speed_limit": 900})
    app = open_page(PAGE)
    app.session_state[accident_form.ASKED] = True
    app.run()
    assert not app.exception
    assert "speed\\_limit cannot be 900" in app.error[0].value


def test_without_a_model_it_says_how_to_get_one(open_page, demo_data):
    app = predicted(open_page)
    assert not answered(app)
    assert sum("There is no model for" in i.value for i in app.info) == 2
    links = [link.proto.query_string for link in app.main.get("page_link")]
    assert links == ["predict=collision", "predict=severity"]


@pytest.mark.parametrize(
    ("file", "words"),
    [("metadata.json", "cannot be read"), ("booster.ubj.gz", "is damaged")],
    ids=["metadata", "weights"],
)
def test_a_broken_model_is_left_out_with_its_reason(open_page, trained, file, words):
    path = trained / "collision-xgboost" / file
    content = bytearray(path.read_bytes())
    path.write_bytes(content[:100] if file == "metadata.json" else bytes([content[0] ^ 1]) + content[1:])
    app = predicted(open_page)
    assert len(answered(app)) == 2
    assert "XGBoost" not in app.table[0].value.index
    assert "XGBoost" in app.table[-2].value.index
    assert any("collision-xgboost" in w.value and words in w.value for w in app.warning)


@pytest.mark.parametrize("name", accident_form.EXAMPLES)
def test_examples_are_possible_and_contradict_nothing(name):
    values = accident_form.EXAMPLES[name]
    assert features.row(values).notna().sum(axis=None) == len(values)
    assert plausibility.contradictions(values) == []


def test_models_of_one_kind_are_told_apart_in_words(tmp_path):
    facts = {"kind": "xgboost", "target": "severity", "preset": "quick", "created": "2026-01-02T03:04:05+00:00"}
    shipped = registry.Entry("severity-xgboost", tmp_path, facts, None)
    mine = registry.Entry("20260102-aaaa", tmp_path, facts, None, own=True)
    twin = registry.Entry("20260102-bbbb", tmp_path, facts, None, own=True)
    assert prediction.labels([shipped]) == {"severity-xgboost": "XGBoost"}
    made = "XGBoost (Quick · 2026-01-02 03:04:05 UTC)"
    assert prediction.labels([shipped, mine]) == {
        "severity-xgboost": "XGBoost (comes with Balise)",
        "20260102-aaaa": made,
    }
    assert prediction.labels([mine, twin]) == {name: f"{made} ({name})" for name in ("20260102-aaaa", "20260102-bbbb")}


def test_agreement_names_the_class_or_the_parties():
    agreed = pd.DataFrame({"A": [0.7, 0.3], "B": [0.6, 0.4]}, index=["x", "y"])
    assert prediction.agreement(agreed) == "All 2 models find **x** most likely: 60% (B) to 70% (A)."
    split = pd.DataFrame({"A": [0.6, 0.3, 0.1], "B": [0.1, 0.7, 0.2]}, index=["x", "y", "z"])
    text = prediction.agreement(split)
    assert "**x** (A); **y** (B)" in text
    assert "They differ most on x: B gives it 10%, A 60%." in text
    assert prediction.agreement(split[["A"]]) == "A finds **x** most likely: 60%."


def test_models_that_learnt_from_everything_answer_and_claim_nothing_held_out(open_page, learnt_whole):
    app = predicted(open_page)
    assert len(answered(app)) == 2
    for element in (*app.markdown, *app.caption, *app.info, *app.warning):
        assert "held out" not in element.value
        assert "held-out" not in element.value


def warned(app):
    return [w.value for w in app.warning]


def opened(open_page, **address):
    """The page as its address opens it."""
    app = open_page("pages/models/comparison.py")
    for name, text in address.items():
        app.query_params[name] = text
    app.switch_page(PAGE).run()
    assert not app.exception
    return app


def test_the_address_holds_the_description_and_opens_it_again(open_page, trained):
    app = predicted(open_page, example=2)
    app.multiselect(key=accident_form.complete_key("people")).select("ages").run()
    app.multiselect(key=accident_form.details_key("people")).select("drivers_18_24").run()
    app.number_input(key="accident_drivers_18_24").set_value(2).run()
    address = app.query_params
    assert address["hour"] == "18"
    assert address["drivers_18_24"] == "2"
    assert "light" in address
    assert "commune" not in address
    described = app.session_state[accident_form.DESCRIBED]
    assert described["drivers_65_74"] == 0
    again = opened(open_page, **address)
    assert again.session_state[accident_form.DESCRIBED] == described
    assert answered(again) == answered(app)
    assert warned(again) == []


def test_an_address_with_wrong_values_names_them_and_keeps_the_others(open_page, trained):
    app = opened(open_page, hour="25", light="5", speed_limit="9000", none="seat.nonsense", accident="7")
    said = "\n".join(warned(app))
    for part in ("Hour\\: the address asks for '25'", "Speed limit", "'9000'", "nonsense", "There is no accident 7"):
        assert part in said
    values = app.session_state[accident_form.DESCRIBED]
    assert (values["light"], values["hour"], values["speed_limit"], values["seat_2"]) == ("5", None, None, 0)
    assert len(answered(app)) == 2
    assert app.query_params == {"light": "5", "none": "seat"}


def test_an_address_older_than_the_fields_is_not_taken_over_again(open_page, trained):
    app = opened(open_page, hour="3")
    app.query_params.clear()
    app.query_params["hour"] = "3"
    app.selectbox(key="accident_hour").set_value("4").run()
    assert app.selectbox(key="accident_hour").value == "4"
    assert app.query_params == {"hour": "4"}


def test_an_accident_by_its_address_is_described_and_what_happened_is_shown(open_page, trained):
    number = record.drawn(store.demo(), np.random.default_rng(5))
    found = record.past(store.demo(), number)
    app = opened(open_page, accident=number)
    values = app.session_state[accident_form.DESCRIBED]
    assert {name: value for name, value in values.items() if value is not None} == found.values
    happened = [m.value for m in app.markdown if "What was simulated: **" in m.value]
    assert len(happened) == 2  # demonstration data are never called real
    assert any(f"Simulated accident {number}" in m.value for m in app.markdown)
    assert app.query_params == {**link.parameters(found.values), "accident": number}
    app.selectbox(key="accident_month").set_value("1" if found.values["month"] != "1" else "2").run()
    assert any("Changed since: Month." in c.value for c in app.caption)
    assert app.query_params["accident"] == number
    app.button(key="past_again").click().run()
    assert app.selectbox(key="accident_month").value == found.values["month"]
    app.button(key="example_1").click().run()
    assert "accident" not in app.query_params
    assert not any("What was simulated" in m.value for m in app.markdown)


def test_a_random_accident_answers_at_once(open_page, trained):
    app = open_page(PAGE)
    assert app.button(key="example_random").label == "A random simulated accident"
    app.button(key="example_random").click().run()
    assert not app.exception
    assert len(answered(app)) == 2
    first = app.query_params["accident"]
    app.button(key="example_random").click().run()
    assert app.query_params["accident"] != first


def certainties(app):
    return next(t.value for t in app.table if "Severity" in t.value.columns)


def test_the_page_shows_what_each_group_tells(open_page, trained):
    app = predicted(open_page)
    table = certainties(app)
    groups = ["When and where", "Conditions", "Road", "Vehicles", "People"]
    assert list(table.index) == ["As described", *(f"Without {group}" for group in groups), "Everything unknown"]
    assert list(table.columns) == ["Collision type", "Open, of 7", "Severity", "Open, of 3"]
    entry = champions.champion("collision")
    shares = cache.probabilities(entry, {**accident_form.EXAMPLES["Pedestrian at night in town"]})
    assert table["Collision type"].iloc[0].endswith(words.percent(max(shares.values())))
    nothing = certainty.of(cache.probabilities(entry, {}))
    assert table["Open, of 7"].iloc[-1] == f"{nothing.classes:.1f}"


def test_a_group_made_unknown_is_answered_with_what_that_costs_and_comes_back(open_page, trained):
    app = predicted(open_page)
    before, table = app.session_state[accident_form.DESCRIBED], certainties(app)
    app.button(key="without_vehicles").click().run()
    assert not app.exception
    assert len(answered(app)) == 2
    after = certainties(app)
    assert after.loc["As described"].equals(table.loc["Without Vehicles"].rename("As described"))
    assert after.loc["With Vehicles again"].equals(table.loc["As described"].rename("With Vehicles again"))
    assert any("; with **Vehicles**" in m.value or " now; with **" in m.value for m in app.markdown)
    app.button(key="unknown_vehicles").click().run()
    assert app.session_state[accident_form.DESCRIBED] == before
    pd.testing.assert_frame_equal(certainties(app), table)


def test_every_group_unknown_still_answers(open_page, trained):
    app = predicted(open_page)
    before = app.session_state[accident_form.DESCRIBED]
    for group in features.GROUPS:
        app.button(key=f"unknown_{group}").click().run()
        assert not app.exception
        assert len(answered(app)) == 2
    assert set(app.session_state[accident_form.DESCRIBED].values()) == {None}
    table = certainties(app)
    assert table.loc["As described"].equals(table.loc["Everything unknown"].rename("As described"))
    for group in features.GROUPS:
        app.button(key=f"unknown_{group}").click().run()
    assert app.session_state[accident_form.DESCRIBED] == before


def test_an_edited_group_is_not_brought_back_over_the_edit(open_page, trained):
    app = predicted(open_page)
    app.button(key="unknown_conditions").click().run()
    app.selectbox(key="accident_light").set_value("1").run()
    assert app.button(key="unknown_conditions").label == "Make this group unknown"
    assert "Without Conditions" in certainties(app).index


def test_how_unusual_the_accident_is_stands_in_words(open_page, trained):
    app = predicted(open_page)
    assert any("usual accident.**" in m.value for m in app.markdown)
    app.button(key="clear").click().run()
    app.button(key="predict").click().run()
    assert not any("usual accident.**" in m.value for m in app.markdown)  # nothing known is neither


def test_what_is_unusual_in_words():
    found = Unusual("beyond", 0.0, 0, ("hour", "light"), (("weather", 0.002),), (("road_class", "junction", 12.4),))
    text = unusual.in_words(found)
    assert text.startswith("**Unlike any past accident**")
    assert text.endswith("The most similar one differs in: Hour, Light.")
    rare, never = unusual.rarities(found, 6000)
    assert rare == "Rare by themselves among past accidents: Weather (0.2%)."
    assert "Never together among 6,000 past accidents" in never
    assert "about 12: the values of 'Road class' and 'Junction'" in never
    assert "One past accident" in unusual.in_words(Unusual("usual", 1.0, 1, (), (), ()))


def test_changes_are_named_once_by_what_they_are_about():
    found = record.Past("1", None, {"hour": "3", "seat_2": 1, "seat_3": 0}, {"collision": None, "severity": "1"})
    assert past_accident.changes(found, {"hour": "3", "seat_2": 1, "seat_3": 0, "light": None}) == []
    assert past_accident.changes(found, {"hour": None, "seat_2": 2, "seat_3": 1}) == ["Hour", "Seats"]


def similar_opened(app):
    app.session_state["similar"] = True
    app.run()
    assert not app.exception
    return app


def test_similar_accidents_only_once_the_box_is_opened(open_page, trained, monkeypatch):
    from models import similar as found_by

    monkeypatch.setattr(found_by, "MOST", 600)
    app = predicted(open_page)
    assert not app.dataframe
    similar_opened(app)
    shares, rows = app.table[-1].value, app.dataframe[0].value
    assert list(shares.columns) == ["Of the 100 most similar", "95% interval", "Champion", "Of all compared"]
    assert len(shares) == 7
    assert len(rows) == 20
    assert rows["Distance"].is_monotonic_increasing
    assert all(link.startswith("prediction?accident=") for link in rows["Describe"])
    assert any("600 accidents drawn from" in c.value and "They are simulated" in c.value for c in app.caption)
    before = rows
    app.number_input(key="accident_speed_limit").set_value(90).run()
    assert not app.exception
    assert not app.dataframe[0].value.equals(before)
    app.segmented_control(key="similar_target").set_value("severity").run()
    assert not app.exception
    assert len(app.table[-1].value) == 3


def test_similar_accidents_of_a_description_of_nothing_and_without_a_transformer(open_page, trained, monkeypatch):
    from models import similar as found_by

    monkeypatch.setattr(found_by, "MOST", 600)
    app = open_page(PAGE)
    app.button(key="predict").click().run()
    similar_opened(app)
    assert any("every past one is as similar" in i.value for i in app.info)
    for target in features.TARGETS:
        shutil.rmtree(trained / f"{target}-tab-transformer")
    app.run()
    assert not app.exception
    assert any("found by a TabTransformer" in i.value for i in app.info)


def test_the_champion_is_held_against_what_came_of_similar_accidents():
    shares = pd.DataFrame(
        {"accidents": [60, 30, 10], "share": [0.6, 0.3, 0.1], "low": [0.5, 0.22, 0.055], "high": [0.69, 0.4, 0.17]},
        index=["light", "hospitalised", "killed"],
    ).assign(everywhere=1 / 3)
    inside = similar.check("severity", shares, {"light": 0.6, "hospitalised": 0.3, "killed": 0.1})
    assert "Every probability of the champion lies within" in inside
    outside = similar.check("severity", shares, {"light": 0.8, "hospitalised": 0.1, "killed": 0.1})
    assert "Light injuries only (80%, not 50% to 69%), At least one hospitalised (10%" in outside
    table = similar.table("severity", shares, {})
    assert table.iloc[0].tolist() == ["60%", "50%–69%", "", "33%"]
