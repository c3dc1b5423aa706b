"""Filters: checked when made, equal where they restrict the same, and the rows they leave."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import schema
from data.errors import DataError
from data.filters import USERS, Filters, column_of, values

NAMES = [item.name for item in fields(Filters)]


@st.composite
def filters(draw: st.DrawFn) -> Filters:
    chosen = {name: draw(st.lists(st.sampled_from(values(column_of(name))), max_size=4)) for name in NAMES}
    return Filters.from_dict(chosen)


def test_empty_restricts_nothing() -> None:
    assert list(Filters().active()) == []
    assert Filters().to_dict() == {}


def test_the_same_restriction_is_the_same_key() -> None:
    one = Filters(years=(2024, 2019, 2019), light=("5", "1"))
    other = Filters(light=("1", "5"), years=(2019, 2024))
    assert one == other
    assert hash(one) == hash(other)
    assert one.years == (2019, 2024)
    assert one.light == ("1", "5")
    assert Filters(hours=(23, 0)).hours == (0, 23)


def test_values_are_the_codes_of_the_code_book_and_numbers() -> None:
    assert values("collision") == tuple(schema.CODES["collision"])
    assert values("departement")[:2] == ("01", "02")
    assert values("year") == tuple(range(2005, 2025))
    assert values("weekday") == (1, 2, 3, 4, 5, 6, 7)
    assert values("speed_limit")[0] == 10
    assert values("speed_limit")[-1] == 130
    assert USERS[-1] == "pedestrians"


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("years", 1999, "2005"),
        ("months", 13, "12"),
        ("weekdays", 0, "7"),
        ("hours", 24, "23"),
        ("departements", "20", "2A"),
        ("built_up", "3", "2"),
        ("severity", "fatal", "killed"),
        ("speed_limit", 42, "50"),
        ("users", "horses", "bicycles"),
    ],
)
def test_what_is_not_possible_is_refused_with_what_is(field: str, value: object, allowed: str) -> None:
    with pytest.raises(DataError) as refused:
        Filters(**{field: (value,)})
    for word in (field, repr(str(value)), allowed):
        assert word in str(refused.value)


@pytest.mark.parametrize("value", [None, 2.0, True, ["1"], {"1": "1"}.values])
def test_odd_values_are_refused(value: object) -> None:
    with pytest.raises(DataError, match="months"):
        Filters(months=(value,))  # type: ignore[arg-type]


def test_a_dict_takes_numbers_as_text_and_single_values() -> None:
    assert Filters.from_dict({"years": ["2024"], "hours": "7", "severity": "killed", "months": 6}) == Filters(
        years=(2024,), hours=(7,), severity=("killed",), months=(6,)
    )


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(DataError, match=r"no filter 'colour'.*departements"):
        Filters.from_dict({"colour": ["red"]})


@given(filters())
def test_to_a_dict_and_back_through_json_and_text(chosen: Filters) -> None:
    assert Filters.from_dict(json.loads(json.dumps(chosen.to_dict()))) == chosen
    assert Filters.from_dict({name: [str(v) for v in vs] for name, vs in chosen.to_dict().items()}) == chosen
