"""Whatever a file went through, as far as it can be put right: what is read is what was written."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from data import accidents, cells, schema, territories
from tests.data import copies, official
from tests.data.copies import Copy

GIVEN_UP = {"gps", "env1", "secu"}
NOT_A_TEXT = {"-1", *cells.NO_VALUE}


@dataclass(frozen=True)
class Person:
    injury: str | None
    birth_year: int | None


@dataclass(frozen=True)
class Vehicle:
    category: str | None
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Accident:
    """What happened, in words of ours; None where nothing was recorded."""

    number: int
    time: dt.datetime
    departement: str
    commune: int
    light: str | None
    collision: str | None
    address: str
    position: tuple[float, float] | None
    width: int | None
    vehicles: tuple[Vehicle, ...]

    @property
    def key(self) -> str:
        return f"{self.time.year}{self.number:08d}"


def codes(name: str) -> st.SearchStrategy[str | None]:
    known = [code for code in schema.CODES[name] if schema.UNKNOWN_CODES.get(name) != code]
    return st.none() | st.sampled_from(known)


@st.composite
def accident(draw: st.DrawFn, year: int) -> Accident:
    departement = draw(st.sampled_from(list(schema.DEPARTEMENTS)))
    south, north, west, east = territories.boxes()[departement]
    inside = st.tuples(*(st.floats(low + 0.01, high - 0.01).map(lambda x: round(x, 5)) for low, high in
                         ((south, north), (west, east))))  # fmt: skip
    people = st.builds(Person, codes("injury"), st.none() | st.integers(year - 100, year))
    vehicles = st.builds(Vehicle, codes("vehicle_category"), st.lists(people, max_size=3).map(tuple))
    return Accident(
        number=draw(st.integers(1, 99_999_999)),
        time=draw(st.datetimes(dt.datetime(year, 1, 1), dt.datetime(year, 12, 31, 23, 59))),
        departement=departement,
        commune=draw(st.integers(1, 99)),
        light=draw(codes("light")),
        collision=draw(codes("collision")),
        address=draw(st.text(st.characters(codec="utf-8") | st.sampled_from(";,|\t\"\n\r'É "), max_size=12)),
        position=draw(st.none() | inside.filter(lambda point: 0.0 not in point)),
        width=draw(st.none() | st.integers(1, 300)),
        vehicles=draw(st.lists(vehicles, min_size=1, max_size=3).map(tuple)),
    )


years = st.sampled_from([2005, 2012, 2018, 2019, 2022, 2024]).flatmap(
    lambda year: st.lists(accident(year), min_size=1, max_size=4, unique_by=lambda one: one.number)
)


def published(happened: list[Accident], copy: Copy) -> dict[schema.Table, pd.DataFrame]:
    """The cells of the official files of the year."""
    old = happened[0].time.year <= cells.LAST_OLD_YEAR
    rows: dict[schema.Table, list[dict[str, str]]] = {table: [] for table in schema.TABLES}
    for one in happened:
        key = {"Num_Acc": one.key}
        rows["caracteristiques"].append(key | _characteristics(one, copy, old=old))
        rows["lieux"].append(key | {"larrout": _width(one.width, old=old)})
        for i, vehicle in enumerate(one.vehicles):
            own = key | {"num_veh": f"{chr(65 + i)}01"}
            if not old:
                own["id_vehicule"] = f"{one.number + 100_000_000 + i:,}".replace(",", "\u00a0")
            rows["vehicules"].append(own | {"catv": _code(vehicle.category, old=old)})
            rows["usagers"] += [own | _person(person, old=old) for person in vehicle.people]
    if not old:
        for number, row in enumerate(rows["usagers"]):
            row["id_usager"] = f"{200_000_000 + number:,}".replace(",", "\u00a0")
    written = official.old_rows if old else official.rows
    return {table: written(table, *changes) for table, changes in rows.items() if changes}


def _characteristics(one: Accident, copy: Copy, *, old: bool) -> dict[str, str]:
    time, own = one.time, one.departement
    common = {
        "mois": f"{time.month:02d}", "jour": str(time.day), "lum": _code(one.light, old=old),
        "col": _code(one.collision, old=old), "adr": copies.free_text(one.address, copy, old=old),
    }  # fmt: skip
    latitude, longitude = one.position or (None, None)
    if old:
        departement = {"2A": "201", "2B": "202"}.get(own, own if len(own) == 3 else f"{own}0")
        return common | {
            "an": f"{time.year % 100:02d}", "hrmn": str(time.hour * 100 + time.minute), "dep": departement,
            "com": f"1{one.commune:02d}",
            "lat": "" if latitude is None else f"{round(latitude * 1e5)}",
            "long": "" if longitude is None else f"{round(longitude * 1e5):07d}",
        }  # fmt: skip
    return common | {
        "an": str(time.year), "hrmn": f"{time:%H:%M}", "dep": own,
        "com": f"{own}1{one.commune:02d}" if len(own) == 2 else f"{own}{one.commune:02d}",
        "lat": "" if latitude is None else f"{latitude:.8f}".replace(".", ","),
        "long": "" if longitude is None else f"{longitude:.8f}".replace(".", ","),
    }  # fmt: skip


def _person(person: Person, *, old: bool) -> dict[str, str]:
    return {
        "grav": _code(person.injury, old=old),
        "an_nais": "" if person.birth_year is None else str(person.birth_year),
    }


def _code(code: str | None, *, old: bool) -> str:
    return ("" if old else " -1") if code is None else code.zfill(2) if old else code


def _width(width: int | None, *, old: bool) -> str:
    if width is None:
        return "" if old else " -1"
    return f"{width:03d}" if old else f"{width / 10}".replace(".", ",")


def check(happened: list[Accident], copy: Copy) -> None:
    """Write, read, compare."""
    tables = published(happened, copy)
    if copy.encoding == "cp1252":
        # bytes that are right in both encodings are read as the newer one
        assume(all(copies.text(frame, copy).isascii() or not _is_utf8(copies.text(frame, copy).encode("cp1252"))
                   for frame in tables.values()))  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for table, frame in tables.items():
            copies.write(Path(folder), table, frame, copy)
        joined = accidents.from_paths([folder])
    happened = sorted(happened, key=lambda one: one.key)
    frame = joined.accidents.sort_values("accident")
    assert _values(frame, "accident") == [one.key for one in happened]
    assert _values(frame, "date") == [pd.Timestamp(one.time.date()) for one in happened]
    assert _values(frame, "weekday") == [one.time.isoweekday() for one in happened]
    assert _values(frame, "hour") == [one.time.hour for one in happened]
    assert _values(frame, "departement") == [one.departement for one in happened]
    assert _values(frame, "commune") == [_commune(one) for one in happened]
    assert _values(frame, "light") == [one.light for one in happened]
    assert _values(frame, "collision") == [one.collision for one in happened]
    assert _values(frame, "address") == [_address(one, copy) for one in happened]
    assert _values(frame, "latitude") == [one.position and one.position[0] for one in happened]
    assert _values(frame, "longitude") == [one.position and one.position[1] for one in happened]
    assert _values(frame, "road_width") == [one.width and one.width / 10 for one in happened]
    assert _values(frame, "vehicles") == [len(one.vehicles) for one in happened]
    _check_people(happened, joined)


def _check_people(happened: list[Accident], joined: accidents.Joined) -> None:
    vehicles = [(one.key, vehicle) for one in happened for vehicle in one.vehicles]
    people = [(key, vehicle, person) for key, vehicle in vehicles for person in vehicle.people]
    frame = joined.vehicles.sort_values(["accident", "vehicle_letter"])
    assert list(zip(_values(frame, "accident"), _values(frame, "vehicle_category"), strict=True)) == [
        (key, vehicle.category) for key, vehicle in vehicles
    ]
    columns = ["accident", "vehicle_category", "injury", "age"]
    found = zip(*(_values(joined.people, name) for name in columns), strict=True)
    expected = [
        (key, vehicle.category, person.injury, person.birth_year and int(key[:4]) - person.birth_year)
        for key, vehicle, person in people
    ]
    assert sorted(found, key=repr) == sorted(expected, key=repr)
    if people:
        frame = joined.accidents.sort_values("accident")
        killed = [sum(p.injury == "2" for v in one.vehicles for p in v.people) for one in happened]
        told = [any(p.injury for v in one.vehicles for p in v.people) for one in happened]
        assert _values(frame, "killed") == [n if known else None for n, known in zip(killed, told, strict=True)]


def _values(frame: pd.DataFrame, name: str) -> list[object]:
    return [None if pd.isna(value) else value for value in frame[name].astype("object")]


def _commune(one: Accident) -> str:
    own = one.departement
    return f"{own}1{one.commune:02d}" if len(own) == 2 else f"{own}{one.commune:02d}"


def _address(one: Accident, copy: Copy) -> str | None:
    old = one.time.year <= cells.LAST_OLD_YEAR
    address = copies.free_text(one.address, copy, old=old).strip(cells.SPACES)
    return None if address.upper() in NOT_A_TEXT else address or None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOMEBODY = Vehicle("7", (Person("2", 1984), Person(None, None)))
PLAIN = Accident(1, dt.datetime(2024, 2, 29, 7, 5), "2A", 4, "1", None, "RUE", (41.9, 8.7), 65, (SOMEBODY,))
OLD = Accident(1, dt.datetime(2012, 2, 29, 0, 5), "01", 4, "1", "6", "RUE, 2", (46.0, 5.0), 65, (SOMEBODY,))


@given(years, copies.copies)
@settings(SETTINGS, max_examples=25)
@example([PLAIN], Copy())
@example([OLD], Copy(separator=",", quotes="gone", end="\r\n", encoding="cp1252"))
def test_what_is_read_is_what_was_written(happened: list[Accident], copy: Copy) -> None:
    check(happened, copy)
