"""The Trends page in every state of the data, and its words."""

import pandas as pd
import pytest

from data import accidents, store
from models.trends import YearlyChange
from ui.components import trend_words
from ui.components.filter_form import key

PAGE = "pages/explore/trends.py"
HEADERS = ["Is it getting better?", "Over time", "Season", "Weekday and hour", "Holidays"]


def said(app):
    return "\n".join(str(e.value) for e in [*app.info, *app.caption, *app.markdown, *app.warning])


def choose(app, name, code):
    next(group for group in app.button_group if group.key == name).set_value(code).run()
    assert not app.exception


@pytest.mark.parametrize("measure", list(trend_words.measures()))
def test_every_measure_is_told_of_simulated_years(open_page, demo_data, measure):
    app = open_page(PAGE)
    app.query_params["follow"] = measure
    app.run()
    assert not app.exception
    assert [h.value for h in app.header] == HEADERS
    assert "a year from 2022 to 2024" in said(app)
    assert "36 months" in said(app)
    assert len(app.get("plotly_chart")) == 5
    assert app.query_params.get("follow") == (None if measure == "accidents" else measure)


@pytest.mark.parametrize("step", ["year", "7", "28", "365"])
def test_every_step_is_drawn_and_kept_in_the_address(open_page, demo_data, step):
    app = open_page(PAGE)
    choose(app, "step", step)
    assert len(app.get("plotly_chart")) == 5
    assert app.query_params["step"] == step
    choose(app, "step", "month")
    assert "step" not in app.query_params


def test_an_address_that_names_no_measure_is_as_none(open_page, demo_data):
    app = open_page(PAGE)
    app.query_params["follow"] = "speed"
    app.run()
    assert not app.exception
    assert "follow" not in app.query_params


def test_trend_and_season_are_taken_apart_where_it_is_asked(open_page, demo_data):
    app = open_page(PAGE)
    app.session_state["season_parts"] = True
    app.run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 6


def test_one_year_says_what_a_change_needs(open_page, demo_data):
    app = open_page(PAGE)
    app.multiselect(key=key("years")).set_value([2023]).run()
    assert not app.exception
    assert "needs at least two years" in said(app)


def test_an_emptied_selection_ends_the_page(open_page, demo_data):
    app = open_page(PAGE)
    app.query_params["years"] = "2005"
    app.run()
    assert not app.exception
    assert not app.header
    assert "No accident matches all filters." in said(app)


@pytest.fixture
def two_years(real_data, folders):
    """Accidents of 2023 without people, and nine months of 2024."""
    paths = [real_data / "baac" / "2023" / f"{name}-2023.csv" for name in ("caract", "vehicules")]
    paths += sorted((real_data / "baac" / "2024").glob("*.csv"))
    store.save_import([accidents.from_paths(paths)])


def test_a_part_of_a_year_is_compared_with_the_same_months(open_page, two_years):
    app = open_page(PAGE)
    assert "18 months" in said(app)
    assert "a year from 2023 to 2024" in said(app)
    choose(app, "step", "year")
    assert "Open dots, only a part of the year: 2024." in said(app)
    choose(app, "follow", "killed")
    assert "needs at least two years" in said(app)
    choose(app, "step", "365")
    assert "no 365 days without a gap: choose a shorter mean" in said(app)
    app.multiselect(key=key("years")).set_value([2023]).run()
    assert not app.exception
    assert "Injuries are not known for these years" in said(app)


@pytest.fixture
def without_dates(import_official):
    """The year 2018, of which only the places and the vehicles are given."""
    import_official("2018")


def test_a_year_without_dates_says_why_nothing_is_drawn(open_page, without_dates):
    app = open_page(PAGE)
    assert "No accident is dated" in said(app)


def test_an_extract_is_left_out_of_the_trend(open_page, import_official):
    import_official("2013", "2016-extract")
    app = open_page(PAGE)
    assert "Of 2013," in said(app)


def change(ratio, low, high, spread=1.5):
    return YearlyChange(ratio, low, high, 2022, 2024, 30, 1000, spread)


def test_a_yearly_change_in_words():
    followed = trend_words.Followed("accidents", "Accidents")
    assert trend_words.in_words(change(0.97, 0.96, 0.98), followed) == (
        "**Accidents per day: -3.0% a year from 2022 to 2024** (95% interval -4.0% to -2.0%). This fall is more than "
        "chance."
    )
    assert "Chance alone could explain this." in trend_words.in_words(change(0.97, 0.9, 1.02), followed)
    assert "This rise is more than chance." in trend_words.in_words(change(1.05, 1.01, 1.1), followed)


def test_what_a_yearly_change_rests_on():
    followed = trend_words.Followed("lethality", "Killed per 100 accidents")
    assert "30 months" in trend_words.how_compared(change(1, 0.9, 1.1), followed)
    assert "1,000 people killed" in trend_words.how_compared(change(1, 0.9, 1.1), followed)
    assert "vary 1.5 times as much" in trend_words.how_compared(change(1, 0.9, 1.1), followed)
    assert "vary no more" in trend_words.how_compared(change(1, 0.9, 1.1, spread=1.0), followed)


@pytest.mark.parametrize(("ratio", "words"), [(0.969, "-3.1%"), (1.0041, "+0.4%"), (0.99999, "0.0%")])
def test_a_ratio_as_a_change(ratio, words):
    assert trend_words.signed(ratio) == words


def test_numbers_behind_a_figure_are_in_words():
    table = pd.DataFrame(
        {
            "value": [6.0938, None],
            "low": [5.8, None],
            "high": [6.36, None],
            "events": [2483, 0],
            "exposure": [40748, 0],
        },
        index=pd.to_datetime(["2024-01-01", "2025-01-01"]),
    )
    shown = trend_words.interval_table(table, "Killed per 100 accidents", lambda day: trend_words.dated(day, "month"))
    assert shown.iloc[0].tolist() == ["January 2024", "6.094", "5.8 to 6.36", "2,483", "40,748"]
    assert len(shown) == 1
