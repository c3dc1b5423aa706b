"""How many people live in each département: what rates are per."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pandas as pd

from data import schema
from data.text import _

TABLE = Path(__file__).resolve().parent / "tables" / "population.csv"


@cache
def inhabitants() -> pd.Series:
    """People of each code of `schema.DEPARTEMENTS`, in that order; missing where the table does not have them.

    Shared by all who ask: never to be changed.
    """
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    found = {row["departement"]: float(row["inhabitants"]) for row in rows}
    return pd.Series(found, name="inhabitants").reindex(list(schema.DEPARTEMENTS))


def source() -> str:
    """Where the inhabitants come from and of when they are, in words."""
    return _("Inhabitants: INSEE, legal populations of about 2018–2019.")
