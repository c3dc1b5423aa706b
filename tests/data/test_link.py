import pytest

from data import features, link, schema

KINDS = dict.fromkeys(schema.VEHICLE_GROUPS, 0)
AGES = dict.fromkeys(link.TOPICS["ages"], 0)


@pytest.mark.parametrize(
    ("values", "address"),
    [
        ({}, {}),
        ({"hour": "0", "light": None, "people": 0}, {"hour": "0", "people": "0"}),
        ({"latitude": 48.856612, "longitude": -1.5}, {"latitude": "48.85661", "longitude": "-1.5"}),
        ({"commune": "2A004", "speed_limit": 50}, {"commune": "2A004", "speed_limit": "50"}),
        ({**KINDS, "cars": 2}, {"cars": "2", "none": "kinds"}),
        ({**KINDS, **AGES, "drivers_18_24": 1}, {"drivers_18_24": "1", "none": "kinds.ages"}),
        ({"cars": 0, "drivers_18_24": 0}, {"cars": "0", "drivers_18_24": "0"}),
    ],
)
def test_an_address_says_what_is_known_and_no_more(values, address):
    assert link.parameters(values) == address
    again, problems = link.described(address)
    assert problems == []
    assert again == {name: round(v, 5) if isinstance(v, float) else v for name, v in values.items() if v is not None}


def test_every_input_passes_through_an_address():
    values = {i.name: list(schema.values(i.name))[-1] for i in features.INPUTS if i.kind == "category"}
    values |= {i.name: int(i.maximum) for i in features.INPUTS if i.kind == "number"}
    values["commune"] = "59350"
    assert link.described(link.parameters(values)) == (values, [])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hour", "24"),
        ("light", "dark"),
        ("speed_limit", "900"),
        ("speed_limit", "50.5"),
        ("people", "nan"),
        ("people", "many"),
        ("latitude", "inf"),
        ("commune", "Lille"),
        ("commune", ""),
    ],
)
def test_a_wrong_value_is_named_and_the_others_are_kept(name, text):
    values, problems = link.described({"month": "6", name: text, "cars": "1"})
    assert values == {"month": "6", "cars": 1}
    assert len(problems) == 1
    assert features.BY_NAME[name].label in problems[0]
    assert repr(text) in problems[0]


def test_a_wrong_topic_and_a_misspelt_input_are_told_and_others_passed_over():
    values, problems = link.described({"none": "kinds.everything", "wether": "1", "run": "1", "lang": "fr"})
    assert values == KINDS
    assert "everything" in problems[0]
    assert "perhaps weather was meant" in problems[1]
    assert len(problems) == 2
    assert not link.is_described({"run": "1"})


def test_a_value_of_any_length_is_said_in_short():
    _values, problems = link.described({"hour": "9" * 5000})
    assert len(problems[0]) < 200
