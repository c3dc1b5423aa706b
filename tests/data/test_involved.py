"""People and vehicles of an accident counted in detail, beside counts made by hand."""

from __future__ import annotations

import pandas as pd

from data import accidents, involved, schema
from tests.data import official


def joined(people: list[dict[str, str]], vehicles: list[dict[str, str]]) -> pd.Series:
    tables = {
        "caracteristiques": official.rows("caracteristiques"),
        "usagers": official.rows("usagers", *people),
        "vehicules": official.rows("vehicules", *vehicles),
    }
    return accidents.from_tables(tables).accidents.iloc[0]  # type: ignore[arg-type]


def test_a_crash_of_a_family_with_a_lorry_and_a_child_on_foot() -> None:
    people = [
        {"catu": "1", "sexe": "2", "an_nais": "1984", "trajet": "5", "place": "1"},  # driver, 40
        {"catu": "2", "sexe": "1", "an_nais": "1950", "trajet": "5", "place": "2"},  # 74, in front
        {"catu": "2", "sexe": "2", "an_nais": "2015", "trajet": "5", "place": "4"},  # 9, in the rear
        {"catu": "1", "sexe": "1", "an_nais": "1999", "trajet": "4", "place": "1"},  # lorry driver, 25
        {"catu": "3", "sexe": "2", "an_nais": "2011", "trajet": "2", "place": "10"},  # 13, on foot
        {"catu": "1", "sexe": "-1", "an_nais": "", "trajet": "0", "place": "1"},  # nothing known
    ]
    vehicles = [
        {"catv": "7", "motor": "3", "senc": "1"},
        {"catv": "15", "motor": "1", "senc": "2"},
        {"catv": "80", "motor": "5", "senc": "0"},
    ]
    row = joined(people, vehicles)
    found = {name: int(row[name]) for name in involved.COUNTS if row[name]}
    assert found == {
        "drivers_25_44": 2, "passengers_to_13": 1, "passengers_from_65": 1, "pedestrians_to_13": 1,
        "women_driving": 1, "women_passengers": 1, "women_walking": 1, "seat_2": 1, "seat_4": 1,
        "journey_2": 1, "journey_4": 1, "journey_5": 3, "vehicle_category_7": 1, "vehicle_category_15": 1,
        "vehicle_category_80": 1, "motor_1": 1, "motor_3": 1, "motor_5": 1, "heading_1": 1, "heading_2": 1,
    }  # fmt: skip


def test_what_a_year_does_not_record_is_unknown_and_not_zero() -> None:
    row = joined([{"place": ""}], [{"motor": "0"}])
    unknown = {name for name in involved.COUNTS if pd.isna(row[name])}
    assert unknown == {name for name in involved.COUNTS if name.startswith(("seat", "motor"))}
    only = accidents.from_tables({"caracteristiques": official.rows("caracteristiques")}).accidents
    assert only[list(involved.COUNTS)].isna().all(axis=None)


def test_every_count_asks_for_codes_that_exist() -> None:
    for count in involved.COUNTS.values():
        for column, codes in count.where.items():
            assert set(codes) <= set(schema.CODES[column])
