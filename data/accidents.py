"""From cleaned tables to one row an accident, with the people and vehicles beside it and a report of the import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data import load, schema
from data.clean import Counts, clean
from data.errors import DataError
from data.text import _

SIMULATED_FROM = 90_000_001

# accident columns that each table alone can give
_OF_PLACES = tuple(c.name for c in schema.TABLES["lieux"] if c.kind != "key")
_OF_VEHICLES = ("vehicles", "headings", *schema.VEHICLE_GROUPS)
_INJURY_COUNTS = {"killed": "2", "hospitalised": "3", "slightly_injured": "4", "unharmed": "1"}
_OF_PEOPLE = ("people", "pedestrians", "youngest_age", "oldest_age", *_INJURY_COUNTS, "severity")
NEEDS: dict[str, schema.Table] = {
    **dict.fromkeys(_OF_PLACES, "lieux"),
    **dict.fromkeys(_OF_VEHICLES, "vehicules"),
    **dict.fromkeys(_OF_PEOPLE, "usagers"),
}
_GROUP_OF = {code: group for group, (codes, _fr, _en) in schema.VEHICLE_GROUPS.items() for code in codes}
# the order in which a road counts as the main one of an accident on several
_MAIN_ROAD = ("1", "2", "3", "7", "4", "5", "6", "9")


@dataclass(frozen=True)
class Joined:
    """Accidents with what is known of their place, vehicles and people.

    `accidents` has one row an accident; `vehicles` and `people` carry its number in `accident`. A column that needs a
    table its year does not have is missing, never zero. `report` can be written as JSON: `years` -> tables, rules,
    what is unknown; `ignored` -> files of the folders that are no BAAC table.
    """

    accidents: pd.DataFrame
    vehicles: pd.DataFrame
    people: pd.DataFrame
    report: dict[str, Any]

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted(int(year) for year in self.report["years"]))


def from_paths(paths: Iterable[Path | str]) -> Joined:
    """Read, clean and join official files and folders of them.

    Raises: DataError naming the file and what is wrong with it.
    """
    files, ignored = load.find(Path(p) for p in paths)
    tables: dict[schema.Table, list[load.RawTable]] = {}
    for raw in map(load.read_table, files):
        tables.setdefault(raw.table, []).append(raw)
    for several in tables.values():
        _refuse_overlap(several)
    frames = {table: pd.concat([r.frame for r in raws], ignore_index=True) for table, raws in tables.items()}
    joined = from_tables(frames)
    for table, raws in tables.items():
        for year in {y for raw in raws for y in raw.years}:
            report = joined.report["years"][str(year)]["tables"][table]
            report["files"] = [raw.path.name for raw in raws if year in raw.years]
    joined.report["ignored"] = ignored
    return joined


def from_tables(tables: Mapping[schema.Table, pd.DataFrame]) -> Joined:
    """Clean and join tables of text in the official layout (columns named as in the files).

    A year may come without its other tables, never without caracteristiques: only that one says when and where an
    accident was, and as an import replaces its year, accidents without a date would take the place of whole ones.

    Raises: DataError for a year without caracteristiques.
    """
    parts: dict[int, dict[schema.Table, pd.DataFrame]] = {}
    for name, frame in tables.items():
        years = load.year_of(frame["Num_Acc"])
        # a row without an accident number has no year: it is counted (and left out) with the first one
        for year, rows in frame.groupby(years.fillna(years.min()), sort=True):
            parts.setdefault(int(year), {})[name] = rows
    if not parts:
        raise DataError(_("There is no table to import."))
    for year in sorted(parts):
        if "caracteristiques" not in parts[year]:
            message = _("{table} of {year} has no accidents to join: give the file caracteristiques of {year} too.")
            raise DataError(message.format(table=", ".join(parts[year]), year=year))
    joined = [_year(year, parts[year]) for year in sorted(parts)]
    return Joined(
        accidents=pd.concat([j.accidents for j in joined], ignore_index=True),
        vehicles=pd.concat([j.vehicles for j in joined], ignore_index=True),
        people=pd.concat([j.people for j in joined], ignore_index=True),
        report={"years": {str(y): r for j in joined for y, r in j.report["years"].items()}, "ignored": []},
    )


def is_simulated(accidents: pd.DataFrame) -> bool:
    """Whether every accident has a number of the simulated range, which no real year reaches."""
    numbers = accidents["accident"].str.slice(4).astype("int64")
    return bool(len(numbers) and (numbers >= SIMULATED_FROM).all())


def _year(year: int, raw: dict[schema.Table, pd.DataFrame]) -> Joined:
    typed, counts = clean(raw)
    known = pd.Index(typed["caracteristiques"]["accident"])
    for name, frame in typed.items():
        orphans = known.get_indexer(frame["accident"]) < 0
        if orphans.any():
            counts[name]["orphan", "accident"] = int(orphans.sum())
            typed[name] = frame[~orphans].reset_index(drop=True)
    absent: list[schema.Table] = [name for name in schema.TABLES if name not in typed]
    typed |= clean({name: _empty(name) for name in absent})[0]
    places = _one_place(typed["lieux"], counts.setdefault("lieux", Counts()))
    people = _with_vehicle(typed["usagers"], typed["vehicules"])
    accidents = typed["caracteristiques"].merge(places, how="left", on="accident", validate="one_to_one")
    accidents = accidents.join(_of_people(people), on="accident").join(_of_vehicles(typed["vehicules"]), on="accident")
    vehicles = typed["vehicules"]
    report = _report(year, raw, counts, Joined(accidents, vehicles, people, {}), absent)
    return Joined(accidents, vehicles, people, {"years": {str(year): report}})


def _empty(name: schema.Table) -> pd.DataFrame:
    return pd.DataFrame({c.official: pd.Series(dtype="str") for c in schema.TABLES[name]})


def _one_place(places: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """One row an accident: highest road class, then most values, then first in the file."""
    order = {code: rank for rank, code in enumerate(_MAIN_ROAD)}
    rank = places["road_class"].astype("object").map(order).fillna(len(order)).astype("int64")
    ranked = places.assign(rank=rank, empty=places.isna().sum(axis=1)).sort_values(["rank", "empty"], kind="stable")
    kept = ranked.drop_duplicates("accident").drop(columns=["rank", "empty", "year"])
    if len(kept) < len(places):
        counts["several_places", "accident"] = len(places) - len(kept)
    return kept


def _with_vehicle(people: pd.DataFrame, vehicles: pd.DataFrame) -> pd.DataFrame:
    """People with the category of their vehicle (for a pedestrian: the one that hit them), by identifier or letter."""
    key = "vehicle" if vehicles["vehicle"].notna().any() and people["vehicle"].notna().any() else "vehicle_letter"
    known = vehicles.dropna(subset=[key]).drop_duplicates(["accident", key])
    joined = people.merge(
        known[["accident", key, "vehicle_category"]], how="left", on=["accident", key], indicator="found"
    )
    return joined.assign(found=joined["found"] == "both").rename(columns={"found": "has_vehicle"})


def _of_people(people: pd.DataFrame) -> pd.DataFrame:
    """Per accident: people, pedestrians, ages, injuries and severity (the worst injury; unharmed alone is none)."""
    groups = people.groupby("accident")
    columns = {"people": groups.size(), "pedestrians": _sum(people, people["role"] == "3")}
    columns |= {name: _sum(people, people["injury"] == code) for name, code in _INJURY_COUNTS.items()}
    frame = pd.DataFrame(columns).astype("Int16")
    known = groups["injury"].count() > 0
    frame = frame.assign(**{name: frame[name].where(known) for name in _INJURY_COUNTS})
    rank = people["injury"].astype("object").map({code: i for i, code in enumerate(schema.INJURY_ORDER)})
    worst = rank.astype("float64").groupby(people["accident"]).max()
    names = {i: schema.SEVERITY_OF_INJURY.get(code) for i, code in enumerate(schema.INJURY_ORDER)}
    severity = worst.map(names).astype(pd.CategoricalDtype(list(schema.SEVERITY)))
    return frame.assign(
        youngest_age=groups["age"].min(), oldest_age=groups["age"].max(), severity=severity.reindex(frame.index)
    )


def _of_vehicles(vehicles: pd.DataFrame) -> pd.DataFrame:
    """Per accident: all vehicles, and those of each group; one of unknown category counts among the other vehicles."""
    group = vehicles["vehicle_category"].astype("object").map(_GROUP_OF).fillna("other_vehicles")
    columns = {"vehicles": vehicles.groupby("accident").size()}
    columns |= {name: _sum(vehicles, group == name) for name in schema.VEHICLE_GROUPS}
    return pd.DataFrame(columns).astype("Int16").assign(headings=_headings(vehicles))


def _headings(vehicles: pd.DataFrame) -> pd.Series:
    """How the directions of travel compare; unknown where not every vehicle's is known and none is opposed."""
    ways = pd.DataFrame({code: _sum(vehicles, vehicles["heading"] == code) for code in ("1", "2", "3")})
    total = vehicles.groupby("accident").size()
    found = pd.Series(pd.NA, index=ways.index, dtype="object")
    found[ways["3"] > 0] = "no_reference"
    found[ways[["1", "2"]].max(axis=1) == total] = "same"
    found[(ways["1"] > 0) & (ways["2"] > 0)] = "opposite"
    found[total == 1] = "single"
    return found.astype(pd.CategoricalDtype(list(schema.HEADINGS)))


def _sum(frame: pd.DataFrame, rows: pd.Series) -> pd.Series:
    return rows.astype("int64").groupby(frame["accident"]).sum()


def _refuse_overlap(tables: list[load.RawTable]) -> None:
    """Two files with the same accidents would count people twice."""
    for i, second in enumerate(tables):
        for first in tables[:i]:
            same_years = set(first.years).intersection(second.years)
            if same_years and second.frame["Num_Acc"].isin(first.frame["Num_Acc"]).any():
                message = _("{first} and {second} both hold {table} of the same accidents: give one of them.")
                raise DataError(message.format(first=first.path, second=second.path, table=second.table))


def _report(
    year: int,
    raw: Mapping[schema.Table, pd.DataFrame],
    counts: Mapping[schema.Table, Counts],
    joined: Joined,
    absent: list[schema.Table],
) -> dict[str, Any]:
    """What one year holds, what was changed and what cannot be known, as plain JSON values."""
    accidents, vehicles, people = joined.accidents, joined.vehicles, joined.people
    days = accidents["date"].dropna()
    simulated = is_simulated(accidents)
    both = not {"usagers", "vehicules"}.intersection(absent)
    return {
        "simulated": simulated,
        "accidents": len(accidents),
        "vehicles": None if "vehicules" in absent else len(vehicles),
        "people": None if "usagers" in absent else len(people),
        "killed": None if "usagers" in absent else int(accidents["killed"].sum()),
        "official_accidents": None if simulated else schema.OFFICIAL_ACCIDENTS.get(year),
        "official_killed": None if simulated else schema.OFFICIAL_KILLED.get(year),
        "first_day": str(days.min().date()) if len(days) else None,
        "last_day": str(days.max().date()) if len(days) else None,
        "tables": {name: _table_report(name, frame, counts[name]) for name, frame in raw.items()},
        "absent": absent,
        "unknown": [name for name in accidents if accidents[name].isna().all()],
        "people_without_vehicle": int((~people["has_vehicle"]).sum()) if both else None,
        "vehicles_without_people": _without_people(vehicles, people) if both else None,
    }


def _table_report(name: schema.Table, raw: pd.DataFrame, counts: Counts) -> dict[str, Any]:
    rules: dict[str, dict[str, int]] = {}
    for (rule, column), cells in sorted(counts.items()):
        rules.setdefault(rule, {})[column] = cells
    return {
        "files": [],
        "rows": len(raw),
        "absent_columns": [c.official for c in schema.TABLES[name] if c.official not in raw],
        "rules": rules,
    }


def _without_people(vehicles: pd.DataFrame, people: pd.DataFrame) -> int:
    """Vehicles nobody was recorded in: mostly drivers who fled."""
    key = "vehicle" if people["vehicle"].notna().any() and vehicles["vehicle"].notna().any() else "vehicle_letter"
    used = pd.MultiIndex.from_frame(people[["accident", key]])
    return int((~pd.MultiIndex.from_frame(vehicles[["accident", key]]).isin(used)).sum())
