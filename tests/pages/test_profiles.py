import pytest

from data import coded, store
from data.filters import Filters
from models import profiles

PAGE = "pages/explore/profiles.py"


def said(app):
    kinds = (app.info, app.caption, app.warning, app.error, app.markdown, app.header, app.subheader)
    return "\n".join(str(e.value) for kind in kinds for e in kind)


def opened(open_page, **address):
    app = open_page(PAGE)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def selection(**filters):
    return coded.select(coded.read(store.demo()), Filters(**filters))


def test_kinds_are_looked_for_on_demand_and_kept_in_the_address(open_page, demo_data):
    app = open_page(PAGE)
    assert not app.subheader
    app.selectbox(key="kinds").select("4").run()
    assert not app.subheader
    app.button(key="kinds_find").click().run()
    assert not app.exception
    found = profiles.profiles(selection(), 4)
    assert [s.value[:2] for s in app.subheader] == ["1.", "2.", "3.", "4."]
    assert f"({found.kinds[0].accidents:,})" in said(app)
    assert (app.query_params["kinds"], app.query_params["kinds_found"]) == ("4", "yes")
    assert not app.expander(key="kinds_quality").children  # not computed before it is opened


def test_an_address_shows_its_kinds_and_other_filters_ask_again(open_page, demo_data):
    app = opened(open_page, kinds="3", kinds_found="yes", built_up="2")
    found = profiles.profiles(selection(built_up=("2",)), 3)
    assert [f"({kind.accidents:,})" in said(app) for kind in found.kinds] == [True] * 3
    app.multiselect(key="filter_light").set_value(["1"]).run()
    assert not app.subheader
    assert "kinds_found" not in app.query_params
    app.multiselect(key="filter_light").set_value([]).run()
    assert len(app.subheader) == 3


def test_a_kind_is_shown_on_the_other_pages_by_the_filters_that_come_near(open_page, demo_data):
    app = opened(open_page, kinds="3", kinds_found="yes", years="2024")
    nearest = profiles.profiles(selection(years=(2024,)), 3).kinds[1].nearest
    assert f"keeps {nearest.kept:.0%} of the kind" in said(app)
    app.button(key="kinds_show_1").click().run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Overview"]
    for name, chosen in nearest.filters.active():
        assert tuple(app.session_state[f"filter_{name}"]) == chosen


def test_the_proposed_number_is_explained_when_opened(open_page, demo_data, monkeypatch):
    monkeypatch.setattr(profiles, "NUMBERS", range(3, 5))
    app = opened(open_page, kinds_found="yes")
    proposed = profiles.best(profiles.quality(selection()))
    assert len(app.subheader) == proposed


def test_too_few_accidents_are_said(open_page, demo_data):
    app = opened(open_page, hours="3", years="2024", departements="48,15")
    assert "kinds need at least 500" in said(app) or "No accident matches" in said(app)


@pytest.fixture
def without_people_and_places(import_official):
    import_official("2023/caract", "2023/vehicules")


def test_a_year_without_people_and_places(open_page, without_people_and_places):
    app = opened(open_page, kinds="4", kinds_found="yes")
    assert len(app.subheader) == 4
    assert "How serious they are is not known." in said(app)
    assert "nan" not in said(app).lower().replace("nantes", "")
