"""What cells mean, by code, by label and in other usual writings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import features, schema
from data.batch.headings import FIELDS, french, official_table, plain, propose
from data.batch.meaning import Impossible, code_of, reader

CATEGORIES = [i.name for i in features.INPUTS if i.kind == "category"]


@pytest.mark.parametrize("name", [*CATEGORIES, "collision", "severity"])
def test_every_code_and_both_labels_mean_themselves(name: str) -> None:
    for code, labels in schema.values(name).items():
        both = [f"{code} - {labels[0]}", f"{code} {labels[1]}"] if len(code) <= 3 else []
        for text in (code, f" {code} ", *labels, *(label.upper() for label in labels), *both):
            assert code_of(name, text) == code, text


@pytest.mark.parametrize(
    ("field", "text", "values"),
    [
        ("light", "plein  JOUR", {"light": "1"}),
        ("light", "1.0", {"light": "1"}),
        ("light", "-1", {}),
        ("light", "Non renseigné", {}),
        ("weather", "0", {}),
        ("infrastructure", "None", {"infrastructure": "0"}),
        ("infrastructure", "Chantier", {"infrastructure": "8"}),
        ("departement", "1", {"departement": "01"}),
        ("departement", "2a", {"departement": "2A"}),
        ("departement", "Nord (59)", {"departement": "59"}),
        ("commune", "1001", {"commune": "01001"}),
        ("month", "janv.", {"month": "1"}),
        ("weekday", "Fri", {"weekday": "5"}),
        ("hour", "17:59:00", {"hour": "17"}),
        ("hour", "5 PM", {"hour": "17"}),
        ("hour", "12 am", {"hour": "0"}),
        ("hour", "17h30", {"hour": "17"}),
        ("hour", "7", {"hour": "7"}),
        ("hour", "2024-03-01 12:10", {"hour": "12"}),
        ("time", "5", {"hour": "0"}),
        ("time", "1730", {"hour": "17"}),
        ("date", "2024-03-31", {"month": "3", "weekday": "7"}),
        ("date", "31/03/2024 08:05", {"month": "3", "weekday": "7", "hour": "8"}),
        ("date", "20240331", {"month": "3", "weekday": "7"}),
        ("longitude", "-1", {"longitude": -1.0}),
        ("longitude", "-1,55", {"longitude": -1.55}),
        ("speed_limit", "50 km/h", {"speed_limit": 50.0}),
        ("speed_limit", "-1", {}),
        ("built_up", "oui", {"built_up": "2"}),
        ("year", "24", {"year": 2024}),
        ("outcome_severity", "Au moins un tué", {"severity": "killed"}),
    ],
)
def test_a_cell_means(field: str, text: str, values: dict[str, object]) -> None:
    assert reader(field, [text])(text) == values


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("light", "9", "none of the codes 1, 2, 3, 4, 5"),
        ("light", "2 - Plein jour", "nor a label"),
        ("speed_limit", "500", "between 10 and 130 km/h"),
        ("speed_limit", "fast", "no number"),
        ("speed_limit", "50.5", "whole number"),
        ("commune", "Lille", "INSEE"),
        ("hour", "24", "0 to 23"),
        ("date", "31/02/2024", "no such day"),
        ("date", "yesterday", "no date"),
        ("month", "jui", "none of the codes"),
        ("latitude", "652000.5", "between -28 and 52"),
    ],
)
def test_an_impossible_cell_says_why(field: str, text: str, reason: str) -> None:
    with pytest.raises(Impossible, match=reason):
        reader(field, [text])(text)


def test_days_before_months_unless_the_column_tells() -> None:
    assert reader("date", ["03/04/2024"])("03/04/2024")["month"] == "4"
    assert reader("date", ["03/04/2024", "03/31/2024"])("03/04/2024")["month"] == "3"
    assert reader("date", ["03/04/2024", "31/03/2024"])("03/04/2024")["month"] == "4"


@settings(max_examples=300, deadline=None)
@given(field=st.sampled_from(list(FIELDS)), text=st.text(max_size=20))
def test_every_text_has_a_meaning_or_a_reason_and_the_models_take_it(field: str, text: str) -> None:
    try:
        values = reader(field, [text])(text)
    except Impossible:
        return
    features.row({name: value for name, value in values.items() if name in features.BY_NAME})


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([i for i in features.INPUTS if i.kind == "number"]), st.data())
def test_numbers_in_range_are_read_with_point_or_comma(item: features.Input, data: st.DataObject) -> None:
    value = data.draw(
        st.integers(int(item.minimum), int(item.maximum)) if item.whole else st.floats(item.minimum, item.maximum)
    )
    text = str(value) if item.whole else f"{value:.6f}"
    found = reader(item.name, [])(data.draw(st.sampled_from([text, text.replace(".", ","), f" {text} "])))
    assert found == {} if text == "-1" and item.whole else found[item.name] == pytest.approx(float(text))


@pytest.mark.parametrize("item", features.INPUTS, ids=lambda i: i.name)
def test_inputs_are_found_by_name_and_label_in_both_languages(item: features.Input) -> None:
    for name in (item.name, item.name.upper(), item.label, item.label.replace(" ", "_"), *french(item.name)):
        assert propose([name])[name].field == item.name, name


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("lum", "light"), ("agg", "built_up"), ("col", "outcome_collision"),
        ("INT", "junction"), ("dep", "departement"),
        ("com", "commune"), ("hrmn", "time"), ("an", "year"), ("jour", "day"),
        ("mois", "month"), ("vma", "speed_limit"),
        ("Vitesse (km/h)", "speed_limit"), ("Conditions d’éclairage", "light"), ("Day_of_week", "weekday"),
        ("Accident_severity", "outcome_severity"), ("Num_Acc", ""), ("adr", ""), ("nothing", ""),
    ],
)  # fmt: skip
def test_columns_are_recognised(column: str, field: str) -> None:
    assert propose([column])[column].field == field


def test_no_label_stands_for_two_inputs() -> None:
    seen: dict[str, str] = {}
    for item in features.INPUTS:
        for label in (item.label, *french(item.name)):
            assert seen.setdefault(plain(label), item.name) == item.name
    assert len(set(FIELDS.values())) == len(FIELDS)  # the page tells them apart by their words


def test_of_two_columns_for_the_same_the_plainer_is_used() -> None:
    found = propose(["Lighting conditions", "lum"])
    assert (found["lum"].field, found["Lighting conditions"].field) == ("light", "")
    assert found["Lighting conditions"].beside == "lum"


def test_official_tables_are_known() -> None:
    for year in (2005, 2018, 2019, 2024):
        for name, columns in schema.TABLES.items():
            assert official_table([c.official for c in columns if c.is_in(year)]) == name
    assert official_table(["Num_Acc", "lum", "agg", "atm"]) is None
    assert official_table([c.official for c in schema.TABLES["caracteristiques"]] + ["vma"]) is None
