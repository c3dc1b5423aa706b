"""The inputs of the models: typed, checked, and the same from a table, a form or a file."""

from __future__ import annotations

import pandas as pd
import pytest

from data import accidents, clean, features, involved, schema, territories
from data.errors import DataError
from data.text import LANGUAGE
from tests.data import official

FIRST, SECOND = official.FIRST, official.SECOND
# columns of the files; an input may neither be one of them nor count their codes
AFTER_THE_IMPACT = {"impact", "manoeuvre", "fixed_obstacle", "moving_obstacle", "injury", "equipment_1",
                    "pedestrian_action", "killed", "hospitalised", "slightly_injured", "unharmed", "severity",
                    "collision"}  # fmt: skip


@pytest.fixture
def joined() -> pd.DataFrame:
    keys = [{}, {"Num_Acc": SECOND}]
    caracteristiques = official.rows("caracteristiques", {"lum": " -1"}, {"Num_Acc": SECOND, "hrmn": " -1"})
    others = {table: official.rows(table, *keys) for table in ("lieux", "vehicules", "usagers")}
    return accidents.from_tables({"caracteristiques": caracteristiques, **others}).accidents


def test_nothing_recorded_after_the_impact_is_an_input() -> None:
    counted = {column for count in involved.COUNTS.values() for column in count.where}
    assert ({i.name for i in features.INPUTS} | counted).isdisjoint(AFTER_THE_IMPACT)


def test_every_input_has_a_group_and_every_category_a_code_book() -> None:
    assert {i.group for i in features.INPUTS} == set(features.GROUPS)
    assert len(features.BY_NAME) == len(features.INPUTS)
    for item in features.INPUTS:
        if item.kind == "category":
            assert len(schema.values(item.name)) > 1
        elif item.kind == "number":
            assert item.minimum < item.maximum


def test_explanations_name_each_input_once_and_details_by_their_topic() -> None:
    assert sorted(i.name for members in features.PLAYERS.values() for i in members) == sorted(features.BY_NAME)
    assert {i.topic for i in features.INPUTS} - {""} == set(features.TOPIC_LABELS)
    assert all(i.topic for i in features.INPUTS if i.detail)
    assert [i.name for i in features.PLAYERS["heading"]] == ["headings", "heading_1", "heading_2", "heading_3"]
    assert [i.name for i in features.PLAYERS["sex"]] == ["women_driving", "women_passengers", "women_walking"]
    assert features.PLAYERS["light"] == (features.BY_NAME["light"],)
    assert set(features.TOPIC_LABELS).isdisjoint({*features.BY_NAME, *features.GROUPS})


def test_what_cleaning_keeps_is_possible() -> None:
    speed, lanes, age = (features.BY_NAME[name] for name in ("speed_limit", "lanes", "oldest_age"))
    assert (speed.minimum, speed.maximum) == clean.SPEED_LIMITS
    assert (lanes.minimum, lanes.maximum) == clean.LANES
    assert age.maximum == clean.OLDEST
    latitude, longitude = features.BY_NAME["latitude"], features.BY_NAME["longitude"]
    for south, north, west, east in territories.boxes().values():
        assert latitude.minimum <= south < north <= latitude.maximum
        assert longitude.minimum <= west < east <= longitude.maximum


def test_table_of_joined_accidents(joined: pd.DataFrame) -> None:
    table = features.table(joined)
    assert table.index.tolist() == [FIRST, SECOND]
    assert list(table) == [*features.BY_NAME, "date", *features.TARGETS]
    first, second = table.iloc[0], table.iloc[1]
    assert (first["month"], first["weekday"], first["hour"], first["departement"]) == ("3", "1", "7", "70")
    assert (first["speed_limit"], first["cars"], first["people"], first["severity"]) == (80.0, 1.0, 1.0, "light")
    assert pd.isna(first["light"])
    assert pd.isna(second["hour"])
    for item in features.INPUTS:
        if item.kind == "category":
            assert list(table[item.name].cat.categories) == list(schema.values(item.name))
        else:
            assert table[item.name].dtype == {"number": "float64", "commune": "str"}[item.kind]


def test_table_of_some_of_the_accidents_in_another_order(joined: pd.DataFrame) -> None:
    whole = features.table(joined)
    pd.testing.assert_frame_equal(features.table(joined.iloc[::-1]), whole.iloc[::-1])
    pd.testing.assert_frame_equal(features.table(joined.iloc[1:]), whole.iloc[1:])
    assert len(features.table(joined.iloc[:0])) == 0


def test_codes_of_joined_accidents_are_in_the_order_of_the_code_book(joined: pd.DataFrame) -> None:
    severities = pd.Categorical(["killed", "light"], ["killed", "hospitalised", "light"])
    table = features.table(joined.assign(severity=severities))
    assert table["severity"].tolist() == ["killed", "light"]
    assert table["severity"].cat.codes.tolist() == [2, 0]


def test_columns_that_are_not_there_are_unknown(joined: pd.DataFrame) -> None:
    table = features.table(joined.drop(columns=["light", "speed_limit", "severity"]))
    assert table[["light", "speed_limit", "severity"]].isna().all(axis=None)
    assert table["light"].dtype == features.table(joined)["light"].dtype


def test_a_pile_up_larger_than_any_form_offers_is_still_an_accident(joined: pd.DataFrame) -> None:
    table = features.table(joined.assign(vehicles=80, cars=80, people=900))
    assert table[["vehicles", "cars", "people"]].iloc[0].tolist() == [50.0, 50.0, 200.0]
    features.checked(table)


def test_a_table_passes_its_own_check(joined: pd.DataFrame) -> None:
    table = features.table(joined)
    pd.testing.assert_frame_equal(features.checked(table)[list(features.BY_NAME)], table[list(features.BY_NAME)])


def test_row_of_what_a_person_describes() -> None:
    row = features.row({"hour": "17", "speed_limit": 50, "light": None, "latitude": 48.85})
    assert row.shape == (1, len(features.INPUTS))
    assert row.loc["described", ["hour", "speed_limit", "latitude"]].tolist() == ["17", 50.0, 48.85]
    assert int(row.notna().to_numpy().sum()) == 3
    assert features.row({}).isna().all(axis=None)


@pytest.mark.parametrize("value", ["7", 7, 7.0])
def test_a_code_may_be_text_or_a_number(value: object) -> None:
    assert features.row({"hour": value})["hour"].tolist() == ["7"]


# pandas sorts texts as texts, and takes types of the same categories for equal in any order
@pytest.mark.parametrize(
    "hours", [pd.Categorical(list(map(str, range(24)))), pd.Categorical(range(24), range(24)[::-1])]
)
def test_categories_in_another_order_are_brought_into_that_of_the_code_book(hours: pd.Categorical) -> None:
    rows = pd.concat([features.row({})] * 24, ignore_index=True).assign(hour=hours)
    assert features.checked(rows)["hour"].tolist() == list(map(str, range(24)))
    assert features.checked(rows)["hour"].cat.codes.tolist() == list(range(24))


def test_numbers_beside_gaps_are_codes_too() -> None:
    rows = features.hidden(features.row({}), []).reindex(["a", "a", "b"])
    rows = rows.assign(hour=[7.0, float("nan"), 23.0], weekday=[1, 2, 3], lanes=["2", None, "3"])
    checked = features.checked(rows)
    assert checked["hour"].astype("object").where(checked["hour"].notna(), None).tolist() == ["7", None, "23"]
    assert checked["weekday"].tolist() == ["1", "2", "3"]
    assert checked["lanes"].sum() == 5
    assert checked.index.tolist() == ["a", "a", "b"]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("hour", "24", "hour cannot be '24'; it takes one of 0, 1"),
        ("light", "dark", "light cannot be 'dark'"),
        ("hour", 7.5, "hour cannot be '7.5'"),
        ("speed_limit", 500, "speed_limit cannot be 500; it is a whole number between 10 and 130 km/h."),
        ("lanes", 2.5, "lanes cannot be 2.5; it is a whole number between 1 and 12."),
        ("latitude", "north", "latitude cannot be 'north'; it lies between -28 and 52 °."),
        ("people", float("inf"), "people cannot be inf"),
        ("commune", "5935", "commune cannot be '5935'; it is an INSEE code"),
        ("impact", "1", "impact is not an input"),
    ],
)
def test_what_is_not_possible_is_named(name: str, value: object, words: str) -> None:
    with pytest.raises(DataError) as caught:
        features.row({name: value})
    assert words in str(caught.value)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataError, match="The column lanes is missing"):
        features.checked(features.row({}).drop(columns="lanes"))


def test_hidden_inputs_are_unknown_and_the_rest_stays(joined: pd.DataFrame) -> None:
    table = features.table(joined)
    rows = features.hidden(table, ["hour", "speed_limit"])
    assert rows[["hour", "speed_limit"]].isna().all(axis=None)
    assert rows.dtypes.equals(table.dtypes)
    assert table["speed_limit"].notna().all()
    pd.testing.assert_frame_equal(
        rows.drop(columns=["hour", "speed_limit"]), table.drop(columns=["hour", "speed_limit"])
    )
    with pytest.raises(DataError, match="colour is not an input; the inputs are month"):
        features.hidden(table, ["colour"])


def test_a_typed_table_is_given_back_itself_and_its_values_are_verified(joined: pd.DataFrame) -> None:
    table = features.table(joined)
    assert features.checked(table) is table
    mixed = table[table.columns[::-1]].assign(note="kept")
    assert features.checked(mixed) is mixed
    several = table.assign(speed_limit=[80.0, 85.5], lanes=[99.0, 2.0], commune=["59350", "5935"])
    with pytest.raises(DataError, match="commune cannot be '5935'"):
        features.checked(several)
    with pytest.raises(DataError, match=r"lanes cannot be 99\.0"):
        features.checked(several.assign(commune=table["commune"]))
    with pytest.raises(DataError, match=r"speed_limit cannot be 85\.5"):
        features.checked(several.assign(commune=table["commune"], lanes=2.0))


def test_described_rows_are_typed_like_a_table_whatever_they_come_as():
    values = {"light": "5", "hour": "0", "speed_limit": 50, "latitude": 48.5, "commune": "2A004", "people": None}
    several = features.rows([values, {}, {"month": "12"}])
    assert len(several) == 3
    pd.testing.assert_frame_equal(several.iloc[:1], features.row(values))
    pd.testing.assert_frame_equal(features.row({**values, "light": 5, "speed_limit": "50"}), features.row(values))
    assert several.iloc[1].isna().all()
    assert several["month"].iloc[2] == "12"
    for name, dtype in features.row({}).dtypes.items():
        assert several[name].dtype == dtype
    with pytest.raises(DataError, match="light cannot be 'dark'"):
        features.rows([{}, {"light": "dark"}])
    with pytest.raises(DataError, match="speed_limit cannot be 900"):
        features.rows([{"speed_limit": 900}])


@pytest.mark.parametrize(
    ("name", "english", "french"),
    [
        ("cars", "Cars", "Voitures"),
        ("motor_3", "Motor: Electric", None),
        ("seat_2", None, None),
        ("speed_limit", "Speed limit", None),
    ],
)
def test_every_input_is_called_in_the_language_of_the_person(name, english, french):
    called = features.called(name)
    if english:
        assert called == english
    assert called == features.BY_NAME[name].label  # English is what the code says
    token = LANGUAGE.set("fr")
    try:
        assert french is None or features.called(name) == french
        if name == "seat_2":
            assert features.called(name).endswith(schema.label("seat", "2", "fr"))
    finally:
        LANGUAGE.reset(token)
