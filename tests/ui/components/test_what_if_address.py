"""Scenarios as texts of an address."""

import pytest

from data import features
from ui.components import what_if_address as address
from ui.components.accident_form import EXAMPLES


@pytest.mark.parametrize("changes", [*EXAMPLES.values(), {"latitude": -21.1, "commune": "2A004", "light": None}, {}])
def test_what_is_written_is_read_again(changes):
    assert address.read(address.write("Wet", changes)) == ("Wet", changes, [])


def test_a_text_is_as_short_as_what_it_changes():
    assert address.write("Lit, and slower", {"light": "5", "speed_limit": 30}) == (
        "Lit, and slower~light.5~speed_limit.30"
    )
    assert address.write("Alone", {}) == "Alone"
    assert address.read("Alone") == ("Alone", {}, [])


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("light.9", "Light: the address asks for '9'"),
        ("speed_limit.5000", "Speed limit: the address asks for '5000'"),
        ("speed_limit.fast", "Speed limit: the address asks for 'fast'"),
        ("lanes.2.5", "Lanes: the address asks for '2.5'"),
        ("lanes.nan", "Lanes: the address asks for 'nan'"),
        ("lanes.inf", "Lanes: the address asks for 'inf'"),
        ("commune.<b>", "Commune (INSEE code): the address asks for '<b>'"),
        ("nothing.1", "The address changes 'nothing'"),
        ("__class__", "The address changes '__class__'"),
        ("none.everything", "none: the address asks for 'everything'"),
    ],
)
def test_what_is_not_possible_is_left_out_and_said(part, said):
    name, changes, problems = address.read(f"Night~{part}~hour.7")
    assert (name, changes) == ("Night", {"hour": "7"})
    (problem,) = problems
    assert said in problem


def test_an_address_without_end_is_cut():
    name, changes, problems = address.read("a~" + "x" * 1_000_000)
    assert (name, changes) == ("a", {})
    assert len(problems[0]) < 200
    longest = address.write("a" * 40, {i.name: i.maximum if i.kind == "number" else "10" for i in features.INPUTS})
    assert len(longest) < address._LONGEST


def test_a_name_is_short_and_holds_no_mark_of_the_address_or_of_a_figure():
    assert address.clean_name(" a~b<script>\n\x00 ") == "abscript"
    assert len(address.clean_name("x" * 300)) == address.LONGEST_NAME
