"""The table of addresses, and the rows that replace some of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import addresses, schema
from data.errors import DataError


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("2023", (2023,)),
        ("2019-2021", (2019, 2020, 2021)),
        ("2023, 2019 - 2020,2020", (2019, 2020, 2023)),
    ],
)
def test_years(text: str, years: tuple[int, ...]) -> None:
    assert addresses.years_of(text) == years


@pytest.mark.parametrize("text", ["", "23", "2024-2019", "2019-", "all", "2019;2020", "20190-20200"])
def test_what_is_no_year(text: str) -> None:
    with pytest.raises(DataError, match="names no years; write 2023"):
        addresses.years_of(text)


def test_every_table_of_every_year_has_an_address_of_its_own() -> None:
    found = addresses.sources(range(2005, 2025))
    assert [(s.year, s.table) for s in found] == [(y, t) for y in range(2005, 2025) for t in schema.TABLES]
    assert len({s.address for s in found}) == len({s.name for s in found}) == 80
    assert {s.year for s in found if s.checksum} == {2024}


def test_borders_and_school_calendar_have_addresses() -> None:
    names = {kind: addresses.reference(kind).name for kind in addresses.REFERENCES}
    assert names == {"borders": "departements.geojson", "school-holidays": "school-holidays.csv"}
    assert addresses.known_years() == tuple(range(2005, 2025))


@pytest.fixture
def override(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "mine.csv"
    monkeypatch.setenv("BALISE_ADDRESSES", str(path))
    return path


def test_rows_replace_those_of_the_table(override: Path) -> None:
    override.write_text(
        "# mine\nkind,year,table,address\nbaac,2024,lieux,https://example.org/l\n\nbaac,2025,usagers,http://example.org/u\n"
        "borders,2025,departements,https://example.org/d\n",
        encoding="utf-8-sig",
    )
    assert addresses.reference("borders").address == "https://example.org/d"
    assert addresses.reference("school-holidays").address.startswith("https://data.education.gouv.fr/")
    assert addresses.known_years() == tuple(range(2005, 2026))
    found = {(s.year, s.table): s for s in addresses.sources([2024, 2025])}
    assert found[2024, "lieux"].address == "https://example.org/l"
    assert found[2024, "lieux"].checksum == ""
    assert found[2024, "usagers"].address.startswith("https://www.data.gouv.fr/")
    assert [key for key in found if key[0] == 2025] == [(2025, "usagers")]


def test_a_year_without_an_address() -> None:
    with pytest.raises(DataError, match=r"No address is known for 2004, only for 2005, .*BALISE_ADDRESSES"):
        addresses.sources([2024, 2004])


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("border,,,https://example.org/l,", "line 4: the column kind holds 'border'; expected: baac, borders, school-"),
        ("borders,,,example.org/l,", "line 4: the column address holds 'example.org/l'"),
        ("baac,24,lieux,https://example.org/l,", "line 4: the column year holds '24'"),
        ("baac,2024,places,https://example.org/l,", "line 4: the column table holds 'places'"),
        ("baac,2024,lieux,file:///etc/passwd,", "line 4: the column address holds 'file:///etc/passwd'"),
        ("baac,2024,lieux,https://,", "line 4: the column address holds 'https://'"),
        ("baac,2024,lieux,https://[x,", "line 4: the column address"),
        ("baac,2024,lieux,,", "line 4: the column address holds ''"),
        ("baac,2024,lieux,https://example.org/l,md5:1", "line 4: the column checksum holds 'md5:1'"),
    ],
)
def test_a_wrong_row_is_named(override: Path, row: str, says: str) -> None:
    override.write_text(f"# mine\n\nkind,year,table,address,checksum\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"mine\.csv, line 4") as error:
        addresses.sources([2023])
    assert says in str(error.value)


def test_a_wrong_table_is_named(override: Path) -> None:
    with pytest.raises(DataError, match=r"mine\.csv cannot be read"):
        addresses.sources([2024])
    override.write_text("year,table,url\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"mine\.csv: the column kind is missing"):
        addresses.sources([2024])
