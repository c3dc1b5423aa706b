"""One accident read from disk against the frames of the whole year."""

import numpy as np
import pytest

from data import coded, features, link, record, store
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


def test_a_recorded_accident_is_described_as_the_form_takes_it(demo_data):
    data = store.demo()
    table = features.table(data.accidents())
    number = record.drawn(data, np.random.default_rng(3))
    found = record.past(data, number)
    row = table.loc[number]
    assert found.outcomes == {"collision": row["collision"], "severity": row["severity"]}
    assert found.date == row["date"]
    assert set(found.values) == set(row[[*features.BY_NAME]].dropna().index)
    typed = features.row(found.values)
    for name, value in found.values.items():
        assert typed[name].iloc[0] == (pytest.approx(row[name], abs=1e-5) if isinstance(value, float) else row[name])
    assert link.described(link.parameters(found.values)) == (found.values, [])


def test_random_accidents_differ_and_come_of_all_years(demo_data):
    data, random = store.demo(), np.random.default_rng(0)
    numbers = {record.drawn(data, random) for _i in range(30)}
    assert len(numbers) == 30
    assert {int(number[:4]) for number in numbers} == set(data.years)


@pytest.mark.parametrize("number", ["", "x", "202400000000", "190000000001", "9" * 400, "²024"])
def test_an_accident_that_is_not_there_is_refused(demo_data, number):
    with pytest.raises(DataError, match="There is no accident"):
        record.past(store.demo(), number)
