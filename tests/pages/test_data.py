import pytest

from data import store

PAGE = "pages/data/data.py"


def figures(app):
    return {metric.label: metric.value for metric in app.metric}


def test_simulated_data_are_named_and_not_set_beside_official_totals(open_page, demo_data):
    app = open_page(PAGE)
    assert figures(app)["Years"] == "2022–2024"
    assert any("simulated by this product" in c.value for c in app.caption)
    assert "Accidents, official total" not in app.table[0].value


RULE = "The decimal comma was read as a decimal point."


def table_with(app, *, index=None, column=None):
    """The first table of the page whose index or columns have a name."""
    return next(t.value for t in app.table if t.value.index.name == index or column in t.value.columns)


def test_cleaning_rules_are_counted_in_words_for_all_years_or_one(open_page, demo_data):
    app = open_page(PAGE)
    years = store.demo().report["years"]
    cells = {y: sum(f["tables"]["caracteristiques"]["rules"]["decimal_comma"].values()) for y, f in years.items()}
    for facts in years.values():
        assert all("decimal_comma" not in facts["tables"][name]["rules"] for name in ("vehicules", "usagers"))
    of_places = {y: sum(f["tables"]["lieux"]["rules"].get("decimal_comma", {}).values()) for y, f in years.items()}
    assert table_with(app, index="Rule").loc[RULE, "Cells"] == f"{sum(cells.values()) + sum(of_places.values()):,}"
    app.selectbox(key="report_year").set_value("2023").run()
    rules = table_with(app, index="Rule")
    assert rules.loc[RULE, "Cells"] == f"{cells['2023'] + of_places['2023']:,}"
    assert "Latitude" in rules.loc[RULE, "Columns"]
    columns = table_with(app, column="Rule")
    assert columns.loc[columns["Column"] == "Latitude", "Cells"].iloc[0] == f"{cells['2023'] // 2:,}"


def test_unknown_cells_are_drawn_for_the_chosen_frame_with_a_table_behind(open_page, demo_data):
    app = open_page(PAGE)
    assert "Unknown cells" in [h.value for h in app.header]
    shares = table_with(app, index="Column")
    assert list(shares.columns) == ["2022", "2023", "2024"]
    assert "Lanes" in shares.index
    app.button_group(key="unknown_cells").set_value("people").run()
    assert "Journey purpose" in table_with(app, index="Column").index
    # simulated years have no breaks of the official files between them
    assert "What cannot be compared" not in [h.value for h in app.header]


@pytest.fixture
def imported(real_data, folders):
    """2023 without places and people, beside the extract of 2016."""
    paths = [real_data / "baac" / "2023" / f"{name}-2023.csv" for name in ("caract", "vehicules")]
    store.import_paths([*paths, real_data / "baac" / "2016-extract"])


def test_real_years_stand_beside_the_official_totals_and_say_what_they_lack(open_page, imported):
    app = open_page(PAGE)
    assert not app.info
    row = app.table[0].value.loc["2023"]
    assert row["Accidents"] == "54,822"
    assert row["Accidents, official total"] == "54,822 (100% here)"
    assert row["People"] == row["Killed"] == "not known"
    assert row["Killed, official total"] == "3,398"
    assert app.table[0].value.loc["2016", "Accidents, official total"] == "59,432 (3.8% here)"
    assert "**2016 is an extract**: 2,237 of about 59,432 accidents (3.8%)" in app.warning[0].value
    said = "\n".join(c.value for c in app.caption)
    assert "2023: without the table usagers there are no people" in said
    assert "2023: without the table lieux there are no road class" in said
    assert "2016: the files say nothing of: Speed limit." in said
    breaks = table_with(app, column="What changed")
    assert {"2018", "1 July 2018", "2019", "2021"} <= set(breaks.index)
    files = table_with(app, column="SHA-256")
    assert files.loc["2023", "File"].tolist() == ["`caract-2023.csv`", "`vehicules-2023.csv`"]
    assert files["SHA-256"].str.fullmatch("`[0-9a-f]{12}`").all()


def test_an_unreadable_import_is_an_error_in_words(open_page, folders):
    (folders / "data" / "current.json").write_text("[]")
    app = open_page(PAGE)
    assert "current.json" in app.error[0].value
