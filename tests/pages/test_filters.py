"""The shared filters of the exploration pages: sidebar, address, chips, undo, and what emptied a selection."""

import pytest

from data import coded, store
from data.filters import Filters
from ui.components.filter_form import key

PAGE = "pages/explore/overview.py"


def count(**filters):
    return len(coded.select(coded.read(store.demo()), Filters.from_dict(filters)))


def accidents(app):
    return int(next(m for m in app.metric if m.label == "Accidents").value.replace(",", ""))


def chips(app):
    return [button.label for button in app.button if button.key and button.key.startswith("chip_")]


def choose(app, name, values):
    app.multiselect(key=key(name)).set_value(values).run()
    assert not app.exception


def test_a_filter_is_applied_shown_and_written_into_the_address(open_page, demo_data):
    app = open_page(PAGE)
    choose(app, "years", [2023])
    choose(app, "built_up", ["2"])
    assert accidents(app) == count(years=[2023], built_up=["2"])
    assert chips(app) == ["Years: 2023", "Built-up area: In built-up area", "Remove all", "Undo"]
    assert app.query_params["years"] == "2023"
    assert app.query_params["built_up"] == "2"


def test_an_address_is_taken_over_and_another_later_one_too(open_page, demo_data):
    app = open_page(PAGE)
    app.query_params["years"] = "2022,2024"
    app.run()
    assert accidents(app) == count(years=[2022, 2024])
    app.query_params["years"] = "2024"
    app.run()
    assert accidents(app) == count(years=[2024])


def test_an_address_that_is_older_than_the_fields_changes_nothing(open_page, demo_data):
    app = open_page(PAGE)
    choose(app, "years", [2023])
    choose(app, "weekdays", [6, 7])
    for late in ({"years": "2023"}, {}):
        app.query_params.clear()
        app.query_params.update(late)
        app.run()
        assert accidents(app) == count(years=[2023], weekdays=[6, 7])
        assert app.query_params["weekdays"] == "6,7"


@pytest.mark.parametrize("between", [[], ["pages/models/prediction.py"], ["pages/explore/trends.py"]])
def test_filters_are_kept_on_another_page_and_on_the_way_back(open_page, demo_data, between):
    app = open_page(PAGE)
    app.query_params["years"] = "2023"
    app.run()
    for page in [*between, "pages/explore/profiles.py", PAGE]:
        app.query_params.clear()
        app.switch_page(page).run()
    assert accidents(app) == count(years=[2023])
    assert "chip_years" in [button.key for button in app.button]


def test_what_an_address_cannot_mean_is_said_and_the_rest_is_taken(open_page, demo_data):
    app = open_page(PAGE)
    app.query_params["years"] = "1804,2023"
    app.query_params["departements"] = "69"
    app.run()
    assert [w.value for w in app.warning] == [
        "Years: the address asks for '1804', which does not exist; it was left out."
    ]
    assert accidents(app) == count(departements=["69"], years=[2023])
    assert app.query_params["years"] == "2023"


def test_chips_remove_their_filter_all_of_them_and_undo_brings_back(open_page, demo_data):
    app = open_page(PAGE)
    choose(app, "years", [2023])
    choose(app, "weekdays", [6, 7])
    app.button(key="chip_years").click().run()
    assert accidents(app) == count(weekdays=[6, 7])
    app.button(key="chip_undo").click().run()
    assert accidents(app) == count(years=[2023], weekdays=[6, 7])
    app.button(key="chip_all").click().run()
    assert accidents(app) == count()
    app.button(key="chip_undo").click().run()
    app.button(key="chip_undo").click().run()
    assert accidents(app) == count(years=[2023])
    app.button(key="chip_undo").click().run()
    assert accidents(app) == count()
    assert chips(app) == []


def test_an_empty_selection_names_the_filters_that_emptied_it(open_page, demo_data, monkeypatch):
    app = open_page(PAGE)
    app.query_params["years"] = "2005"
    app.query_params["hours"] = "8"
    app.run()
    assert "No accident matches all filters." in [i.value for i in app.info]
    assert not app.metric
    offered = {b.key: b.label for b in app.button}
    assert offered["without_years"] == f"Without Years: 2005: {count(hours=[8]):,} accidents"
    assert "without_hours" not in offered
    app.button(key="without_years").click().run()
    assert accidents(app) == count(hours=[8])


@pytest.mark.parametrize("name", ["years", "speed_limit", "users"])
def test_only_values_that_occur_are_offered(open_page, demo_data, name):
    app = open_page(PAGE)
    occurring = coded.occurring(coded.read(store.demo()))[name]
    assert len(app.multiselect(key=key(name)).options) == len(occurring) > 0
