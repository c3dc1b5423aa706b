import pandas as pd
import pytest

from data import accidents, store
from data.changes import Change
from data.filters import Filters
from ui.components import break_marks, exploration, overview
from ui.components.filter_form import key

PAGE = "pages/explore/overview.py"


def said(app):
    return "\n".join(str(e.value) for e in [*app.info, *app.caption, *app.error])


def figures(app):
    return {metric.label: metric.value for metric in app.metric}


def test_with_nothing_imported_the_demonstration_data_are_made_and_named(open_page, folders):
    app = open_page(PAGE)
    assert "simulated, no real accident" in app.info[0].value
    assert "1 January 2022 to 31 December 2024" in said(app)
    assert int(figures(app)["Accidents"].replace(",", "")) == len(store.demo().accidents())


def test_key_figures_and_the_choice_of_the_condition(open_page, demo_data):
    app = open_page(PAGE)
    killed = store.demo().accidents(["killed"])["killed"].sum()
    assert figures(app)["Killed"] == f"{killed:,}"
    app.selectbox(key="severity_by").select("weather").run()
    assert not app.exception
    assert app.selectbox(key="severity_by").value == "weather"


def years_of(**columns):
    people = {"known": [0, 4], "killed": [None, 2.0], "hospitalised": [None, 1.0], "slightly_injured": [None, 3.0]}
    return pd.DataFrame({"accidents": [9, 4], **people, **columns}, index=[2023, 2024])


def test_figures_of_some_years_say_of_which():
    years = years_of()
    known = years[years["killed"].notna()]
    assert overview.total(years, "accidents") == "13"
    assert overview.total(known, "killed") == "2"
    assert overview.total(known, "lethality") == "50.0"
    assert overview.total(years.iloc[:0], "killed") == "not known"
    assert overview.only(known, years)["delta"] == "2024 only"
    assert overview.only(years, years) == {}


def changed(**rows):
    table = pd.DataFrame(1.0, index=list(overview.figures()), columns=["now", "before", "ratio", "low", "high"])
    for name, row in rows.items():
        table.loc[name] = row
    return Change(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-09-30"), table)


def test_a_change_is_coloured_only_where_it_is_more_than_chance():
    nan = float("nan")
    change = changed(
        accidents=(9, 10, 0.9, 0.8, 0.95), killed=(9, 10, 0.9, 0.5, 1.4), lethality=(5, nan, nan, nan, nan)
    )
    assert overview.difference(change, "accidents") == {"delta": "-10.0%", "delta_color": "inverse"}
    assert overview.difference(change, "killed") == {"delta": "-10.0%", "delta_color": "off"}
    assert overview.difference(change, "lethality") == {}
    assert overview.difference(None, "accidents") == {}
    assert "1 January 2024 to 30 September 2024, against the same days of 2023" in overview.compared(change)
    table = overview.change_table(change)
    assert table.loc["Accidents"].tolist() == ["10", "9", "-10.0%", "-20.0% to -5.0%"]
    assert table.loc["Killed per 100 accidents"].tolist() == ["not known", "5.00", "not comparable", "–"]


def test_the_change_is_that_of_the_last_year_from_the_same_days_before(open_page, demo_data):
    app = open_page(PAGE)
    frame = store.demo().accidents(["year", "date", "killed"])
    frame = frame[(frame["date"].dt.month != 2) | (frame["date"].dt.day != 29)]
    killed = frame.groupby("year")["killed"].sum()
    shown = next(m for m in app.metric if m.label == "Killed").delta
    assert shown == f"{(killed[2024] / killed[2023] - 1) * 100:+.1f}%"
    app.multiselect(key=key("years")).set_value([2022]).run()
    assert not app.exception
    assert not any(m.delta for m in app.metric)
    assert "the accidents of 2021 are not imported" in said(app)


@pytest.fixture
def without_people(real_data, folders):
    """The imported year 2023, whose files have no people table."""
    paths = [real_data / "baac" / "2023" / f"{name}-2023.csv" for name in ("caract", "vehicules")]
    store.save_import([accidents.from_paths(paths)])


def test_what_an_imported_year_cannot_tell_is_said_and_not_zero(open_page, without_people):
    app = open_page(PAGE)
    assert not app.info  # no word of simulated data
    assert figures(app)["Accidents"] == "54,822"
    assert figures(app)["Killed"] == "not known"
    assert "Injuries are not known for 2023" in said(app)


def test_an_unreadable_import_is_an_error_in_words(open_page, folders):
    (folders / "data" / "current.json").write_text("{")
    app = open_page(PAGE)
    assert "current.json" in app.error[0].value


def test_a_year_that_ends_early_is_named():
    years = pd.DataFrame(
        {"last": pd.to_datetime(["2023-12-31", "2024-09-30"]), "killed": [3.0, 2.0]}, index=[2023, 2024]
    )
    assert exploration.missing(years) == ["2024 ends on 30 September 2024: it is not a whole year."]


def test_years_without_dates_are_named_and_the_period_is_that_of_the_others():
    years = pd.DataFrame({"first": pd.to_datetime([None, "2019-01-01"]), "last": pd.to_datetime([None, "2019-12-31"]),
                          "killed": [3.0, 2.0]}, index=[2018, 2019])  # fmt: skip
    assert exploration.period(years) == "1 January 2019 to 31 December 2019"
    assert exploration.missing(years) == [
        "When and where is not known for 2018: the table caracteristiques of these years is not imported. "
        "The figures by month, weekday and hour leave these years out."
    ]
    assert exploration.period(years.loc[[2018]]) == "2018"


@pytest.fixture
def without_dates(import_official):
    """The imported year 2018, of which only the places and the vehicles are given."""
    import_official("2018")


def test_a_year_without_dates_is_shown_with_what_is_known(open_page, without_dates):
    app = open_page(PAGE)
    assert figures(app)["Accidents"] == "57,783"
    assert figures(app)["Killed"] == "not known"
    assert "When and where is not known for 2018" in said(app)


@pytest.fixture
def extract(import_official):
    """The first accidents of 2016."""
    import_official("2016-extract")


def test_a_year_of_which_the_files_hold_a_part_is_named(open_page, extract):
    app = open_page(PAGE)
    assert figures(app)["Accidents"] == "2,237"
    assert "2016 is an extract" in said(app)


def test_the_busiest_hour_in_words():
    counts = pd.DataFrame(1, index=range(1, 8), columns=range(24))
    counts.loc[5, 17] = 33
    assert overview.peak(counts) == "Most accidents: Friday, 17:00–17:59 (16% of all)."


def test_an_extract_is_never_drawn_as_a_drop():
    months = pd.DataFrame({"light": [5, 1, 6]}, index=pd.to_datetime(["2015-12-01", "2016-01-01", "2017-01-01"]))
    assert overview.comparable(months, [2016])["light"].tolist() == [5, 6]
    assert overview.comparable(months, []).equals(months)
    assert overview.comparable(months.iloc[[1]], [2016])["light"].tolist() == [1]  # beside nothing it is no drop


def test_an_extract_is_marked_in_the_table_of_the_years():
    years = years_of()
    table = overview.year_table(years, [2024])
    assert table.index.tolist() == ["2023", "2024 (extract)"]
    assert table["Killed per 100 accidents"].tolist() == ["not known", "50.0"]


@pytest.fixture
def beside_an_extract(import_official):
    """The extract of 2016 beside the whole year 2013."""
    import_official("2013", "2016-extract")


def test_the_trend_leaves_the_extract_out_and_says_so(open_page, beside_an_extract):
    assert "Not drawn: 2016." in said(open_page(PAGE))


@pytest.fixture
def ten_years_apart(real_data, folders):
    """The years 2013 and 2023, both without people."""
    before = [real_data / "baac" / "2013" / f"{name}_2013.csv" for name in ("caracteristiques", "vehicules")]
    after = [real_data / "baac" / "2023" / f"{name}-2023.csv" for name in ("caract", "vehicules")]
    store.save_import([accidents.from_paths(before), accidents.from_paths(after)])


def test_what_changed_between_the_years_is_named_by_letters(open_page, ten_years_apart):
    app = open_page(PAGE)
    table = next(t.value for t in app.table if t.value.index.name == "Mark")
    assert table.index.unique().tolist() == ["a", "b", "c", "d"]
    assert table["From"].unique().tolist() == ["1 January 2018", "1 July 2018", "1 January 2019", "1 January 2020"]
    assert "the accidents of 2022 are not imported" in said(app)


def test_marks_follow_what_is_filtered_and_simulated_years_have_none():
    class Data:
        simulated = False

    view = exploration.View(Data(), Filters(departements=("69",)))
    marks = break_marks.between(view, [2017, 2018], ("hospitalised",))
    assert [(m.letter, m.since.isoformat()) for m in marks] == [("a", "2018-01-01")]
    assert break_marks.between(view, [], ("hospitalised",)) == []
    assert [m.since.year for m in break_marks.between(view, [2020, 2023], ("killed",))] == [2020]
    assert break_marks.between(view, [2019, 2023], ("killed",)) == []
    Data.simulated = True
    assert break_marks.between(view, [2017, 2018], ("hospitalised",)) == []


def test_the_numbers_behind_severity_have_intervals():
    counts = pd.DataFrame({"light": [182], "hospitalised": [0], "killed": [81]}, index=["1"])
    shown = overview.severity_table(counts, "light", "Light").iloc[0].tolist()
    assert shown == ["Daylight", 182, 0, 81, "31%", "26% to 37%"]  # Newcombe 1998: 81 of 263, 0.2553 to 0.3662


def test_shares_that_rest_on_few_killed_are_named():
    counts = pd.DataFrame({"light": [9, 9], "hospitalised": [0, 0], "killed": [4, 5]}, index=["1", "2"])
    assert str(overview.few_killed(counts, "light")).startswith("Fewer than 5 accidents with somebody killed")
    assert "chance: Daylight. Intervals" in str(overview.few_killed(counts, "light"))
    assert overview.few_killed(counts.tail(1), "light") is None
