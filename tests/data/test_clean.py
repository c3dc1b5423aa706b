"""Each cleaning rule on a few rows written by hand, with its count."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest

from data import clean, schema
from tests.data import official

SECOND, THIRD = official.SECOND, official.THIRD


def cleaned(table: schema.Table, *changes: Mapping[str, str], year: int = 2024) -> tuple[pd.DataFrame, clean.Counts]:
    """One table after cleaning; each row is another accident unless it says so."""
    numbered = [{"Num_Acc": f"{year}900000{i + 1:02d}", **change} for i, change in enumerate(changes)]
    rows = official.rows(table, *numbered) if year > 2018 else official.old_rows(table, *numbered)
    frames, counts = clean.clean({table: rows}, year)
    return frames[table], counts[table]


def values(frame: pd.DataFrame, name: str) -> list[object]:
    texts = frame[name].astype("str" if name == "accident" else "object")
    return [None if pd.isna(v) else v for v in texts]


def test_an_ordinary_row_changes_only_where_the_layout_asks_for_it() -> None:
    frame, counts = cleaned("caracteristiques", {})
    assert counts == {("decimal_comma", "latitude"): 1, ("decimal_comma", "longitude"): 1}
    row = frame.iloc[0]
    assert (str(row["accident"]), row["date"], row["year"], row["month"], row["weekday"], row["hour"]) == (
        official.FIRST, pd.Timestamp("2024-03-04"), 2024, 3, 1, 7,
    )  # fmt: skip
    assert (row["latitude"], row["longitude"], row["departement"], row["commune"]) == (47.6, 6.2, "70", "70285")


@pytest.mark.parametrize("year", [2013, 2024])
@pytest.mark.parametrize(("table", "column"), [(t, c) for t in schema.TABLES for c in schema.TABLES[t]])
def test_a_column_that_the_file_does_not_have_is_unknown(table: schema.Table, column: schema.Column, year: int) -> None:
    if column.name in ("accident", "year"):  # never unknown
        return
    rows = official.rows(table) if year > 2018 else official.old_rows(table)
    rows["Num_Acc"] = f"{year}00000001"
    frame = clean.clean({table: rows.drop(columns=column.official, errors="ignore")}, year)[0][table]
    whole = clean.clean({table: rows}, year)[0][table]
    assert frame.get(column.name, pd.Series([None])).isna().all()
    assert frame.dtypes.to_dict() == whole.dtypes.to_dict()


def test_codes_are_categories_of_the_whole_code_book() -> None:
    frame, _counts = cleaned("lieux", {"catr": "4"})
    assert list(frame["road_class"].cat.categories) == list(schema.CODES["road_class"])
    assert frame["lanes"].dtype == "Int16"


def test_spaces_and_minus_one() -> None:
    frame, counts = cleaned("caracteristiques", {"lum": " -1"}, {"lum": "-1"}, {"lum": " 5 "}, {"lum": ""})
    assert values(frame, "light") == [None, None, "5", None]
    assert counts["spaces", "light"] == 2
    assert counts["not_given", "light"] == 2


def test_no_break_spaces_inside_identifiers() -> None:
    frame, counts = cleaned(
        "vehicules",
        {"id_vehicule": "155\u00a0781\u00a0758"},
        {"id_vehicule": "155 781 759"},
        {"id_vehicule": "155781760"},
        {"id_vehicule": " -1", "num_veh": "B01"},
    )
    assert values(frame, "vehicle") == ["155781758", "155781759", "155781760", None]
    assert counts["spaces", "vehicle"] == 3


def test_zero_is_unknown_in_some_columns_and_a_value_in_others() -> None:
    frame, counts = cleaned("vehicules", {"motor": "0", "obs": "0"}, {"motor": "3", "obs": "8"}, {"catv": "0"})
    assert values(frame, "motor") == [None, "3", "1"]
    assert values(frame, "fixed_obstacle") == ["0", "8", "0"]
    assert values(frame, "vehicle_category") == ["7", "7", None]
    assert counts["unknown_code", "motor"] == 1
    assert ("unknown_code", "fixed_obstacle") not in counts


def test_codes_that_are_not_in_the_code_book() -> None:
    frame, counts = cleaned("usagers", {"actp": "7"}, {"actp": "A"}, {"actp": "B"}, {"actp": "8"}, {"grav": "x"})
    assert values(frame, "pedestrian_action") == [None, "A", "B", None, None]
    assert counts["unlisted_code", "pedestrian_action"] == 2
    assert counts["unlisted_code", "injury"] == 1


def test_codes_written_as_numbers_or_with_zeros() -> None:
    frame, counts = cleaned("vehicules", {"catv": "07"}, {"catv": "33.0"}, {"catv": "00"}, {"catv": "10"})
    assert values(frame, "vehicle_category") == ["7", "33", None, "10"]
    assert counts["padding", "vehicle_category"] == 2
    assert counts["written_as_decimal", "vehicle_category"] == 1


@pytest.mark.parametrize("text", ["#ERREUR", "#VALEURMULTI", "N/A"])
def test_text_that_stands_for_no_value(text: str) -> None:
    frame, counts = cleaned("lieux", {"nbv": text}, {"nbv": "3"}, {"voie": text})
    assert values(frame, "lanes") == [None, 3, 2]
    assert values(frame, "road") == ["D1", "D1", None]
    assert counts["no_value", "lanes"] == counts["no_value", "road"] == 1


def test_text_where_a_number_belongs() -> None:
    frame, counts = cleaned("lieux", {"vma": "abc"}, {"vma": "50.0"}, {"vma": "62,5"}, {"vma": "1e2"})
    assert values(frame, "speed_limit") == [None, 50, None, None]
    assert counts["not_a_number", "speed_limit"] == 3
    assert counts["written_as_decimal", "speed_limit"] == 1


def test_speed_limits_that_are_keying_errors() -> None:
    given = ["5", "10", "16", "45", "130", "140", "901", "-1"]
    frame, counts = cleaned("lieux", *({"vma": text} for text in given))
    assert values(frame, "speed_limit") == [None, 10, None, 45, 130, None, None, None]
    assert counts["speed_limit", "speed_limit"] == 4


def test_lanes_that_are_not_plausible() -> None:
    frame, counts = cleaned("lieux", {"nbv": "0"}, {"nbv": "1"}, {"nbv": "12"}, {"nbv": "13"})
    assert values(frame, "lanes") == [None, 1, 12, None]
    assert counts["lanes", "lanes"] == 2


def test_days_and_months_with_and_without_a_leading_zero() -> None:
    frame, _counts = cleaned("caracteristiques", {"jour": "4", "mois": "03"}, {"jour": "04", "mois": "3"})
    assert values(frame, "date") == [pd.Timestamp("2024-03-04")] * 2


def test_dates_that_do_not_exist() -> None:
    frame, counts = cleaned(
        "caracteristiques",
        {"jour": "30", "mois": "02"},
        {"jour": "29", "mois": "02"},
        {"jour": "x"},
        {"an": "2023"},
        {"an": "", "mois": "", "jour": ""},
    )
    assert values(frame, "date") == [None, pd.Timestamp("2024-02-29"), None, None, None]
    assert values(frame, "month") == [None, 2, None, None, None]
    assert values(frame, "weekday") == [None, 4, None, None, None]
    assert values(frame, "year") == [2024] * 5
    assert counts["impossible_date", "date"] == 3


def test_times() -> None:
    given = ["00:00", "23:59", "7:05", "24:00", "12:60", "1230", " -1", "07:40:00", "x", "12345"]
    frame, counts = cleaned("caracteristiques", *({"hrmn": text} for text in given))
    assert values(frame, "hour") == [0, 23, 7, None, None, 12, None, 7, None, None]
    assert counts["impossible_time", "time"] == 4
    assert counts["time_as_number", "time"] == 1
    assert counts["not_given", "time"] == 1


def test_departements_and_communes_that_lost_their_zero() -> None:
    frame, counts = cleaned(
        "caracteristiques",
        {"dep": "1", "com": "1004"},
        {"dep": "01", "com": "01004"},
        {"dep": "2a", "com": "2A004"},
        {"dep": "974", "com": "97411"},
        {"dep": "20", "com": ""},
    )
    assert values(frame, "departement") == ["01", "01", "2A", "974", None]
    assert values(frame, "commune") == ["01004", "01004", "2A004", "97411", None]
    assert counts["padding", "departement"] == counts["padding", "commune"] == 1
    assert counts["unlisted_code", "departement"] == 1


def test_positions_are_put_right_only_where_that_is_certain() -> None:
    frame, counts = cleaned(
        "caracteristiques",
        {"dep": "75", "lat": "48,85", "long": "2,35"},
        {"dep": "2B", "lat": "9,44", "long": "42,68"},
        {"dep": "976", "lat": "45,2", "long": " -12,78"},
        {"dep": "976", "lat": "45,2", "long": "12,78"},
        {"dep": "2B", "lat": "46,61", "long": "9,44"},
        {"dep": "75", "lat": "0", "long": "0,0000"},
        {"dep": "75", "lat": "48,85", "long": ""},
        {"dep": "75", "lat": "", "long": ""},
        {"dep": "", "lat": "9,44", "long": "42,68"},
        {"dep": "", "lat": "14,6", "long": "-61,0"},
    )
    latitudes = [48.85, 42.68, -12.78, None, None, None, None, None, None, 14.6]
    longitudes = [2.35, 9.44, 45.2, None, None, None, None, None, None, -61.0]
    assert values(frame, "latitude") == latitudes
    assert values(frame, "longitude") == longitudes
    assert {rule: n for (rule, column), n in counts.items() if column == "latitude" and "coord" in rule} == {
        "coordinates_swapped": 2, "coordinates_outside": 4, "coordinates_zero": 1,
    }  # fmt: skip
    assert counts["coordinates_outside", "longitude"] == 3


@pytest.mark.parametrize(
    ("departement", "latitude", "longitude"),
    [("971", 16.2, -61.5), ("973", 4.9, -52.3), ("974", -21.1, 55.5), ("975", 46.8, -56.2), ("986", -13.3, -176.2),
     ("987", -17.5, -149.6), ("988", -22.3, 166.4), ("2A", 41.9, 8.7), ("59", 50.6, 3.1), ("29", 48.4, -4.5)],
)  # fmt: skip
def test_every_territory_has_its_own_box(departement: str, latitude: float, longitude: float) -> None:
    place = {"lat": str(latitude), "long": str(longitude)}
    frame, _counts = cleaned("caracteristiques", {"dep": departement, **place}, {"dep": "977", **place})
    assert values(frame, "latitude") == [latitude, None]
    assert values(frame, "longitude") == [longitude, None]


def test_ages() -> None:
    frame, counts = cleaned(
        "usagers",
        {"an_nais": "1984"},
        {"an_nais": "2024"},
        {"an_nais": "2025"},
        {"an_nais": "1914"},
        {"an_nais": "1913"},
    )
    assert values(frame, "age") == [40, 0, None, 110, None]
    assert values(frame, "birth_year") == [1984, 2024, None, 1914, None]
    assert counts["age", "birth_year"] == 2


def test_people_who_fled_are_kept() -> None:
    frame, _counts = cleaned("usagers", {"sexe": " -1", "an_nais": "", "grav": " -1"}, {})
    assert len(frame) == 2
    assert [values(frame, name)[0] for name in ("sex", "age", "injury")] == [None] * 3


def test_rows_without_an_accident_number() -> None:
    frame, counts = cleaned("lieux", {}, {"Num_Acc": ""}, {"Num_Acc": "12"}, {"Num_Acc": f" {THIRD}"})
    assert values(frame, "accident") == [official.FIRST, THIRD]
    assert counts["bad_key", "accident"] == 2
    assert counts["spaces", "accident"] == 1


@pytest.mark.parametrize(
    ("table", "own", "column"),
    [("caracteristiques", {}, "accident"), ("vehicules", {"id_vehicule": "7"}, "vehicle"),
     ("usagers", {"id_usager": "7"}, "person")],
)  # fmt: skip
def test_of_repeated_rows_the_first_is_kept(table: schema.Table, own: dict[str, str], column: str) -> None:
    first = {"Num_Acc": official.FIRST, **own}
    frame, counts = cleaned(table, first, {**first, "lum": "5", "catv": "33", "catu": "2"}, {"Num_Acc": SECOND, **own})
    assert values(frame, "accident") == [official.FIRST, SECOND]
    assert counts["duplicate", column] == 1
    kept = {"caracteristiques": ("light", "1"), "vehicules": ("vehicle_category", "7"), "usagers": ("role", "1")}[table]
    assert values(frame, kept[0])[0] == kept[1]


def test_people_without_identifiers_of_their_own_are_never_taken_for_repeats() -> None:
    same = official.rows("usagers", {}, {}).drop(columns="id_usager")
    frames, counts = clean.clean({"usagers": same}, 2024)
    assert len(frames["usagers"]) == 2
    assert ("duplicate", "person") not in counts["usagers"]


def test_columns_that_a_file_does_not_have_are_unknown() -> None:
    raw = official.rows("lieux", {}, {"Num_Acc": SECOND}).drop(columns=["vma", "surf", "voie"])
    frame = clean.clean({"lieux": raw}, 2024)[0]["lieux"]
    assert frame[["speed_limit", "surface", "road"]].isna().all(axis=None)
    assert (str(frame["speed_limit"].dtype), str(frame["surface"].dtype)) == ("Int16", "category")


def test_missing_cells_are_unknown_like_empty_ones() -> None:
    raw = official.rows("caracteristiques", {}, {"Num_Acc": SECOND})
    raw.loc[1, ["lum", "adr", "lat", "hrmn"]] = None
    frame = clean.clean({"caracteristiques": raw}, 2024)[0]["caracteristiques"]
    assert values(frame, "light") == ["1", None]
    assert values(frame, "hour") == [7, None]


def test_the_input_stays_as_it_was() -> None:
    raw = official.rows("usagers", {"grav": " -1"}, {"Num_Acc": SECOND})
    before = raw.copy(deep=True)
    clean.clean({"usagers": raw}, 2024)
    pd.testing.assert_frame_equal(raw, before)


def test_every_rule_is_explained_in_one_sentence() -> None:
    for rule in clean.RULES:
        sentence = clean.explanation(rule)
        assert sentence.endswith(".")
        assert "\n" not in sentence


# the layout of 2005 to 2018


def test_an_old_row_says_the_same_as_a_new_one() -> None:
    frame, counts = cleaned("caracteristiques", {}, year=2013)
    row = frame.iloc[0]
    assert (row["date"], row["weekday"], row["hour"]) == (pd.Timestamp("2013-03-04"), 1, 7)
    assert (row["departement"], row["commune"]) == ("70", "70285")
    assert (row["latitude"], row["longitude"], row["gps_zone"]) == (47.6, 6.2, "M")
    assert counts == {
        ("two_digit_year", "year"): 1,
        ("time_as_number", "time"): 1,
        ("old_departement", "departement"): 1,
        ("old_commune", "commune"): 1,
        ("coordinates_scaled", "latitude"): 1,
        ("coordinates_scaled", "longitude"): 1,
    }


def test_old_times_are_numbers() -> None:
    given = ["5", "945", "1715", "0", "2400", "1260", "945.0", ""]
    frame, counts = cleaned("caracteristiques", *({"hrmn": text} for text in given), year=2013)
    assert values(frame, "hour") == [0, 9, 17, 0, None, None, 9, None]
    assert counts["impossible_time", "time"] == 2
    assert counts["time_as_number", "time"] == 5


def test_old_departements_and_communes() -> None:
    given = [("010", "004"), ("10", "4"), ("590", "052"), ("201", "004"), ("202", "033"), ("971", "004"),
             ("750", "101"), ("999", "001"), ("", "001"), ("2A0", "004")]  # fmt: skip
    frame, counts = cleaned("caracteristiques", *({"dep": dep, "com": com} for dep, com in given), year=2013)
    assert values(frame, "departement") == ["01", "01", "59", "2A", "2B", "971", "75", None, None, "2A"]
    assert values(frame, "commune") == [
        *("01004", "01004", "59052", "2A004", "2B033", "97104", "75101", None, None, "2A004")
    ]
    assert counts["old_departement", "departement"] == 7
    assert counts["unlisted_code", "departement"] == 1
    assert counts["padding", "commune"] == 1


def test_old_files_whose_departements_somebody_put_right() -> None:
    frame, counts = cleaned("caracteristiques", {"dep": "59"}, {"dep": "1"}, {"dep": "10"}, {"dep": "2A"}, year=2013)
    assert values(frame, "departement") == ["59", "01", "10", "2A"]
    assert ("old_departement", "departement") not in counts


def test_old_positions() -> None:
    frame, counts = cleaned(
        "caracteristiques",
        {"dep": "750", "lat": "4885000", "long": "235000"},
        {"dep": "750", "lat": "4885000.0", "long": "0235000.0"},
        {"dep": "750", "lat": "48.85", "long": "2.35"},
        {"dep": "440", "lat": "4729400", "long": "169000"},
        {"dep": "750", "lat": "0000000", "long": "0000000"},
        {"dep": "750", "lat": "", "long": "-"},
        {"dep": "270", "lat": "4844400", "long": "124300"},
        year=2013,
    )
    assert values(frame, "latitude") == [48.85, 48.85, 48.85, 47.294, None, None, None]
    assert values(frame, "longitude") == [2.35, 2.35, 2.35, -1.69, None, None, None]
    assert counts["coordinates_scaled", "latitude"] == 4
    assert counts["coordinates_sign", "longitude"] == 1
    assert counts["coordinates_zero", "latitude"] == 1
    assert counts["coordinates_outside", "latitude"] == 1  # degrees, minutes and seconds run together


def test_old_widths_are_decimetres_and_no_width_is_unknown() -> None:
    frame, counts = cleaned(
        "lieux",
        {"larrout": "061", "lartpc": "015"},
        {"larrout": "000", "lartpc": "000"},
        {"larrout": "", "lartpc": "60.0"},
        year=2013,
    )
    assert values(frame, "road_width") == [6.1, None, None]
    assert values(frame, "median_width") == [1.5, 0, 6]
    assert counts["decimetres", "road_width"] == 1
    assert counts["width", "road_width"] == 1
    new, _counts = cleaned("lieux", {"larrout": "6,5"}, {"larrout": "61"}, {"larrout": "120"})
    assert values(new, "road_width") == [6.5, 61, None]


def test_mileposts_of_which_none_was_given() -> None:
    frame, counts = cleaned("lieux", {"pr": "0", "pr1": "1\u00a0218"}, {"pr": "(1)", "pr1": "-1"}, {"pr1": "99999"})
    assert values(frame, "milepost") == [None, None, 12]
    assert values(frame, "milepost_distance") == [1218, None, None]
    assert counts["thousands", "milepost_distance"] == 1
    assert counts["not_a_number", "milepost_distance"] == 1


def test_old_zeros_of_columns_without_such_a_code_are_unknown() -> None:
    frame, counts = cleaned("lieux", {"circ": "0", "surf": "0", "infra": "0", "env1": "00"}, {"env1": "03"}, year=2013)
    assert [values(frame, name)[0] for name in ("traffic", "surface", "near_school")] == [None] * 3
    assert values(frame, "infrastructure")[0] == "0"
    assert values(frame, "near_school")[1] == "3"
    assert counts["unknown_code", "surface"] == 1


def test_old_safety_equipment_has_two_digits() -> None:
    given = ["11", "22.0", "93", "1", "10", "0", ""]
    frame, counts = cleaned("usagers", *({"secu": text} for text in given), year=2013)
    assert values(frame, "equipment") == ["1", "2", "9", None, None, None, None]
    assert values(frame, "equipment_use") == ["1", "2", "3", None, None, None, None]
    assert counts["incomplete_equipment", "equipment"] == 3
    assert frame[["equipment_1", "equipment_2", "equipment_3"]].isna().all(axis=None)


# what spreadsheets and other programs do to a file


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("202 490 000 001", "spaces"),
        ("202,490,000,001", "thousands"),
        ("202490000001.0", "written_as_decimal"),
        ("2.02490000001E+11", "power_of_ten"),
        ("2,02490000001e11", "power_of_ten"),
    ],
)
def test_accident_numbers_are_put_right_where_every_digit_is_there(text: str, rule: str) -> None:
    frame, counts = cleaned("lieux", {"Num_Acc": text})
    assert values(frame, "accident") == [official.FIRST]
    assert counts[rule, "accident"] == 1


@pytest.mark.parametrize("text", ["2.0249E+11", "20249000000", "1202490000001", "202490000001.5", "x", ""])
def test_accident_numbers_that_lost_digits_are_not_guessed(text: str) -> None:
    frame, counts = cleaned("lieux", {}, {"Num_Acc": text})
    assert values(frame, "accident") == [official.FIRST]
    assert counts["bad_key", "accident"] == 1


def test_identifiers_written_as_numbers() -> None:
    given = ["155781758.0", "155,781,759", "155781760,00"]
    frame, counts = cleaned("vehicules", *({"id_vehicule": text} for text in given))
    assert values(frame, "vehicle") == ["155781758", "155781759", "155781760"]
    assert counts["written_as_decimal", "vehicle"] == 2
    assert counts["thousands", "vehicle"] == 1


def test_a_comma_between_three_digits_is_not_taken_for_a_thousand() -> None:
    frame, counts = cleaned("lieux", {"larrout": "1,250"}, {"pr1": "1,250"}, {"pr1": "1 250"})
    assert values(frame, "road_width")[0] == 1.25
    assert values(frame, "milepost_distance")[1:] == [None, 1250]
    assert counts["not_a_number", "milepost_distance"] == 1


@pytest.mark.parametrize(("name", "text"), [("nbv", "9" * 30), ("vma", "40000"), ("larrout", "9" * 400), ("nbv", "-3")])
def test_numbers_beyond_reason_are_unknown(name: str, text: str) -> None:
    frame, _counts = cleaned("lieux", {name: text})
    ours = {"nbv": "lanes", "vma": "speed_limit", "larrout": "road_width"}[name]
    assert values(frame, ours) == [None]
