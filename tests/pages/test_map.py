"""The Map page in every state of the data, and what its choices do."""

import pandas as pd
import pytest

from data import areas, coded, schema, store
from data.filters import Filters
from ui.components import map_areas, map_places, map_record

PAGE = "pages/explore/map.py"


def said(app):
    return "\n".join(str(e.value) for e in [*app.caption, *app.info, *app.warning, *app.error, *app.markdown])


def headers(app):
    return [header.value for header in app.header]


def test_the_page_of_the_demonstration_data(open_page, demo_data):
    app = open_page(PAGE)
    assert headers(app) == ["By département", "Where exactly"]
    assert "Squares stand for the départements until their borders are downloaded" in said(app)
    assert "Inhabitants: INSEE" in said(app)
    assert "rates are above" in said(app)


@pytest.mark.parametrize("measure", list(map_areas.measures()))
def test_every_measure(open_page, demo_data, measure):
    app = open_page(PAGE)
    app.selectbox(key="measure").select(measure).run()
    assert not app.exception
    assert app.query_params.get("measure", "accidents") == measure
    if measure == "change-accidents":
        assert "2024 compared with 2023, cases a day in all months" in said(app)


def test_where_nearly_all_is_grey_the_page_says_what_to_do(open_page, demo_data):
    app = open_page(PAGE)
    assert "départements have 10 cases or more" not in said(app)
    app.session_state["filter_users"] = ["bicycles"]
    app.selectbox(key="measure").select("killed").run()
    assert not app.exception
    assert "départements have 10 cases or more" in said(app)
    assert "choose a measure of which there are more cases" in said(app)


def test_a_departement_by_keyboard(open_page, demo_data):
    app = open_page(PAGE)
    app.selectbox(key="map_areas_go").select("69").run()
    assert not app.exception
    assert app.session_state["filter_departements"] == ["69"]
    assert app.selectbox(key="map_areas_go").value == "69"
    whole = coded.read(store.demo())
    count = len(coded.select(whole, Filters(departements=("69",))))
    assert f"**{count:,}** of" in said(app)
    # the others stay on the map, so that another one can be chosen
    table = app.dataframe[0].value
    assert len(table) == len(schema.DEPARTEMENTS)


def test_a_click_filters_and_a_second_shows_all(monkeypatch):
    put, state = [], {"map_areas": {"selection": {"points": [{"customdata": "69"}]}}}
    monkeypatch.setattr(map_areas.st, "session_state", state)
    monkeypatch.setattr(map_areas.filter_form, "put", put.append)
    map_areas._filter()
    state["filter_departements"] = ["69"]
    map_areas._filter()
    state["map_areas"] = {"selection": {"points": []}}
    map_areas._filter()
    assert put == [{"departements": ["69"]}, {"departements": []}]


def test_single_accidents_and_the_one_of_a_number(open_page, demo_data):
    app = open_page(PAGE)
    app.segmented_control(key="layer").set_value("points").run()
    assert not app.exception
    number = store.demo().accidents(["accident"])["accident"].iloc[17]
    app.text_input(key="map_number").set_value(number).run()
    assert not app.exception
    assert app.session_state["map_accident"] == number
    app.text_input(key="map_number").set_value("12").run()
    assert "There is no accident 12" in app.toast[0].value


def test_an_address_opens_the_record_of_an_accident_once(open_page, demo_data):
    number = store.demo().accidents(["accident"])["accident"].iloc[17]
    app = open_page("pages/explore/trends.py")
    app.query_params["accident"] = number
    app.switch_page(PAGE).run()
    assert app.session_state["map_accident"] == number
    links = [link.proto for link in app.get("page_link")]
    assert any(f"accident={number}" in link.query_string and link.page == "prediction" for link in links)
    app.query_params["accident"] = "<script>"
    app.run()
    assert not app.exception
    assert "There is no accident \\<script\\>" in app.toast[0].value
    assert "map_accident" not in app.session_state


def test_hot_spots_are_asked_for_listed_and_found_again(open_page, demo_data):
    app = open_page(PAGE)
    app.segmented_control(key="layer").set_value("spots").run()
    app.segmented_control(key="radius").set_value("200")
    app.selectbox(key="least").select("3").run()
    assert "Neighbouring places" not in said(app)  # the demonstration data are too many to look without being asked
    next(button for button in app.button if button.label == "Find hot spots").click().run()
    assert not app.exception
    assert "Neighbouring places" in said(app)
    table = app.dataframe[-1].value
    assert table["Accidents"].is_monotonic_decreasing
    assert table["Accidents"].min() >= 3


def test_a_nonsense_address_shows_the_usual_view(open_page, demo_data):
    app = open_page(PAGE)
    app.query_params["measure"] = "nonsense"
    app.query_params["layer"] = "everything"
    app.run()
    assert not app.exception
    assert app.selectbox(key="measure").value == "accidents"
    assert app.segmented_control(key="layer").value == "hexagons"


@pytest.fixture
def without_people(import_official):
    """The year 2023, whose files have neither people nor positions."""
    import_official("2023/caract", "2023/vehicules")


@pytest.mark.parametrize("measure", list(map_areas.measures()))
def test_a_year_without_people_and_positions(open_page, without_people, measure):
    app = open_page(PAGE)
    app.selectbox(key="measure").select(measure).run()
    assert not app.exception
    assert "54,822 of 54,822 accidents (100%) have no position" in said(app)
    if measure.startswith("change"):
        assert "A change needs two years" in said(app)
    for layer in ("points", "spots"):
        app.segmented_control(key="layer").set_value(layer).run()
        assert not app.exception


@pytest.fixture
def without_dates(import_official):
    """The year 2018, of which only the places and the vehicles are given."""
    import_official("2018")


def test_a_year_without_dates(open_page, without_dates):
    app = open_page(PAGE)
    assert headers(app) == ["By département", "Where exactly"]
    for layer in ("points", "spots"):
        app.segmented_control(key="layer").set_value(layer).run()
        assert not app.exception


def test_damaged_borders_are_an_error_in_words_and_squares_stand_in(open_page, demo_data, monkeypatch):
    (demo_data / "raw").mkdir()
    (demo_data / "raw" / "departements.geojson").write_text("{")
    monkeypatch.setenv("BALISE_RAW", str(demo_data / "raw"))
    app = open_page(PAGE)
    assert "departements.geojson cannot be used" in app.warning[0].value
    assert "Squares stand for the départements" in said(app)


def test_periods():
    assert map_areas.periods([2021, 2022, 2023, 2024]) == {
        "2024": (2024,), "2023": (2023,), "2022": (2022,), "2021": (2021,),
        "2022-2024": (2022, 2023, 2024), "2021-2023": (2021, 2022, 2023),
    }  # fmt: skip
    assert list(map_areas.periods([2019, 2021])) == ["2021", "2019"]


def test_what_a_change_says():
    rows = pd.DataFrame(
        {"value": [50.0, 1.0, 90.0], "low": [10.0, -5, 5], "high": [99.0, 7, 300], "cases": [90, 99, 9],
         "cases_before": [60, 98, 5]},
        index=["01", "02", "03"],
    )  # fmt: skip
    first, second = map_areas._notes_of_change(rows, (1, 2, 3), "2023", "2024")
    assert first.startswith("2024 compared with 2023, cases a day in January to March")
    assert "Of 2 with enough cases, 1 changed" in second  # the third rests on fewer than 10 cases
    assert areas.MINIMUM == 10
    assert map_areas._notes_of_change(rows, (), "2023", "2024") == [
        "No month is recorded wholly in both periods: choose others."
    ]


def test_positions_in_words():
    assert map_places.positions(4, 4) == "Every accident has a position."
    assert map_places.positions(3, 4) == "1 of 4 accidents (25%) have no position and are not drawn."


def test_an_accident_in_words():
    accident = pd.Series(
        {"date": pd.Timestamp("2024-03-25"), "weekday": 1, "hour": 4, "departement": "13", "commune": "13215",
         "address": "RUE SIMULEE", "latitude": 43.34147, "longitude": 5.37306, "light": "5", "speed_limit": 50,
         "weather": None}
    )  # fmt: skip
    assert map_record.when(accident) == "Monday 25 March 2024, 4:00–4:59"
    assert map_record.where(accident) == [
        "13 Bouches-du-Rhône", "municipality 13215 (INSEE number)", "RUE SIMULEE", "43.34147, 5.37306"
    ]  # fmt: skip
    assert map_record.conditions(accident) == {"Light": "Night, street lighting on", "Speed limit": "50 km/h"}
    vehicles = pd.DataFrame(
        {"vehicle_letter": ["A01", None], "vehicle_category": ["7", None], "fixed_obstacle": ["2", "0"]}
    )
    assert map_record.vehicles(vehicles) == ["A01: Car; fixed obstacle hit: tree", "Vehicle of unknown kind"]
    people = pd.DataFrame(
        {"vehicle_letter": ["A01", None], "role": ["1", None], "injury": ["3", None], "sex": ["2", None],
         "age": pd.array([31, None], dtype="Int16")}
    )  # fmt: skip
    first, second = map_record.people(people)
    assert first.startswith("Driver, female, 31 years, hospitalised")
    assert first.endswith(" (in A01)")
    assert second == "Role not known, injury not known"
