"""The report of an import in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data import schema
from data.accidents import NEEDS
from data.clean import explanation
from data.text import _

# what people ask for that a missing table leaves unknown, beside the columns themselves
WITHOUT: dict[schema.Table, str] = {
    "caracteristiques": "no date, hour, département, position, light, weather, junction or type of collision",
    "lieux": "no road class, traffic regime, lanes, speed limit, road surface or shape of the road",
    "vehicules": "no vehicles: their number, their kinds, their manoeuvres",
    "usagers": "no people: severity, injuries, ages and pedestrians",
}


def summary(report: Mapping[str, Any]) -> list[str]:
    """A few lines for each year: counts, period, official total, what cannot be known."""
    lines = []
    for year, entry in report["years"].items():
        lines += [_counted(year, entry), *_unknown(entry)]
    lines += [_("Ignored, no BAAC table: {path}").format(path=path) for path in report["ignored"]]
    return lines


def details(report: Mapping[str, Any]) -> list[str]:
    """For each year and table: files, rows, and every rule with the cells it changed."""
    lines = []
    for year, entry in report["years"].items():
        for name, table in entry["tables"].items():
            lines += ["", _("{table} {year}: {rows:,} rows").format(table=name, year=year, rows=table["rows"])]
            lines += [_("  file {path}").format(path=file["name"]) for file in table["files"]]
            lines += [_("  without the column {name}").format(name=column) for column in table["absent_columns"]]
            for rule, columns in table["rules"].items():
                lines.append(f"  {rule}: {sum(columns.values()):,} - {explanation(rule)}")
                lines.append("    " + ", ".join(f"{column} {cells:,}" for column, cells in columns.items()))
    return lines


def _counted(year: str, entry: Mapping[str, Any]) -> str:
    parts = [_("{n:,} accidents").format(n=entry["accidents"])]
    if entry["vehicles"] is not None:
        parts.append(_("{n:,} vehicles").format(n=entry["vehicles"]))
    if entry["people"] is not None:
        parts.append(_("{n:,} people").format(n=entry["people"]))
        parts.append(_("{n:,} killed").format(n=entry["killed"]))
    line = f"{year}: " + ", ".join(parts)
    if entry["first_day"]:
        line += _(", from {first} to {last}").format(first=entry["first_day"], last=entry["last_day"])
    if entry["official_accidents"]:
        line += _(" (official total of the year: {n:,} accidents)").format(n=entry["official_accidents"])
    return line


def _unknown(entry: Mapping[str, Any]) -> list[str]:
    lines = [_("  Without {table}: {what}.").format(table=table, what=_(WITHOUT[table])) for table in entry["absent"]]
    besides = [name for name in entry["unknown"] if NEEDS.get(name) not in entry["absent"]]
    if besides:
        lines.append(_("  Unknown throughout: {names}.").format(names=", ".join(besides)))
    return lines
