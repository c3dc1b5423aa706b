"""The report of an import in words: what is held, what is missing, and what must not be compared."""

from __future__ import annotations

import pytest

from data import breaks, completeness, report
from tests.data import reports


def told(*entries) -> str:
    return "\n".join(report.summary(reports.of(*entries)))


def test_official_totals_stand_beside_ours_with_the_share_held() -> None:
    part = reports.entry(2024, accidents=40_748, killed=2_483, last_day="2024-09-30")
    text = told((2024, part))
    assert "2024: 40,748 accidents, 90,000 vehicles, 120,000 people, 2,483 killed, from 2024-01-01 to" in text
    assert "Official totals of the year: 54,402 accidents (75% here), 3,432 killed (72% here)." in text
    assert "extract" not in text  # all accidents of these nine months


def test_an_official_total_without_ours_beside_it_has_no_share() -> None:
    text = told((2020, reports.entry(2020, people=None, killed=None, absent=["usagers"])))
    assert "47,744 accidents (100% here), 2,780 killed." in text
    assert "Without usagers: no people" in text


@pytest.mark.parametrize(("year", "accidents", "share"), [(2020, 42_970, "90.0%"), (2016, 2_237, "3.8%")])
def test_an_extract_is_warned_of(year: int, accidents: int, share: str) -> None:
    text = told((year, reports.entry(year, accidents=accidents)))
    assert f"Warning: {year} is an extract, {share} of about" in text


def test_a_year_without_dates_is_measured_against_the_whole_year() -> None:
    undated = {"first_day": None, "last_day": None, "absent": ["caracteristiques"]}
    whole = reports.entry(2018, **undated)
    assert completeness.extract(2018, whole) is None
    assert ", from" not in told((2018, whole))
    assert completeness.extract(2018, reports.entry(2018, **undated, accidents=20_000)) is not None


def test_what_is_simulated_is_never_an_extract() -> None:
    simulated = reports.entry(2022, simulated=True, accidents=300, official_accidents=None, official_killed=None)
    text = "\n".join([told((2022, simulated)), *report.details(reports.of((2017, simulated), (2022, simulated)))])
    assert "extract" not in text
    assert "Official" not in text
    assert "cannot be compared" not in text


def test_files_are_told_with_their_archive_hash_and_repairs() -> None:
    entry = reports.entry(2024)
    packed = reports.file("lieux.csv", archive="baac.zip", repairs=["byte_order_mark"])
    entry["tables"]["lieux"]["files"] = [packed]
    lines = report.details(reports.of((2024, entry)))
    assert "  file lieux.csv in baac.zip, SHA-256 0123456789ab" in lines
    assert "    A byte order mark before the first column was removed." in lines
    assert "  file usagers-2024.csv, SHA-256 0123456789ab" in lines


def test_rules_are_counted_by_column() -> None:
    lines = report.details(reports.of((2024, reports.entry(2024))))
    at = next(i for i, line in enumerate(lines) if line.startswith("  spaces: 5 - "))
    assert lines[at + 1] == "    latitude 2, longitude 3"


def test_unknown_cells_are_told_for_columns_that_have_some_the_most_first() -> None:
    missing = {"accidents": {"light": 0.0, "road": 0.1234, "lanes": 1.0}, "vehicles": {}, "people": {"sex": 0.00002}}
    lines = report.details(reports.of((2024, reports.entry(2024, missing=missing))))
    assert "  lanes 100%, road 12%" in lines
    assert "  sex < 0.1%" in lines
    assert "Vehicles 2024, unknown cells:" not in lines


def test_what_cannot_be_compared_ends_the_report_where_years_lie_on_both_sides() -> None:
    both = report.details(reports.of((2017, reports.entry(2017)), (2019, reports.entry(2019))))
    at = both.index("What cannot be compared:")
    text = "\n".join(both[at:])
    assert "2018-01-01: The police record injuries in another way since 2018" in text
    assert "    injury, hospitalised, slightly_injured, severity" in text
    assert breaks.ALWAYS in text
    assert "What cannot be compared:" not in report.details(reports.of((2024, reports.entry(2024))))


def test_only_columns_that_no_missing_table_explains_are_named_as_unknown() -> None:
    entry = reports.entry(2018, absent=["usagers"], unknown=["severity", "speed_limit", "latitude"])
    assert report.unexplained(entry) == ["speed_limit", "latitude"]
    assert "Unknown throughout: speed_limit, latitude." in told((2018, entry))
