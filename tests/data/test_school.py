"""The calendar of the ministry: rows of an export, written by hand with invented days."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from data import school
from data.errors import DataError
from tests.data.server import CALENDAR, CALENDAR_HEADER, calendar_text, invented_year

LAST = pd.Timestamp("2027-08-31")


def row(name: str, start: str, end: str, zone: str = "Zone A", population: str = "-") -> str:
    return f"{name};{population};{start};{end};Académie;{zone};2027-2028"


def of_zone_a(*rows: str) -> list[tuple[str, str]]:
    """First and last days of the holidays that are read of some rows beside those of other zones."""
    others = [line for line in invented_year() if "Zone A" not in line]
    found = school.parse(calendar_text(*rows, *others).encode())
    of_zone = found[found["zone"] == "A"]
    return [(str(s.date()), str(e.date())) for s, e in zip(of_zone["start"], of_zone["end"], strict=True)]


def test_a_year_of_three_zones() -> None:
    found = school.parse(CALENDAR)
    assert len(found) == 15
    assert list(found.columns) == ["zone", "start", "end", "name"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2027-10-22T22:00:00+00:00", "2027-11-07T23:00:00+00:00"),  # midnight in Paris, summer time and winter time
        ("2027-10-23T00:00:00+02:00", "2027-11-08T00:00:00+01:00"),
        ("2027-10-23", "2027-11-08"),
    ],
)
def test_days_are_those_of_paris_up_to_the_one_before_the_return(start: str, end: str) -> None:
    assert of_zone_a(row("Vacances de la Toussaint", start, end)) == [("2027-10-23", "2027-11-07")]


def test_what_is_no_holiday_of_pupils_in_these_zones_is_passed_over() -> None:
    holiday = row("Vacances de Noël", "2027-12-18", "2028-01-03", population="Élèves")
    others = [
        row("Vacances d'Été", "2028-07-01", "2028-08-30", population="Enseignants"),
        row("Vacances de Noël", "2027-12-10", "2028-01-09", zone="Corse"),
        row("Rentrée scolaire des élèves", "2027-09-01", "2027-09-01"),
        row("Rentrée scolaire des élèves", "2027-09-02", ""),
    ]
    assert of_zone_a(holiday, holiday, *others) == [("2027-12-18", "2028-01-02")]


@pytest.mark.parametrize("end", ["", "2028-07-08"])
def test_a_summer_without_return_ends_with_august(end: str) -> None:
    assert of_zone_a(row("Début des Vacances d'Été", "2028-07-08", end)) == [("2028-07-08", "2028-08-31")]


def test_columns_may_stand_in_any_order_and_be_separated_by_commas() -> None:
    table = pd.read_csv(io.StringIO(calendar_text()), sep=";").iloc[:, ::-1]
    again = school.parse(b"\xef\xbb\xbf" + table.to_csv(index=False).encode())
    pd.testing.assert_frame_equal(again, school.parse(CALENDAR))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "does not name the column description"),
        (calendar_text().replace("zones;", "zone;").encode(), "does not name the column zones; expected: description;"),
        ("é".encode("latin-1"), "not written in UTF-8"),
        (calendar_text(*(r for r in invented_year() if "Zone C" not in r)).encode(), "no holiday of zone C"),
        (calendar_text(row("Noël", "18/12/2027", "03/01/2028")).encode(), "line 2 holds '18/12/2027' where a date"),
        ((CALENDAR_HEADER + "\n" + "x" * 200_000).encode(), "no CSV"),
    ],
)
def test_what_is_no_calendar_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(DataError, match=says):
        school.parse(content)


def test_only_days_after_another_table_are_added() -> None:
    rows = [
        row("Vacances d'Été", "2027-07-03", "2027-09-06"),
        row("Vacances de la Toussaint", "2027-10-23", "2027-11-08"),
        row("Vacances de la Toussaint", "2027-10-30", "2027-11-10"),
        row("Vacances de Printemps", "2027-04-03", "2027-04-19"),
    ]
    found = school.after(school.parse(calendar_text(*rows, *invented_year()).encode()), LAST)
    of_zone = found[found["zone"] == "A"].head(3)
    assert [str(day.date()) for day in of_zone["start"]] == ["2027-09-01", "2027-10-23", "2027-11-08"]
    assert [str(day.date()) for day in of_zone["end"]] == ["2027-09-05", "2027-11-07", "2027-11-09"]
    assert found["start"].min() > LAST


def test_holidays_missing_in_between_are_refused() -> None:
    rows = [line for line in invented_year() if "Zone B" not in line or "Toussaint" not in line]
    rows = [line for line in rows if "Zone B" not in line or "Noël" not in line]
    with pytest.raises(DataError, match="the holidays of zone B between 2027-08-31 and 2028-02-12 are missing"):
        school.after(school.parse(calendar_text(*rows).encode()), LAST)


def test_a_calendar_that_ends_earlier_adds_nothing() -> None:
    assert school.after(school.parse(CALENDAR), pd.Timestamp("2030-08-31")).empty
