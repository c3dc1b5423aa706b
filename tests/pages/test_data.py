import pytest

from data import accidents, store
from ui import words
from ui.components import import_report

PAGE = "pages/data/data.py"


def figures(app):
    return {metric.label: metric.value for metric in app.metric}


def test_simulated_data_are_named_and_not_set_beside_official_totals(open_page, demo_data):
    app = open_page(PAGE)
    assert figures(app)["Years"] == "2022–2024"
    assert any("simulated by this product" in c.value for c in app.caption)
    assert "Accidents, official total" not in app.table[0].value


def test_the_way_to_the_official_files_is_there(open_page, demo_data):
    app = open_page(PAGE)
    assert any(import_report.DATASET_ADDRESS in m.value for m in app.markdown)
    assert app.code[0].value == words.command("data import FOLDER")
    assert any("Licence Ouverte 2.0" in c.value for c in app.caption)


def test_cleaning_rules_are_counted_in_words(open_page, demo_data):
    app = open_page(PAGE)
    rules = app.table[1].value
    assert list(rules.columns) == ["2022", "2023", "2024"]
    assert "The decimal comma was read as a decimal point." in rules.index
    tables = store.demo().report["years"]["2022"]["tables"].values()
    cells = sum(sum(table["rules"].get("decimal_comma", {}).values()) for table in tables)
    assert rules.loc["The decimal comma was read as a decimal point.", "2022"] == f"{cells:,}"


@pytest.fixture
def imported(real_data, folders):
    """2023 without places and people, and the old accidents of no other year."""
    paths = [real_data / "baac" / "2023" / f"{name}-2023.csv" for name in ("caract", "vehicules")]
    store.save_import([accidents.from_paths(paths)])


def test_real_years_stand_beside_the_official_totals_and_say_what_is_unknown(open_page, imported):
    app = open_page(PAGE)
    assert not app.info
    row = app.table[0].value.loc["2023"]
    assert row["Accidents"] == row["Accidents, official total"] == "54,822"
    assert row["People"] == row["Killed"] == "not known"
    assert row["Killed, official total"] == "3,398"
    said = "\n".join(c.value for c in app.caption)
    assert "2023: without the table usagers there are no people" in said
    assert "2023: without the table lieux there are no road class" in said


def test_an_unreadable_import_is_an_error_in_words(open_page, folders):
    (folders / "data" / "current.json").write_text("[]")
    app = open_page(PAGE)
    assert "current.json" in app.error[0].value
