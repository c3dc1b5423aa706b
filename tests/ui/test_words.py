import math
from datetime import date
from pathlib import Path

import pytest

from data import breaks, features, schema
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


def test_the_first_of_a_month_is_an_ordinal_in_french(french):
    assert words.day("2024-10-01") == "1er octobre 2024"
    assert words.day("2024-10-11") == "11 octobre 2024"


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
        ("commune", "59350", "59350"),
        ("commune", "2A004", "2A004"),
    ],
)
def test_values_are_words_with_units(name, value, text):
    assert words.input_value(name, value) == text


ALL_SEATS = {f"seat_{code}": 0 for code in range(2, 10)}


@pytest.mark.parametrize(
    ("player", "values", "text"),
    [
        ("light", {"light": "3"}, "Night, no street lighting"),
        ("light", {}, "unknown"),
        ("ages", {"drivers_45_64": 1, "drivers_18_24": 1.0, "drivers_25_44": 0},
         "Drivers 18 to 24: 1, Drivers 45 to 64: 1"),
        ("ages", {"drivers_25_44": 0, "drivers_to_17": math.nan}, "Drivers 25 to 44: 0"),
        ("seat", ALL_SEATS, "none"),
        ("seat", ALL_SEATS | {"seat_2": 2, "seat_4": 1}, "Front right; passenger of a two-wheeler: 2, Rear left: 1"),
        ("seat", {"seat_2": math.nan, "seat_4": None}, "unknown"),
        ("sex", {"women_driving": 1}, "Women driving: 1"),
        ("heading", {"headings": "same", "heading_1": 2, "heading_2": 0},
         "Same direction, Increasing milepost or house number: 2"),
    ],
)  # fmt: skip
def test_inputs_taken_together_are_told_by_those_that_are_not_zero(player, values, text):
    assert words.player_value(player, values).replace(":\N{NO-BREAK SPACE}", ": ") == text


def test_everything_that_an_explanation_names_has_a_name():
    assert words.input_label("seat") == "Seats"
    # in the importance of older checkpoints
    assert words.input_label("seat_2") == "Seat: Front right; passenger of a two-wheeler"
    assert [name for name in features.PLAYERS if words.input_label(name) == name] == []


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
