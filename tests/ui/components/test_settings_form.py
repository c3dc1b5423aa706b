"""The fields of a form against the settings of a config."""

import pytest
from streamlit.testing.v1 import AppTest

from models.lstm_config import PRESETS, LSTMConfig
from models.settings import settings_of
from ui.components import settings_form


def page():
    import streamlit as st

    from models.lstm_config import PRESETS
    from ui.components import settings_form

    with st.form("train"):
        values = settings_form.fields(PRESETS["quick"], key="f", shown=("epochs", "seed"))
        if st.form_submit_button("Go"):
            st.json(values)


def app():
    test = AppTest.from_function(page).run()
    assert not test.exception
    return test


def test_every_setting_has_a_field_with_its_preset_value():
    test = app()
    for item in settings_of(PRESETS["quick"]):
        kind = test.selectbox if item.choices else test.number_input
        assert kind(key=f"f-{item.name}").value == item.default
        assert kind(key=f"f-{item.name}").label == item.label


def test_only_the_shown_settings_are_unfolded():
    folded = {field.key for field in app().expander[0].number_input}
    assert "f-hidden" in folded
    assert not {"f-epochs", "f-seed"} & folded


def test_gives_what_was_changed_only():
    test = app()
    test.number_input(key="f-epochs").set_value(3)
    test.number_input(key="f-learning_rate").set_value(0.01)
    test.button[0].click().run()
    assert test.json[0].value == '{"epochs": 3, "learning_rate": 0.01}'


def test_revised_checks_again():
    assert settings_form.revised(LSTMConfig(), {"epochs": 3}).epochs == 3
    with pytest.raises(ValueError, match="epochs = 0 is not between 1 and 500"):
        settings_form.revised(LSTMConfig(), {"epochs": 0})
    with pytest.raises(ValueError, match="Seed is empty"):
        settings_form.revised(LSTMConfig(), {"seed": None})
    with pytest.raises(ValueError, match="no setting 'power'"):
        settings_form.revised(LSTMConfig(), {"power": 1})
