"""From cleaned tables to one row an accident, with the people and vehicles beside it and a report of the import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data import cells, involved, schema
from data.clean import Counts, Frames, clean
from data.errors import DataError
from data.facts import NEEDS, facts, is_simulated
from data.text import _
from data.years import RawFrames, RawYears, read

__all__ = ["NEEDS", "Joined", "from_paths", "from_tables", "is_simulated", "joined"]

_GROUPS = tuple(schema.VEHICLE_GROUPS)
_GROUP_OF = {code: i for i, (codes, _fr, _en) in enumerate(schema.VEHICLE_GROUPS.values()) for code in codes}
_MOST_ROWS = np.iinfo(np.int16).max
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
    """Read, clean and join official files, archives and folders of them.

    Raises: DataError naming the file and what is wrong with it.
    """
    return _all_years(joined(read(paths)))


def from_tables(tables: Mapping[schema.Table, pd.DataFrame]) -> Joined:
    """Clean and join tables of text in the official layout (columns named as in the files).

    Raises: DataError where there is no table.
    """
    raw = RawYears()
    for name, frame in tables.items():
        raw.add(name, frame, cells.accident_numbers(frame["Num_Acc"])[0])
    if not raw.parts:
        raise DataError(_("There is no table to import."))
    return _all_years(joined(raw))


def joined(raw: RawYears) -> Iterator[Joined]:
    """Each year cleaned and joined, the earliest first; its texts are let go on the way."""
    for year, tables in raw.taken():
        part = _year(year, tables)
        for name, report in part.report["years"][str(year)]["tables"].items():
            report["files"] = raw.files.get(year, {}).get(name, [])
        part.report["ignored"] = raw.ignored
        yield part


def _all_years(years: Iterator[Joined]) -> Joined:
    parts = list(years)
    return Joined(
        accidents=pd.concat([part.accidents for part in parts], ignore_index=True),
        vehicles=pd.concat([part.vehicles for part in parts], ignore_index=True),
        people=pd.concat([part.people for part in parts], ignore_index=True),
        report={
            "years": {str(year): report for part in parts for year, report in part.report["years"].items()},
            "ignored": parts[0].report["ignored"],
        },
    )


def _year(year: int, raw: RawFrames) -> Joined:
    typed, counts = clean(raw, year)
    absent: list[schema.Table] = [name for name in schema.TABLES if name not in raw]
    typed |= clean({name: _empty(name) for name in absent}, year)[0]
    if "caracteristiques" in absent:
        typed["caracteristiques"] = _undated(typed)
    accidents = typed["caracteristiques"].assign(year=np.int16(year))
    known = pd.Index(accidents["accident"])
    for name in ("lieux", "vehicules", "usagers"):
        at = _places_of(typed[name], known)
        orphans = at < 0
        _refuse_crowds(year, name, known, _times(at[~orphans], len(known)))
        if orphans.any():
            counts[name]["orphan", "accident"] = int(orphans.sum())
            typed[name] = typed[name][~orphans].reset_index(drop=True)
    places = _one_place(typed["lieux"], counts.setdefault("lieux", Counts()))
    vehicles, people = typed["vehicules"], _with_vehicle(typed["usagers"], typed["vehicules"])
    accidents = pd.concat(
        [
            accidents.join(places.set_index("accident"), on="accident"),
            _of_people(people, known),
            _of_vehicles(vehicles, known),
        ],
        axis="columns",
    )
    accidents, vehicles, people = (_with_texts(frame) for frame in (accidents, vehicles, people))
    told = facts(year, raw, counts, accidents, vehicles, people)
    return Joined(accidents, vehicles, people, {"years": {str(year): told}, "ignored": []})


def _refuse_crowds(year: int, name: schema.Table, known: pd.Index, rows: np.ndarray) -> None:
    """More rows of one accident than can be counted are one number that a spreadsheet filled down."""
    if rows.max() > _MOST_ROWS:
        message = _(
            "{year}: the accident {accident} has {rows:,} rows in {table}, more than any accident: a spreadsheet may "
            "have copied one number down; use the file as published."
        )
        raise DataError(message.format(year=year, accident=known[int(rows.argmax())], rows=rows.max(), table=name))


def _empty(name: schema.Table) -> pd.DataFrame:
    return pd.DataFrame({c.official: pd.Series(dtype="str") for c in schema.TABLES[name]})


def _undated(typed: Frames) -> pd.DataFrame:
    """The accidents of a year without caracteristiques: their numbers alone, the rest missing."""
    numbers = [typed[name]["accident"] for name in ("lieux", "vehicules", "usagers")]
    known = pd.Index(np.unique(np.concatenate(numbers)), name="accident")
    empty = typed["caracteristiques"].set_index("accident")
    return empty.reindex(known).reset_index()


def _with_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Accident numbers as the 12 digits they are published as."""
    import pyarrow as pa

    texts = pa.array(frame["accident"].to_numpy()).cast(pa.string()).to_pandas()
    return frame.assign(accident=texts.astype("str"))


def _one_place(places: pd.DataFrame, counts: Counts) -> pd.DataFrame:
    """One row an accident: highest road class, then most values, then first in the file."""
    if places["accident"].is_unique:
        return places
    order = {code: rank for rank, code in enumerate(_MAIN_ROAD)}
    rank = places["road_class"].astype("object").map(order).fillna(len(order)).astype("int64")
    ranked = places.assign(rank=rank, empty=places.isna().sum(axis=1)).sort_values(["rank", "empty"], kind="stable")
    kept = ranked.drop_duplicates("accident").drop(columns=["rank", "empty"])
    counts["several_places", "accident"] = len(places) - len(kept)
    return kept


def _with_vehicle(people: pd.DataFrame, vehicles: pd.DataFrame) -> pd.DataFrame:
    """People with the category of their vehicle (for a pedestrian: the one that hit them), by identifier or letter."""
    key = "vehicle" if vehicles["vehicle"].notna().any() and people["vehicle"].notna().any() else "vehicle_letter"
    known = vehicles.dropna(subset=[key]).drop_duplicates(["accident", key])
    at = _keys(known, key).get_indexer(_keys(people, key))
    # people without a vehicle have the place -1: the last one
    codes: np.ndarray = np.append(known["vehicle_category"].cat.codes.to_numpy(), -1)[at]
    of_people = pd.Categorical.from_codes(codes, categories=pd.Index(list(schema.CODES["vehicle_category"])))
    return people.assign(vehicle_category=of_people, has_vehicle=at >= 0)


def _keys(frame: pd.DataFrame, key: str) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["accident", key]])


def _of_people(people: pd.DataFrame, known: pd.Index) -> pd.DataFrame:
    """Per accident: people, pedestrians, ages, injuries and severity (the worst injury; unharmed alone is none)."""
    at, n = _places_of(people, known), len(known)
    size = _times(at, n)
    columns = {"people": size, "pedestrians": _times(at[people["role"].isin(schema.PEDESTRIAN_ROLES)], n)}
    columns |= {name: _times(at[people["injury"] == code], n) for name, code in schema.INJURY_COUNTS.items()}
    frame = pd.DataFrame(columns | involved.counted(people, "people", at, n)).astype("Int16")
    frame.loc[size == 0] = pd.NA
    told = _times(at[people["injury"].notna()], n) > 0
    frame = frame.assign(**{name: frame[name].where(told) for name in schema.INJURY_COUNTS})
    ages = people["age"].groupby(at).agg(["min", "max"]).reindex(range(n))
    severity = np.full(n, None, dtype="object")
    for code in schema.INJURY_ORDER:
        severity[at[people["injury"] == code]] = schema.SEVERITY_OF_INJURY.get(code)
    return frame.assign(
        youngest_age=ages["min"].astype("Int16"),
        oldest_age=ages["max"].astype("Int16"),
        severity=pd.Categorical(severity, categories=list(schema.SEVERITY)),
    )


def _of_vehicles(vehicles: pd.DataFrame, known: pd.Index) -> pd.DataFrame:
    """Per accident: all vehicles, and those of each group; one of unknown category counts among the other vehicles."""
    at, n = _places_of(vehicles, known), len(known)
    category = vehicles["vehicle_category"]
    # the last entry stands for an unknown category, whose code is -1
    group = np.array([*(_GROUP_OF[code] for code in category.cat.categories), _GROUPS.index("other_vehicles")])
    counts = _times(at * len(_GROUPS) + group[category.cat.codes], n * len(_GROUPS)).reshape(n, len(_GROUPS))
    total = _times(at, n)
    columns = {"vehicles": total} | dict(zip(_GROUPS, counts.T, strict=True))
    frame = pd.DataFrame(columns | involved.counted(vehicles, "vehicles", at, n)).astype("Int16")
    frame.loc[total == 0] = pd.NA
    return frame.assign(headings=_headings(vehicles["heading"], at, total))


def _headings(heading: pd.Series, at: np.ndarray, total: np.ndarray) -> pd.Categorical:
    """How the directions of travel compare; unknown where not every vehicle's is known and none is opposed."""
    up, down, without = (_times(at[heading == code], len(total)) for code in ("1", "2", "3"))
    found = np.full(len(total), None, dtype="object")
    found[without > 0] = "no_reference"
    found[(np.maximum(up, down) == total) & (total > 0)] = "same"
    found[(up > 0) & (down > 0)] = "opposite"
    found[total == 1] = "single"
    return pd.Categorical(found, categories=list(schema.HEADINGS))


def _places_of(frame: pd.DataFrame, known: pd.Index) -> np.ndarray:
    """The place of each row's accident among the accidents, -1 where it is none of them."""
    return np.asarray(known.get_indexer(pd.Index(frame["accident"])))


def _times(at: np.ndarray, n: int) -> np.ndarray:
    """How often each of n places occurs."""
    return np.bincount(at, minlength=n)
