"""The report of an import in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data import breaks, clean, completeness, load, schema
from data.accidents import NEEDS
from data.text import N_, _, percent

# what people ask for that a missing table leaves unknown, beside the columns themselves
WITHOUT: dict[schema.Table, str] = {
    "caracteristiques": N_("no date, hour, département, position, light, weather, junction or type of collision"),
    "lieux": N_("no road class, traffic regime, lanes, speed limit, road surface or shape of the road"),
    "vehicules": N_("no vehicles: their number, their kinds, their manoeuvres"),
    "usagers": N_("no people: severity, injuries, ages and pedestrians"),
}
FRAMES: dict[str, str] = {"accidents": N_("Accidents"), "vehicles": N_("Vehicles"), "people": N_("People")}
_HASH = 12  # characters of a file's hash that tell it from any other of the same table


def summary(report: Mapping[str, Any]) -> list[str]:
    """A few lines for each year: counts, period, official totals, what cannot be known."""
    lines = []
    for year, entry in report["years"].items():
        lines += [_counted(year, entry), *_official(entry), *_extract(year, entry), *_unknown(entry)]
    lines += [_("Ignored, no BAAC table: {path}").format(path=path) for path in report["ignored"]]
    return lines


def details(report: Mapping[str, Any]) -> list[str]:
    """For each year its files, every rule with the cells it changed and the unknown cells; what cannot be compared."""
    lines = []
    for year, entry in report["years"].items():
        for name, table in entry["tables"].items():
            lines += ["", _("{table} {year}: {rows:,} rows").format(table=name, year=year, rows=table["rows"])]
            lines += [line for file in table["files"] for line in _file(file)]
            lines += [_("  without the column {name}").format(name=column) for column in table["absent_columns"]]
            for rule, columns in table["rules"].items():
                lines.append(f"  {rule}: {sum(columns.values()):,} - {clean.explanation(rule)}")
                lines.append("    " + ", ".join(f"{column} {cells:,}" for column, cells in columns.items()))
        lines += _missing(year, entry)
    return lines + _breaks(report)


def unexplained(entry: Mapping[str, Any]) -> list[str]:
    """The columns of a year's accidents that are unknown throughout though the table they come from is there."""
    return [name for name in entry["unknown"] if NEEDS.get(name) not in entry["absent"]]


def short_hash(file: Mapping[str, Any]) -> str:
    """The first characters of a file's SHA-256."""
    return str(file["sha256"])[:_HASH]


def is_simulated(report: Mapping[str, Any]) -> bool:
    """Whether some year is simulated: what ONISR changed over the years then says nothing."""
    return any(entry["simulated"] for entry in report["years"].values())


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
    return line


def _official(entry: Mapping[str, Any]) -> list[str]:
    parts = []
    for name, message in {"accidents": _("{n:,} accidents"), "killed": _("{n:,} killed")}.items():
        total, ours = entry[f"official_{name}"], entry[name]
        if total is not None:
            share = "" if ours is None else _(" ({share} here)").format(share=percent(ours / total))
            parts.append(message.format(n=total) + share)
    return [_("  Official totals of the year: {totals}.").format(totals=", ".join(parts))] if parts else []


def _extract(year: str, entry: Mapping[str, Any]) -> list[str]:
    should = completeness.extract(year, entry)
    if should is None:
        return []
    message = _("  Warning: {year} is an extract, {share} of about {n:,} accidents: its counts cannot be compared.")
    return [message.format(share=percent(entry["accidents"] / should.accidents), n=should.accidents, year=year)]


def _unknown(entry: Mapping[str, Any]) -> list[str]:
    lines = [_("  Without {table}: {what}.").format(table=table, what=_(WITHOUT[table])) for table in entry["absent"]]
    besides = unexplained(entry)
    if besides:
        lines.append(_("  Unknown throughout: {names}.").format(names=", ".join(besides)))
    return lines


def _file(file: Mapping[str, Any]) -> list[str]:
    message = _("  file {name} in {archive}, SHA-256 {hash}") if file["archive"] else _("  file {name}, SHA-256 {hash}")
    line = message.format(name=file["name"], archive=file["archive"], hash=short_hash(file))
    return [line, *(f"    {load.explanation(repair)}" for repair in file["repairs"])]


def _missing(year: str, entry: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, label in FRAMES.items():
        shares = {column: share for column, share in entry["missing"][name].items() if share > 0}
        if shares:
            ordered = sorted(shares.items(), key=lambda pair: -pair[1])
            lines += ["", _("{frame} {year}, unknown cells:").format(frame=_(label), year=year)]
            lines.append("  " + ", ".join(f"{column} {percent(share)}" for column, share in ordered))
    return lines


def _breaks(report: Mapping[str, Any]) -> list[str]:
    found = () if is_simulated(report) else breaks.between(map(int, report["years"]))
    if not found:
        return []
    lines = ["", _("What cannot be compared:")]
    for item in found:
        lines += [f"  {item.since}: {breaks.explained(item)}", "    " + ", ".join(item.columns)]
    return [*lines, "  " + _(breaks.ALWAYS)]
