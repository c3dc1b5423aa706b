"""The page Conditions in each state of the data, and what its address says."""

from types import SimpleNamespace

import pytest

from data import coded, conditions, store
from data.filters import Filters
from tests.data import described
from ui.components import conditions as component
from ui.components import odds

PAGE = "pages/explore/conditions.py"


def said(app):
    return "\n".join(str(e.value) for e in [*app.info, *app.caption, *app.error, *app.warning])


def headers(app):
    return [header.value for header in app.header]


# a column that only the numbers behind one figure have
MARKS = {"shares": "Lowest (95%)", "odds": "Adjusted", "pairs": "With known injuries", "people": "Sex"}


def table(app, name):
    """The numbers behind a figure."""
    return next(frame.value for frame in app.dataframe if MARKS[name] in frame.value)


def choose(app, key, value):
    app.selectbox(key=key).select(value).run()
    assert not app.exception


@pytest.mark.parametrize("folder", ["folders", "demo_data"])
def test_shares_and_risks_of_the_simulated_data(open_page, folder, request):
    request.getfixturevalue(folder)
    app = open_page(PAGE)
    assert headers(app) == [
        "By one condition", "Adjusted for the other conditions", "Two conditions together", "Age, sex and role",
    ]  # fmt: skip
    found = table(app, "shares")
    light = store.demo().accidents(["light", "severity"])
    share = light["severity"].isin(["killed", "hospitalised"]).groupby(light["light"], observed=True).mean() * 100
    assert found.iloc[:, 3].tolist() == pytest.approx(share.tolist(), abs=0.006)
    assert found["Light"].tolist()[0] == "Daylight"
    assert found["Relative risk"].tolist()[0] == 1
    for key in ("odds", "pairs", "people"):
        assert len(table(app, key))
    assert "simulated" in said(app)


def test_the_address_says_what_is_shown_and_is_taken_over(open_page, demo_data):
    app = open_page(PAGE)
    choose(app, "by", "speed_limit")
    choose(app, "reference", "speed_limit-80")
    app.segmented_control(key="outcome").set_value("lethality").run()
    app.segmented_control(key="role").set_value("pedestrian").run()
    choose(app, "rows", "users")
    asked = {name: app.query_params[name] for name in ("by", "reference", "outcome", "role", "rows")}
    assert asked == {
        "by": "speed_limit", "reference": "speed_limit-80", "outcome": "lethality", "role": "pedestrian",
        "rows": "users",
    }  # fmt: skip
    other = open_page(PAGE)
    for name, value in asked.items():
        other.query_params[name] = value
    other.run()
    assert table(other, "shares").equals(table(app, "shares"))
    assert table(other, "pairs").equals(table(app, "pairs"))
    assert table(other, "people").equals(table(app, "people"))
    shown = table(other, "shares").set_index("Speed limit")
    assert shown.loc["80 km/h", "Rate ratio"] == 1
    assert "Diamond: the reference, 80 km/h." in said(other)


def test_a_reference_of_one_condition_is_none_of_another(open_page, demo_data):
    app = open_page(PAGE)
    choose(app, "reference", "light-5")
    choose(app, "by", "weather")
    assert app.selectbox(key="reference").value == "auto"
    assert "reference" not in app.query_params


def test_every_condition_is_shown_in_words(open_page, demo_data):
    app = open_page(PAGE)
    for condition in conditions.CONDITIONS:
        choose(app, "by", condition)
        found = table(app, "shares")
        assert len(found) > 1
        assert not {str(value) for value in conditions.values(condition)} & set(found.iloc[:, 0])
    assert "An accident counts for every kind of user" in said(app)
    assert "against the accidents in which nobody" in said(app).lower()


def test_figures_are_those_of_the_accidents_that_filters_leave(open_page, demo_data):
    app = open_page(PAGE)
    app.query_params["built_up"] = "1"
    app.run()
    selection = coded.select(coded.read(store.demo()), Filters(built_up=("1",)))
    assert table(app, "shares").iloc[:, 1].tolist() == conditions.outcomes(selection, "light")["known"].tolist()
    # the only value of a condition is nothing to adjust for, and said to be none
    assert "Not taken into account, as there is nothing to compare: Built-up area" in said(app)


def test_the_same_condition_is_not_offered_for_rows_and_columns(open_page, demo_data):
    app = open_page(PAGE)
    choose(app, "rows", "light")
    assert "light" not in app.selectbox(key="columns").options
    assert app.selectbox(key="columns").value == "weather"


def test_an_empty_selection_names_the_filter(open_page, demo_data):
    app = open_page(PAGE)
    app.query_params["years"] = "2005"
    app.run()
    assert "No accident matches all filters." in said(app)
    assert headers(app) == []


@pytest.fixture
def without_people(import_official):
    """The imported year 2023, whose files have no people table."""
    import_official("2023/caract", "2023/vehicules")


def test_without_a_people_table_nothing_is_harmless(open_page, without_people):
    app = open_page(PAGE)
    assert "Injuries are not known for 2023" in said(app)
    assert table(app, "shares").empty
    assert table(app, "people").empty
    assert "There are too few accidents" in said(app)


@pytest.fixture
def without_places(real_data, folders):
    """The imported year 2024 without its places."""
    store.import_paths(
        [real_data / "baac" / "2024" / f"{name}-2024.csv" for name in ("caract", "vehicules", "usagers")]
    )


def test_without_places_roads_are_not_known_and_the_rest_is(open_page, without_places):
    app = open_page(PAGE)
    assert not app.info
    assert "Not taken into account, as there is nothing to compare: Road surface, Road class, Speed limit" in said(app)
    assert len(table(app, "odds"))
    choose(app, "by", "surface")
    assert table(app, "shares").empty
    assert "(100%) of which this is not known" in said(app)


def test_what_changed_between_the_years_is_said_of_the_outcome_and_the_condition(monkeypatch):
    captions = []
    monkeypatch.setattr(component.st, "header", lambda text: None)
    monkeypatch.setattr(component.st, "caption", captions.append)

    def changes(outcome, condition, *years, simulated=False):
        captions.clear()
        data = SimpleNamespace(simulated=simulated, years=years)
        component.not_comparable(SimpleNamespace(data=data, filters=Filters()), outcome, condition)
        return "\n".join(captions)

    assert "people hospitalised" in changes("serious", "light", 2017, 2018)
    assert changes("killed", "light", 2011, 2012) == ""
    assert "E-bikes" in changes("killed", "mix", 2018, 2019)
    assert "up to five roads" in changes("lethality", "road_class", 2022, 2023)
    assert changes("serious", "light", 2017, 2018, simulated=True) == ""


def test_the_condition_that_is_known_least_is_named():
    known = [{"year": 2024, "killed": 0, "light": "1", "speed_limit": 50}] * 3
    without = [{"year": 2018, "killed": 0, "light": "1"}] * 7
    selection = coded.select(coded.read(described.source(*known, *without)), Filters())
    view = SimpleNamespace(ask=lambda question, *details: question(selection, *details))
    assert odds.scarce(view, ["light", "speed_limit"]) == "Least often known: speed limit, of 30% of the accidents."
