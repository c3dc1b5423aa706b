"""The code book: whole in itself, and the same as the official one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from data import schema
from data.text import Language

# the official description says these in words, without a list of codes
UNLISTED = {"env1", "secu"}
CODED = [
    (table, c)
    for table, columns in schema.TABLES.items()
    for c in columns
    if c.kind == "code" and c.official not in UNLISTED
]


@pytest.fixture(scope="module")
def codebook(real_data: Path) -> dict[str, dict[str, Any]]:
    path = real_data / "baac" / "codebook.json"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    book: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return book


def test_every_column_is_official(codebook: dict[str, dict[str, Any]]) -> None:
    for table, columns in schema.TABLES.items():
        assert {c.official for c in columns} <= set(codebook[table])


@pytest.mark.parametrize(("table", "column"), CODED, ids=lambda value: getattr(value, "official", value))
def test_codes_and_labels_are_the_official_ones(
    codebook: dict[str, dict[str, Any]], table: str, column: schema.Column
) -> None:
    official = {
        code: (label["fr"], label["en"])
        for code, label in codebook[table][column.official]["codes"].items()
        if code != "-1"
    }
    assert schema.CODES[column.name] == official


def test_columns_without_a_code_book_have_no_codes(codebook: dict[str, dict[str, Any]]) -> None:
    for table, columns in schema.TABLES.items():
        free = [c for c in columns if c.kind != "code" or c.official in UNLISTED]
        assert [c.name for c in free if codebook[table][c.official]["codes"]] == []


def test_every_column_and_every_code_list_of_the_code_book_is_known(codebook: dict[str, dict[str, Any]]) -> None:
    for table, columns in codebook.items():
        ours = {c.official: c for c in schema.TABLES[table]}
        assert set(columns) == set(ours)
        assert [name for name, entry in columns.items() if entry["codes"] and ours[name].kind != "code"] == []


@pytest.mark.parametrize("name", schema.UNKNOWN_CODES)
def test_unknown_codes_say_so_or_are_not_in_the_code_book(name: str) -> None:
    french, _english = schema.CODES[name].get(schema.UNKNOWN_CODES[name], ("Inconnu", "Unknown"))
    assert french in {"Inconnu", "Inconnue", "Indéterminable", "Non renseigné"}


def test_columns_that_some_years_do_not_have() -> None:
    columns = {c.official: c for table in schema.TABLES.values() for c in table}
    assert set(schema.SPANS) <= set(columns)
    assert [columns["secu"].is_in(year) for year in (2005, 2018, 2019)] == [True, True, False]
    assert [columns["vma"].is_in(year) for year in (2018, 2019, 2024)] == [False, True, True]
    assert columns["lum"].is_in(2005)


def test_vehicle_groups_hold_every_category_once() -> None:
    grouped = [code for codes, _fr, _en in schema.VEHICLE_GROUPS.values() for code in codes]
    assert sorted(grouped) == sorted(schema.CODES["vehicle_category"])


def test_departements_are_the_96_of_the_mainland_and_11_overseas() -> None:
    assert len(schema.DEPARTEMENTS) == 107
    assert "20" not in schema.DEPARTEMENTS
    assert schema.DEPARTEMENTS["09"] == "Ariège"
    assert schema.DEPARTEMENTS["2A"] == "Corse-du-Sud"
    assert schema.DEPARTEMENTS["21"] == "Côte-d'Or"
    assert schema.DEPARTEMENTS["90"] == "Territoire de Belfort"
    assert all("  " not in name and name == name.strip() for name in schema.DEPARTEMENTS.values())


def test_injuries_from_the_least_to_the_most_serious() -> None:
    english = [schema.label("injury", code) for code in schema.INJURY_ORDER]
    assert english == ["Unharmed", "Light injury", "Hospitalised (more than 24 h)", "Killed (within 30 days)"]
    assert list(schema.SEVERITY) == [schema.SEVERITY_OF_INJURY[code] for code in schema.INJURY_ORDER[1:]]


@pytest.mark.parametrize(
    ("name", "code", "language", "words"),
    [
        ("light", "1", "en", "Daylight"),
        ("light", "1", "fr", "Plein jour"),
        ("weekday", 7, "en", "Sunday"),
        ("hour", 5, "fr", "5 h"),
        ("departement", "2B", "en", "Haute-Corse"),
        ("severity", "killed", "fr", "Au moins un tué"),
        ("light", None, "en", "Not given"),
        ("light", float("nan"), "fr", "Non renseigné"),
        ("light", "77", "en", "77"),
    ],
)
def test_label(name: str, code: object, language: Language, words: str) -> None:
    assert schema.label(name, code, language) == words


def test_a_column_without_code_book_is_refused() -> None:
    with pytest.raises(KeyError):
        schema.values("latitude")


def test_official_totals_of_some_years() -> None:
    assert schema.OFFICIAL_ACCIDENTS[2005] == 87_026
    assert schema.OFFICIAL_ACCIDENTS[2018] == 57_783
    assert schema.OFFICIAL_ACCIDENTS[2024] == 54_402
    assert schema.OFFICIAL_KILLED[2022] == 3_550
