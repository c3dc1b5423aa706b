"""Reports of imports written by hand, as the store keeps them; nothing in them happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data import schema


def file(name: str, *, archive: str | None = None, repairs: Sequence[str] = ()) -> dict[str, Any]:
    return {"name": name, "archive": archive, "sha256": "0123456789abcdef" * 4, "repairs": list(repairs)}


def entry(year: int, *, absent: Sequence[schema.Table] = (), **changes: Any) -> dict[str, Any]:
    """A whole year whose figures are the official ones."""
    tables = {
        name: {
            "files": [file(f"{name}-{year}.csv")],
            "rows": 10,
            "absent_columns": [],
            "rules": {"spaces": {"latitude": 2, "longitude": 3}},
        }
        for name in schema.TABLES
        if name not in absent
    }
    missing = {"accidents": {"light": 0.0, "lanes": 0.25}, "vehicles": {"motor": 0.5}, "people": {"sex": 0.00002}}
    facts = {
        "simulated": False,
        "accidents": schema.OFFICIAL_ACCIDENTS.get(year, 50_000),
        "vehicles": 90_000,
        "people": 120_000,
        "killed": schema.OFFICIAL_KILLED.get(year, 3_000),
        "official_accidents": schema.OFFICIAL_ACCIDENTS.get(year),
        "official_killed": schema.OFFICIAL_KILLED.get(year),
        "first_day": f"{year}-01-01",
        "last_day": f"{year}-12-31",
        "tables": tables,
        "absent": list(absent),
        "unknown": [],
        "missing": missing,
    }
    return facts | changes


def of(*entries: tuple[int, dict[str, Any]]) -> dict[str, Any]:
    """A report of some years."""
    return {"years": {str(year): facts for year, facts in entries}, "ignored": []}
