import math
from datetime import date
from pathlib import Path

import pytest

from data import breaks, schema
from data.accidents import NEEDS
from ui import words


@pytest.mark.parametrize(
    ("value", "text"),
    [(54822, "54,822"), (0, "0"), (None, "not known"), (math.nan, "not known")],
)
def test_what_is_not_known_is_never_zero(value, text):
    assert words.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "50%"),
        (0.034, "3.4%"),
        (0.0002, "< 0.1%"),
        (0.9998, "> 99.9%"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.951, "95.1%"),
    ],
)
def test_probabilities_never_claim_certainty(value, text):
    assert words.percent(value) == text


def test_periods_and_years():
    assert words.period("2024-01-01", date(2024, 9, 30)) == "1 January 2024 to 30 September 2024"
    assert words.years((2024, 2019, 2020, 2021)) == "2019–2021, 2024"


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("light", "3", "Night, no street lighting"),
        ("speed_limit", 80.0, "80 km/h"),
        ("latitude", 48.8566, "48.857°"),
        ("cars", 2, "2"),
        ("cars", None, "unknown"),
        ("lanes", math.nan, "unknown"),
    ],
)
def test_values_are_words_with_units(name, value, text):
    assert words.input_value(name, value) == text


def test_contributions_carry_their_unit():
    assert words.contribution(0.051, "probability before calibration") == "5.1 percentage points"
    assert words.contribution(0.4, "log-odds") == "0.40 log-odds"


def test_a_command_names_the_interpreter_of_the_product(monkeypatch):
    monkeypatch.setattr(words.sys, "executable", str(words.ROOT / ".venv" / "bin" / "python"))
    assert Path(words.command("data import FOLDER").split(" ")[0]) == Path(".venv/bin/python")
    assert words.command("data import FOLDER").endswith(" -m data import FOLDER")
    monkeypatch.setattr(words.sys, "executable", "/opt/elsewhere/python3")
    assert words.command("data") == f"{Path('/opt/elsewhere/python3')} -m data"


def test_every_column_of_the_imported_frames_has_a_name():
    names = {column.name for columns in schema.TABLES.values() for column in columns} | set(NEEDS)
    names |= {name for item in breaks.BREAKS for name in item.columns}
    assert [name for name in names if words.column(name) == name] == []
    assert words.column("motor") == "Engine type"
    assert words.column("lanes") == words.input_label("lanes")
