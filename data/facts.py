"""What one imported year holds, what was changed in it and what cannot be known, as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from data import schema
from data.clean import Counts
from data.involved import COUNTS

SIMULATED_FROM = 90_000_001

# accident columns that each table alone can give
_OF_CHARACTERISTICS = (*(c.name for c in schema.TABLES["caracteristiques"] if c.kind != "key"), "date", "weekday")
_OF_PLACES = tuple(c.name for c in schema.TABLES["lieux"] if c.kind != "key")
_COUNTED = {kind: [name for name, c in COUNTS.items() if c.frame == kind] for kind in ("vehicles", "people")}
_OF_VEHICLES = ("vehicles", "headings", *schema.VEHICLE_GROUPS, *_COUNTED["vehicles"])
_OF_PEOPLE = (
    *("people", "pedestrians", "youngest_age", "oldest_age", "severity"),
    *(*schema.INJURY_COUNTS, *_COUNTED["people"]),
)
NEEDS: dict[str, schema.Table] = {
    **dict.fromkeys((*_OF_CHARACTERISTICS, "hour"), "caracteristiques"),
    **dict.fromkeys(_OF_PLACES, "lieux"),
    **dict.fromkeys(_OF_VEHICLES, "vehicules"),
    **dict.fromkeys(_OF_PEOPLE, "usagers"),
}
_OFFICIAL_NAMES = {c.name: c for columns in schema.TABLES.values() for c in columns}


def is_simulated(accidents: pd.DataFrame) -> bool:
    """Whether every accident has a number of the simulated range, which no real year reaches."""
    numbers = accidents["accident"].str.slice(4).astype("int64")
    return bool(len(numbers) and (numbers >= SIMULATED_FROM).all())


def facts(
    year: int,
    raw: Mapping[schema.Table, pd.DataFrame],
    counts: Mapping[schema.Table, Counts],
    accidents: pd.DataFrame,
    vehicles: pd.DataFrame,
    people: pd.DataFrame,
) -> dict[str, Any]:
    """What is to be told of a year: `raw` are its tables of text, the others what became of them."""
    absent = [name for name in schema.TABLES if name not in raw]
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
        "tables": {name: _table_report(name, year, frame, counts[name]) for name, frame in raw.items()},
        "absent": absent,
        "unknown": [
            name
            for name in accidents
            if accidents[name].isna().all() and not _is_past(str(name), year) and name not in COUNTS
        ],
        "missing": {
            "accidents": _missing(accidents, year, absent),
            "vehicles": {} if "vehicules" in absent else _missing(vehicles, year, absent),
            "people": {} if "usagers" in absent else _missing(people, year, absent),
        },
        "people_without_vehicle": int((~people["has_vehicle"]).sum()) if both else None,
        "vehicles_without_people": _without_people(vehicles, people) if both else None,
    }


def _is_past(name: str, year: int) -> bool:
    """Whether a column was given up before a year."""
    column = _OFFICIAL_NAMES.get(name)
    return column is not None and schema.SPANS.get(column.official, (0, year))[1] < year


def _missing(frame: pd.DataFrame, year: int, absent: Sequence[schema.Table]) -> dict[str, float]:
    """The share of unknown cells of every column that the files of a year and the tables given can fill.

    No row has no share.
    """
    if frame.empty:
        return {}
    names = [
        str(name)
        for name in frame
        if NEEDS.get(str(name)) not in absent
        and (str(name) not in _OFFICIAL_NAMES or _OFFICIAL_NAMES[str(name)].is_in(year))
        and name not in ("accident", "year", "has_vehicle", *COUNTS)
    ]
    return {name: round(float(frame[name].isna().mean()), 5) for name in names}


def _table_report(name: schema.Table, year: int, raw: pd.DataFrame, counts: Counts) -> dict[str, Any]:
    rules: dict[str, dict[str, int]] = {}
    for (rule, column), changed in sorted(counts.items()):
        rules.setdefault(rule, {})[column] = changed
    official = dict.fromkeys(c.official for c in schema.TABLES[name] if c.is_in(year))
    return {
        "files": [],
        "rows": len(raw),
        "absent_columns": [column for column in official if column not in raw],
        "rules": rules,
    }


def _without_people(vehicles: pd.DataFrame, people: pd.DataFrame) -> int:
    """Vehicles nobody was recorded in: mostly drivers who fled."""
    key = "vehicle" if people["vehicle"].notna().any() and vehicles["vehicle"].notna().any() else "vehicle_letter"
    recorded, used = (pd.MultiIndex.from_frame(frame[["accident", key]]) for frame in (vehicles, people))
    return int((~recorded.isin(used)).sum())
