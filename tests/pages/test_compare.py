import pandas as pd
import pytest

from data import coded, compare, store
from data.filters import Filters
from ui.components import compare as component

PAGE = "pages/explore/compare.py"


def said(app):
    kinds = (app.info, app.caption, app.warning, app.error, app.markdown)
    return "\n".join(str(e.value) for kind in kinds for e in kind)


def count(**filters):
    return len(coded.select(coded.read(store.demo()), Filters(**filters)))


def opened(open_page, **address):
    app = open_page(PAGE)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_the_last_year_against_the_one_before_with_nothing_imported(open_page, folders):
    app = open_page(PAGE)
    assert "simulated, no real accident" in said(app)
    assert f"**Accidents**: {count(years=(2024,)):,} against {count(years=(2023,)):,}" in said(app)
    assert app.query_params["a_years"] == "2024"
    assert app.query_params["b_years"] == "2023"


def test_an_address_shows_the_same_comparison_of_periods(open_page, demo_data):
    app = opened(open_page, a_years="2022,2023", a_to="3", b_years="2024", b_to="3", drivers_by="hour")
    first, second = count(years=(2022, 2023), months=(1, 2, 3)), count(years=(2024,), months=(1, 2, 3))
    assert f"**Accidents**: {first:,} in 180 days against {second:,} in 91 days" in said(app)
    assert app.selectbox(key="drivers_by").value == "hour"
    app.multiselect(key="b_years").set_value(["2022"]).run()
    assert app.query_params["b_years"] == "2022"
    assert f"{first:,} in 180 days against {count(years=(2022,), months=(1, 2, 3)):,} in 90 days" in said(app)


def test_filters_of_the_sidebar_hold_for_both_periods_but_their_years(open_page, demo_data):
    app = opened(open_page, years="2023", light="1", months="2,3", a_years="2024", b_years="2022", b_to="2")
    first, second = count(years=(2024,), months=(2, 3), light=("1",)), count(years=(2022,), months=(2,), light=("1",))
    assert "The years of the sidebar do not apply here" in said(app)
    figures = [compare.figures(coded.select(coded.read(store.demo()), Filters(years=(y,), months=m, light=("1",))))
               for y, m in ((2024, (2, 3)), (2022, (2,)))]  # fmt: skip
    assert [int(f.count["accidents"]) for f in figures] == [first, second]
    assert f"**Accidents**: {first:,} in 60 days against {second:,} in 28 days" in said(app)


@pytest.mark.parametrize("against", ["rest", "similar", "chosen"])
def test_areas(open_page, demo_data, against):
    app = opened(open_page, compare="areas", a_places="69", against=against, b_places="13", drivers_of="accidents")
    assert "**Killed per 100 accidents**" in said(app)
    assert "**Accidents**:" not in said(app)  # counts of areas of different size say nothing
    assert ("departements nearest" in said(app).replace("é", "e")) == (against == "similar")
    if against == "chosen":
        app.multiselect(key="b_places").set_value([]).run()
        assert "Choose at least one département" in said(app)


def test_what_is_not_chosen_or_impossible_is_said(open_page, demo_data):
    app = opened(open_page, a_years="2024", b_years="1999,2024")
    assert app.multiselect(key="b_years").value == ["2024"]
    assert "Both sides are the same accidents" in said(app)
    app.multiselect(key="a_years").set_value([]).run()
    assert "Choose at least one year" in said(app)
    app = opened(open_page, a_years="2024", b_years="2023", months="12", b_to="3")
    assert "have none in common" in said(app)


def test_breaks_between_the_periods_are_named(open_page, real_data, folders):
    paths = [[real_data / "baac" / str(year)] for year in (2013, 2023)]
    store.import_paths([path for each in paths for path in each])
    app = opened(open_page, a_years="2023", b_years="2013")
    assert "The police record injuries in another way since 2018" in said(app)
    assert "**Accidents**: 54,822 against 58,397" in said(app)
    assert "**Killed" not in said(app)  # no people table


def test_a_year_alone_without_places_compares_areas(open_page, import_official):
    import_official("2023/caract", "2023/vehicules")
    app = opened(open_page, against="similar")
    assert "Similar are the 5 départements" in said(app)
    assert "**Accidents per 100,000 inhabitants and year**" in said(app)
    assert "Killed per" not in said(app).split("What drives")[0].replace("Killed per 100 accidents", "")


def test_what_is_recorded_in_another_way_is_not_compared(monkeypatch):
    class Years:
        kind = "periods"

        class view:
            @staticmethod
            def ask(_question):
                return pd.DataFrame(index=[2013, 2024])

    counts = dict.fromkeys(compare.COUNTS, 900.0)
    side = compare.Figures(counts, counts, known=9000, killed=900.0, killed_squares=900.0, rated=9000, severe=3000,
                           days=365)  # fmt: skip
    monkeypatch.setattr(component, "_counted", lambda _sides: compare.against(side, side))
    table = component.measured(Years())
    assert table["comparable"].to_dict() == {
        "accidents": True, "killed": True, "hospitalised": False, "lethality": True, "severe": False,
    }  # fmt: skip
    drawn = component._in_units(table)
    assert drawn["a"].to_dict() == {
        "Accidents": 900, "People killed": 900, "People hospitalised": 900, "Killed per 100 accidents": 10,
        "Accidents killing or hospitalising (%)": pytest.approx(100 / 3),
    }  # fmt: skip
    assert compare.verdict(table.loc["severe"]) == "unknown"
    assert compare.verdict(table.loc["killed"]) == "chance"
    monkeypatch.setattr(Years.view, "ask", staticmethod(lambda _question: pd.DataFrame(index=[2019, 2024])))
    assert component.measured(Years())["comparable"].all()
