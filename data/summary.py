"""Aggregates of accidents for reading: small frames, in which what cannot be known is missing and never zero."""

from __future__ import annotations

import pandas as pd

from data import schema

CASUALTIES = ("killed", "hospitalised", "slightly_injured")
UNKNOWN = "unknown"


def by_year(accidents: pd.DataFrame) -> pd.DataFrame:
    """One row a year: `accidents`, `first` and `last` day, and people by injury (missing without a people table)."""
    groups = accidents.groupby("year", observed=True)
    columns = {
        "accidents": groups.size(),
        "first": groups["date"].min(),
        "last": groups["date"].max(),
        **{name: groups[name].sum(min_count=1).astype("float64") for name in CASUALTIES},
    }
    return pd.DataFrame(columns).sort_index()


def by_month(accidents: pd.DataFrame) -> pd.DataFrame:
    """Accidents of each month (index: its first day) by severity, with a column for unknown severity.

    Only months inside the recorded part of a year have a row, so a year that is not there is a gap. Accidents without
    a date are left out.
    """
    accidents = accidents[accidents["date"].notna()]
    months = accidents["date"].dt.to_period("M")
    severity = accidents["severity"].cat.add_categories(UNKNOWN).fillna(UNKNOWN)
    counts = pd.crosstab(months, severity, dropna=False)
    recorded = months.groupby(accidents["year"]).agg(["min", "max"])
    inside: list[pd.Period] = []
    for first, last in recorded.itertuples(index=False):
        inside.extend(pd.period_range(first, last, freq="M"))
    index = pd.PeriodIndex(inside, freq="M")
    counts = counts.reindex(index=index, columns=[*schema.SEVERITY, UNKNOWN], fill_value=0)
    return counts.set_axis(index.to_timestamp(), axis="index").astype("int64")


def by_weekday_and_hour(accidents: pd.DataFrame) -> pd.DataFrame:
    """Accidents by weekday (index 1 to 7, Monday first) and hour (columns 0 to 23); unknown hours are left out."""
    known = accidents[accidents["hour"].notna()]
    counts = pd.crosstab(known["weekday"].astype("int64"), known["hour"].astype("int64"))
    return counts.reindex(index=range(1, 8), columns=range(24), fill_value=0).astype("int64")


def severity_by(accidents: pd.DataFrame, column: str) -> pd.DataFrame:
    """Accidents by severity for each value of a coded column, in the order of the code book.

    Only accidents of known severity and known value count; a value that never occurs has no row.
    """
    known = accidents[accidents["severity"].notna() & accidents[column].notna()]
    counts = pd.crosstab(known[column].astype("str"), known["severity"].astype("str"))
    rows = [code for code in schema.values(column) if code in counts.index]
    return counts.reindex(index=rows, columns=list(schema.SEVERITY), fill_value=0).astype("int64")
