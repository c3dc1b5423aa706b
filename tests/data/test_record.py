"""One accident read from disk against the frames of the whole year."""

import pytest

from data import coded, record, store
from data.errors import DataError
from data.filters import Filters


@pytest.fixture
def demo(demo_data):
    return store.demo()


def test_an_accident_with_its_vehicles_and_people(demo):
    accidents = demo.accidents()
    accident = accidents[accidents["address"].notna()].iloc[4321]
    found = record.read(demo, accident["accident"], int(accident["year"]))
    expected = accident[list(found.accident.index)]
    assert found.accident.astype("str").tolist() == expected.astype("str").tolist()
    assert "RUE SIMULEE" in found.accident["address"]
    vehicles = demo.vehicles(["accident", "vehicle_category"])
    vehicles = vehicles[vehicles["accident"] == accident["accident"]]
    assert found.vehicles["vehicle_category"].tolist() == vehicles["vehicle_category"].tolist()
    people = demo.people(["accident", "injury"])
    assert found.people["injury"].tolist() == people[people["accident"] == accident["accident"]]["injury"].tolist()
    assert len(found.people) > 0


def test_the_year_of_an_accident_whatever_the_filters(demo):
    accident = demo.accidents(["accident", "year", "month"]).iloc[4321]
    selection = coded.select(coded.read(demo), Filters(months=(1 + accident["month"] % 12,)))
    assert record.year_of(selection, accident["accident"]) == accident["year"]
    for nonsense in ("12", "", "x", "-1", "9" * 30, "１２"):
        assert record.year_of(selection, nonsense) is None


def test_what_is_not_there_is_named(demo):
    with pytest.raises(DataError, match="no accident 12 in 2023"):
        record.read(demo, "12", 2023)


def test_a_damaged_file_is_named(demo):
    (demo.folders[0] / "people.parquet").write_bytes(b"no parquet")
    accident = demo.accidents(["accident", "year"]).iloc[0]
    with pytest.raises(DataError, match=r"people\.parquet is missing or damaged"):
        record.read(demo, accident["accident"], int(accident["year"]))
