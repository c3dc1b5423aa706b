"""The simulated data set: official layout, realistic shares, and quantities that depend on each other."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from data import accidents as data_accidents
from data import demo, features, schema

HEADERS = {
    "caracteristiques": "Num_Acc jour mois an hrmn lum dep com agg int atm col adr lat long",
    "lieux": "Num_Acc catr voie v1 v2 circ nbv vosp prof pr pr1 plan lartpc larrout surf infra situ vma",
    "vehicules": "Num_Acc id_vehicule num_veh senc catv obs obsm choc manv motor occutc",
    "usagers": "Num_Acc id_usager id_vehicule num_veh place catu grav sexe an_nais trajet secu1 secu2 secu3 "
    "locp actp etatp",
}


@pytest.fixture(scope="module")
def tables() -> dict[schema.Table, pd.DataFrame]:
    return demo.tables()


@pytest.fixture(scope="module")
def accidents(tables: dict[schema.Table, pd.DataFrame]) -> pd.DataFrame:
    """One row an accident, put together here from the cells, without the product's own pipeline."""
    people, vehicles = tables["usagers"], tables["vehicules"]
    rows = tables["caracteristiques"].merge(tables["lieux"], on="Num_Acc", validate="one_to_one").set_index("Num_Acc")
    injury = people["grav"].map({"1": 0, "4": 1, "3": 2, "2": 3})
    rows["worst"] = injury.groupby(people["Num_Acc"]).max()
    rows["walking"] = (people["catu"] == "3").groupby(people["Num_Acc"]).sum()
    rows["vehicles"] = vehicles.groupby("Num_Acc").size()
    rows["first"] = vehicles.groupby("Num_Acc")["catv"].first()
    return rows


def share(rows: pd.DataFrame, condition: pd.Series) -> float:
    return float(condition[rows.index].mean())


def test_same_seed_same_cells_in_a_few_seconds(tables: dict[schema.Table, pd.DataFrame]) -> None:
    start = time.process_time()
    again = demo.tables()
    assert time.process_time() - start < 8
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, again[name])
    one, other = (demo.tables(seed=seed, end="2022-01-31")["usagers"] for seed in (8, 9))
    assert not one.equals(other)


def test_layout_is_the_official_one(tables: dict[schema.Table, pd.DataFrame]) -> None:
    assert {name: " ".join(frame.columns) for name, frame in tables.items()} == HEADERS
    for frame in tables.values():
        assert (frame.dtypes == "str").all()
        assert not frame.isna().any(axis=None)
    for name, columns in schema.TABLES.items():
        assert {c.official for c in columns if c.is_in(2024)} <= set(tables[name].columns)


def test_cells_are_written_as_in_2024(tables: dict[schema.Table, pd.DataFrame]) -> None:
    rows = tables["caracteristiques"]
    assert rows["Num_Acc"].str.fullmatch(r"202[234]90\d{6}").all()
    assert (rows["Num_Acc"].str[:4] == rows["an"]).all()
    assert rows["Num_Acc"].iloc[0] == "202290000001"
    assert rows["jour"].str.fullmatch(r"[1-9]|[12]\d|3[01]").all()
    assert rows["mois"].str.fullmatch(r"0[1-9]|1[0-2]").all()
    assert rows["hrmn"].str.fullmatch(r"([01]\d|2[0-3]):[0-5]\d").all()
    assert rows["lat"].str.fullmatch(r"\d+,\d{8}| -\d+,\d{8}").all()
    assert rows["long"].str.startswith(" -").any()
    assert tables["vehicules"]["id_vehicule"].str.fullmatch("\\d{3}\u00a0\\d{3}\u00a0\\d{3}").all()
    for frame in tables.values():
        assert not (frame == "-1").any(axis=None)
    assert (tables["lieux"]["vma"] == " -1").any()
    assert pd.to_datetime(
        rows["an"] + "-" + rows["mois"] + "-" + rows["jour"], format="%Y-%m-%d"
    ).is_monotonic_increasing


def test_every_code_is_in_the_code_book(tables: dict[schema.Table, pd.DataFrame]) -> None:
    for name, columns in schema.TABLES.items():
        for column in (c for c in columns if c.kind == "code" and c.is_in(2024)):
            found = set(tables[name][column.official]) - {" -1"}
            unknown = {schema.UNKNOWN_CODES[column.name]} if column.name in schema.UNKNOWN_CODES else set()
            assert found <= set(schema.CODES[column.name]) | unknown, column.official
    assert set(tables["caracteristiques"]["dep"]) <= set(schema.DEPARTEMENTS)


def test_keys_join(tables: dict[schema.Table, pd.DataFrame]) -> None:
    number = tables["caracteristiques"]["Num_Acc"]
    vehicles, people = tables["vehicules"], tables["usagers"]
    assert number.is_unique
    assert list(tables["lieux"]["Num_Acc"]) == list(number)
    assert set(vehicles["Num_Acc"]) == set(people["Num_Acc"]) == set(number)
    for key in (["Num_Acc", "id_vehicule"], ["Num_Acc", "num_veh"]):
        assert not vehicles.duplicated(key).any()
        assert len(people.merge(vehicles, on=key, validate="many_to_one")) == len(people)
    assert people["id_usager"].is_unique


def test_size_and_days(accidents: pd.DataFrame) -> None:
    assert 57_000 < len(accidents) < 64_000
    days = pd.to_datetime(accidents["an"] + "-" + accidents["mois"] + "-" + accidents["jour"].str.zfill(2))
    counts = days.value_counts().reindex(pd.date_range("2022-01-01", "2024-12-31"), fill_value=0)
    by_weekday = counts.groupby(counts.index.day_of_week).mean()
    assert by_weekday.idxmax() == 4  # Friday
    assert by_weekday.idxmin() == 6
    by_month = counts.groupby(counts.index.month).mean()
    assert by_month[6] > 1.2 * by_month[1]
    expected = counts.groupby([counts.index.month, counts.index.day_of_week]).transform("mean")
    assert ((counts - expected) ** 2 / expected).mean() == pytest.approx(2.5, abs=0.4)


@pytest.mark.parametrize(
    ("column", "code", "low", "high"),
    [
        ("agg", "2", 0.59, 0.65),
        ("lum", "1", 0.60, 0.72),
        ("atm", "1", 0.73, 0.82),
        ("surf", "2", 0.16, 0.24),
        ("catr", "1", 0.08, 0.11),
        ("int", "1", 0.60, 0.68),
        ("vma", "50", 0.41, 0.48),
        ("col", "1", 0.09, 0.13),
        ("col", "2", 0.11, 0.15),
        ("col", "3", 0.28, 0.34),
        ("col", "4", 0.025, 0.045),
        ("col", "6", 0.25, 0.32),
        ("col", "7", 0.08, 0.13),
        ("worst", 1, 0.60, 0.67),
        ("worst", 2, 0.28, 0.34),
        ("worst", 3, 0.05, 0.065),
    ],
)
def test_shares_are_those_published(
    accidents: pd.DataFrame, column: str, code: object, low: float, high: float
) -> None:
    assert low < (accidents[column] == code).mean() < high


def test_light_follows_the_clock(accidents: pd.DataFrame) -> None:
    hour, day = accidents["hrmn"].str[:2].astype(int), accidents["lum"] == "1"
    assert share(accidents[hour.between(10, 15)], day) == 1
    assert share(accidents[hour < 4], day) == 0
    evening = hour == 19
    assert share(accidents[evening & accidents["mois"].isin(["06", "07"])], day) > 0.95
    assert share(accidents[evening & accidents["mois"].isin(["12", "01"])], day) == 0


def test_rain_wets_the_road(accidents: pd.DataFrame) -> None:
    wet = accidents["surf"] != "1"
    assert share(accidents[accidents["atm"].isin(["2", "3"])], wet) > 0.97
    assert share(accidents[accidents["atm"] == "1"], wet) < 0.06


def test_collision_follows_who_is_involved(accidents: pd.DataFrame) -> None:
    one = (accidents["walking"] == 0) & (accidents["vehicles"] == 1)
    two = (accidents["walking"] == 0) & (accidents["vehicles"] == 2)
    collision = accidents["col"]
    assert share(accidents[accidents["walking"] > 0], collision == "6") > 0.88
    assert (
        share(accidents[(accidents["walking"] == 0) & (accidents["vehicles"] >= 3)], collision.isin(["4", "5"])) > 0.88
    )
    assert share(accidents[one & (accidents["first"] == "33")], collision == "7") > 0.55
    assert share(accidents[one & (accidents["first"] == "7")], collision == "6") > 0.65
    crossing = accidents["int"] != "1"
    assert (
        share(accidents[two & crossing], collision == "3") > share(accidents[two & ~crossing], collision == "3") + 0.2
    )
    motorway = accidents["catr"] == "1"
    assert (
        share(accidents[two & motorway], collision == "2") > share(accidents[two & ~motorway], collision == "2") + 0.3
    )
    bend = accidents["plan"].isin(["2", "3"])
    assert share(accidents[two & bend], collision == "1") > share(accidents[two & ~bend], collision == "1") + 0.12


def test_severity_follows_place_light_speed_and_age(
    accidents: pd.DataFrame, tables: dict[schema.Table, pd.DataFrame]
) -> None:
    killed = accidents["worst"] == 3
    outside = accidents["agg"] == "1"
    assert share(accidents[outside], killed) > 2.5 * share(accidents[~outside], killed)
    unlit = accidents["lum"] == "3"
    assert share(accidents[unlit], killed) > 1.6 * share(accidents[accidents["lum"] == "1"], killed)
    limit = pd.to_numeric(accidents["vma"])
    road = accidents["catr"] == "3"
    assert share(accidents[road & (limit >= 80)], killed) > 2 * share(accidents[road & limit.between(30, 50)], killed)
    people = tables["usagers"]
    age = accidents["an"].reindex(people["Num_Acc"]).astype(int).to_numpy() - pd.to_numeric(people["an_nais"])
    dead = people["grav"] == "2"
    assert dead[age >= 75].mean() > 2 * dead[age < 50].mean()


def test_every_accident_hurts_someone(accidents: pd.DataFrame) -> None:
    assert (accidents["worst"] >= 1).all()


def test_hours_follow_the_kind_of_day(accidents: pd.DataFrame) -> None:
    days = pd.to_datetime(accidents["an"] + "-" + accidents["mois"] + "-" + accidents["jour"].str.zfill(2))
    weekend = days.dt.day_of_week >= 5
    hour = accidents["hrmn"].str[:2].astype(int)
    assert share(accidents[weekend], hour < 5) > 1.8 * share(accidents[~weekend], hour < 5)
    assert share(accidents[~weekend], hour.isin([8, 17, 18])) > 0.2


def test_coordinates_lie_by_their_departement(accidents: pd.DataFrame) -> None:
    latitude = accidents["lat"].str.strip().str.replace(",", ".").astype(float)
    longitude = accidents["long"].str.strip().str.replace(",", ".").astype(float)
    mainland = accidents["dep"].str.len() == 2
    assert latitude[mainland].between(41, 51.5).all()
    assert longitude[mainland].between(-5.5, 10).all()
    apart = latitude.groupby(accidents["dep"]).std()
    assert float(apart.max()) < 0.35
    assert np.ptp(latitude[mainland]) > 8


def test_the_pipeline_takes_it_whole(tables: dict[schema.Table, pd.DataFrame]) -> None:
    joined = data_accidents.from_tables(tables)
    assert len(joined.accidents) == len(tables["caracteristiques"])
    assert len(joined.vehicles) == len(tables["vehicules"])
    assert len(joined.people) == len(tables["usagers"])
    assert joined.years == (2022, 2023, 2024)
    assert data_accidents.is_simulated(joined.accidents)
    unknown = joined.accidents.isna().mean()
    assert unknown[["latitude", "longitude", "departement", "hour", "severity", "oldest_age"]].max() == 0
    inputs = features.table(joined.accidents)
    features.checked(inputs)
    assert set(inputs["severity"].dropna()) == set(schema.SEVERITY)
    assert set(inputs["collision"].dropna()) == {"1", "2", "3", "4", "5", "6", "7"}
